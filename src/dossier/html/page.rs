//! The shell of a page: one file that holds everything it shows.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// Loads that a page may start: none.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// A page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// Above the title.
    pub(super) kicker: &'a str,
    /// Below the title.
    pub(super) subtitle: &'a str,
    /// Ids and names of the sections that the page links to.
    pub(super) sections: &'a [(&'a str, &'a str)],
    pub(super) main: Markup,
}

/// The page as a file. The same parts give the same bytes.
pub(super) fn page(page: &Page<'_>) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(concat!("breakapart ", env!("CARGO_PKG_VERSION")));
                link rel="icon" href="data:,";
                title { (page.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the figures" }
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
                        " Who signs a validation is responsible for it. Made by "
                        (concat!("breakapart ", env!("CARGO_PKG_VERSION"))) "."
                    }
                }
            }
        }
    };
    let mut text = markup.into_string();
    text.push('\n');
    text
}

/// A table that scrolls sideways on a narrow screen, by keyboard as well.
pub(super) fn scrolling(name: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" tabindex="0" aria-label={(name) ", table"} { (table) } }
}
