//! The shell of a page: one file that holds everything it shows.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// Loads that a page may start: none but pictures within the page.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Added where a page has a script of its own.
const SCRIPT_POLICY: &str = "; script-src 'unsafe-inline'";

/// A part of a page that brings its own style and script. It is not printed.
#[derive(Debug, Clone)]
pub(crate) struct Gallery {
    /// Its sections, each with a heading of the second level.
    pub(crate) markup: Markup,
    /// Its CSS.
    pub(crate) style: String,
    /// Its script.
    pub(crate) script: String,
}

/// A page.
pub(crate) struct Page<'a> {
    pub(crate) title: &'a str,
    /// Above the title.
    pub(crate) kicker: &'a str,
    /// Below the title.
    pub(crate) subtitle: &'a str,
    /// Ids and names of the sections that the page links to.
    pub(crate) sections: &'a [(&'a str, &'a str)],
    pub(crate) main: Markup,
    /// CSS that it needs beside the common one.
    pub(crate) style: &'a str,
    pub(crate) gallery: Option<&'a Gallery>,
}

/// The page as a file. The same parts give the same bytes.
pub(crate) fn page(page: &Page<'_>) -> String {
    let script = page.gallery.map(|gallery| gallery.script.as_str()).filter(|script| !script.is_empty());
    let policy = format!("{POLICY}{}", if script.is_some() { SCRIPT_POLICY } else { "" });
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(concat!("breakapart ", env!("CARGO_PKG_VERSION")));
                link rel="icon" href="data:,";
                title { (page.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(page.style)) (PreEscaped(name_on_paper(page.title))) }
                @if let Some(gallery) = page.gallery { style { (PreEscaped(&gallery.style)) } }
            }
            body {
                a.skip href="#main" { "Skip to the result" }
                header.top {
                    p.kicker { (page.kicker) }
                    h1 { (page.title) }
                    p.subtitle { (page.subtitle) }
                }
                nav.sections aria-label="Sections" {
                    ul { @for (id, name) in page.sections { li { a href={"#" (id)} { (name) } } } }
                }
                main id="main" tabindex="-1" { (page.main) }
                footer {
                    p {
                        strong { "Not a medical device." }
                        " A laboratory that reports patients validates the method for its own probes, tissue, microscope and "
                        "readers. Made by " (concat!("breakapart ", env!("CARGO_PKG_VERSION"))) "."
                    }
                }
                @if let Some(script) = script { script { (PreEscaped(script)) } }
            }
        }
    };
    let mut text = markup.into_string();
    text.push('\n');
    text
}

/// The title at the foot of each printed page.
fn name_on_paper(title: &str) -> String {
    let escape = |c: char| match c {
        ' ' => " ".to_owned(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        c => format!("\\{:x} ", u32::from(c)),
    };
    let text: String = title.chars().map(escape).collect();
    format!("@page {{ @bottom-left {{ content: \"{text}\"; font: 7pt system-ui, sans-serif; }} }}\n")
}

/// A table that scrolls sideways on a narrow screen, by keyboard as well.
pub(crate) fn scrolling(name: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" tabindex="0" aria-label={(name) ", table"} { (table) } }
}
