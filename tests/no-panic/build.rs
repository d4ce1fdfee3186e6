//! Links without a start-up file: the image is never run.

fn main() {
    println!("cargo:rustc-link-arg-bins=--entry=image");
    println!("cargo:rustc-link-arg-bins=--gc-sections");
}
