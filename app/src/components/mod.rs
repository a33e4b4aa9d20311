//! Parts that pages are made of.
pub mod badge;
pub mod call;
pub mod dialog;
pub mod field;
pub mod icon;
pub mod layout;
pub mod live;
pub mod notice;
pub mod pager;
pub mod pdf;
pub mod prefs;
pub mod save;
pub mod script;
pub mod search;
pub mod ticking;
pub mod toast;
pub mod upload;
