//! The set lines as a PDF file.
use super::lines::{Align, Letters, Line};
use super::{HEIGHT, INNER, LEFT, Rule, WIDTH, mm};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat};
use signing::Face;
use std::fmt::Write;

pub fn write(title: &str, pages: &[Vec<Line>], rules: &[Vec<Rule>], letters: &Letters) -> signing::Result<Vec<u8>> {
    let mut file = Document::with_version("1.7");
    let mut add = |object: Object| file.add_object(object);
    let regular = letters.regular.embed(false, &mut add);
    let bold = letters.bold.embed(false, &mut add);
    let tree = file.new_object_id();
    let mut fonts = Dictionary::new();
    fonts.set("F1", regular);
    fonts.set("F2", bold);
    let mut resources = Dictionary::new();
    resources.set("Font", fonts);
    let resources = file.add_object(resources);
    let none = Vec::new();
    let mut kids = Vec::new();
    for (n, lines) in pages.iter().enumerate() {
        let content = content(n, lines, rules.get(n).unwrap_or(&none), letters);
        let mut stream = Stream::new(Dictionary::new(), content.into_bytes());
        // A page that cannot be pressed is written as it is.
        let _ = stream.compress();
        let content = file.add_object(stream);
        let mut page = Dictionary::new();
        page.set("Type", "Page");
        page.set("Parent", tree);
        page.set("MediaBox", numbers(&[0.0, 0.0, WIDTH, HEIGHT]));
        page.set("Resources", resources);
        page.set("Contents", content);
        kids.push(Object::Reference(file.add_object(page)));
    }
    let mut all = Dictionary::new();
    all.set("Type", "Pages");
    all.set("Count", kids.len() as i64);
    all.set("Kids", kids);
    file.set_object(tree, all);
    finish(file, title, tree)
}

fn finish(mut file: Document, title: &str, tree: ObjectId) -> signing::Result<Vec<u8>> {
    let mut preferences = Dictionary::new();
    preferences.set("DisplayDocTitle", true);
    let mut catalog = Dictionary::new();
    catalog.set("Type", "Catalog");
    catalog.set("Pages", tree);
    catalog.set("Lang", Object::String(b"vi-VN".to_vec(), StringFormat::Literal));
    catalog.set("ViewerPreferences", preferences);
    let catalog = file.add_object(catalog);
    let mut info = Dictionary::new();
    let utf16 = [0xFEFF].into_iter().chain(title.encode_utf16()).flat_map(u16::to_be_bytes);
    info.set("Title", Object::String(utf16.collect(), StringFormat::Hexadecimal));
    let info = file.add_object(info);
    file.trailer.set("Root", catalog);
    file.trailer.set("Info", info);
    let id = openssl::sha::sha256(title.as_bytes())[..16].to_vec();
    let id = Object::String(id, StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    let mut bytes = Vec::new();
    file.save_to(&mut bytes)?;
    Ok(bytes)
}

fn numbers(all: &[f64]) -> Object {
    Object::Array(all.iter().map(|n| Object::Real(*n as f32)).collect())
}

fn content(page: usize, lines: &[Line], rules: &[Rule], letters: &Letters) -> String {
    let mut out = String::new();
    for line in lines {
        text(&mut out, line, letters);
    }
    for ((x, y), (to_x, to_y)) in rules {
        let _ = writeln!(out, "0.7 w {x:.2} {y:.2} m {to_x:.2} {to_y:.2} l S");
    }
    if page > 0 {
        let number = (page + 1).to_string();
        let set = letters.broken(&number, Face::Regular, 13.0, INNER, 0.0, Align::Centre);
        for line in set {
            text(&mut out, &line.at((LEFT, HEIGHT - mm(13.0))), letters);
        }
    }
    out
}

/// Blanks stay in the text, each followed by what it is wider: so a search or a reader finds whole words.
fn text(out: &mut String, line: &Line, letters: &Letters) {
    let name = match line.face {
        Face::Regular => "F1",
        Face::Bold => "F2",
    };
    let font = letters.font(line.face);
    let _ = write!(out, "BT /{name} {:.2} Tf 1 0 0 1 {:.3} {:.3} Tm [", line.size, line.x, line.y);
    for part in line.text.split_inclusive(' ') {
        let _ = write!(out, "<{}>", hex::encode_upper(font.encode(part)));
        if line.blank != 0.0 && part.ends_with(' ') {
            let _ = write!(out, "{:.2}", -line.blank / line.size * 1000.0);
        }
    }
    out.push_str("] TJ ET\n");
}
