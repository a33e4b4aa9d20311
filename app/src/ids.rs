//! Identifiers: UUIDv7 as text, one type for each thing, so that one cannot be passed for another.
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl From<String> for $name {
            fn from(s: String) -> Self {
                Self(s)
            }
        }
        impl From<&str> for $name {
            fn from(s: &str) -> Self {
                Self(s.to_owned())
            }
        }
    )*};
}

ids! {
    /// A person with an account.
    UserId,
    /// An official document, outgoing or incoming.
    DocumentId,
    MeetingId,
    /// A tablet of a meeting room.
    TabletId,
    /// An item of a meeting's agenda.
    ItemId,
    /// A document attached to an agenda item.
    AttachmentId,
    /// A request for the floor.
    SpeechId,
    VoteId,
    /// A sheet on which members are asked outside a meeting.
    SheetId,
    /// One of its questions.
    QuestionId,
    /// What a meeting gave somebody to do.
    TaskId,
    /// A machine's access token (not the token itself).
    TokenId,
    /// What allows a person to sign in another's place.
    AuthorityId,
    /// A number taken from the register before a document has it.
    NumberId,
    /// What the bell tells a person.
    NoticeId,
    /// A message on the axis.
    MessageId,
}
