//! Writes small TIFF files tag by tag (TIFF 6.0, section 2).

use std::path::{Path, PathBuf};

/// The values of a tag.
#[derive(Clone)]
pub(crate) enum Value {
    Short(Vec<u16>),
    Long(Vec<u32>),
    Bytes(Vec<u8>),
    Text(String),
}

impl Value {
    fn bytes(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Self::Short(v) => (3, v.len() as u32, v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Long(v) => (4, v.len() as u32, v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::Bytes(v) => (7, v.len() as u32, v.clone()),
            Self::Text(v) => (2, v.len() as u32 + 1, [v.as_bytes(), &[0]].concat()),
        }
    }
}

/// A page: its tags beside size and strip, and the bytes of its only strip.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) size: (u32, u32),
    pub(crate) tags: Vec<(u16, Value)>,
    pub(crate) data: Vec<u8>,
}

impl Page {
    /// Grey samples of some bits and a format (1 unsigned, 2 signed, 3 float).
    pub(crate) fn grey(size: (u32, u32), bits: u16, format: u16, data: Vec<u8>) -> Self {
        let tags = vec![
            (258, Value::Short(vec![bits])),
            (259, Value::Short(vec![1])),
            (262, Value::Short(vec![1])),
            (339, Value::Short(vec![format])),
        ];
        Self { size, tags, data }
    }

    /// 16-bit samples of one level.
    pub(crate) fn level(size: (u32, u32), level: u16) -> Self {
        Self::grey(size, 16, 1, level.to_le_bytes().repeat((size.0 * size.1) as usize))
    }

    /// The same with a tag set.
    pub(crate) fn with(mut self, tag: u16, value: Value) -> Self {
        self.tags.retain(|(other, _)| *other != tag);
        self.tags.push((tag, value));
        self
    }

    /// The same with an image description.
    pub(crate) fn described(self, text: &str) -> Self {
        self.with(270, Value::Text(text.to_owned()))
    }
}

/// Writes a file of pages, and then bytes that no page speaks of.
pub(crate) fn write(folder: &Path, name: &str, pages: &[Page], behind: &[u8]) -> PathBuf {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for (i, page) in pages.iter().enumerate() {
        let strip = file.len() as u32;
        file.extend(&page.data);
        if i + 1 == pages.len() {
            file.extend(behind);
        }
        let mut tags = page.tags.clone();
        tags.extend([
            (256, Value::Long(vec![page.size.1])),
            (257, Value::Long(vec![page.size.0])),
            (273, Value::Long(vec![strip])),
            (278, Value::Long(vec![page.size.0])),
            (279, Value::Long(vec![page.data.len() as u32])),
        ]);
        tags.sort_by_key(|(tag, _)| *tag);
        let mut entries = (tags.len() as u16).to_le_bytes().to_vec();
        for (tag, value) in &tags {
            let (kind, count, mut bytes) = value.bytes();
            if bytes.len() > 4 {
                let place = file.len() as u32;
                file.extend(&bytes);
                bytes = place.to_le_bytes().to_vec();
            }
            bytes.resize(4, 0);
            entries.extend(tag.to_le_bytes());
            entries.extend(kind.to_le_bytes());
            entries.extend(count.to_le_bytes());
            entries.extend(bytes);
        }
        let here = file.len() as u32;
        file[link..link + 4].copy_from_slice(&here.to_le_bytes());
        file.extend(entries);
        link = file.len();
        file.extend([0; 4]);
    }
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    std::fs::write(&path, file).expect("written");
    path
}
