//! `breakapart detect` under the name that scripts know: `cargo run --release --example detect -- ...`.

fn main() -> std::process::ExitCode {
    breakapart_program::detect::main()
}
