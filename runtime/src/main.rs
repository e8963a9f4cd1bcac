//! The command `kassa`: registers receipts from a shell, and shows what would become of them.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
