//! Package ecosystems: which files list packages of which, and how each writes their names (purl-spec, types).

use crate::model::{Text, purl, python_name};

use super::package;

/// Where a package comes from, for which its name alone says which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ecosystem {
    /// Crates of Rust.
    Cargo,
    /// PHP.
    Composer,
    /// Ruby.
    Gem,
    /// Modules of Go.
    Golang,
    /// Elixir and Erlang.
    Hex,
    /// Java, Kotlin and Scala.
    Maven,
    /// JavaScript.
    Npm,
    /// .NET.
    Nuget,
    /// Dart.
    Pub,
    /// Python.
    Pypi,
}

impl Ecosystem {
    /// The ecosystem whose packages, and no other's, the file at `path` lists: a lock file, a manifest, or what an
    /// installer leaves beside a package.
    pub fn of_file(path: &str) -> Option<Self> {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let has_end = |words: &str, end: &str| words.strip_suffix(end).is_some();
        let is_requirements =
            || file.starts_with("requirements") && has_end(file, ".txt") && !file.contains(' ');
        Some(match file {
            "Cargo.lock" => Self::Cargo,
            "composer.lock" => Self::Composer,
            "installed.json" if has_end(folder, "vendor/composer") => Self::Composer,
            "Gemfile.lock" | "gems.locked" => Self::Gem,
            "go.mod" => Self::Golang,
            "mix.lock" => Self::Hex,
            "pom.xml" | "gradle.lockfile" | "buildscript-gradle.lockfile" | "build.sbt.lock" => {
                Self::Maven
            }
            "package-lock.json"
            | "npm-shrinkwrap.json"
            | "yarn.lock"
            | "pnpm-lock.yaml"
            | "bun.lock"
            | "package.json" => Self::Npm,
            "packages.lock.json" | "packages.config" | "Directory.Packages.props" => Self::Nuget,
            _ if has_end(file, ".deps.json") => Self::Nuget,
            "pubspec.lock" => Self::Pub,
            "Pipfile.lock" | "poetry.lock" | "pdm.lock" | "uv.lock" | "pylock.toml" => Self::Pypi,
            "METADATA" if has_end(folder, ".dist-info") => Self::Pypi,
            "PKG-INFO" if has_end(folder, ".egg-info") => Self::Pypi,
            _ if is_requirements() => Self::Pypi,
            _ => return None,
        })
    }

    /// The purl without version of the package that the ecosystem calls `name`. `None` of words that are no name there,
    /// such as a Java artifact without its group.
    pub fn purl(self, name: &str) -> Option<Text> {
        let name = name.trim();
        let is_plain = |part: &str| {
            let fits =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            !part.is_empty() && part.bytes().all(fits)
        };
        let has_segments =
            !name.split('/').any(str::is_empty) && !name.contains(char::is_whitespace);
        let plain = |kind: &str, name: &str| is_plain(name).then(|| purl(kind, name));
        match self {
            Self::Cargo => has_segments.then(|| package::cargo(name)),
            Self::Composer => {
                let (vendor, project) = name.split_once('/')?;
                let fits = is_plain(vendor) && is_plain(project);
                fits.then(|| purl("composer", &name.to_lowercase()))
            }
            Self::Gem => plain("gem", name),
            Self::Golang => has_segments.then(|| purl("golang", &name.to_lowercase())),
            Self::Hex => plain("hex", &name.to_lowercase()),
            Self::Maven => {
                let (group, artifact) = name.split_once(':')?;
                let fits = is_plain(group) && is_plain(artifact);
                fits.then(|| purl("maven", &format!("{group}/{artifact}")))
            }
            Self::Npm => has_segments.then(|| package::npm(name)),
            Self::Nuget => plain("nuget", name),
            Self::Pub => plain("pub", &name.to_lowercase()),
            Self::Pypi => plain("pypi", name).map(|_| purl("pypi", &python_name(name))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_tells_the_ecosystem_only_where_no_other_uses_its_name() {
        let of = Ecosystem::of_file;
        for (path, ecosystem) in [
            ("Cargo.lock", Ecosystem::Cargo),
            ("api/composer.lock", Ecosystem::Composer),
            ("srv/vendor/composer/installed.json", Ecosystem::Composer),
            ("Gemfile.lock", Ecosystem::Gem),
            ("cmd/go.mod", Ecosystem::Golang),
            ("mix.lock", Ecosystem::Hex),
            ("pom.xml", Ecosystem::Maven),
            ("app/gradle.lockfile", Ecosystem::Maven),
            ("web/package-lock.json", Ecosystem::Npm),
            ("usr/lib/node_modules/npm/package.json", Ecosystem::Npm),
            ("src/packages.lock.json", Ecosystem::Nuget),
            ("app/Queue.Board.deps.json", Ecosystem::Nuget),
            ("pubspec.lock", Ecosystem::Pub),
            ("requirements.txt", Ecosystem::Pypi),
            ("requirements-dev.txt", Ecosystem::Pypi),
            ("site-packages/pip-21.0.dist-info/METADATA", Ecosystem::Pypi),
        ] {
            assert_eq!(of(path), Some(ecosystem), "{path}");
        }
        for path in [
            "library/alpine",
            "usr/bin/queue",
            "app/queue.jar",
            "bom.json",
            "docs/METADATA",
            "installed.json",
            "go.mod/readme",
            "cargo.lock",
            "",
        ] {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn names_follow_the_rules_of_their_type() {
        let purl = |ecosystem: Ecosystem, name: &str| {
            let purl = ecosystem.purl(name);
            purl.map_or_else(String::new, |purl| purl.untrusted().to_owned())
        };
        for (ecosystem, name, expected) in [
            (Ecosystem::Cargo, "serde_json", "pkg:cargo/serde_json"),
            (
                Ecosystem::Composer,
                "Symfony/Http-Kernel",
                "pkg:composer/symfony/http-kernel",
            ),
            (Ecosystem::Gem, "ActiveRecord", "pkg:gem/ActiveRecord"),
            (
                Ecosystem::Golang,
                "github.com/BurntSushi/toml",
                "pkg:golang/github.com/burntsushi/toml",
            ),
            (Ecosystem::Golang, "stdlib", "pkg:golang/stdlib"),
            (Ecosystem::Hex, "Phoenix_html", "pkg:hex/phoenix_html"),
            (
                Ecosystem::Maven,
                "org.apache.logging.log4j:log4j-core",
                "pkg:maven/org.apache.logging.log4j/log4j-core",
            ),
            (Ecosystem::Npm, "@harbor/ui", "pkg:npm/%40harbor/ui"),
            (
                Ecosystem::Nuget,
                "Newtonsoft.Json",
                "pkg:nuget/Newtonsoft.Json",
            ),
            (Ecosystem::Pub, "dio", "pkg:pub/dio"),
            (
                Ecosystem::Pypi,
                "Zope.Interface__x",
                "pkg:pypi/zope-interface-x",
            ),
        ] {
            assert_eq!(purl(ecosystem, name), expected);
        }
    }

    #[test]
    fn words_that_are_no_name_of_the_type_name_no_package() {
        for (ecosystem, name) in [
            (Ecosystem::Maven, "log4j-core"),
            (Ecosystem::Maven, "a:b:c"),
            (Ecosystem::Maven, "${project.groupId}:core"),
            (Ecosystem::Composer, "symfony"),
            (Ecosystem::Composer, "a/b/c"),
            (Ecosystem::Pypi, "requests[socks]"),
            (Ecosystem::Pypi, "https://harborapps.example/a.whl"),
            (Ecosystem::Nuget, "a/b"),
            (Ecosystem::Golang, "github.com//toml"),
            (Ecosystem::Npm, ""),
            (Ecosystem::Cargo, "two words"),
        ] {
            assert_eq!(ecosystem.purl(name), None, "{ecosystem:?} {name}");
        }
    }
}
