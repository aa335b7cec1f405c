//! `breakapart score` under the name that scripts know: `cargo run --release --example batch -- ...`.

fn main() -> std::process::ExitCode {
    breakapart_program::score::main()
}
