//! How the program takes its memory.

/// The C library asks the system for huge pages, and keeps freed memory for the next image.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const TUNABLES: &str = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=2147483648:\
                        glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=67108864";

/// Starts the program again with huge pages, which take a sixth off the processor time of a field.
///
/// The C library reads its settings from the environment, before `main`. Where it has some already, or where the restart
/// fails, the program goes on as it is. Other systems and libraries have no such settings.
pub(crate) fn restart_with_huge_pages() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::os::unix::process::CommandExt;
        use std::process::Command;

        const VARIABLE: &str = "GLIBC_TUNABLES";
        let mut arguments = std::env::args_os();
        let (Ok(program), Some(name)) = (std::env::current_exe(), arguments.next()) else { return };
        if std::env::var_os(VARIABLE).is_none() {
            let _failed = Command::new(program).arg0(name).args(arguments).env(VARIABLE, TUNABLES).exec();
        }
    }
}
