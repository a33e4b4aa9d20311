//! The register as CSV and as XLSX.
use super::Register;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, XlsxError};

/// What a spreadsheet takes for a formula is text: somebody else wrote the abstract.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// UTF-8 with the byte order mark by which Excel knows it, commas, CRLF.
pub fn csv_of<'a, L: AsRef<[String]>>(head: impl IntoIterator<Item = &'a str>, lines: &[L]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(b"\xef\xbb\xbf".to_vec());
    out.write_record(head)?;
    for line in lines {
        out.write_record(line.as_ref().iter().map(|cell| harmless(cell)))?;
    }
    out.into_inner().map_err(|e| e.into_error().into())
}

impl Register {
    pub(super) fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        csv_of(self.book.columns().iter().map(|(head, _)| *head), &self.lines)
    }

    /// One sheet, A4 across, its head repeated on every page of the print.
    pub(super) fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        let columns = self.book.columns();
        sheet.set_name(format!("{}", self.year))?;
        sheet.set_landscape();
        sheet.set_paper_size(9);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(3, 4)?;
        sheet.set_footer("&CTrang &P/&N");
        sheet.set_freeze_panes(5, 0)?;
        let font = Format::new().set_font_name("Times New Roman").set_font_size(12);
        let title = font.clone().set_bold().set_font_size(14);
        let cell = font
            .clone()
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::Top);
        let head = cell.clone().set_bold().set_align(FormatAlign::Center);
        // A column is as wide as so many digits; one takes about 2 mm.
        for (at, (_, millimetres)) in (0_u16..).zip(columns) {
            sheet.set_column_width(at, f64::from(*millimetres) / 2.0)?;
        }
        sheet.write_with_format(0, 0, &self.body, &font)?;
        sheet.write_with_format(1, 0, format!("{} NĂM {}", self.book.title(), self.year), &title)?;
        for (at, (words, _)) in (0_u16..).zip(columns) {
            sheet.write_with_format(3, at, *words, &head)?;
        }
        for (at, _) in (0_u16..).zip(columns) {
            sheet.write_with_format(4, at, format!("({})", at + 1), &head)?;
        }
        for (row, line) in (5_u32..).zip(&self.lines) {
            for (at, text) in (0_u16..).zip(line) {
                sheet.write_string_with_format(row, at, text, &cell)?;
            }
        }
        book.save_to_buffer()
    }
}
