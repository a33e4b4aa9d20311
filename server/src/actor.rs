//! Who does something: every use case is asked with an [`Actor`], and decides by it.
use crate::identity::error::Error;
use app::dto::identity::Role;
use app::ids::UserId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nobody signed in.
    Anonymous,
    Person(UserId),
    /// A program with a person's token.
    Machine(UserId),
    /// The server itself, or another body over the axis.
    System,
}

/// At a tablet of a meeting room (máy tính bảng của phòng họp): a code of eight digits opens this one meeting and nothing else of the
/// person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    pub tablet: String,
    pub meeting: String,
}

#[derive(Debug, Clone)]
pub struct Actor {
    pub kind: Kind,
    pub at: Option<At>,
    /// Full name as the log shows it.
    pub name: String,
    pub roles: Vec<Role>,
    pub request_id: String,
    /// Network address of the client; empty for the system.
    pub address: String,
}

impl Actor {
    pub fn anonymous(request_id: &str, address: &str) -> Self {
        Self {
            kind: Kind::Anonymous,
            at: None,
            name: String::new(),
            roles: vec![],
            request_id: request_id.into(),
            address: address.into(),
        }
    }

    /// The server's own work; `name` says which part of it.
    pub fn system(name: &str) -> Self {
        Self {
            kind: Kind::System,
            at: None,
            name: name.into(),
            roles: vec![],
            request_id: String::new(),
            address: String::new(),
        }
    }

    pub fn id(&self) -> &str {
        match &self.kind {
            Kind::Person(id) | Kind::Machine(id) => id.as_str(),
            Kind::Anonymous => "anonymous",
            Kind::System => "system",
        }
    }

    /// # Errors
    /// `identity.not_signed_in` for anybody who is not a person or a person's program.
    pub fn user(&self) -> Result<&UserId, Error> {
        match &self.kind {
            Kind::Person(id) | Kind::Machine(id) => Ok(id),
            _ => Err(Error::NotSignedIn),
        }
    }

    /// Whether this meeting may be asked for at all: from a room's tablet only the one that its user sits in.
    pub fn reaches(&self, meeting: &str) -> bool {
        self.at.as_ref().is_none_or(|at| at.meeting == meeting)
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// # Errors
    /// `identity.not_signed_in`, or `identity.forbidden` when none of `roles` is held.
    pub fn require(&self, roles: &[Role]) -> Result<&UserId, Error> {
        let user = self.user()?;
        if roles.iter().any(|r| self.is(*r)) {
            Ok(user)
        } else {
            Err(Error::Forbidden)
        }
    }
}
