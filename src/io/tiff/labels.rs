//! The names of images among the data that `ImageJ` keeps in tags of its own.

/// The type of data that are the labels of the images of a stack.
const LABELS: [u8; 4] = *b"labl";
/// Bytes at the beginning that say what the data are.
const MAGIC: [u8; 4] = *b"IJIJ";

/// The label of each image, if it has one. `counts` are the bytes of the header and of each entry; `bytes` holds the header,
/// which lists types and how many entries each of them has, and then the entries. A label is text in UTF-16.
pub(super) fn read(counts: &[u64], bytes: &[u64], little_endian: bool) -> Vec<Option<String>> {
    read_labels(counts, bytes, little_endian).unwrap_or_default()
}

fn read_labels(counts: &[u64], bytes: &[u64], little_endian: bool) -> Option<Vec<Option<String>>> {
    let bytes: Vec<u8> = bytes.iter().map(|&v| v as u8).collect();
    let mut counts = counts.iter().map(|&count| usize::try_from(count).unwrap_or(usize::MAX));
    let header_bytes = counts.next()?;
    let header = bytes.get(..header_bytes)?;
    // The letters of a type are a number, in the order of the file.
    let four = |v: &[u8; 4]| {
        let mut letters = *v;
        if little_endian {
            letters.reverse();
        }
        letters
    };
    let words = header.as_chunks::<4>().0;
    let [magic, types @ ..] = words else { return None };
    if four(magic) != MAGIC {
        return None;
    }
    let mut at = header_bytes;
    for [kind, number] in types.as_chunks::<2>().0 {
        let number = u32::from_be_bytes(four(number));
        let mut labels = Vec::new();
        for count in counts.by_ref().take(number as usize) {
            let end = at.checked_add(count)?;
            let text = bytes.get(at..end)?;
            labels.push(text_of(text, little_endian));
            at = end;
        }
        if four(kind) == LABELS {
            return Some(labels);
        }
    }
    None
}

fn text_of(bytes: &[u8], little_endian: bool) -> Option<String> {
    let unit =
        |&pair: &[u8; 2]| if little_endian { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) };
    let units: Vec<u16> = bytes.as_chunks().0.iter().map(unit).collect();
    let text = String::from_utf16_lossy(&units);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels in the bytes of either order, behind an entry of another type.
    fn data(labels: &[&str], little_endian: bool) -> (Vec<u64>, Vec<u64>) {
        let in_order = |mut bytes: Vec<u8>| {
            if little_endian {
                bytes.reverse();
            }
            bytes
        };
        let number = |n: usize| in_order((n as u32).to_be_bytes().to_vec());
        let text = |text: &str| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| in_order(unit.to_be_bytes().to_vec())).collect()
        };
        let head = [MAGIC.to_vec(), b"info".to_vec(), LABELS.to_vec()].map(in_order);
        let header =
            [&head[0], &head[1], &number(1), &head[2], &number(labels.len())].map(Vec::as_slice).concat();
        let entries: Vec<Vec<u8>> = ["some text"].iter().chain(labels).map(|entry| text(entry)).collect();
        let counts =
            std::iter::once(header.len()).chain(entries.iter().map(Vec::len)).map(|n| n as u64).collect();
        let bytes = std::iter::once(header).chain(entries).flatten().map(u64::from).collect();
        (counts, bytes)
    }

    #[test]
    fn labels_in_either_byte_order() {
        for little_endian in [false, true] {
            let (counts, bytes) = data(&["DAPI", "", "Gr\u{fc}n"], little_endian);
            let labels = read(&counts, &bytes, little_endian);
            assert_eq!(labels, [Some("DAPI".to_owned()), None, Some("Gr\u{fc}n".to_owned())]);
        }
    }

    #[test]
    fn broken_data_have_no_labels() {
        let (counts, bytes) = data(&["DAPI"], true);
        assert!(read(&counts, &bytes, false).is_empty());
        for length in 0..bytes.len() {
            assert!(read(&counts, &bytes[..length], true).is_empty(), "{length}");
        }
        assert!(read(&[u64::MAX, u64::MAX], &bytes, true).is_empty());
        assert!(read(&[], &[], true).is_empty());
    }
}
