//! Prints the OpenAPI document, for `make docs`.

fn main() {
    println!("{:#}", iam_api::openapi::document());
}
