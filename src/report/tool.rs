//! The tool that writes, as documents name it.

use serde::Serialize;

/// Its name.
pub(super) const NAME: &str = "scanfold";

/// Its version.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Who wrote a document of ours.
#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

impl Tool {
    /// This one.
    pub(super) const OWN: Self = Self {
        name: NAME,
        version: VERSION,
    };
}
