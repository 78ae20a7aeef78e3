//! How an installed crate came in: the shortest ways from the packages that nobody depends on.

use std::collections::{BTreeMap, VecDeque};

use cargo_lock::{Dependency, Lockfile, Package};

use crate::model::Text;

/// How many ways are shown.
const WAYS: usize = 3;
/// The longest way that is shown, in crates. Real ones have less than twenty.
const LONGEST: usize = 64;

/// Who depends on whom.
pub(super) struct Graph<'a> {
    /// The packages of the lock file in its order, then its root if it has one apart.
    packages: Vec<&'a Package>,
    /// Those who depend on each package and are nearer to the top, by name.
    nearer: Vec<Vec<usize>>,
    /// How many steps each package is from the top.
    distance: Vec<usize>,
}

impl<'a> Graph<'a> {
    /// The graph of a lock file. A dependency that is not in it leads nowhere.
    pub(super) fn of(lock: &'a Lockfile) -> Self {
        let packages: Vec<&Package> = lock.packages.iter().chain(&lock.root).collect();
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (number, package) in packages.iter().enumerate() {
            by_name
                .entry(package.name.as_str())
                .or_default()
                .push(number);
        }
        let find = |dependency: &Dependency| {
            let named = by_name.get(dependency.name.as_str())?;
            // Numbers in the index count `packages`.
            let same = |number: &usize| packages[*number].version == dependency.version;
            let exact = |number: &usize| packages[*number].source == dependency.source;
            let mut versions = named.iter().copied().filter(same);
            versions.clone().find(exact).or_else(|| versions.next())
        };
        let needs: Vec<Vec<usize>> = packages
            .iter()
            .map(|package| package.dependencies.iter().filter_map(find).collect())
            .collect();
        let distance = distance(&needs);
        let nearer = nearer(&packages, &needs, &distance);
        Self {
            packages,
            nearer,
            distance,
        }
    }

    /// The shortest ways to a package of the lock file: `app > library > package`. None to one that only a circle needs.
    pub(super) fn paths(&self, number: usize) -> Vec<Text> {
        let mut found = Vec::new();
        if self
            .distance
            .get(number)
            .is_none_or(|steps| *steps >= LONGEST)
        {
            return found;
        }
        let mut way = Vec::new();
        self.walk(number, &mut way, &mut found);
        found
    }

    /// Walks up. Each step is one nearer to the top, so that each way ends, and the first [`WAYS`] are the only ones that
    /// are walked.
    fn walk(&self, number: usize, way: &mut Vec<usize>, found: &mut Vec<Text>) {
        way.push(number);
        match self.nearer.get(number).map(Vec::as_slice) {
            Some([]) | None => {
                let names: Vec<&str> = way
                    .iter()
                    .rev()
                    .filter_map(|number| Some(self.packages.get(*number)?.name.as_str()))
                    .collect();
                found.push(Text::line(&names.join(" > ")));
            }
            Some(above) => {
                for next in above {
                    if found.len() >= WAYS {
                        break;
                    }
                    self.walk(*next, way, found);
                }
            }
        }
        way.pop();
    }
}

/// How many steps each package is from one that nobody needs. All numbers in `needs` are places in it.
fn distance(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut is_needed = vec![false; needs.len()];
    for (number, targets) in needs.iter().enumerate() {
        for target in targets {
            // A package that lists itself is as much a top as before. Targets count `packages`.
            is_needed[*target] |= *target != number;
        }
    }
    let mut distance = vec![usize::MAX; needs.len()];
    let mut queue = VecDeque::new();
    for (number, needed) in is_needed.iter().enumerate() {
        if !needed {
            distance[number] = 0;
            queue.push_back(number);
        }
    }
    while let Some(number) = queue.pop_front() {
        let next = distance[number] + 1;
        for target in &needs[number] {
            if distance[*target] == usize::MAX {
                distance[*target] = next;
                queue.push_back(*target);
            }
        }
    }
    distance
}

/// For each package those who need it and are one step nearer to the top, by name and version. All lists are of one
/// length, and all numbers in `needs` are places in them.
fn nearer(packages: &[&Package], needs: &[Vec<usize>], distance: &[usize]) -> Vec<Vec<usize>> {
    let mut nearer = vec![Vec::new(); packages.len()];
    for (number, targets) in needs.iter().enumerate() {
        for target in targets {
            if distance[number] != usize::MAX && distance[*target] == distance[number] + 1 {
                nearer[*target].push(number);
            }
        }
    }
    for above in &mut nearer {
        above.sort_by_key(|number| {
            let package = packages[*number];
            (package.name.as_str(), &package.version, *number)
        });
        above.dedup();
    }
    nearer
}
