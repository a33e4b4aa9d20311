//! Text that people typed: checked, and folded for searching, so that "nghi quyet" finds "Nghị quyết".

/// Several lines of at most `most` characters, without blank ends; empty only where `optional`. `None` for anything else.
pub fn lines(given: &str, most: usize, optional: bool) -> Option<String> {
    let text = given.replace("\r\n", "\n").trim().to_owned();
    let bad = |c: char| c.is_control() && c != '\n' && c != '\t';
    let good = text.chars().count() <= most && (optional || !text.is_empty()) && !text.chars().any(bad);
    good.then_some(text)
}

/// One line of at most `most` characters, white space made plain; empty only where `optional`. `None` for anything else.
pub fn line(given: &str, most: usize, optional: bool) -> Option<String> {
    let text = given.split_whitespace().collect::<Vec<_>>().join(" ");
    let good = text.chars().count() <= most && (optional || !text.is_empty()) && !text.chars().any(char::is_control);
    good.then_some(text)
}

/// Lower case, Vietnamese accents taken off, runs of white space made one space.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match base(c) {
            Some(c) if !c.is_whitespace() => out.push(c),
            Some(_) if !out.ends_with(' ') && !out.is_empty() => out.push(' '),
            Some(_) | None => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn base(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ' | 'ẫ' | 'ậ' => {
            'a'
        }
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'e',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ợ' => {
            'o'
        }
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'u',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
        'đ' => 'd',
        // decomposed input: combining grave, acute, tilde, hook, dot, circumflex, breve, horn
        '\u{300}'..='\u{36f}' => return None,
        other => other,
    })
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere.
pub fn like(text: &str) -> String {
    let folded = fold(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{folded}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_found_without_accents_composed_or_not() {
        assert_eq!(fold("Nghị  Quyết ĐẠI\tbiểu "), "nghi quyet dai bieu");
        assert_eq!(fold("Nghi\u{323} quye\u{302}\u{301}t"), "nghi quyet");
        assert_eq!(like("50%_"), "%50\\%\\_%");
    }
}
