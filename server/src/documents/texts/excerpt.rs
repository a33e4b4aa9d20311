//! Where in a text the words stand that were searched for.
use crate::documents::find::Words;
use crate::text;
use app::dto::documents::Piece;

/// Bytes within which words count as standing together.
const TOGETHER: usize = 200;
/// Bytes before the first of them, and in all.
const BEFORE: usize = 60;
const LENGTH: usize = 280;
/// Places that are compared.
const MOST_PLACES: usize = 10_000;

struct Place {
    start: usize,
    end: usize,
    /// Which of the words, as a bit.
    word: u32,
}

fn in_word(c: char) -> bool {
    // Accents may be letters of their own.
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// The part of `text` in which most of the words stand nearest to each other; empty where none does.
pub fn excerpt(text: &str, words: &Words) -> Vec<Piece> {
    let places = places(text, words);
    let together = |at: usize| {
        let near = places[at..].iter().take_while(|p| p.start < places[at].start + TOGETHER);
        near.take(100).fold(0, |all, p| all | p.word).count_ones()
    };
    let best = (0..places.len()).rev().max_by_key(|at| together(*at));
    let Some(best) = best else { return Vec::new() };
    let from = boundary(text, places[best].start.saturating_sub(BEFORE), places[best].start);
    let mut to = (from + LENGTH).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let mut to = match text[from..to].rfind(char::is_whitespace) {
        Some(blank) if to < text.len() => from + blank,
        _ => to,
    };
    to = to.max(places[best].end);
    let mut pieces = Vec::new();
    let mut at = from;
    let mut say = |from: usize, to: usize, hit: bool, before: &str, after: &str| {
        let inner = text[from..to].chars().map(|c| if c.is_whitespace() { ' ' } else { c });
        let words: String = before.chars().chain(inner).chain(after.chars()).collect();
        if !words.is_empty() {
            pieces.push(Piece { text: words, hit });
        }
    };
    let mut before = if from > 0 { "… " } else { "" };
    for place in places.iter().filter(|p| p.start >= from && p.end <= to) {
        say(at, place.start, false, before, "");
        before = "";
        say(place.start, place.end, true, "", "");
        at = place.end;
    }
    say(at, to, false, before, if to < text.len() { " …" } else { "" });
    pieces
}

/// The first beginning of a word from `at` on, no later than `latest`.
fn boundary(text: &str, at: usize, latest: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let mut at = at;
    while !text.is_char_boundary(at) {
        at += 1;
    }
    match text[at..latest].find(char::is_whitespace) {
        Some(blank) => at + blank + text[at + blank..].chars().next().map_or(0, char::len_utf8),
        None => latest,
    }
}

fn places(text: &str, words: &Words) -> Vec<Place> {
    let mut found = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain([(text.len(), ' ')]);
    for (at, c) in ends {
        match (in_word(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                let folded = text::fold(&text[from..at]);
                let which = words
                    .each()
                    .position(|(word, open)| folded == word || (open && folded.starts_with(word)));
                if let Some(which) = which {
                    found.push(Place {
                        start: from,
                        end: at,
                        word: 1 << which.min(31),
                    });
                    if found.len() == MOST_PLACES {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, asked: &str) -> String {
        let pieces = excerpt(text, &Words::new(asked));
        pieces
            .into_iter()
            .map(|p| if p.hit { format!("[{}]", p.text) } else { p.text })
            .collect()
    }

    #[test]
    fn words_are_shown_where_they_stand_together() {
        let far = "chữ khác ".repeat(60);
        let text = format!("Kế hoạch năm.\n{far}Về việc phê duyệt kế hoạch\nphòng chống thiên tai {far}");
        let said = shown(&text, "ke hoach phong chong");
        assert!(
            said.contains("phê duyệt [kế] [hoạch] [phòng] [chống] thiên tai") && said.starts_with("… ") && said.ends_with(" …"),
            "{said}"
        );
        assert_eq!(shown("Quye\u{302}\u{301}t định", "quyết đi"), "[Quye\u{302}\u{301}t] [định]");
        assert_eq!(shown("Không có gì", "thiên tai"), "");
        assert_eq!(shown(&"ă".repeat(1000), &"ă".repeat(1000)), format!("[{}]", "ă".repeat(1000)));
    }
}
