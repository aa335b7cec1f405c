//! Decoded strips and tiles that neighbouring parts of a slide share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Result;

/// The samples of a decoded strip or tile as bytes, in the byte order of its file.
pub(super) type Samples = Arc<Vec<u8>>;

/// A strip or tile: the number of its page, and its own.
pub(super) type Key = (PageNumber, usize);

/// A page of a slide: its file among those of the slide, its level in the pyramid, and the page of full resolution.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(in crate::io) struct PageNumber {
    pub(in crate::io) file: usize,
    pub(in crate::io) level: usize,
    pub(in crate::io) page: usize,
}

/// Where one strip or tile is decoded: whoever comes second waits for it.
type Slot = Arc<Mutex<Option<Samples>>>;

/// Decoded strips and tiles, the ones used last, up to a number of bytes.
#[derive(Debug)]
pub(in crate::io) struct ChunkCache {
    budget_bytes: u64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    slots: HashMap<Key, Entry>,
    bytes: u64,
    /// Counts the uses.
    clock: u64,
}

#[derive(Debug, Default)]
struct Entry {
    slot: Slot,
    /// 0 while it is decoded.
    bytes: u64,
    last_use: u64,
}

impl ChunkCache {
    pub(in crate::io) fn new(budget_bytes: u64) -> Self {
        Self { budget_bytes, held: Mutex::default() }
    }

    /// The samples of a strip or tile: those held, or those that `decode` gives. Threads that ask for the same one decode it
    /// once; threads that ask for different ones do not wait for each other.
    pub(super) fn get(&self, key: Key, decode: impl FnOnce() -> Result<Vec<u8>>) -> Result<Samples> {
        let slot = self.slot(key);
        let mut place = lock(&slot);
        if let Some(samples) = &*place {
            return Ok(samples.clone());
        }
        let decoded = decode();
        match decoded {
            Ok(samples) => {
                let samples = Arc::new(samples);
                *place = Some(samples.clone());
                drop(place);
                self.keep(key, &slot, samples.len() as u64);
                Ok(samples)
            }
            Err(error) => {
                drop(place);
                lock(&self.held).slots.remove(&key);
                Err(error)
            }
        }
    }

    fn slot(&self, key: Key) -> Slot {
        let mut held = lock(&self.held);
        held.clock += 1;
        let clock = held.clock;
        let entry = held.slots.entry(key).or_default();
        entry.last_use = clock;
        entry.slot.clone()
    }

    /// Counts a decoded strip or tile, and lets go of those used longest ago.
    fn keep(&self, key: Key, slot: &Slot, bytes: u64) {
        let mut held = lock(&self.held);
        let Some(entry) = held.slots.get_mut(&key).filter(|entry| Arc::ptr_eq(&entry.slot, slot)) else {
            return;
        };
        entry.bytes = bytes;
        held.bytes += bytes;
        while held.bytes > self.budget_bytes {
            let decoded = held.slots.iter().filter(|(_, entry)| entry.bytes > 0);
            let Some((&oldest, _)) = decoded.min_by_key(|(_, entry)| entry.last_use) else { break };
            if let Some(entry) = held.slots.remove(&oldest) {
                held.bytes -= entry.bytes;
            }
        }
    }

    /// Lets go of everything that is held.
    #[cfg(feature = "run")]
    pub(in crate::io) fn clear(&self) {
        let mut held = lock(&self.held);
        held.slots.clear();
        held.bytes = 0;
    }

    /// Bytes held now.
    #[cfg(test)]
    fn bytes(&self) -> u64 {
        lock(&self.held).bytes
    }
}

/// A thread that panicked leaves nothing half done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::{Error, Location};

    #[test]
    fn the_ones_used_last_are_held() {
        let cache = ChunkCache::new(250);
        let decodings = AtomicUsize::new(0);
        let read = |chunk: usize| {
            let decode = || {
                decodings.fetch_add(1, Ordering::Relaxed);
                Ok(vec![chunk as u8; 100])
            };
            assert_eq!(
                *cache.get((PageNumber::default(), chunk), decode).expect("decoded"),
                vec![chunk as u8; 100]
            );
            decodings.load(Ordering::Relaxed)
        };
        assert_eq!([0, 1, 0, 2, 0, 1].map(read), [1, 2, 2, 3, 3, 4]);
        assert_eq!(cache.bytes(), 200);
        #[cfg(feature = "run")]
        {
            cache.clear();
            assert_eq!((cache.bytes(), read(1)), (0, 5));
        }
    }

    #[test]
    fn a_strip_larger_than_the_budget_is_not_held() {
        let cache = ChunkCache::new(10);
        assert_eq!(cache.get((PageNumber::default(), 0), || Ok(vec![1; 11])).expect("decoded").len(), 11);
        assert_eq!(cache.bytes(), 0);
    }

    #[test]
    fn a_fault_is_not_held() {
        let cache = ChunkCache::new(100);
        let fault = || Err(Error::malformed(Location::default(), "damaged"));
        assert_eq!(cache.get((PageNumber::default(), 0), fault).expect_err("damaged").code(), "malformed");
        assert_eq!(*cache.get((PageNumber::default(), 0), || Ok(vec![7])).expect("decoded"), vec![7]);
    }

    #[test]
    fn threads_decode_a_strip_once() {
        let (cache, decodings) = (ChunkCache::new(1 << 20), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let decode = || {
                        decodings.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        Ok(vec![1, 2, 3])
                    };
                    assert_eq!(
                        *cache.get((PageNumber::default(), 2), decode).expect("decoded"),
                        vec![1, 2, 3]
                    );
                });
            }
        });
        assert_eq!(decodings.into_inner(), 1);
    }
}
