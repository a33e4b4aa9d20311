//! Who may do what in a meeting: one place, asked by screens and use cases alike.
use crate::actor::Actor;
use app::dto::identity::Role;
use app::dto::meetings::MeetingState;

/// What a person is in one meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Chair,
    Secretary,
    Member,
}

impl Part {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "chair",
            Self::Secretary => "secretary",
            Self::Member => "member",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        [Self::Chair, Self::Secretary, Self::Member].into_iter().find(|p| p.as_str() == s)
    }

    /// The secretary records votes and casts none.
    pub fn votes(self) -> bool {
        self != Self::Secretary
    }
}

/// Prepares agenda and documents.
pub fn may_manage(actor: &Actor, part: Option<Part>) -> bool {
    part == Some(Part::Secretary) && actor.is(Role::Secretary)
}

/// Opens and closes the meeting, its items and votes.
pub fn may_conduct(actor: &Actor, part: Option<Part>) -> bool {
    part == Some(Part::Chair) || may_manage(actor, part)
}

/// A meeting in preparation is its secretary's alone; afterwards it is for its members and the auditor.
pub fn may_see(actor: &Actor, part: Option<Part>, state: MeetingState) -> bool {
    match state {
        MeetingState::Preparing => may_manage(actor, part),
        _ => part.is_some() || actor.is(Role::Auditor),
    }
}

/// The same rule as a condition of SQL on `meeting m`, with `$1` the person's id.
pub fn visible_sql(actor: &Actor) -> String {
    let has = |role| if actor.is(role) { "1=1" } else { "1=0" };
    let joined = "SELECT x.person_id FROM meeting_member x WHERE x.meeting_id = m.id AND x.person_id = $1";
    format!(
        "((m.state <> 'preparing' AND ({auditor} OR EXISTS ({joined}))) \
         OR ({secretary} AND EXISTS ({joined} AND x.part = 'secretary')))",
        auditor = has(Role::Auditor),
        secretary = has(Role::Secretary),
    )
}

/// A motion is carried by more than half of the voting members present.
pub fn carried(agree: u32, present: u32) -> bool {
    u64::from(agree) * 2 > u64::from(present)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Kind;

    fn actor(roles: &[Role]) -> Actor {
        let mut actor = Actor::anonymous("", "");
        actor.kind = Kind::Person("p".into());
        actor.roles = roles.to_vec();
        actor
    }

    #[test]
    fn half_of_those_present_is_not_enough() {
        assert!(!carried(5, 10));
        assert!(carried(6, 10));
        assert!(carried(1, 1));
        assert!(!carried(0, 0));
    }

    #[test]
    fn what_is_being_prepared_is_seen_by_its_secretary_alone() {
        use MeetingState::{Open, Preparing};
        let secretary = actor(&[Role::Secretary]);
        assert!(may_see(&secretary, Some(Part::Secretary), Preparing));
        assert!(!may_see(&secretary, None, Preparing));
        assert!(!may_see(&secretary, None, Open));
        assert!(!may_see(&actor(&[Role::Leader]), Some(Part::Chair), Preparing));
        assert!(may_see(&actor(&[Role::Leader]), Some(Part::Chair), Open));
        assert!(!may_see(&actor(&[Role::Auditor]), None, Preparing));
        assert!(may_see(&actor(&[Role::Auditor]), None, Open));
    }

    #[test]
    fn the_chair_conducts_but_does_not_prepare() {
        let chair = actor(&[Role::Leader]);
        assert!(may_conduct(&chair, Some(Part::Chair)));
        assert!(!may_manage(&chair, Some(Part::Chair)));
        assert!(!may_conduct(&chair, Some(Part::Member)));
        // Who is no longer a secretary by role keeps no power over old meetings.
        assert!(!may_conduct(&actor(&[Role::Official]), Some(Part::Secretary)));
    }
}
