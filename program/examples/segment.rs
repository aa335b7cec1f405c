//! `breakapart segment` under the name that scripts know: `cargo run --release --example segment -- ...`.

fn main() -> std::process::ExitCode {
    breakapart_program::segment::main()
}
