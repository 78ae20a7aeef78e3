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
        name: "atlassian-marketplace-data-center",
        toml: include_str!("presets/atlassian-marketplace-data-center.toml"),
    },
    Preset {
        name: "cisa-bod-26-04",
        toml: include_str!("presets/cisa-bod-26-04.toml"),
    },
    Preset {
        name: "cisa-kev",
        toml: include_str!("presets/cisa-kev.toml"),
    },
    Preset {
        name: "eu-cra",
        toml: include_str!("presets/eu-cra.toml"),
    },
    Preset {
        name: "fedramp",
        toml: include_str!("presets/fedramp.toml"),
    },
    Preset {
        name: "fedramp-vdr",
        toml: include_str!("presets/fedramp-vdr.toml"),
    },
    Preset {
        name: "flowdesk",
        toml: include_str!("presets/flowdesk.toml"),
    },
    Preset {
        name: "pci-dss-4",
        toml: include_str!("presets/pci-dss-4.toml"),
    },
    Preset {
        name: "project-zero",
        toml: include_str!("presets/project-zero.toml"),
    },
];

/// Every built-in policy, by name.
pub fn presets() -> &'static [Preset] {
    PRESETS
}
