//! The policies that are built in.

/// A built-in policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The name by which `--policy` and `extends` call it.
    pub name: &'static str,
    /// Its text, which is a policy file like any other.
    pub toml: &'static str,
}

/// One line per built-in policy.
static PRESETS: &[Preset] = &[
    Preset {
        name: "atlassian-marketplace-cloud",
        toml: include_str!("presets/atlassian-marketplace-cloud.toml"),
    },
    Preset {
        name: "flowdesk",
        toml: include_str!("presets/flowdesk.toml"),
    },
];

/// Every built-in policy, by name.
pub fn presets() -> &'static [Preset] {
    PRESETS
}
