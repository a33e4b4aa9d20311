//! HTML in two languages at once: each text stands there twice, and a switch of CSS alone shows one of them.
use app::dto::verify::Note;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The texts of the report, Vietnamese and English.
const TEXTS: [&str; 2] = [
    include_str!("../../../locales/vi/report.json"),
    include_str!("../../../locales/en/report.json"),
];

type Texts = BTreeMap<String, String>;

fn texts() -> &'static [Texts; 2] {
    static TEXT: OnceLock<[Texts; 2]> = OnceLock::new();
    // A broken file is caught by the test below.
    TEXT.get_or_init(|| TEXTS.map(|text| serde_json::from_str(text).unwrap_or_default()))
}

/// Something to say in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub vi: String,
    pub en: String,
}

/// The text of a key; what stands in braces is replaced by the parameters.
pub(super) fn words(key: &str, parameters: &[(&str, Words)]) -> Words {
    let [vi, en] = texts()
        .each_ref()
        .map(|all| all.get(key).cloned().unwrap_or_else(|| key.to_owned()));
    let mut said = Words { vi, en };
    for (name, value) in parameters {
        let name = format!("{{{name}}}");
        said.vi = said.vi.replace(&name, &value.vi);
        said.en = said.en.replace(&name, &value.en);
    }
    said
}

/// What is the same in every language.
pub(super) fn same(text: impl ToString) -> Words {
    let vi = text.to_string();
    Words { en: vi.clone(), vi }
}

impl From<Note> for Words {
    fn from(note: Note) -> Self {
        Self { vi: note.vi, en: note.en }
    }
}

impl Words {
    pub fn and(&self, separator: &str, more: &Self) -> Self {
        Self {
            vi: [&self.vi, separator, &more.vi].concat(),
            en: [&self.en, separator, &more.en].concat(),
        }
    }
}

/// A page being written.
#[derive(Default)]
pub(super) struct Html(String);

impl Html {
    pub fn finish(self) -> String {
        self.0
    }

    /// Markup of our own.
    pub fn raw(&mut self, markup: &str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.0.push_str(&escape(text));
        self
    }

    pub fn say(&mut self, words: &Words) -> &mut Self {
        if words.vi == words.en {
            return self.text(&words.vi);
        }
        self.raw("<span lang=\"vi\">").text(&words.vi);
        self.raw("</span><span lang=\"en\">").text(&words.en).raw("</span>")
    }

    pub fn key(&mut self, key: &str) -> &mut Self {
        self.say(&words(key, &[]))
    }

    /// An element with a text.
    pub fn element(&mut self, name: &str, said: &Words) -> &mut Self {
        self.raw(&format!("<{name}>")).say(said);
        let end = name.split(' ').next().unwrap_or(name);
        self.raw(&format!("</{end}>"))
    }

    /// A row of a table of facts.
    pub fn fact(&mut self, key: &str, value: &Words) -> &mut Self {
        self.raw("<tr><th scope=\"row\">")
            .key(key)
            .raw("</th><td>")
            .say(value)
            .raw("</td></tr>")
    }

    /// A code, digest or name to be read letter by letter.
    pub fn code(&mut self, key: &str, value: &str) -> &mut Self {
        self.raw("<tr><th scope=\"row\">").key(key).raw("</th><td><code>");
        self.text(value).raw("</code></td></tr>")
    }

    pub fn list(&mut self, all: &[Words]) -> &mut Self {
        self.raw("<ul>");
        for one in all {
            self.element("li", one);
        }
        self.raw("</ul>")
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|s| Some(s.split_once('}')?.0)).collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let [vi, en] = TEXTS.map(|text| serde_json::from_str::<Texts>(text).unwrap());
        assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in &vi {
            assert_eq!(placeholders(text), placeholders(&en[key]), "{key}");
        }
    }

    #[test]
    fn every_text_is_used_and_every_used_one_exists() {
        let source = [include_str!("mod.rs"), include_str!("first.rs"), include_str!("expert.rs")].concat();
        let [vi, _] = texts();
        let made = ["state.", "source.", "todo.", "lead.", "verdict."];
        for key in vi.keys() {
            let composed = made.iter().any(|start| key.starts_with(start));
            assert!(composed || source.contains(&format!("\"{key}\"")), "{key} is used nowhere");
        }
        for call in ["key(\"", "words(\"", "fact(\"", "code(\""] {
            for (at, _) in source.match_indices(call) {
                let key = source[at + call.len()..].split('"').next().unwrap();
                assert!(vi.contains_key(key), "{key} has no text");
            }
        }
    }
}
