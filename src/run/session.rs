//! A run from its plan to its tables.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::analyse::Analyser;
use crate::error::{Error, Location, Result};
use crate::io::FindOptions;
use crate::quality::RunFacts;
use crate::run::facts::{MAX_ROUNDS, Member, failed_controls, update};
use crate::run::folder::ResultsFolder;
use crate::run::ledger::Ledger;
use crate::run::observer::{Event, Observer};
use crate::run::options::RunOptions;
use crate::run::plan::{Plan, PlannedResult};
use crate::run::record::{InputRecord, RunParameters, RunRecord};
use crate::run::result::RunResult;
use crate::run::score::score;
use crate::run::slot::{Slot, There, settings_digest};
use crate::run::specimen::Finished;
use crate::run::tables;
use crate::run::task::{Task, bytes_of};
use crate::run::tile_files::{self, TileFiles};
use crate::workspace::Workspace;

/// A run that is ready to start: everything that can be wrong with its settings is checked, and nothing is written yet.
pub struct Run {
    slots: Vec<Slot>,
    failed_inputs: Vec<InputRecord>,
    record: RunRecord,
    options: RunOptions,
    find: FindOptions,
    folder: ResultsFolder,
    /// Measured tiles of the slides; `None` = slides are measured.
    tiles: Option<TileFiles>,
}

impl Run {
    /// Checks everything, and finds out which results are there already. Waits if another run writes into the folder.
    ///
    /// # Errors
    /// [`Error::Assay`] or [`Error::InvalidParameter`] for an assay or parameters that cannot be used; [`Error::Io`] if the
    /// folder cannot be written to; [`Error::Undecided`] if it holds results of other images under the same name.
    pub fn prepare(plan: Plan, parameters: RunParameters, out: &Path, options: RunOptions) -> Result<Self> {
        let record = RunRecord::new(&plan, parameters, options.pictures);
        let repeated: Vec<bool> = plan.results.iter().map(|r| plan.is_repeated(&r.specimen)).collect();
        let analyser = |planned: &PlannedResult| {
            Analyser::new((*planned.assay).clone())?.with_params(planned.params.clone())
        };
        plan.refuse_one_id_for_two_assays()?;
        let analysers = plan.results.iter().map(analyser).collect::<Result<Vec<_>>>()?;
        let folder = ResultsFolder::open(out)?;
        let mut slots = Vec::with_capacity(plan.results.len());
        let mut taken: Vec<String> = Vec::new();
        for ((planned, analyser), is_repeated) in plan.results.into_iter().zip(analysers).zip(repeated) {
            let name = folder.name_for(&planned.specimen, &planned.assay.id, is_repeated, &taken);
            taken.push(name.clone());
            let settings = settings_digest(&planned, &options)?;
            let path = folder.path().join(&name);
            let ledger = folder.ledgers.get(&name).cloned();
            slots.push(Slot {
                planned,
                analyser,
                settings,
                name,
                path,
                ledger,
                there: There::Nothing,
                record: None,
            });
        }
        slots.par_iter_mut().for_each(Slot::compare);
        let others: Vec<&str> = (slots.iter())
            .filter(|slot| slot.there == There::OtherImages)
            .map(|slot| slot.name.as_str())
            .collect();
        if !others.is_empty() && !options.replace {
            folder.leave()?;
            return Err(Error::Undecided {
                location: Location::file(out),
                question: "the folder holds results of other images under the same names".to_owned(),
                found: others.join(", "),
                remedy: "score into another folder, or put the old results aside with --replace".to_owned(),
            });
        }
        Ok(Self {
            slots,
            failed_inputs: plan.failed.iter().map(InputRecord::without_specimen).collect(),
            record,
            options,
            find: plan.find,
            folder,
            tiles: None,
        })
    }

    /// The same run, which reads its slides from the tiles that [`measure_slide_shares`](crate::run::measure_slide_shares)
    /// wrote into some folders, and gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Undecided`] that names the shares of a slide that are missing; [`Error::Io`] or [`Error::Malformed`] for a file
    /// that cannot be read. Nothing is written then. Tiles that were measured on another image fail their field.
    pub fn with_tiles(mut self, folders: &[PathBuf]) -> Result<Self> {
        let checked = self.check_tiles(folders);
        if checked.is_err() {
            self.folder.leave()?;
        }
        self.tiles = Some(checked?);
        Ok(self)
    }

    fn check_tiles(&self, folders: &[PathBuf]) -> Result<TileFiles> {
        let files = TileFiles::find(folders)?;
        for slot in self.slots.iter().filter(|slot| self.options.redo || slot.there != There::Current) {
            for field in slot.planned.slides() {
                let method = tile_files::method(&slot.planned, field)?;
                files.of_slide(&slot.planned.specimen, &field.name, &method)?;
            }
        }
        Ok(files)
    }

    /// Reads what is not there yet, and writes the tables.
    ///
    /// # Errors
    /// [`Error::Io`] if a table of the run cannot be written. A result that cannot be given is no error: its record says so.
    pub fn score(mut self, observer: &dyn Observer) -> Result<RunResult> {
        self.folder.forget_run(self.options.keep_record)?;
        self.put_aside(observer)?;
        if self.options.redo {
            self.slots.iter_mut().for_each(|slot| slot.there = There::Changed);
        }
        self.tell_start(observer);
        let mut workspaces = Vec::new();
        let is_control = |i: &usize| self.slots[*i].planned.sheet.control.is_some();
        let (controls, rest): (Vec<usize>, Vec<usize>) = (0..self.slots.len()).partition(is_control);
        let mut facts: Vec<RunFacts> = self.slots.iter().map(Slot::own_facts).collect();
        self.read(&controls, &facts, &mut workspaces, observer);
        let failed = failed_controls(&self.members());
        facts.iter_mut().for_each(|facts| facts.failed_controls.clone_from(&failed));
        self.read(&rest, &facts, &mut workspaces, observer);
        // What only the whole run tells. A control that shares its pixels is none, which the others must know.
        for _ in 0..MAX_ROUNDS {
            update(&self.members(), &mut facts);
            if observer.is_cancelled() || !self.judge_again(&facts, &mut workspaces, observer) {
                break;
            }
        }
        if observer.is_cancelled() {
            return Ok(self.result(&self.earlier().unwrap_or_default(), true));
        }
        let earlier = self.earlier()?;
        let result = self.result(&earlier, false);
        tables::write(self.folder.path(), &result, &earlier)?;
        Ok(result)
    }

    /// Moves results out of the way whose images were replaced, or that the caller wants replaced.
    fn put_aside(&mut self, observer: &dyn Observer) -> Result<()> {
        let is_aside = |slot: &&mut Slot| matches!(slot.there, There::OtherImages | There::ImagesReplaced);
        for slot in self.slots.iter_mut().filter(is_aside) {
            let to = self.folder.keep_aside(&slot.name)?;
            observer.on(Event::PutAside { specimen: &slot.planned.specimen, to: &to });
            (slot.ledger, slot.there) = (None, There::Nothing);
        }
        Ok(())
    }

    fn tell_start(&self, observer: &dyn Observer) {
        let (mut fields, mut bytes) = (0, 0);
        for field in self.slots.iter().filter(|slot| slot.there != There::Current).flat_map(Slot::fields) {
            fields += 1;
            bytes += bytes_of(field);
        }
        let kept = self.slots.iter().filter(|slot| slot.there == There::Current).count();
        observer.on(Event::Started { results: self.slots.len(), kept, fields, bytes });
        for record in &self.failed_inputs {
            observer.on(Event::Result { record, outcome: None, kept: false });
        }
    }

    /// Reads those of the results that are not current.
    fn read(
        &mut self,
        which: &[usize],
        facts: &[RunFacts],
        workspaces: &mut Vec<Workspace>,
        observer: &dyn Observer,
    ) {
        for &i in which {
            let slot = &mut self.slots[i];
            if slot.there == There::Current && slot.keep().is_ok() {
                if let (Some(record), Some(ledger)) = (&slot.record, &slot.ledger) {
                    observer.on(Event::Result { record, outcome: ledger.outcome.as_ref(), kept: true });
                }
            } else {
                slot.there = There::Changed;
            }
        }
        let todo: Vec<usize> =
            which.iter().copied().filter(|&i| self.slots[i].there != There::Current).collect();
        let (slots, options, find, tiles) = (&self.slots, &self.options, &self.find, self.tiles.as_ref());
        let tasks: Vec<Task<'_>> = todo
            .iter()
            .map(|&i| Task {
                index: i,
                target: slots[i].target(options, find, tiles),
                facts: facts[i].clone(),
            })
            .collect();
        let mut finished = Vec::new();
        score(&tasks, workspaces, options.memory_bytes, observer, |i, result: Finished| {
            let outcome = result.ledger.as_ref().and_then(|ledger| ledger.outcome.as_ref());
            observer.on(Event::Result { record: &result.record, outcome, kept: false });
            finished.push((i, result));
        });
        drop(tasks);
        for (i, Finished { record, ledger }) in finished {
            self.slots[i].record = Some(record);
            self.slots[i].ledger = ledger;
        }
    }

    /// Judges results again that rest on other facts than these. `false` if there are none. One whose files were changed meanwhile
    /// is read once more.
    fn judge_again(
        &mut self,
        facts: &[RunFacts],
        workspaces: &mut Vec<Workspace>,
        observer: &dyn Observer,
    ) -> bool {
        let rests_on_others =
            |slot: &Slot, facts: &RunFacts| slot.ledger.as_ref().is_some_and(|ledger| ledger.facts != *facts);
        let again: Vec<(usize, &mut Slot)> = (self.slots.iter_mut().enumerate())
            .filter(|(i, slot)| facts.get(*i).is_some_and(|facts| rests_on_others(slot, facts)))
            .collect();
        if again.is_empty() {
            return false;
        }
        observer.on(Event::Again { results: again.len() });
        let judged: Vec<(usize, Result<()>)> =
            again.into_par_iter().map(|(i, slot)| (i, slot.judge_again(&facts[i]))).collect();
        let mut changed = Vec::new();
        for (i, outcome) in judged {
            let slot = &mut self.slots[i];
            if let (Ok(()), Some(record), Some(ledger)) = (outcome, &slot.record, &slot.ledger) {
                observer.on(Event::Result { record, outcome: ledger.outcome.as_ref(), kept: false });
            } else {
                slot.there = There::Changed;
                changed.push(i);
            }
        }
        self.read(&changed, facts, workspaces, observer);
        true
    }

    fn members(&self) -> Vec<Member<'_>> {
        self.slots.iter().map(Slot::member).collect()
    }

    /// Complete results in the folder that are not of this run.
    fn earlier(&self) -> Result<Vec<(String, Ledger)>> {
        self.folder.earlier(|name| self.slots.iter().any(|slot| slot.name == name))
    }

    fn result(&self, earlier: &[(String, Ledger)], is_cancelled: bool) -> RunResult {
        let failed = self.failed_inputs.iter().map(|record| (record.clone(), None));
        let read = self.slots.iter().filter_map(|slot| Some((slot.record.clone()?, slot.ledger.clone())));
        RunResult::of(self.record.clone(), failed.chain(read).collect(), earlier, is_cancelled)
    }
}
