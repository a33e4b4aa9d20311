//! Prepares number and date (`fields add IN OUT`) and fills them (`fields fill IN OUT`).
use signing::{Align, EditOptions, FileSource, NewTextField, Placement, add_text_fields, fill_text_fields};
use std::fs::File;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, input, output] = &arguments[..] else {
        return Err("add|fill IN.pdf OUT.pdf".into());
    };
    let source = FileSource::new(File::open(input)?)?;
    let mut out = File::create(output)?;
    let options = EditOptions {
        time: 1_795_500_000,
        ..EditOptions::default()
    };
    if what == "add" {
        let field = |name: &str, x: f64, tooltip: &str| NewTextField {
            name: name.into(),
            placement: Placement {
                page: 1,
                x,
                y: 700.0,
                w: 180.0,
                h: 18.0,
            },
            font_size: 13.0,
            align: Align::Centre,
            tooltip: tooltip.into(),
            paper: true,
        };
        add_text_fields(
            &source,
            &mut out,
            &[field("kyhop_number", 60.0, "Số"), field("kyhop_date", 320.0, "Ngày")],
            &options,
        )?;
    } else {
        let values = [
            ("kyhop_number".into(), "12/QĐ-UBND".into()),
            ("kyhop_date".into(), "Minh An, ngày 24 tháng 11 năm 2026".into()),
        ];
        fill_text_fields(&source, &mut out, &values, &options)?;
    }
    Ok(())
}
