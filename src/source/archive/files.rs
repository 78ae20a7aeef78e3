//! The files of one archive while it is listed.

use std::collections::BTreeMap;

use super::Member;
use crate::error::Error;

/// How many links may lead one to another.
const MOST_LINKS: usize = 16;

/// See the module.
#[derive(Debug)]
pub(super) struct Files {
    archive: String,
    by_name: BTreeMap<String, Member>,
    /// Where symbolic links lead: a name, or nothing that is in the archive.
    links: BTreeMap<String, Option<String>>,
    broken: Vec<(String, Error)>,
}

impl Files {
    pub(super) fn new(archive: &str) -> Self {
        Self {
            archive: archive.to_owned(),
            by_name: BTreeMap::new(),
            links: BTreeMap::new(),
            broken: Vec::new(),
        }
    }

    /// What a file in the archive is called; none for what a search of a folder passes over as well.
    pub(super) fn name(&self, inner: &str) -> Option<String> {
        let inner = inner.replace('\\', "/");
        let parts = || inner.split('/').filter(|part| !matches!(*part, "" | "."));
        let is_passed_over = |part: &str| crate::source::walk::is_passed_over(part.as_ref());
        let is_plain = parts().next().is_some() && !parts().any(is_passed_over);
        is_plain.then(|| {
            let parts: Vec<&str> = [self.archive.as_str()].into_iter().chain(parts()).collect();
            parts.join("/")
        })
    }

    /// A file; says whether another one had its name.
    pub(super) fn insert(&mut self, name: String, member: Member) -> bool {
        self.links.remove(&name);
        self.by_name.insert(name, member).is_some()
    }

    /// A further name of a file that stands before it.
    pub(super) fn link(&mut self, name: String, inner: &str) {
        let known = self
            .name(inner)
            .and_then(|of| self.by_name.get(&of).cloned());
        match known {
            Some(member) => drop(self.insert(name, member)),
            None => self.fail(&name, "it is a link to no file of its archive"),
        }
    }

    /// A symbolic link.
    pub(super) fn symbolic_link(&mut self, name: String, target: &str) {
        let leads_to = self.leads_to(&name, target);
        self.by_name.remove(&name);
        self.links.insert(name, leads_to);
    }

    /// The name that a link leads to, if that is in the archive.
    fn leads_to(&self, name: &str, target: &str) -> Option<String> {
        let inner = name.strip_prefix(&self.archive)?;
        let mut parts: Vec<&str> = inner.split('/').filter(|part| !part.is_empty()).collect();
        parts.pop();
        if target.starts_with('/') {
            return None;
        }
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()?),
                part => parts.push(part),
            }
        }
        self.name(&parts.join("/"))
    }

    /// Says why a file cannot be read.
    pub(super) fn fail(&mut self, name: &str, why: &str) {
        let error = Error::format(format!("the file cannot be read: {why}"))
            .hint("unpack the archive and name the folder");
        self.broken.push((name.to_owned(), error));
    }

    /// All files, those that links lead to under their names too, and what cannot be read.
    pub(super) fn settle(mut self) -> (BTreeMap<String, Member>, Vec<(String, Error)>) {
        for (name, first) in std::mem::take(&mut self.links) {
            let mut target = first;
            for _ in 0..MOST_LINKS {
                let next = target.as_ref().and_then(|target| self.links.get(target));
                match next {
                    Some(next) => target.clone_from(next),
                    None => break,
                }
            }
            let member = target.and_then(|target| self.by_name.get(&target).cloned());
            match member {
                Some(member) => drop(self.by_name.insert(name, member)),
                None => self.fail(&name, "it is a link to no file of its archive"),
            }
        }
        (self.by_name, self.broken)
    }
}
