//! The packages of a lock file, and the shortest ways from the project to each.

use std::collections::{BTreeMap, VecDeque};

use semver::Version;

use crate::model::Text;

/// How many ways to one place are shown.
const WAYS: usize = 3;
/// The longest way that is shown, in packages. Real ones have less than twenty.
const LONGEST: usize = 64;
/// The place of the project itself.
pub(super) const ROOT: &str = "";
/// The folder that packages are installed in.
const FOLDER: &str = "node_modules";

/// The packages of a lock file, by their place: `node_modules/a/node_modules/b`.
pub(super) type Listing = BTreeMap<String, Listed>;

/// A package as the lock file lists it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Its name, where the place does not say it: of workspaces and aliases.
    pub(super) name: Option<String>,
    /// Its version as it is written.
    pub(super) version: Option<String>,
    /// Where it really is, if it is a link.
    pub(super) target: Option<String>,
    /// The names of what it depends on.
    pub(super) needs: Vec<String>,
}

/// The packages of a lock file, who needs whom, and how far each is from the project.
#[derive(Debug)]
pub(in crate::parse::npm_audit) struct Tree {
    places: BTreeMap<String, usize>,
    packages: Vec<Installed>,
    /// Those who need each package and are one step nearer to the project, by name and place.
    nearer: Vec<Vec<usize>>,
    /// How many steps each package is from the project.
    distance: Vec<usize>,
    /// Whether the lock file does not say what the project itself asks for.
    old: bool,
}

/// An installed package.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) name: String,
    /// `None` for what is in no registry.
    pub(super) version: Option<Version>,
}

impl Tree {
    /// The tree of lockfileVersion 2 and 3, whose project says what it asks for.
    pub(super) fn of(listing: Listing) -> Self {
        Self::build(listing, |places, needs| {
            // A workspace is a link in the project's own folder, and belongs to the project without being asked for.
            let folder = format!("{FOLDER}/");
            let own = places.links.iter().filter(|(place, target)| {
                let name = place.strip_prefix(&folder);
                name.is_some_and(|name| !name.contains(FOLDER)) && !target.contains(FOLDER)
            });
            let workspaces = own.filter_map(|(_, target)| places.numbers.get(*target));
            if let Some(of_root) = root_of(&places.numbers, needs) {
                of_root.extend(workspaces);
            }
        })
    }

    /// The tree of lockfileVersion 1, which keeps to itself what the project asks for: at least for what nobody else
    /// needs. Without `requires` it does not say who needs what either.
    pub(super) fn of_old(listing: Listing, requires: bool) -> Self {
        let mut tree = Self::build(listing, |places, needs| {
            if !requires {
                return;
            }
            let mut is_needed = vec![false; needs.len()];
            for (number, targets) in needs.iter().enumerate() {
                for target in targets.iter().filter(|target| **target != number) {
                    // Targets count the packages, as `needs` does.
                    is_needed[*target] = true;
                }
            }
            let tops = places
                .numbers
                .iter()
                .filter(|(place, number)| is_top(place) && is_needed.get(**number) == Some(&false));
            let tops: Vec<usize> = tops.map(|(_, number)| *number).collect();
            if let Some(of_root) = root_of(&places.numbers, needs) {
                *of_root = tops;
            }
        });
        tree.old = true;
        tree
    }

    fn build(listing: Listing, join_root: impl FnOnce(&Places<'_>, &mut [Vec<usize>])) -> Self {
        let places = Places::of(&listing);
        let mut needs: Vec<Vec<usize>> = listing
            .iter()
            .map(|(place, listed)| {
                let needs = listed.needs.iter();
                needs
                    .filter_map(|name| places.resolve(place, name))
                    .collect()
            })
            .collect();
        join_root(&places, &mut needs);
        let numbers = places.numbers;
        let links = places.links;
        let mut own: BTreeMap<String, usize> = numbers
            .iter()
            .map(|(place, number)| ((*place).to_owned(), *number))
            .collect();
        for (place, target) in links {
            if let Some(number) = numbers.get(target) {
                own.insert(place.to_owned(), *number);
            }
        }
        let packages: Vec<Installed> = listing
            .into_iter()
            .map(|(place, listed)| Installed {
                name: listed.name.unwrap_or_else(|| name_of(&place).to_owned()),
                version: listed.version.and_then(|words| Version::parse(&words).ok()),
            })
            .collect();
        let distance = own.get(ROOT).map_or_else(
            || vec![usize::MAX; needs.len()],
            |root| distance(*root, &needs),
        );
        Self {
            nearer: nearer(&packages, &needs, &distance),
            places: own,
            packages,
            distance,
            old: false,
        }
    }

    /// What is installed at a place.
    pub(super) fn at(&self, place: &str) -> Option<&Installed> {
        self.packages.get(*self.places.get(place)?)
    }

    /// The shortest ways from the project to what is installed at a place: `workspace > library > package`, without the
    /// project itself. `is_direct` says that the project asks for it, which an old lock file does not tell.
    pub(super) fn paths(&self, place: &str, is_direct: bool) -> Vec<Text> {
        let mut found = Vec::new();
        let Some(number) = self.places.get(place).copied() else {
            return found;
        };
        if self.old && is_direct && is_top(place) {
            found.extend(self.packages.get(number).map(|it| Text::line(&it.name)));
            return found;
        }
        if self.distance.get(number).is_some_and(|it| *it < LONGEST) {
            self.walk(number, &mut Vec::new(), &mut found);
        }
        found
    }

    /// Walks up. Each step is one nearer to the project, so that each way ends there, and the first [`WAYS`] are the only
    /// ones that are walked.
    fn walk(&self, number: usize, way: &mut Vec<usize>, found: &mut Vec<Text>) {
        if self.distance.get(number) == Some(&0) {
            let names = way.iter().rev();
            let names = names.filter_map(|number| Some(self.packages.get(*number)?.name.as_str()));
            let names: Vec<&str> = names.collect();
            found.extend(Text::some_line(&names.join(" > ")));
            return;
        }
        way.push(number);
        for next in self.nearer.get(number).into_iter().flatten() {
            if found.len() >= WAYS {
                break;
            }
            self.walk(*next, way, found);
        }
        way.pop();
    }
}

/// The places of a lock file while its tree is built.
struct Places<'a> {
    /// The number of each package that is no link: its place in the order of the list.
    numbers: BTreeMap<&'a str, usize>,
    /// Where links lead.
    links: BTreeMap<&'a str, &'a str>,
}

impl<'a> Places<'a> {
    fn of(listing: &'a Listing) -> Self {
        let (mut numbers, mut links) = (BTreeMap::new(), BTreeMap::new());
        for (number, (place, listed)) in listing.iter().enumerate() {
            match &listed.target {
                Some(target) => drop(links.insert(place.as_str(), target.as_str())),
                None => drop(numbers.insert(place.as_str(), number)),
            }
        }
        Self { numbers, links }
    }

    /// What `name` means to the package at `place`: the nearest of that name in a folder `node_modules` on the way up, as
    /// Node.js looks for modules.
    fn resolve(&self, place: &str, name: &str) -> Option<usize> {
        let mut folder = place;
        let mut candidate = String::new();
        loop {
            if folder.rsplit('/').next() != Some(FOLDER) {
                candidate.clear();
                candidate.push_str(folder);
                candidate.push_str(if folder.is_empty() { "" } else { "/" });
                candidate.push_str(FOLDER);
                candidate.push('/');
                candidate.push_str(name);
                let found = candidate.as_str();
                let found = self.links.get(found).copied().unwrap_or(found);
                if let Some(number) = self.numbers.get(found) {
                    return Some(*number);
                }
            }
            // What lies outside of the project does not see what is installed in it.
            if folder.is_empty() || folder.rsplit('/').next() == Some("..") {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

/// What the project itself needs.
fn root_of<'a>(
    numbers: &BTreeMap<&str, usize>,
    needs: &'a mut [Vec<usize>],
) -> Option<&'a mut Vec<usize>> {
    needs.get_mut(*numbers.get(ROOT)?)
}

/// Whether a place is in the project's own folder of packages.
fn is_top(place: &str) -> bool {
    let name = place
        .strip_prefix(FOLDER)
        .and_then(|it| it.strip_prefix('/'));
    name.is_some_and(|name| name_of(place) == name)
}

/// The name of the package at a place: what follows the last `node_modules/`, or the folder of a workspace.
fn name_of(place: &str) -> &str {
    let mut ends = place.rmatch_indices(FOLDER);
    let installed = ends.find_map(|(start, _)| {
        let before = place.get(..start)?;
        let name = place.get(start + FOLDER.len()..)?.strip_prefix('/')?;
        (before.is_empty() || before.ends_with('/')).then_some(name)
    });
    installed.unwrap_or_else(|| place.rsplit('/').next().unwrap_or(place))
}

/// How many steps each package is from `root`. All numbers in `needs` are places in it.
fn distance(root: usize, needs: &[Vec<usize>]) -> Vec<usize> {
    let mut distance = vec![usize::MAX; needs.len()];
    let mut queue = VecDeque::from([root]);
    distance[root] = 0;
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

/// For each package those who need it and are one step nearer to the project. All lists are of one length, and all numbers
/// in `needs` are places in them.
fn nearer(packages: &[Installed], needs: &[Vec<usize>], distance: &[usize]) -> Vec<Vec<usize>> {
    let mut nearer = vec![Vec::new(); needs.len()];
    for (number, targets) in needs.iter().enumerate() {
        for target in targets {
            if distance[number] != usize::MAX && distance[*target] == distance[number] + 1 {
                nearer[*target].push(number);
            }
        }
    }
    for above in &mut nearer {
        // Numbers follow places.
        above.sort_by_key(|number| (packages[*number].name.as_str(), *number));
        above.dedup();
    }
    nearer
}
