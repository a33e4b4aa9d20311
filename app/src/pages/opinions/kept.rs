//! What a person has typed and not sent: kept in this tab through a reload and a lost link, gone with the tab. Browser only.
use crate::dto::meetings::Choice;
use crate::ids::{QuestionId, SheetId, UserId};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use web_sys::Storage;

const PLACE: &str = "ky-opinion/";

/// To one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Typed {
    pub question: QuestionId,
    pub choice: Option<Choice>,
    pub words: String,
}

fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

fn place(me: &UserId, sheet: &SheetId) -> String {
    [PLACE, me.as_str(), "/", sheet.as_str()].concat()
}

pub fn load(me: &UserId, sheet: &SheetId) -> Option<Vec<Typed>> {
    let storage = storage()?;
    // A tablet that is passed on keeps nothing of who had it before.
    let mine = [PLACE, me.as_str(), "/"].concat();
    let keys = (0..storage.length().ok()?).filter_map(|n| storage.key(n).ok().flatten());
    let foreign: Vec<String> = keys.filter(|key| key.starts_with(PLACE) && !key.starts_with(&mine)).collect();
    for key in foreign {
        let _ = storage.remove_item(&key);
    }
    let text = storage.get_item(&place(me, sheet)).ok().flatten()?;
    serde_json::from_str(&text).ok()
}

/// Without room or permission the words live as long as the page.
pub fn save(me: &UserId, sheet: &SheetId, typed: &[Typed]) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(typed)) {
        let _ = storage.set_item(&place(me, sheet), &text);
    }
}

pub fn forget(me: &UserId, sheet: &SheetId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&place(me, sheet));
    }
}
