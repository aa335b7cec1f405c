//! `breakapart simulate` under the name that scripts know: `cargo run --release --example simulate -- ...`.

fn main() -> std::process::ExitCode {
    breakapart_program::simulate::main()
}
