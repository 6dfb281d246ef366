//! Prints `docs/errors.md`.

fn main() {
    print!("{}", iam_api::catalogue());
}
