//! Every text that a person reads, from `app/locales/{vi,en}/<area>.json`. One page has one language: the server
//! takes it from the cookie `lang`, the browser from `<html lang>`.
use crate::error::ApiError;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    Vi,
    En,
}

impl Lang {
    pub fn as_str(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }
    /// Anything but `en` is Vietnamese.
    pub fn parse(s: &str) -> Lang {
        if s == "en" { Lang::En } else { Lang::Vi }
    }
}

type Messages = BTreeMap<String, String>;

/// The files, in the program itself: on the server, which needs both languages.
#[cfg(any(feature = "ssr", test))]
mod built_in {
    use super::{Lang, Messages, OnceLock};

    macro_rules! areas {
        ($($area:literal),* $(,)?) => {
            pub const AREAS: &[(&str, &str)] = &[$((
                include_str!(concat!("../locales/vi/", $area, ".json")),
                include_str!(concat!("../locales/en/", $area, ".json")),
            )),*];
        };
    }

    areas!(
        "common",
        "identity",
        "documents",
        "figures",
        "meetings",
        "notices",
        "live",
        "opinions",
        "incoming",
        "axis",
        "verify",
        "audit"
    );

    pub fn messages(lang: Lang) -> &'static Messages {
        static VI: OnceLock<Messages> = OnceLock::new();
        static EN: OnceLock<Messages> = OnceLock::new();
        let cell = if lang == Lang::En { &EN } else { &VI };
        cell.get_or_init(|| {
            let mut all = Messages::new();
            for (vi, en) in AREAS {
                let text = if lang == Lang::En { en } else { vi };
                // A broken file is caught by the tests.
                all.append(&mut serde_json::from_str::<Messages>(text).unwrap_or_default());
            }
            all
        })
    }
}

#[cfg(any(feature = "ssr", test))]
use built_in::messages;

/// What the browser was given at the start, in the language of its page.
#[cfg(not(any(feature = "ssr", test)))]
static RECEIVED: OnceLock<Messages> = OnceLock::new();

#[cfg(not(any(feature = "ssr", test)))]
fn messages(_: Lang) -> &'static Messages {
    RECEIVED.get_or_init(Messages::new)
}

/// Takes the messages of the page's language: the files of `app/locales/<language>` as one JSON array, which is what
/// `scripts/build-web` makes of them. To be called before anything is drawn.
#[cfg(not(any(feature = "ssr", test)))]
pub fn receive(json: &str) -> Result<(), serde_json::Error> {
    let areas: Vec<Messages> = serde_json::from_str(json)?;
    let _ = RECEIVED.set(areas.into_iter().flatten().collect());
    Ok(())
}

/// Language of the page being drawn.
pub fn lang() -> Lang {
    #[cfg(feature = "ssr")]
    {
        use_context::<Lang>().unwrap_or_else(|| Lang::parse(&request_cookie("lang").unwrap_or_default()))
    }
    #[cfg(not(feature = "ssr"))]
    {
        static PAGE: OnceLock<Lang> = OnceLock::new();
        *PAGE.get_or_init(|| {
            let root = document().document_element();
            Lang::parse(&root.and_then(|e| e.get_attribute("lang")).unwrap_or_default())
        })
    }
}

/// A cookie of the request being answered.
#[cfg(feature = "ssr")]
pub fn request_cookie(name: &str) -> Option<String> {
    let parts = use_context::<http::request::Parts>()?;
    let values = parts.headers.get_all(http::header::COOKIE);
    let found = values.iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    found
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The message of a key; the key itself where there is none (a test forbids that).
pub fn t(key: &'static str) -> &'static str {
    find(key).unwrap_or(key)
}

/// The message of a key made at run time, where there is one.
pub fn find(key: &str) -> Option<&'static str> {
    messages(lang()).get(key).map(String::as_str)
}

/// A message with `{name}` placeholders filled in.
pub fn tf(key: &'static str, values: &[(&str, &str)]) -> String {
    fill(t(key), values)
}

fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            out.push_str(value);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// A share in tenths of a percent as people read it: `66,7 %`.
pub fn percent(tenths: u64) -> String {
    let comma = if lang() == Lang::En { "." } else { "," };
    match tenths % 10 {
        0 => format!("{} %", tenths / 10),
        rest => format!("{}{comma}{rest} %", tenths / 10),
    }
}

/// The words of an error in the page's language.
pub fn error_text(error: &ApiError) -> String {
    if lang() == Lang::En { error.en.clone() } else { error.vi.clone() }
}

#[cfg(test)]
mod tests {
    use super::built_in::AREAS;
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|s| s.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn files_are_readable_and_no_key_stands_twice() {
        for (vi, en) in AREAS {
            for text in [vi, en] {
                serde_json::from_str::<Messages>(text).unwrap_or_else(|e| panic!("{e} in {text}"));
            }
        }
        let count = |lang: Lang| -> usize {
            let texts = AREAS.iter().map(|(vi, en)| if lang == Lang::En { en } else { vi });
            texts.map(|s| serde_json::from_str::<Messages>(s).unwrap().len()).sum()
        };
        for lang in [Lang::Vi, Lang::En] {
            assert_eq!(messages(lang).len(), count(lang), "a key stands in two areas ({lang:?})");
        }
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let (vi, en) = (messages(Lang::Vi), messages(Lang::En));
        assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in vi {
            assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{key} is empty");
            assert_eq!(placeholders(text), placeholders(&en[key]), "placeholders of {key}");
        }
    }

    fn sources(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("i18n.rs") {
                found.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// Keys are written whole, in the source, as the first argument of `t`, `tf` or as a value of a `…key…` match.
    #[test]
    fn every_key_used_in_the_source_exists() {
        let mut found = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        let mut used = 0;
        for text in &found {
            for call in ["t(", "tf("] {
                for (at, _) in text.match_indices(call) {
                    let before = text[..at].chars().next_back();
                    let rest = text[at + call.len()..].trim_start();
                    let own_word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
                    if let (true, Some(rest)) = (own_word, rest.strip_prefix('"')) {
                        let key = rest.split('"').next().unwrap();
                        assert!(messages(Lang::Vi).contains_key(key), "no message for {key}");
                        used += 1;
                    }
                }
            }
        }
        assert!(used > 20, "the scan found only {used} uses");
    }

    #[test]
    fn keys_made_at_run_time_exist() {
        use crate::dto::documents::{KINDS, MarkKind, State, Urgency};
        use crate::dto::identity::Role;
        let mut keys: Vec<String> = Vec::new();
        keys.extend(State::ALL.iter().map(|s| format!("documents.state.{}", s.as_str())));
        keys.extend(Urgency::ALL.iter().map(|s| format!("documents.urgency.{}", s.as_str())));
        use crate::dto::documents::Channel;
        keys.extend(Channel::ALL.iter().map(|c| format!("incoming.channel.{}", c.as_str())));
        keys.extend(MarkKind::ALL.iter().map(|k| format!("documents.mark.{}", k.as_str())));
        keys.extend(
            ["document", "recall", "update", "replacement", "status", "notice"]
                .iter()
                .map(|k| format!("axis.kind.{k}")),
        );
        let notices = crate::dto::notices::NoticeKind::ALL;
        keys.extend(notices.iter().map(|k| format!("notices.kind.{}", k.as_str())));
        let counted = crate::dto::figures::Counted::ALL;
        keys.extend(counted.iter().map(|c| format!("figures.counted.{}", c.as_str())));
        use crate::dto::authority::{AuthorityForm, Standing};
        keys.extend(AuthorityForm::ALL.iter().map(|f| format!("authority.form.{}", f.as_str())));
        keys.extend(Standing::ALL.iter().map(|s| format!("authority.standing.{}", s.as_str())));
        let held = crate::dto::numbers::HeldState::ALL;
        keys.extend(held.iter().map(|s| format!("numbers.state.{}", s.as_str())));
        keys.extend(KINDS.iter().map(|(kind, _)| format!("documents.kind.{kind}")));
        keys.extend(Role::ALL.iter().map(|r| format!("role.{}", r.as_str())));
        let statuses = [
            "waiting",
            "queued",
            "accepted",
            "failed",
            "undelivered",
            "01",
            "02",
            "03",
            "04",
            "05",
            "06",
            "13",
            "15",
            "16",
        ];
        keys.extend(statuses.iter().map(|s| format!("documents.status.{s}")));
        let versions = ["uploaded", "prepared", "countersigned", "signed", "issued", "received"];
        keys.extend(versions.iter().map(|v| format!("documents.version.{v}")));
        let steps = [
            "created",
            "edited",
            "file_replaced",
            "submitted",
            "withdrawn",
            "returned",
            "signed",
            "issued",
            "sent",
            "deleted",
            "recalled",
            "undelivered",
            "updated",
            "replaced",
            "restored",
            "ended",
        ];
        let arrivals = [
            "arrived",
            "entered",
            "refused_at_arrival",
            "taken_in",
            "refused",
            "assigned",
            "passed_on",
            "processing",
            "done",
        ];
        keys.extend(
            crate::dto::documents::Part::ALL
                .iter()
                .map(|p| format!("documents.part.{}", p.as_str())),
        );
        keys.extend(steps.iter().chain(&arrivals).map(|s| format!("documents.step.document.{s}")));
        let links = ["connecting", "connected", "reconnecting", "ended"];
        keys.extend(links.iter().map(|l| format!("link.{l}")));
        let meetings = ["preparing", "published", "open", "closed"];
        keys.extend(meetings.iter().map(|m| format!("home.meeting.{m}")));
        let sheets = crate::dto::opinions::SheetState::ALL;
        keys.extend(sheets.iter().map(|s| format!("opinions.state.{}", s.as_str())));
        // Asked for by app/js/start.js.
        keys.push("common.fill_in".into());
        for key in keys {
            assert!(messages(Lang::Vi).contains_key(&key), "no message for {key}");
        }
    }

    #[test]
    fn placeholders_are_filled_and_braces_survive() {
        assert_eq!(fill("{n} trang, {x}{n}", &[("n", "3")]), "3 trang, 3");
        assert_eq!(fill("a {", &[]), "a {");
    }
}
