//! `breakapart validate` as a program of its own.

fn main() -> std::process::ExitCode {
    breakapart_tools::main()
}
