//! One kernel, compiled for several instruction sets, the best one chosen when it runs.

/// Runs `kernel` compiled for the best instruction set that this processor has (AVX2 with FMA where there is one).
///
/// Whatever is to profit must be inlined into the closure: mark it `#[inline(always)]`. Rust neither contracts nor
/// reorders floating-point arithmetic, so the same operations in the same order give the same bits on every path.
pub(crate) fn vectorised<R>(kernel: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(kernel)
}
