//! People, their roles, keys and tokens.
use super::When;
use crate::ids::{MeetingId, TabletId, TokenId, UserId};
use serde::{Deserialize, Serialize};

/// What a person does here; one person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// đại biểu
    Official,
    /// thư ký cuộc họp
    Secretary,
    /// chuyên viên soạn thảo
    Drafter,
    /// lãnh đạo ký
    Leader,
    /// trưởng đơn vị: sees what the people of the own unit have to do
    Head,
    /// văn thư
    Clerk,
    /// kiểm tra, thanh tra viên
    Auditor,
    /// quản trị
    Admin,
}

impl Role {
    pub const ALL: [Role; 8] = [
        Role::Official,
        Role::Secretary,
        Role::Drafter,
        Role::Leader,
        Role::Head,
        Role::Clerk,
        Role::Auditor,
        Role::Admin,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Official => "official",
            Role::Secretary => "secretary",
            Role::Drafter => "drafter",
            Role::Leader => "leader",
            Role::Head => "head",
            Role::Clerk => "clerk",
            Role::Auditor => "auditor",
            Role::Admin => "admin",
        }
    }

    pub fn parse(s: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|r| r.as_str() == s)
    }
}

/// A body on the axis (cơ quan, tổ chức).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Identifier code after Decision 20/2020, such as `H18.3.2`.
    pub code: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub id: UserId,
    pub username: String,
    pub full_name: String,
    /// Chức vụ.
    pub position: String,
    pub unit: String,
    pub roles: Vec<Role>,
    /// The body that this server belongs to.
    pub body: Body,
    /// True on a demonstration server: every page says so.
    pub demonstration: bool,
    /// Where the person sits, at a tablet of a meeting room.
    pub at: Option<AtTablet>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtTablet {
    /// The tablet's name, such as "Máy 12".
    pub tablet: String,
    pub meeting: MeetingId,
}

/// Máy tính bảng của phòng họp: used by many, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomTablet {
    pub id: TabletId,
    pub name: String,
    pub room: String,
    /// Row and place in the hall, from 1.
    pub seat: Option<(u32, u32)>,
    pub added_at: When,
    /// Who sits there now.
    pub used_by: Option<String>,
}

impl Me {
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub username: String,
    pub full_name: String,
    pub position: String,
    pub unit: String,
    pub roles: Vec<Role>,
    pub active: bool,
}

impl Person {
    /// Position and unit in a line; once where the position names the unit already.
    pub fn place(&self) -> String {
        match (self.position.as_str(), self.unit.as_str()) {
            (position, unit) if unit.is_empty() || position.contains(unit) => position.to_owned(),
            ("", unit) => unit.to_owned(),
            (position, unit) => [position, ", ", unit].concat(),
        }
    }
}

/// A signing key kept on the server, sealed with its holder's PIN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyInfo {
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub valid_from: When,
    pub valid_to: When,
    /// Set while too many wrong PINs keep the key locked.
    pub locked_until: Option<When>,
    /// Where the image of the signature (or seal) is served, if one was stored.
    pub image_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub created: When,
    pub expires: When,
    pub last_used: Option<When>,
}

/// A token just made: its secret is shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    pub token: Token,
    pub secret: String,
}
