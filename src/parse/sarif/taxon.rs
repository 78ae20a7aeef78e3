//! Which weakness a taxon is (sections 3.52 to 3.54). Results and rules name it by id, index or guid, in a taxonomy that
//! they name by name, index or guid: one of the run's taxonomies, or a component of the tool that has taxa of its own.

use super::rule::{Call, Component};
use super::wire::Named;
use crate::model::Text;
use crate::parse::package;

/// How many components are searched for a name: real runs have a few dozen.
const MOST_SEARCHED: usize = 256;

/// A taxon of a taxonomy.
#[derive(Debug, Default)]
pub(super) struct Taxon {
    id: Option<String>,
    guid: Option<String>,
}

impl Taxon {
    pub(super) fn of(taxon: &Named<'_>) -> Self {
        Self {
            id: taxon.id.get().map(str::to_owned),
            guid: taxon.guid.get().map(str::to_owned),
        }
    }
}

impl Call {
    /// The weakness that is called for, if it is one: `CWE-89` in any taxonomy, the bare number only in that of CWE.
    pub(super) fn weakness(
        &self,
        taxonomies: &[Component],
        components: &[Component],
    ) -> Option<Text> {
        let taxonomy = self.taxonomy(taxonomies, components);
        let name = taxonomy.and_then(|taxonomy| taxonomy.name.as_ref());
        let in_cwe = is_cwe(self.component_name.as_deref()) || is_cwe(name.map(Text::untrusted));
        let listed = || {
            let taxa = &taxonomy?.taxa;
            let by_guid = |taxon: &&Taxon| self.guid.is_some() && taxon.guid == self.guid;
            let by_index = || taxa.get(self.index?);
            let taxon = by_index().or_else(|| taxa.iter().find(by_guid))?;
            taxon.id.as_deref()
        };
        let id = self.id.as_deref().or_else(listed)?;
        let bare = || in_cwe.then(|| package::weakness(id)).flatten();
        package::weaknesses(id).next().or_else(bare)
    }

    /// The taxonomy that is named. An index alone may be one of the run's taxonomies or one of the tool's extensions, so
    /// that it is asked last; without any name it is the driver.
    fn taxonomy<'c>(
        &self,
        taxonomies: &'c [Component],
        components: &'c [Component],
    ) -> Option<&'c Component> {
        let all = || taxonomies.iter().chain(components).take(MOST_SEARCHED);
        let by_guid = || {
            let wanted = self.component_guid.as_deref()?;
            all().find(|one| one.guid.as_deref() == Some(wanted))
        };
        let by_name = || {
            let wanted = self.component_name.as_deref()?;
            all().find(|one| {
                let name = one.name.as_ref().map_or("", Text::untrusted);
                name.eq_ignore_ascii_case(wanted)
            })
        };
        let by_index = || {
            let index = self.component?;
            taxonomies
                .get(index)
                .or_else(|| components.get(index.saturating_add(1)))
        };
        let is_named = self.component.is_some()
            || self.component_name.is_some()
            || self.component_guid.is_some();
        let driver = || components.first().filter(|_| !is_named);
        by_guid().or_else(by_name).or_else(by_index).or_else(driver)
    }
}

fn is_cwe(name: Option<&str>) -> bool {
    let names = ["cwe", "common weakness enumeration"];
    name.is_some_and(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}
