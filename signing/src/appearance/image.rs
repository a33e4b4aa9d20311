//! PNG pictures as image XObjects; transparency becomes a soft mask.
use crate::error::{Error, Result};
use crate::pdf::append::Update;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Dictionary, ObjectId, Stream};
use std::io::Write;

/// A signature or a seal at 600 dpi is far below this; a bomb is not.
const MAX_PIXELS: u64 = 25_000_000;

/// Adds the picture, laid on white unless it may be `transparent`; returns its number and its size in pixels.
pub(crate) fn embed(update: &mut Update, png: &[u8], transparent: bool) -> Result<(ObjectId, (f64, f64))> {
    let unusable = |e: png::DecodingError| Error::Image(e.to_string());
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(unusable)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Error::Image(format!("{width} x {height} pixels; at most {MAX_PIXELS} in all")));
    }
    let size = reader.output_buffer_size().ok_or_else(|| Error::Image("too large".into()))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(unusable)?;
    pixels.truncate(frame.buffer_size());
    let (colour_space, channels) = match frame.color_type {
        png::ColorType::GrayscaleAlpha => ("DeviceGray", 2),
        png::ColorType::Rgba => ("DeviceRGB", 4),
        other => return Err(Error::Image(format!("unexpected kind of pixels: {other:?}"))),
    };
    let mut colour = Vec::with_capacity(pixels.len());
    let mut alpha = Vec::with_capacity(pixels.len() / channels);
    for pixel in pixels.chunks_exact(channels) {
        let opacity = pixel[channels - 1];
        if transparent {
            colour.extend_from_slice(&pixel[..channels - 1]);
            alpha.push(opacity);
        } else {
            colour.extend(pixel[..channels - 1].iter().map(|c| on_white(*c, opacity)));
        }
    }
    let describe = |space: &str| {
        let mut d = Dictionary::new();
        d.set("Type", "XObject");
        d.set("Subtype", "Image");
        d.set("Width", i64::from(width));
        d.set("Height", i64::from(height));
        d.set("ColorSpace", space);
        d.set("BitsPerComponent", 8);
        d.set("Filter", "FlateDecode");
        d
    };
    let mut dictionary = describe(colour_space);
    if alpha.iter().any(|a| *a != 255) {
        let mask = update.add(Stream::new(describe("DeviceGray"), deflate(&alpha)?));
        dictionary.set("SMask", mask);
    }
    let id = update.add(Stream::new(dictionary, deflate(&colour)?));
    Ok((id, (f64::from(width), f64::from(height))))
}

fn on_white(colour: u8, opacity: u8) -> u8 {
    let (colour, opacity) = (u32::from(colour), u32::from(opacity));
    ((colour * opacity + 255 * (255 - opacity) + 127) / 255) as u8
}

pub(super) fn deflate(data: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(data)?;
    Ok(encoder.finish()?)
}
