//! Reads break-apart FISH: see [`breakapart_program`].

fn main() -> std::process::ExitCode {
    breakapart_program::main()
}
