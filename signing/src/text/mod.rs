//! The words that the pages of a file show, for searching.
mod content;
mod font;

use crate::error::Result;
use crate::geometry::inherited;
use crate::pdf::{Document, Indirect, Source};
use content::Run;
use foldhash::{HashMap, HashMapExt};
use font::Font;
use lopdf::{Dictionary, Object};
use std::rc::Rc;

/// A stream of content is not longer than this once unpacked; a longer one is passed over.
const MAX_STREAM: usize = 4 << 20;
/// Fonts that are read of one file.
const MAX_FONTS: usize = 512;
/// Content within content (form XObjects).
const MAX_DEPTH: usize = 5;
/// Places within one content that are nothing, before the rest of it is given up.
const MAX_FAULTS: usize = 1000;

/// How much is read of a file at most. Memory is bounded by one page's content (`content`), 4 MiB for each stream and the text itself.
#[derive(Debug, Clone, Copy)]
pub struct TextLimits {
    /// Pages from the first on.
    pub pages: usize,
    /// Bytes of content, unpacked, each time that it is shown; work is in proportion to it.
    pub content: usize,
    /// Bytes of UTF-8 that come out.
    pub text: usize,
}

/// The text layer of the newest revision: pages in order, lines as the content places them. What a page shows as a picture, and what is
/// written with fonts that do not say which letters they draw, is not in it. `go_on` is asked before each page and every few thousand
/// operators; once it says no, or a limit is reached, what was read so far is the answer.
///
/// # Errors
/// When the file cannot be read at all; what is broken within it is passed over.
pub fn text(source: &dyn Source, limits: &TextLimits, go_on: &mut dyn FnMut() -> bool) -> Result<String> {
    let document = Document::open(source, None)?;
    let newest = document.newest();
    let pages = document.pages(newest);
    let mut reader = Reader {
        document: &document,
        newest,
        content: limits.content,
        text: limits.text,
        fonts: HashMap::new(),
        loaded: 0,
        out: String::new(),
        go_on,
    };
    for page in pages.iter().take(limits.pages) {
        if reader.is_full() || !(reader.go_on)() {
            break;
        }
        if let Some(found) = document.indirect(*page, newest)
            && let Ok(page) = found.value.as_dict()
        {
            reader.page(page);
        }
    }
    Ok(reader.out)
}

struct Reader<'d, 'a, 'g> {
    document: &'d Document<'a>,
    newest: usize,
    /// Bytes of content that may still be read.
    content: usize,
    /// Bytes that the text may have.
    text: usize,
    /// By object number.
    fonts: HashMap<u32, Rc<Font>>,
    loaded: usize,
    out: String,
    go_on: &'g mut dyn FnMut() -> bool,
}

impl Reader<'_, '_, '_> {
    fn is_full(&self) -> bool {
        self.content == 0 || self.out.len() >= self.text
    }

    fn push(&mut self, text: &str) {
        if self.out.len() + text.len() <= self.text {
            self.out.push_str(text);
        } else {
            self.text = self.out.len();
        }
    }

    fn page(&mut self, page: &Dictionary) {
        let resources = inherited(self.document, page, b"Resources").map(|r| self.document.resolve(&r, self.newest));
        let resources = match resources {
            Some(Object::Dictionary(d)) => d,
            _ => Dictionary::new(),
        };
        let mut whole = Vec::new();
        let Ok(contents) = page.get(b"Contents") else { return };
        match self.document.follow(contents, self.newest) {
            Some(stream) if stream.stream.is_some() => whole = self.unpacked(&stream),
            _ => {
                for part in self.document.list(Some(contents), self.newest).iter() {
                    if let Some(stream) = self.document.follow(part, self.newest) {
                        whole.extend(self.unpacked(&stream));
                        whole.push(b'\n');
                    }
                    if self.content == 0 {
                        break;
                    }
                }
            }
        }
        self.run(whole, &resources, Run::new(), 0);
        self.push("\n");
    }

    /// Content of a stream; each is paid for, and one that cannot be unpacked costs as much as it could have.
    fn unpacked(&mut self, stream: &Indirect) -> Vec<u8> {
        let limit = MAX_STREAM.min(self.content);
        let (content, cost) = match self.document.content(stream, limit) {
            Ok(content) => {
                let cost = content.len().max(64);
                (content, cost)
            }
            Err(_) => (Vec::new(), limit),
        };
        self.content -= cost.min(self.content);
        content
    }

    /// What a name stands for; a list of names may be long and is not copied.
    fn resource(&self, resources: &Dictionary, kind: &[u8], name: &[u8]) -> Option<Object> {
        match resources.get(kind).ok()? {
            Object::Dictionary(all) => all.get(name).ok().cloned(),
            other => {
                let all = self.document.follow(other, self.newest)?;
                all.value.as_dict().ok()?.get(name).ok().cloned()
            }
        }
    }

    fn font(&mut self, resources: &Dictionary, name: &[u8]) -> Option<Rc<Font>> {
        let entry = self.resource(resources, b"Font", name)?;
        let id = entry.as_reference().ok().map(|(id, _)| id);
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(known.clone());
        }
        if self.loaded >= MAX_FONTS {
            return None;
        }
        self.loaded += 1;
        let Object::Dictionary(dictionary) = self.document.resolve(&entry, self.newest) else {
            return None;
        };
        let font = Rc::new(Font::read(self, &dictionary));
        if let Some(id) = id {
            self.fonts.insert(id, font.clone());
        }
        Some(font)
    }
}
