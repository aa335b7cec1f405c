//! One kernel, compiled for several instruction sets, the best one chosen when it runs.

// By its path, since a benchmark includes this file elsewhere.
#[cfg(test)]
#[path = "dispatch/baseline.rs"]
pub(crate) mod baseline;

/// Work that [`vectorised`] runs: a closure marked `#[inline(always)]`, or a type whose `call` is. Without the mark a large
/// one is not inlined, and stays compiled for the baseline.
pub(crate) trait Kernel {
    type Output;

    fn call(self) -> Self::Output;
}

/// Through `FnMut`, although it is called once: `FnOnce` of a closure that needs no more than its references is a function
/// around it, which does not carry the mark.
impl<R, F: FnMut() -> R> Kernel for F {
    type Output = R;

    #[inline(always)]
    fn call(mut self) -> R {
        self()
    }
}

/// A kernel as the library that chooses the instruction set knows it.
struct Work<K>(K);

impl<K: Kernel> pulp::NullaryFnOnce for Work<K> {
    type Output = K::Output;

    #[inline(always)]
    fn call(self) -> K::Output {
        self.0.call()
    }
}

/// Runs `kernel` compiled for the best instruction set that this processor has (AVX2 with FMA where there is one).
///
/// Whatever is to profit must be inlined into the kernel: mark it `#[inline(always)]`. Rust neither contracts nor
/// reorders floating-point arithmetic, so the same operations in the same order give the same bits on every path.
///
/// Tests read whole fields on both paths and compare every bit. Built with `--cfg breakapart_portable`, every kernel is
/// compiled for the baseline alone: `benches/portable.sh` compares results and times of the two.
pub(crate) fn vectorised<K: Kernel>(kernel: K) -> K::Output {
    #[cfg(test)]
    if baseline::takes::<K>() {
        return kernel.call();
    }
    if cfg!(breakapart_portable) { kernel.call() } else { pulp::Arch::new().dispatch(Work(kernel)) }
}
