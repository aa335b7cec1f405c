//! Groups the files of a specimen into fields: a file with all channels, or a file for each channel.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::field::{ChannelFile, FieldFiles, FieldSource};
use super::label::{Label, Reading, WAYS, has_channel_suffix, numbered_reading, readings};
use super::slices::{Placed, join_slices};
use crate::field::ChannelRole;
use crate::io::channels::map_key;
use crate::io::image_file::holds_several_channels;
use crate::io::names::field_name;

/// A file with its name and the channel that its folder states.
#[derive(Debug, Clone)]
struct File {
    path: PathBuf,
    /// The name without its image suffix.
    name: String,
    readings: [Option<Reading>; WAYS],
}

/// A file of a group, with its channel.
#[derive(Debug, Clone)]
struct Member {
    file: File,
    reading: Reading,
}

/// Groups the files of one folder into fields, each with its first file, in the order of those. `folder` names a field whose
/// files are named by their channels alone.
pub(super) fn group_fields(files: Vec<PathBuf>, folder: &str) -> Vec<Placed> {
    let file = |path: PathBuf| {
        let name = field_name(&path);
        File { readings: readings(&name), path, name }
    };
    let mut rest: Vec<File> = files.into_iter().map(file).collect();
    let mut fields = Vec::new();
    for way in 0..WAYS {
        let (grouped, others) = complete_fields(rest, way, folder);
        fields.extend(grouped);
        rest = others;
    }
    let (numbered, rest) = numbered_fields(rest, folder);
    fields.extend(numbered);
    fields.extend(other_fields(rest, folder));
    let mut fields = join_slices(fields);
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    fields
}

/// A folder that holds one channel.
#[derive(Debug, Clone)]
pub(super) struct ChannelFolder {
    /// What its name says of the channel, and of the field if it names one.
    pub(super) reading: Reading,
    pub(super) files: Vec<PathBuf>,
}

/// Groups files that lie in a folder for each channel into fields, by their names without that of the channel.
pub(super) fn group_channel_folders(folders: Vec<ChannelFolder>) -> Vec<Placed> {
    let mut members: Vec<Member> = Vec::new();
    for ChannelFolder { reading: Reading { field: of_folder, label, text }, files } in folders {
        let is_only = files.len() == 1;
        for path in files {
            let name = field_name(&path);
            let own = readings(&name);
            let named = own.iter().flatten().find(|reading| reading.label == label);
            let of_file = named.map_or(&name, |reading| &reading.field);
            let field = match (of_folder.as_str(), is_only) {
                ("", _) => of_file.clone(),
                (folder, true) => folder.to_owned(),
                (folder, false) => format!("{folder}_{of_file}"),
            };
            let reading = Reading { field, label, text: text.clone() };
            members.push(Member { file: File { path, name, readings: own }, reading });
        }
    }
    let field = |(name, members): (String, Vec<Member>)| {
        let first = members.first()?.file.path.clone();
        let files = three(&members).or_else(|| listed(&members)).unwrap_or_else(|| unclear(&name, &members));
        Some((first, FieldSource::new(name, files)))
    };
    join_slices(by_field(members).into_iter().filter_map(field).collect())
}

fn by_field(members: Vec<Member>) -> BTreeMap<String, Vec<Member>> {
    let mut groups: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    for member in members {
        groups.entry(member.reading.field.clone()).or_default().push(member);
    }
    groups
}

/// The name of a field, or that of the folder if the files have none.
fn named(field: &str, folder: &str) -> String {
    if field.is_empty() { folder.to_owned() } else { field.to_owned() }
}

/// Fields that have one file for each of the three channels in one way of reading their names, and the other files. Files of
/// further channels and merged pictures of such a field are left out.
fn complete_fields(files: Vec<File>, way: usize, folder: &str) -> (Vec<Placed>, Vec<File>) {
    let whole: BTreeSet<String> = files.iter().map(|file| file.name.clone()).collect();
    let (mut members, mut rest) = (Vec::new(), Vec::new());
    for file in files {
        match file.readings[way].clone() {
            Some(reading) => members.push(Member { file, reading }),
            None => rest.push(file),
        }
    }
    let mut fields = Vec::new();
    for (field, members) in by_field(members) {
        // A file of the name of the field itself may hold all of its channels.
        let found = three(&members).filter(|_| !whole.contains(&field));
        match (found, members.first()) {
            (Some(files), Some(first)) => {
                let path = first.file.path.clone();
                fields.push((path, FieldSource::new(named(&field, folder), files)));
            }
            _ => rest.extend(members.into_iter().map(|member| member.file)),
        }
    }
    (fields, rest)
}

/// The three files of a field, if each role has one. Other labels do not matter.
fn three(members: &[Member]) -> Option<FieldFiles> {
    let of = |role: ChannelRole| {
        let mut files = members.iter().filter(|m| m.reading.label == Label::Role(role));
        let path = files.next()?.file.path.clone();
        files.next().is_none().then_some(path)
    };
    let is_clear = !members.iter().any(|m| matches!(m.reading.label, Label::Number(..)));
    let [counterstain, red, green] = ChannelRole::ALL.map(of);
    Some(FieldFiles::Three { counterstain: counterstain?, red: red?, green: green? }).filter(|_| is_clear)
}

/// Files whose names differ in the number of the channel: three or more of them, counted from 0 or 1.
fn numbered_fields(files: Vec<File>, folder: &str) -> (Vec<Placed>, Vec<File>) {
    let (mut members, mut rest) = (Vec::new(), Vec::new());
    for file in files {
        match numbered_reading(&file.name) {
            Some(reading) => members.push(Member { file, reading }),
            None => rest.push(file),
        }
    }
    let mut fields = Vec::new();
    for (field, members) in by_field(members) {
        // Files of all channels may be numbered in the same way.
        let is_set = is_counted(&members) && !members.iter().any(|m| holds_several_channels(&m.file.path));
        match (listed(&members).filter(|_| is_set), members.first()) {
            (Some(files), Some(first)) => {
                let path = first.file.path.clone();
                fields.push((path, FieldSource::new(named(&field, folder), files)));
            }
            _ => rest.extend(members.into_iter().map(|member| member.file)),
        }
    }
    (fields, rest)
}

/// Whether the numbers of channels are 0, 1, 2 ... or 1, 2, 3 ..., two of them if they can be nothing else.
fn is_counted(members: &[Member]) -> bool {
    let mut numbers = Vec::new();
    let mut all_sure = true;
    for member in members {
        let Label::Number(number, is_sure) = member.reading.label else { return false };
        numbers.push(number);
        all_sure &= is_sure;
    }
    numbers.sort_unstable();
    let is_run = numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]);
    is_run
        && numbers.first().is_some_and(|&first| first <= 1)
        && numbers.len() >= if all_sure { 2 } else { 3 }
}

/// The files in the order of their numbers or names, if each has its own.
fn listed(members: &[Member]) -> Option<FieldFiles> {
    let key = |member: &Member| match member.reading.label {
        Label::Number(number, _) => (number, String::new()),
        _ => (0, member.reading.text.to_lowercase()),
    };
    let mut sorted: Vec<&Member> = members.iter().filter(|m| m.reading.label != Label::Merged).collect();
    sorted.sort_by_key(|member| key(member));
    let is_repeated = sorted.windows(2).any(|pair| key(pair[0]) == key(pair[1]));
    let file = |member: &&Member| ChannelFile::new(&member.reading.text, &member.file.path);
    let files: Vec<ChannelFile> = sorted.iter().map(file).collect();
    (files.len() > 1 && !is_repeated).then_some(FieldFiles::Listed { files })
}

/// Files that make no complete field: whole fields, and those that lack a channel or have one twice.
fn other_fields(files: Vec<File>, folder: &str) -> Vec<Placed> {
    let member = |file: File| {
        // The last words of the name; a merged picture is a field of its own.
        let reading =
            file.readings[0].clone().filter(|reading| matches!(reading.label, Label::Role(_) | Label::Other));
        let reading = reading.filter(|reading| !reading.field.is_empty());
        let whole = Reading { field: file.name.clone(), label: Label::Merged, text: String::new() };
        Member { reading: reading.unwrap_or(whole), file }
    };
    let mut fields = Vec::new();
    for (field, members) in by_field(files.into_iter().map(member).collect()) {
        let Some(first) = members.first() else { continue };
        let path = first.file.path.clone();
        let is_whole = |member: &Member| member.reading.label == Label::Merged;
        // A file by itself, whose name ends in that of a label by chance, holds all channels.
        if members.len() == 1 && (is_whole(first) || !has_channel_suffix(&first.file.name)) {
            fields.push((path.clone(), FieldSource::new(&first.file.name, FieldFiles::One(path))));
            continue;
        }
        let is_list = members.len() > 2 && !members.iter().any(is_whole) && has_no_role_twice(&members);
        let files = listed(&members).filter(|_| is_list).unwrap_or_else(|| unclear(&field, &members));
        fields.push((path, FieldSource::new(named(&field, folder), files)));
    }
    fields
}

fn has_no_role_twice(members: &[Member]) -> bool {
    ChannelRole::ALL
        .iter()
        .all(|role| members.iter().filter(|m| m.reading.label == Label::Role(*role)).count() < 2)
}

fn unclear(name: &str, members: &[Member]) -> FieldFiles {
    let has = |role: &ChannelRole| members.iter().any(|m| m.reading.label == Label::Role(*role));
    let missing: Vec<_> = ChannelRole::ALL.into_iter().filter(|role| !has(role)).map(map_key).collect();
    let is_dye = |m: &Member| !matches!(m.reading.label, Label::Merged);
    let (question, remedy) = if members.iter().all(is_dye) && members.len() + missing.len() == 3 {
        (
            format!("field `{name}` has no file for {}", missing.join(" and ")),
            "add the missing file (_DAPI, _RED or _ORANGE, _GREEN), drop the suffix if the file holds all channels, or \
             say how the files are named, such as --files '{field}_{channel}.tif'",
        )
    } else {
        (
            format!("several files are field `{name}`, and its nuclei would be counted more than once"),
            "leave one file with all channels, or one file for each channel; or say which files count, such as \
             --files '{field}_{channel}.tif'",
        )
    };
    let files = members.iter().map(|member| member.file.path.clone()).collect();
    FieldFiles::Unclear { files, question, remedy: remedy.to_owned() }
}
