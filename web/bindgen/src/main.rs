//! `bindgen MODULE.wasm OUT-DIR NAME`: what `wasm-bindgen --target web` does, and nothing else of that program.
//!
//! A member of this workspace, so that Cargo.lock itself keeps it at the version that the module was built with.
use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [module, out_dir, name] = args.as_slice() else {
        bail!("usage: bindgen MODULE.wasm OUT-DIR NAME");
    };
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(name)
        .generate(out_dir)
        .with_context(|| format!("cannot make the JavaScript side of {module}"))
}
