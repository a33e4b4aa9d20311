//! QR codes (ISO/IEC 18004) as filled squares, which stay sharp at every size.
use super::operands;
use crate::error::{Error, Result};
use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white that the standard wants around a code.
const QUIET: f64 = 4.0;

/// Draws the code of `text` into a white square of `side` points at the left, `y` above the lower edge.
pub(super) fn draw(content: &mut Vec<u8>, text: &str, side: f64, y: f64) -> Result<()> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|e| Error::Image(format!("QR code: {e}")))?;
    let module = side / (f64::from(code.size()) + 2.0 * QUIET);
    content.extend_from_slice(b"q 1 g 0 ");
    operands(content, &[y, side, side]);
    content.extend_from_slice(b"re f 0 g\n");
    for row in 0..code.size() {
        let mut column = 0;
        while column < code.size() {
            let start = column;
            while column < code.size() && code.get_module(column, row) {
                column += 1;
            }
            if column > start {
                let left = (QUIET + f64::from(start)) * module;
                let low = y + side - (QUIET + f64::from(row) + 1.0) * module;
                operands(content, &[left, low, f64::from(column - start) * module, module]);
                content.extend_from_slice(b"re\n");
            }
            column += 1;
        }
    }
    content.extend_from_slice(b"f Q\n");
    Ok(())
}
