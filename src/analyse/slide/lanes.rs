//! Work of which only so many pieces are in memory at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::error::Result;

/// Does all pieces, `at_once` of them at a time, and gives the results in their order. A lane takes the next piece as soon as it is
/// done with one: no thread waits for the slowest of a group.
///
/// # Errors
/// That of the first piece that fails, in the order of the pieces. Pieces that were not begun are left.
pub(super) fn run<T: Sync, R: Send>(
    pieces: &[T],
    at_once: usize,
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let lane = |_| {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(place) else { return done };
            let result = work(piece);
            if result.is_err() {
                // Pieces before this one were begun: the first error is the same for any number of lanes.
                next.store(pieces.len(), Ordering::Relaxed);
            }
            done.push((place, result));
        }
    };
    let lanes = (0..at_once.min(pieces.len())).into_par_iter().with_max_len(1).flat_map_iter(lane);
    let mut all: Vec<(usize, Result<R>)> = lanes.collect();
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::error::Error;

    #[test]
    fn no_more_pieces_than_lanes_are_in_memory_and_the_order_stays() {
        let pieces: Vec<usize> = (0..100).collect();
        for at_once in [1, 2, 3, 8] {
            let (now, most) = (AtomicUsize::new(0), Mutex::new(0));
            let results = run(&pieces, at_once, |piece| {
                let held = now.fetch_add(1, Ordering::SeqCst) + 1;
                let mut most = most.lock().unwrap();
                *most = held.max(*most);
                drop(most);
                let sum: usize = (0..1000).into_par_iter().sum();
                let _before = now.fetch_sub(1, Ordering::SeqCst);
                Ok(piece + sum)
            });
            assert_eq!(results.unwrap(), (0..100).map(|piece| piece + 499_500).collect::<Vec<_>>());
            assert!(*most.lock().unwrap() <= at_once);
        }
    }

    #[test]
    fn the_first_error_is_told() {
        let pieces: Vec<usize> = (0..50).collect();
        for at_once in [1, 2, 7] {
            let failed = run(&pieces, at_once, |piece| match piece {
                20 => Err(Error::Cancelled),
                21.. => Err(Error::parameter("piece", piece.to_string(), "one before 20")),
                _ => Ok(*piece),
            });
            assert!(matches!(failed, Err(Error::Cancelled)), "{at_once}: {failed:?}");
        }
    }
}
