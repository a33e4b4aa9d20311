//! `bindgen MODULE.wasm OUT-DIR NAME`: cuts a module into the parts that its source marks, and makes the JavaScript side
//! as `wasm-bindgen --target web` does. Writes `NAME.js`, `NAME_bg.wasm`, `split.js`, a `.wasm` of each part, and
//! `parts.json`: part to the names of its files.
//!
//! A member of this workspace, so that Cargo.lock itself keeps these tools at the versions that the module was built with.
use anyhow::{Context, anyhow, bail};
use std::collections::BTreeMap;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [module, out_dir, name] = args.as_slice() else {
        bail!("usage: bindgen MODULE.wasm OUT-DIR NAME");
    };
    let out_dir = Path::new(out_dir);
    let main = out_dir.join("main.wasm");
    let input = std::fs::read(module).with_context(|| format!("cannot read {module}"))?;
    let main_module = format!("./{name}.js");
    let mut options = Options::new(&input);
    options.output_dir = out_dir;
    options.main_out_path = &main;
    options.main_module = &main_module;
    options.link_name = "./split.js";
    let parts = transform(options).map_err(|e| anyhow!("cannot cut {module}: {e:#}"))?;
    let names: BTreeMap<_, _> = parts.prefetch_map.into_iter().collect();
    std::fs::write(out_dir.join("parts.json"), serde_json::to_vec(&names)?)?;
    Bindgen::new()
        .input_path(&main)
        .web(true)?
        .typescript(false)
        // The table of functions among them, through which the parts call each other.
        .keep_lld_exports(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .out_name(name)
        .generate(out_dir)
        .with_context(|| format!("cannot make the JavaScript side of {module}"))?;
    std::fs::remove_file(&main)?;
    Ok(())
}
