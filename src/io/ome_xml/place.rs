//! Which of the files that an OME-XML names is the one at hand.

use std::path::Path;

use roxmltree::Node;

use crate::error::Location;

/// The first child element of a name.
pub(super) fn child<'a, 'x>(node: Node<'a, 'x>, name: &str) -> Option<Node<'a, 'x>> {
    node.children().find(|n| n.tag_name().name() == name)
}

/// Which of the files that an OME-XML names is the one at hand.
pub(super) struct Place<'a> {
    own_id: Option<&'a str>,
    own_name: Option<String>,
    /// Whether the file was renamed: it has no name of its own, and the only file that it speaks of is not there.
    is_renamed: bool,
}

impl<'a> Place<'a> {
    pub(super) fn of(root: Node<'a, '_>, location: &Location) -> Self {
        let own_name = location.path().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        let own_id = root.attribute("UUID").map(str::trim);
        let mut place = Self { own_id, own_name, is_renamed: false };
        let data: Vec<Node<'_, '_>> =
            root.descendants().filter(|n| n.tag_name().name() == "TiffData").collect();
        let mut others: Vec<&str> = data.iter().filter_map(|data| place.other_file(*data)).collect();
        let named = data.iter().filter(|data| child(**data, "UUID").is_some()).count();
        let all_elsewhere = others.len() == named;
        others.sort_unstable();
        others.dedup();
        let is_beside = |name: &str| location.path().is_some_and(|path| path.with_file_name(name).exists());
        place.is_renamed =
            matches!(others.as_slice(), [only] if own_id.is_none() && all_elsewhere && !is_beside(only));
        place
    }

    /// The name of the other file that holds the planes of a `TiffData` element.
    pub(super) fn other_file<'b>(&self, data: Node<'b, '_>) -> Option<&'b str> {
        let id = child(data, "UUID").filter(|_| !self.is_renamed)?;
        let name = id.attribute("FileName");
        let same_id = self.own_id.is_some() && id.text().map(str::trim) == self.own_id;
        let is_own = same_id || name.is_some_and(|name| self.own_name.as_deref() == Some(name));
        (!is_own).then_some(name.unwrap_or("a file without a name"))
    }
}
