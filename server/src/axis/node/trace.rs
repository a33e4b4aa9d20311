//! The node's entry in a message's trace: who handled it, and when.
use crate::axis::edxml::{self, Message};
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

/// Copies a message and adds (`organ`, `at`) behind the entries of its trace. A message without a list of traces, such
/// as a status, is copied as it is.
///
/// # Errors
/// When a file cannot be read or written.
pub fn add(input: &mut std::fs::File, output: &mut std::fs::File, organ: &str, at: &str) -> io::Result<()> {
    // The reader does not count a byte order mark.
    let mut first = [0u8; 3];
    input.seek(SeekFrom::Start(0))?;
    let mark = if input.read_exact(&mut first).is_ok() && first == *b"\xef\xbb\xbf" {
        3
    } else {
        0
    };
    input.seek(SeekFrom::Start(mark))?;
    let place = place(&mut BufReader::new(&mut *input));
    if let Some((offset, prefix)) = place {
        copy(input, output, Some((mark + offset, &entry(&prefix, organ, at))))?;
        output.seek(SeekFrom::Start(0))?;
        let traced = match edxml::header_only(&mut BufReader::new(&mut *output)) {
            Ok(Message::Document(d)) => d.trace.last().is_some_and(|(code, when)| code == organ && when == at),
            _ => false,
        };
        if traced {
            return Ok(());
        }
        output.set_len(0)?;
    }
    copy(input, output, None)
}

fn copy(input: &mut std::fs::File, output: &mut std::fs::File, entry: Option<(u64, &str)>) -> io::Result<()> {
    input.seek(SeekFrom::Start(0))?;
    output.seek(SeekFrom::Start(0))?;
    let mut out = BufWriter::new(output);
    if let Some((offset, text)) = entry {
        io::copy(&mut (&mut *input).take(offset), &mut out)?;
        out.write_all(text.as_bytes())?;
    }
    io::copy(input, &mut out)?;
    out.flush()
}

fn entry(prefix: &str, organ: &str, at: &str) -> String {
    let (organ, at) = (escape(organ), escape(at));
    format!(
        "<{prefix}TraceHeader><{prefix}OrganId>{organ}</{prefix}OrganId><{prefix}Timestamp>{at}</{prefix}Timestamp></{prefix}TraceHeader>"
    )
}

/// Where the next entry belongs, in bytes from the start, and the prefix of its elements with its colon.
fn place(input: &mut dyn io::BufRead) -> Option<(u64, String)> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut found: Option<(u64, String)> = None;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "TraceHeaderList" => {
                    let prefix = tag.name().prefix().map(|p| format!("{}:", p.as_ref())).unwrap_or_default();
                    found = Some((reader.buffer_position(), prefix));
                }
                "AttachmentEncoded" => return None,
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "TraceHeader" => {
                    if let Some((offset, _)) = &mut found {
                        *offset = reader.buffer_position();
                    }
                }
                "TraceHeaderList" => return found,
                _ => {}
            },
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::edxml::{Document, Organ, write_document, write_status};

    fn traced(content: &[u8]) -> Vec<u8> {
        let mut input = tempfile::tempfile().unwrap();
        input.write_all(content).unwrap();
        let mut output = tempfile::tempfile().unwrap();
        add(&mut input, &mut output, "trục & nút", "2026/11/24 14:05:01").unwrap();
        let mut bytes = Vec::new();
        output.seek(SeekFrom::Start(0)).unwrap();
        output.read_to_end(&mut bytes).unwrap();
        bytes
    }

    fn document(trace: &[(&str, &str)]) -> Vec<u8> {
        let organ = |code: &str| Organ {
            organ_id: code.into(),
            ..Organ::default()
        };
        let mut d = Document {
            from: organ("H99"),
            to: vec![organ("H99.5")],
            code_number: "12".into(),
            code_notation: "QĐ-UBND".into(),
            promulgation_date: "2026-11-24".into(),
            subject: "Về việc thử".into(),
            trace: trace.iter().map(|(c, t)| ((*c).into(), (*t).into())).collect(),
            ..Document::default()
        };
        d.document_id = d.expected_id();
        let mut out = Vec::new();
        write_document(&mut out, &d, &[]).unwrap();
        out
    }

    fn trace_of(xml: &[u8]) -> Vec<(String, String)> {
        match edxml::header_only(&mut &xml[..]).unwrap() {
            Message::Document(d) => d.trace,
            Message::Status(_) => Vec::new(),
        }
    }

    #[test]
    fn the_entry_comes_last_whatever_stands_before_it() {
        let own = ("trục & nút".to_owned(), "2026/11/24 14:05:01".to_owned());
        assert_eq!(trace_of(&traced(&document(&[]))), vec![own.clone()]);
        let first = ("H99".to_owned(), "2026/11/24 14:05:00".to_owned());
        let xml = document(&[("H99", "2026/11/24 14:05:00")]);
        assert_eq!(trace_of(&traced(&xml)), vec![first.clone(), own.clone()]);
        let with_bom = [b"\xef\xbb\xbf", &xml[..]].concat();
        assert_eq!(trace_of(&traced(&with_bom)), vec![first.clone(), own.clone()]);
        let other = String::from_utf8(xml)
            .unwrap()
            .replace("edXML:", "")
            .replace("xmlns:edXML", "xmlns:x");
        assert_eq!(trace_of(&traced(other.as_bytes())), vec![first, own]);
    }

    #[test]
    fn all_else_stays_byte_for_byte() {
        let xml = document(&[]);
        let after = String::from_utf8(traced(&xml)).unwrap();
        let entry = entry("edXML:", "trục & nút", "2026/11/24 14:05:01");
        assert_eq!(after.replacen(&entry, "", 1).as_bytes(), xml);
        let mut status = Vec::new();
        write_status(&mut status, &edxml::Status::default()).unwrap();
        assert_eq!(traced(&status), status);
    }
}
