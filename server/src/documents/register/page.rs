//! The register as a page to be printed.
use super::Register;
use std::fmt::Write as _;

/// Text for the inside of an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const STYLE: &str = "@page{size:A4 landscape;margin:12mm}body{font:12pt 'Times New Roman',Tinos,serif;color:#000;background:#fff;margin:1rem}\
h1{font-size:15pt;text-align:center;margin:.5em 0 1em}table{border-collapse:collapse;width:100%;table-layout:fixed}\
th,td{border:1px solid #000;padding:2px 4px;vertical-align:top;overflow-wrap:anywhere}th{font-weight:700}thead{display:table-header-group}\
tr{break-inside:avoid}button{font:inherit;min-height:44px;padding:0 1rem}@media print{button{display:none}body{margin:0}}";

impl Register {
    /// Self-contained; style and script carry `nonce`.
    pub(super) fn page(&self, nonce: &str) -> String {
        let columns = self.book.columns();
        let (title, year) = (self.book.title(), self.year);
        let mut page = format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title} NĂM {year}</title><style nonce=\"{nonce}\">{STYLE}"
        );
        let whole: u16 = columns.iter().map(|(_, width)| width).sum();
        for (at, (_, width)) in (1..).zip(columns) {
            let _ = write!(
                page,
                "th:nth-child({at}){{width:{:.1}%}}",
                100.0 * f64::from(*width) / f64::from(whole)
            );
        }
        let _ = write!(
            page,
            "</style></head><body><button type=\"button\" id=\"print\">In sổ</button><p>{}</p><h1>{title} NĂM {year}</h1><table><thead><tr>",
            escaped(&self.body)
        );
        for (words, _) in columns {
            let _ = write!(page, "<th scope=\"col\">{words}</th>");
        }
        page.push_str("</tr></thead><tbody>");
        for line in &self.lines {
            page.push_str("<tr>");
            for cell in line {
                let _ = write!(page, "<td>{}</td>", escaped(cell));
            }
            page.push_str("</tr>");
        }
        if self.lines.is_empty() {
            let _ = write!(
                page,
                "<tr><td colspan=\"{}\">Chưa có văn bản nào trong năm {year}.</td></tr>",
                columns.len()
            );
        }
        let _ = write!(
            page,
            "</tbody></table><script nonce=\"{nonce}\">document.getElementById('print').addEventListener('click',()=>print())</script></body></html>"
        );
        page
    }
}
