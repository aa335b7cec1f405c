//! No files of the library use each other in a circle.
//!
//! A file is a node. It uses the file in which an item that it names is defined: through the re-exports of other files,
//! and by the paths of its `use` declarations as well as by those in its code. A file that only declares and re-exports
//! modules therefore uses nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::{library_lines, read_library};

/// Folders and files that are being rebuilt, whose circles are still allowed.
const BEING_REBUILT: [&str; 0] = [];

/// The names of a module from the root on: `["io", "tiff"]`.
type Path = Vec<String>;

/// What one file declares and names.
#[derive(Default)]
struct Source {
    children: BTreeSet<String>,
    /// Path of each imported name, as written from the root.
    imports: BTreeMap<String, Path>,
    globs: Vec<Path>,
    /// Paths in the code, as written.
    inline: Vec<Path>,
    only_declares: bool,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn without_visibility(line: &str) -> &str {
    let line = line.trim_start();
    let Some(rest) = line.strip_prefix("pub") else { return line };
    let rest = match rest.strip_prefix('(') {
        Some(inside) => inside.split_once(')').map_or("", |(_, rest)| rest),
        None => rest,
    };
    rest.trim_start()
}

/// The declarations `use ...;` of a file, without `use` and the semicolon, and the code without them.
fn parted(lines: &[&str]) -> (Vec<String>, String) {
    let (mut uses, mut code) = (Vec::new(), String::new());
    let mut open: Option<String> = None;
    for line in lines {
        let rest = if let Some(begun) = open.take() {
            begun + " " + line.trim()
        } else if let Some(tree) = without_visibility(line).strip_prefix("use ") {
            tree.to_owned()
        } else {
            code.push_str(line);
            code.push('\n');
            continue;
        };
        match rest.trim_end().strip_suffix(';') {
            Some(tree) => uses.push(tree.to_owned()),
            None => open = Some(rest),
        }
    }
    (uses, code)
}

/// The paths of a tree of imports `a::{b, c::d as e}`, each with the name that it gets.
fn expanded(tree: &str) -> Vec<(Path, String)> {
    let segments = |text: &str| -> Path {
        text.split("::").map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect()
    };
    let Some((before, group)) = tree.split_once('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
        let path = segments(path);
        let Some(last) = path.last().cloned() else { return Vec::new() };
        return vec![(path, name.map_or(last, |name| name.trim().to_owned()))];
    };
    let prefix = segments(before);
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.trim_end().strip_suffix('}').unwrap_or(group).chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        match parts.last_mut() {
            Some(part) if c != ',' || depth > 0 => part.push(c),
            _ => parts.push(String::new()),
        }
    }
    let inner = parts.iter().flat_map(|part| expanded(part));
    inner
        .map(|(path, name)| {
            let of_group = path == ["self"];
            let name = if of_group && name == "self" { prefix.last().cloned().unwrap_or(name) } else { name };
            let path = if of_group { prefix.clone() } else { [prefix.clone(), path].concat() };
            (path, name)
        })
        .collect()
}

/// Paths of two or more names in code.
fn inline_paths(code: &str) -> Vec<Path> {
    code.split(|c: char| !is_word(c) && c != ':')
        .filter(|word| word.contains("::") && !word.starts_with(':'))
        .map(|word| word.split("::").filter(|s| !s.is_empty()).map(str::to_owned).collect::<Path>())
        .filter(|path| path.len() > 1)
        .collect()
}

impl Source {
    fn of(module: &Path, text: &str) -> Self {
        let lines: Vec<&str> = library_lines(text).into_iter().map(|(_, line)| line).collect();
        let (uses, code) = parted(&lines);
        let declared = |line: &str| {
            Some(without_visibility(line).strip_prefix("mod ")?.trim_end().strip_suffix(';')?.to_owned())
        };
        let mut source = Self {
            children: code.lines().filter_map(declared).collect(),
            inline: inline_paths(&code),
            only_declares: code
                .lines()
                .all(|line| declared(line).is_some() || line.trim_start().starts_with("#[")),
            ..Self::default()
        };
        for (path, name) in uses.iter().flat_map(|tree| expanded(tree)) {
            let Some(path) = source.absolute(module, &path) else { continue };
            match path.split_last() {
                Some((last, folder)) if last == "*" => source.globs.push(folder.to_vec()),
                _ => drop(source.imports.insert(name, path)),
            }
        }
        source
    }

    /// A path in `module` as seen from the root; `None` if it leads out of the crate.
    fn absolute(&self, module: &Path, path: &Path) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let (mut base, mut rest) = (&module[..module.len().checked_sub(1)?], rest);
                while let Some(("super", after)) =
                    rest.split_first().map(|(first, rest)| (first.as_str(), rest))
                {
                    (base, rest) = (&base[..base.len().checked_sub(1)?], after);
                }
                Some([base, rest].concat())
            }
            name if self.children.contains(name) => Some([&module[..], path].concat()),
            name => Some([&self.imports.get(name)?[..], rest].concat()),
        }
    }
}

/// The file that defines the item at a path; `None` if the path is that of a module.
fn definer(sources: &BTreeMap<Path, Source>, path: &[String], steps: usize) -> Option<Path> {
    let mut at = Path::new();
    for (i, name) in path.iter().enumerate() {
        let next = [&at[..], std::slice::from_ref(name)].concat();
        if sources.contains_key(&next) {
            at = next;
            continue;
        }
        return match sources.get(&at).and_then(|source| source.imports.get(name)) {
            Some(import) if steps > 0 => definer(sources, &[&import[..], &path[i + 1..]].concat(), steps - 1),
            _ => Some(at),
        };
    }
    None
}

/// The circles of the files of a library, each as the arrows between its files.
fn circles(files: &[(String, String)]) -> Vec<Vec<(String, String)>> {
    let module = |name: &str| -> Path {
        if name == "lib" { Path::new() } else { name.split('/').map(str::to_owned).collect() }
    };
    let sources: BTreeMap<Path, Source> =
        files.iter().map(|(name, text)| (module(name), Source::of(&module(name), text))).collect();
    let mut uses: BTreeMap<&Path, BTreeSet<Path>> = BTreeMap::new();
    for (module, source) in &sources {
        let imported = source.imports.values().filter(|_| !source.only_declares).cloned();
        let inline = source.inline.iter().filter_map(|path| source.absolute(module, path));
        let defined = imported.chain(inline).filter_map(|path| definer(&sources, &path, 9));
        let used = defined.chain(source.globs.iter().filter(|_| !source.only_declares).cloned());
        uses.insert(module, used.filter(|used| used != module && !used.is_empty()).collect());
    }
    let reached = |from: &Path| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(used) = open.pop().and_then(|at| uses.get(at)) {
            open.extend(used.iter().filter(|next| seen.insert((*next).clone())));
        }
        seen
    };
    let reach: BTreeMap<&Path, BTreeSet<Path>> = uses.keys().map(|from| (*from, reached(from))).collect();
    let mut found: Vec<Vec<(String, String)>> = Vec::new();
    let mut told = BTreeSet::new();
    for (from, _) in reach.iter().filter(|(from, reach)| reach.contains(**from)) {
        if told.contains(from) {
            continue;
        }
        let members: BTreeSet<&Path> = reach
            .iter()
            .filter(|(to, back)| reach[from].contains(**to) && back.contains(*from))
            .map(|(to, _)| *to)
            .collect();
        let arrows = members.iter().flat_map(|a| uses[*a].iter().map(|b| (*a, b)));
        let inside = arrows.filter(|(_, b)| members.contains(b));
        found.push(inside.map(|(a, b)| (a.join("/"), b.join("/"))).collect());
        told.extend(members);
    }
    found
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let being_rebuilt = |file: &String| {
        BEING_REBUILT.iter().any(|part| file == part || file.starts_with(&format!("{part}/")))
    };
    let mut found = circles(&read_library());
    found.retain(|arrows| !arrows.iter().all(|(from, _)| being_rebuilt(from)));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_rule_finds_circles() {
    let library = |files: &[(&str, &str)]| -> Vec<Vec<(String, String)>> {
        let owned = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        circles(&owned.collect::<Vec<_>>())
    };
    let root = ("lib", "mod a;\n");
    // Siblings, one by `use`, one by a path in code.
    let left = ("a/left", "use super::right::R;\nfn f(r: R) {}\n");
    let right = ("a/right", "pub struct R;\nfn g() { crate::a::left::f(R) }\n");
    let parent = ("a", "//! Only declares.\nmod left;\nmod right;\npub use right::R;\n");
    let arrow = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        library(&[root, parent, left, right]),
        [[arrow("a/left", "a/right"), arrow("a/right", "a/left")]]
    );
    // Through the re-export of their parent, and a child that its parent names.
    let through = ("a/left", "use super::{\n    R as Other,\n};\nfn f(r: Other) {}\n");
    assert_eq!(library(&[root, parent, through, right]).len(), 1);
    assert_eq!(library(&[root, parent, through, ("a/right", "pub struct R;\n")]).len(), 0);
    // A parent that defines what its child uses, and uses the child.
    let with_code = ("a", "mod left;\nuse left::f;\nfn g() { f(R) }\nstruct R;\n");
    let child = ("a/left", "use super::R;\npub fn f(r: R) {}\n");
    assert_eq!(library(&[root, with_code, child]), [[arrow("a", "a/left"), arrow("a/left", "a")]]);
    // Tests and comments are free.
    let tests = (
        "a/right",
        "pub struct R;\n// use super::left::f;\n#[cfg(test)]\nmod tests {\n    use crate::a::left;\n}\n",
    );
    assert_eq!(library(&[root, parent, left, tests]).len(), 0);
    // An alias of a module counts where it is used.
    let alias = ("a/right", "use super::left;\npub struct R;\nfn g() { left::f(R) }\n");
    assert_eq!(library(&[root, parent, left, alias]).len(), 1);
    let unused = ("a/right", "use super::left;\npub struct R;\n");
    assert_eq!(library(&[root, parent, left, unused]).len(), 0);
}
