//! A place in a text that is being read.

use crate::error::{Error, Result};

/// Characters of the rest that a fault shows.
const SHOWN: usize = 20;

/// The rest of a text that is being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text }
    }

    /// Whether nothing is left.
    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn starts_with(&self, word: &str) -> bool {
        self.rest.starts_with(word)
    }

    /// Reads a word if it comes next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let after = self.rest.strip_prefix(word);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// Reads a word that must come next.
    pub(super) fn require(&mut self, word: &str) -> Result<()> {
        if self.eat(word) { Ok(()) } else { Err(self.fault(format!("`{word}`"))) }
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Reads characters as long as they are of a kind.
    pub(super) fn take_while(&mut self, is_of_kind: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !is_of_kind(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// Reads a whole number.
    pub(super) fn number<N: std::str::FromStr>(&mut self) -> Result<N> {
        let at = *self;
        let digits = self.take_while(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| at.fault("a whole number"))
    }

    /// The fault that something else was expected here.
    pub(super) fn fault(&self, expected: impl Into<String>) -> Error {
        let place = self.text.chars().count() - self.rest.chars().count() + 1;
        let shown: String = self.rest.chars().take(SHOWN).collect();
        let found = if shown.is_empty() { "its end".to_owned() } else { format!("`{shown}`") };
        Error::parameter("ISCN string", format!("{found} at character {place}"), expected.into())
    }
}
