//! Ký thay, thừa lệnh, thừa ủy quyền, quyền: who may sign in whose place (Decree 30/2020, Art. 13 and Appendix I, II.7).
use super::When;
use crate::ids::{AuthorityId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AuthorityForm {
    /// KT.: a deputy signs for the head.
    #[default]
    Deputy,
    /// TL.: a head of a unit signs by order.
    Order,
    /// TUQ.: somebody signs what was entrusted in writing, for a time.
    Mandate,
    /// Q.: who holds the office until it is filled.
    Acting,
}

impl AuthorityForm {
    pub const ALL: [AuthorityForm; 4] = [
        AuthorityForm::Deputy,
        AuthorityForm::Order,
        AuthorityForm::Mandate,
        AuthorityForm::Acting,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            AuthorityForm::Deputy => "deputy",
            AuthorityForm::Order => "order",
            AuthorityForm::Mandate => "mandate",
            AuthorityForm::Acting => "acting",
        }
    }
    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == s)
    }
    /// What stands before the title of the head.
    pub fn prefix(self) -> &'static str {
        match self {
            AuthorityForm::Deputy => "KT.",
            AuthorityForm::Order => "TL.",
            AuthorityForm::Mandate => "TUQ.",
            AuthorityForm::Acting => "Q.",
        }
    }
}

/// What is printed over a signature: `KT. CHỦ TỊCH` and beneath it `PHÓ CHỦ TỊCH`; `Q. CHỦ TỊCH` alone.
pub fn lines(form: AuthorityForm, head_title: &str, own_title: &str) -> Vec<String> {
    let first = [form.prefix(), " ", &head_title.trim().to_uppercase()].concat();
    match form {
        AuthorityForm::Acting => vec![first],
        _ => vec![first, own_title.trim().to_uppercase()],
    }
}

/// An authority as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    pub id: AuthorityId,
    pub person: UserId,
    pub name: String,
    pub form: AuthorityForm,
    /// In whose place; nobody's when an office is vacant.
    pub head: Option<String>,
    /// As they are printed over a signature.
    pub lines: Vec<String>,
    /// First and last day, `24/11/2026`; no last day: until it is ended.
    pub from: String,
    pub to: Option<String>,
    /// The decision, rule or letter that gives it.
    pub basis: String,
    pub by: String,
    pub at: When,
    /// Ended before its time: by whom, when, why.
    pub ended: Option<(String, When, String)>,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not begun.
    Coming,
    Current,
    /// Ended, or its last day is over.
    Over,
}

impl Standing {
    pub const ALL: [Standing; 3] = [Standing::Coming, Standing::Current, Standing::Over];
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Coming => "coming",
            Standing::Current => "current",
            Standing::Over => "over",
        }
    }
}

/// An authority to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct AuthorityWish {
    pub person: UserId,
    pub form: AuthorityForm,
    pub head: Option<UserId>,
    /// Chức vụ as printed, without the name of the body: `Chủ tịch`, `Phó Chủ tịch`.
    pub head_title: String,
    pub own_title: String,
    /// `2026-11-24`; `to_on` may be empty where the form allows it.
    pub from_on: String,
    pub to_on: String,
    pub basis: String,
}

/// What a person may sign a document as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignChoice {
    pub id: AuthorityId,
    pub lines: Vec<String>,
    pub head: Option<String>,
}

/// What is chosen of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignAs {
    pub id: AuthorityId,
    /// Prints the lines over the signature: not where the page has them already.
    pub print: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authority_stands_over_a_signature_as_the_decree_asks() {
        assert_eq!(
            lines(AuthorityForm::Deputy, "Chủ tịch", "Phó Chủ tịch"),
            ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
        );
        assert_eq!(
            lines(AuthorityForm::Order, "Chủ tịch", " Chánh Văn phòng "),
            ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]
        );
        assert_eq!(lines(AuthorityForm::Acting, "Giám đốc", ""), ["Q. GIÁM ĐỐC"]);
    }
}
