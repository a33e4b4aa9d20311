//! Stream filters, as far as structure needs them, each with a bound on what comes out.

use flate2::read::ZlibDecoder;
use lopdf::{Dictionary, Object};
use std::io::Read;
use weezl::{BitOrder, LzwStatus, decode::Decoder};

use super::PdfError;

/// Decodes `raw` with the filters of `dictionary`; more than `limit` bytes are refused.
pub fn decode(dictionary: &Dictionary, raw: &[u8], limit: usize) -> Result<Vec<u8>, PdfError> {
    let filters = list(dictionary.get(b"Filter").ok());
    let parameters = list(dictionary.get(b"DecodeParms").ok());
    // To read it without what is elsewhere would be to read something else.
    if packed_elsewhere(dictionary) {
        return Err(PdfError::Malformed("how a stream is packed stands elsewhere".into()));
    }
    if filters.len() > 4 {
        return Err(PdfError::TooComplex("filters"));
    }
    let mut data = raw.to_vec();
    for (i, filter) in filters.iter().enumerate() {
        let parameters = parameters.get(i).and_then(|p| p.as_dict().ok());
        data = match filter.as_name().unwrap_or_default() {
            b"FlateDecode" | b"Fl" => predicted(inflate(&data, limit)?, parameters)?,
            b"LZWDecode" | b"LZW" => predicted(lzw(&data, parameters, limit)?, parameters)?,
            b"RunLengthDecode" | b"RL" => run_length(&data, limit)?,
            b"ASCIIHexDecode" | b"AHx" => hexadecimal(&data),
            b"ASCII85Decode" | b"A85" => base85(&data)?,
            b"Crypt" => data,
            other => {
                let name = String::from_utf8_lossy(other);
                return Err(PdfError::Malformed(format!("filter {name}")));
            }
        };
    }
    Ok(data)
}

/// Whether other objects say how a stream is packed, in part at least.
pub fn packed_elsewhere(dictionary: &Dictionary) -> bool {
    fn refers(value: &Object) -> bool {
        match value {
            Object::Reference(_) => true,
            Object::Array(items) => items.iter().any(refers),
            Object::Dictionary(d) => d.iter().any(|(_, value)| refers(value)),
            _ => false,
        }
    }
    let says = |key| dictionary.get(key).is_ok_and(refers);
    says(b"Filter") || says(b"DecodeParms")
}

/// Whether filters and parameters are written in the one way in which all readers take them for pairs.
pub fn packed_plainly(dictionary: &Dictionary) -> bool {
    let value = |key| dictionary.get(key).unwrap_or(&Object::Null);
    match (value(b"Filter"), value(b"DecodeParms")) {
        (_, Object::Null) => true,
        (Object::Name(_), Object::Dictionary(_)) => true,
        (Object::Array(filters), Object::Array(parameters)) => filters.len() == parameters.len(),
        _ => false,
    }
}

fn list(object: Option<&Object>) -> Vec<&Object> {
    match object {
        Some(Object::Array(items)) => items.iter().collect(),
        Some(Object::Null) | None => Vec::new(),
        Some(one) => vec![one],
    }
}

fn inflate(data: &[u8], limit: usize) -> Result<Vec<u8>, PdfError> {
    let mut out = Vec::new();
    let mut reader = ZlibDecoder::new(data).take(limit as u64 + 1);
    let result = reader.read_to_end(&mut out);
    if out.len() > limit {
        return Err(PdfError::TooComplex("a stream that unpacks without end"));
    }
    // A damaged end (often just a wrong checksum) does not take back what came before.
    if result.is_err() && out.is_empty() {
        return Err(PdfError::Malformed("compressed stream".into()));
    }
    Ok(out)
}

fn predicted(data: Vec<u8>, parameters: Option<&Dictionary>) -> Result<Vec<u8>, PdfError> {
    let number = |key: &[u8], default: usize| {
        let value = parameters.and_then(|p| p.get(key).ok());
        let value = value.and_then(|v| v.as_i64().ok());
        value.and_then(|v| usize::try_from(v).ok()).unwrap_or(default)
    };
    let predictor = number(b"Predictor", 1);
    if predictor < 2 {
        return Ok(data);
    }
    let depth = number(b"BitsPerComponent", 8);
    let bits = number(b"Colors", 1).saturating_mul(depth);
    let row = bits.saturating_mul(number(b"Columns", 1)).div_ceil(8);
    let pixel = bits.div_ceil(8).max(1);
    if row == 0 || row > 1 << 20 {
        return Err(PdfError::Malformed("predictor".into()));
    }
    if predictor < 10 {
        return differences(data, row, pixel, depth);
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut before = vec![0u8; row];
    for line in data.chunks(row + 1) {
        let mut current = line[1..].to_vec();
        for i in 0..current.len() {
            let left = if i >= pixel { current[i - pixel] } else { 0 };
            let up = before[i];
            let corner = if i >= pixel { before[i - pixel] } else { 0 };
            let guess = match line[0] {
                0 => 0,
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => return Err(PdfError::Malformed("predictor".into())),
            };
            current[i] = current[i].wrapping_add(guess);
        }
        out.extend_from_slice(&current);
        current.resize(row, 0);
        before = current;
    }
    Ok(out)
}

/// TIFF's predictor 2: each sample is the difference to the one of the pixel before.
fn differences(mut data: Vec<u8>, row: usize, pixel: usize, depth: usize) -> Result<Vec<u8>, PdfError> {
    for line in data.chunks_mut(row) {
        match depth {
            8 => (pixel..line.len()).for_each(|i| line[i] = line[i].wrapping_add(line[i - pixel])),
            16 => (pixel..line.len().saturating_sub(1)).step_by(2).for_each(|i| {
                let sample = |at: usize| u16::from_be_bytes([line[at], line[at + 1]]);
                let sum = sample(i).wrapping_add(sample(i - pixel));
                line[i..i + 2].copy_from_slice(&sum.to_be_bytes());
            }),
            _ => return Err(PdfError::Malformed("predictor".into())),
        }
    }
    Ok(data)
}

fn lzw(data: &[u8], parameters: Option<&Dictionary>, limit: usize) -> Result<Vec<u8>, PdfError> {
    let early = parameters.and_then(|p| p.get(b"EarlyChange").ok()).and_then(|v| v.as_i64().ok());
    let mut decoder = match early {
        Some(0) => Decoder::new(BitOrder::Msb, 8),
        _ => Decoder::with_tiff_size_switch(BitOrder::Msb, 8),
    };
    let (mut out, mut at, mut part) = (Vec::new(), 0, vec![0; 1 << 16]);
    loop {
        let step = decoder.decode_bytes(&data[at..], &mut part);
        at += step.consumed_in;
        out.extend_from_slice(&part[..step.consumed_out]);
        if out.len() > limit {
            return Err(PdfError::TooComplex("a stream that unpacks without end"));
        }
        match step.status {
            Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) => return Ok(out),
            // As with zlib: a damaged end does not take back what came before.
            Err(_) if !out.is_empty() => return Ok(out),
            Err(_) => return Err(PdfError::Malformed("compressed stream".into())),
        }
    }
}

fn run_length(data: &[u8], limit: usize) -> Result<Vec<u8>, PdfError> {
    let (mut out, mut rest) = (Vec::new(), data);
    while let Some((length, after)) = rest.split_first() {
        let taken = match *length {
            128 => break,
            n @ 0..128 => {
                let run = &after[..after.len().min(usize::from(n) + 1)];
                out.extend_from_slice(run);
                run.len()
            }
            n => {
                let Some(byte) = after.first() else { break };
                out.resize(out.len() + 257 - usize::from(n), *byte);
                1
            }
        };
        if out.len() > limit {
            return Err(PdfError::TooComplex("a stream that unpacks without end"));
        }
        rest = &after[taken..];
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let p = a + b - c;
    let (da, db, dc) = ((p - a).abs(), (p - b).abs(), (p - c).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits = data.iter().take_while(|b| **b != b'>');
    let digits: Vec<u8> = digits.filter_map(|b| super::parser::hex_digit(*b)).collect();
    let pair = |p: &[u8]| p[0] << 4 | p.get(1).copied().unwrap_or(0);
    digits.chunks(2).map(pair).collect()
}

fn base85(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut out = Vec::new();
    let mut group = Vec::with_capacity(5);
    for byte in data.iter().filter(|b| !b.is_ascii_whitespace()) {
        match byte {
            b'~' => break,
            b'z' if group.is_empty() => out.extend_from_slice(&[0; 4]),
            b'!'..=b'u' => group.push(byte - b'!'),
            _ => return Err(PdfError::Malformed("ASCII85".into())),
        }
        if group.len() == 5 {
            out.extend_from_slice(&word(&group).to_be_bytes());
            group.clear();
        }
    }
    if group.len() > 1 {
        let kept = group.len() - 1;
        group.resize(5, 84);
        out.extend_from_slice(&word(&group).to_be_bytes()[..kept]);
    }
    Ok(out)
}

fn word(group: &[u8]) -> u32 {
    let digit = |n: u32, d: &u8| n.wrapping_mul(85).wrapping_add(u32::from(*d));
    group.iter().fold(0, digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_bomb_is_refused() {
        let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        z.write_all(&vec![0; 1 << 20]).unwrap();
        let packed = z.finish().unwrap();
        let mut d = Dictionary::new();
        d.set("Filter", Object::Name(b"FlateDecode".to_vec()));
        assert_eq!(decode(&d, &packed, 1 << 20).unwrap().len(), 1 << 20);
        assert!(matches!(decode(&d, &packed, 1000), Err(PdfError::TooComplex(_))));
    }

    #[test]
    fn texts() {
        assert_eq!(base85(b"87cURDZ~>").unwrap(), b"Hello");
        assert_eq!(hexadecimal(b"48 65>"), b"He");
        assert_eq!(run_length(&[2, b'a', b'b', b'c', 254, b'd', 128, 9], 99).unwrap(), b"abcddd");
        assert!(run_length(&[129, b'd'], 99).is_err());
        // The example of ISO 32000-1, 7.4.4.2.
        let packed = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(lzw(&packed, None, 99).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert!(lzw(&packed, None, 5).is_err());
    }

    #[test]
    fn samples_that_are_differences() {
        assert_eq!(differences(vec![1, 2, 3, 4, 255, 1], 3, 1, 8).unwrap(), [1, 3, 6, 4, 3, 4]);
        assert_eq!(differences(vec![1, 2, 1, 1], 4, 2, 8).unwrap(), [1, 2, 2, 3]);
        assert_eq!(differences(vec![0, 255, 0, 1], 4, 2, 16).unwrap(), [0, 255, 1, 0]);
        assert!(differences(vec![1], 1, 1, 4).is_err());
    }
}
