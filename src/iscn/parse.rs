//! The parser of ISCN strings.

use std::str::FromStr;

use super::count::{Count, Nuclei, Times};
use super::cursor::Cursor;
use super::notation::{Counted, Group, Iscn, PREFIX, Pattern, ProbeSet};
use super::probe::{ProbeName, Relation, Target, is_of_name};
use crate::error::{Error, Result};

impl FromStr for Iscn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut reader = Reader { cursor: Cursor::new(text), times: None };
        let (probe_sets, donor) = reader.all()?;
        Ok(Self { times: reader.times.unwrap_or_default(), probe_sets, donor })
    }
}

/// The text that is left, and the first times symbol met.
#[derive(Clone, Copy)]
struct Reader<'t> {
    cursor: Cursor<'t>,
    times: Option<Times>,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(Vec<ProbeSet>, Option<Vec<ProbeSet>>)> {
        self.cursor.skip_blanks();
        self.cursor.require(PREFIX)?;
        let own = self.probe_sets()?;
        let donor = if self.cursor.eat("//") { Some(self.probe_sets()?) } else { None };
        self.cursor.skip_blanks();
        if self.cursor.is_at_end() {
            Ok((own, donor))
        } else {
            Err(self.cursor.fault("`(`, `[`, `/`, `,`, `//` or the end"))
        }
    }

    fn probe_sets(&mut self) -> Result<Vec<ProbeSet>> {
        let mut sets = vec![self.probe_set()?];
        while self.cursor.eat(",") {
            sets.push(self.probe_set()?);
        }
        Ok(sets)
    }

    fn probe_set(&mut self) -> Result<ProbeSet> {
        self.cursor.skip_blanks();
        let band = self.cursor.take_while(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
        let band = (!band.is_empty()).then(|| band.to_owned());
        let mut patterns = vec![self.pattern()?];
        while !self.cursor.starts_with("//") && self.cursor.eat("/") {
            patterns.push(self.pattern()?);
        }
        Ok(ProbeSet { band, patterns })
    }

    fn pattern(&mut self) -> Result<Pattern> {
        self.cursor.skip_blanks();
        let mut groups = vec![self.group()?];
        loop {
            if self.cursor.peek() == Some('(') {
                groups.push(self.group()?);
            } else if let Some((after, group)) = self.relation_after_comma() {
                *self = after;
                groups.push(group);
            } else {
                break;
            }
        }
        let nuclei = if self.cursor.peek() == Some('[') { Some(self.nuclei()?) } else { None };
        Ok(Pattern { groups, nuclei })
    }

    /// Older editions have a comma before `(... sep ...)`: a relation is no probe set of its own.
    fn relation_after_comma(&self) -> Option<(Self, Group)> {
        let mut after = *self;
        if !after.cursor.eat(",") || after.cursor.peek() != Some('(') {
            return None;
        }
        let group = after.group().ok()?;
        group.is_relation().then_some((after, group))
    }

    fn group(&mut self) -> Result<Group> {
        let at = self.cursor;
        self.cursor.require("(")?;
        let (mut targets, mut counts) = (Vec::new(), Vec::new());
        loop {
            self.cursor.skip_blanks();
            targets.push(self.target()?);
            counts.extend(self.count()?);
            if !self.cursor.eat(",") {
                break;
            }
        }
        self.cursor.require(")")?;
        if counts.is_empty() {
            let count = self.count()?.ok_or_else(|| self.cursor.fault("a number of copies, such as `x2`"))?;
            Ok(Group::Shared { targets, count })
        } else if counts.len() == targets.len() {
            let counted = targets.into_iter().zip(counts).map(|(target, count)| Counted { target, count });
            Ok(Group::Each(counted.collect()))
        } else {
            Err(at.fault("one number of copies for each probe, or one for all of them"))
        }
    }

    fn target(&mut self) -> Result<Target> {
        let first = self.name()?;
        let mut others = Vec::new();
        while let Some((mut after, relation)) = self.relation() {
            after.cursor.skip_blanks();
            *self = after;
            others.push((relation, self.name()?));
        }
        Ok(Target { first, others })
    }

    /// A relation, with the text after it.
    fn relation(&self) -> Option<(Self, Relation)> {
        let mut after = *self;
        after.cursor.skip_blanks();
        let relation = Relation::ALL.into_iter().find(|relation| after.cursor.eat(relation.name()))?;
        after.cursor.peek().is_some_and(char::is_whitespace).then_some((after, relation))
    }

    fn name(&mut self) -> Result<ProbeName> {
        let at = self.cursor;
        let name = self.cursor.take_while(is_of_name);
        ProbeName::new(name).map_err(|_| at.fault("the name of a probe"))
    }

    /// A number of copies if one comes next.
    fn count(&mut self) -> Result<Option<Count>> {
        let mut after = self.cursor;
        after.skip_blanks();
        if after.eat("amp") {
            self.cursor = after;
            return Ok(Some(Count::Amplified));
        }
        let Some(times) = Times::ALL.into_iter().find(|times| after.eat(times.name())) else {
            return Ok(None);
        };
        self.cursor = after;
        self.times.get_or_insert(times);
        if self.cursor.eat(">") {
            return Ok(Some(Count::MoreThan(self.cursor.number()?)));
        }
        let at = self.cursor;
        let low = self.cursor.number()?;
        let high = if self.cursor.eat("~") { self.cursor.number()? } else { low };
        Count::between(low, high).map(Some).map_err(|_| at.fault("the lower number before `~`"))
    }

    fn nuclei(&mut self) -> Result<Nuclei> {
        let at = self.cursor;
        self.cursor.require("[")?;
        let nuclei = self.cursor.number()?;
        let found = if self.cursor.eat("/") {
            let of = self.cursor.number()?;
            (nuclei <= of).then_some(Nuclei::Part { nuclei, of })
        } else {
            Some(Nuclei::All(nuclei))
        };
        self.cursor.require("]")?;
        found.ok_or_else(|| at.fault("at most as many nuclei as were counted"))
    }
}
