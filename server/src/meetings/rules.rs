//! Who may do what in a meeting: one place, asked by screens and use cases alike.
use super::Error;
use crate::actor::Actor;
use app::dto::identity::Role;
use app::dto::meetings::{Majority, MeetingState};

/// What a person is in one meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Chair,
    Secretary,
    Member,
    /// Sends somebody else, and only watches.
    Delegated,
}

impl Part {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chair => "chair",
            Self::Secretary => "secretary",
            Self::Member => "member",
            Self::Delegated => "delegated",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        [Self::Chair, Self::Secretary, Self::Member, Self::Delegated]
            .into_iter()
            .find(|p| p.as_str() == s)
    }

    /// The secretary records votes and casts none; who sends another has given the vote to them.
    pub fn votes(self) -> bool {
        !matches!(self, Self::Secretary | Self::Delegated)
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

/// Who comes when: whoever has not spoken on the item yet before those who have; among equals who asked first.
/// `key` says of a request whether its person was heard already, and when it was made.
pub fn speaking_order<T>(mut waiting: Vec<T>, key: impl Fn(&T) -> (bool, i64)) -> Vec<T> {
    waiting.sort_by_key(key);
    waiting
}

/// Members with a vote who are present.
pub fn may_vote(part: Part, checked_in_at: Option<i64>) -> Result<(), Error> {
    if !part.votes() {
        return Err(Error::NoVote);
    }
    checked_in_at.map(|_| ()).ok_or(Error::NotCheckedIn)
}

/// Of how many a majority is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Electorate {
    /// Ballots cast, whatever they say.
    pub cast: u32,
    /// Members with a vote who are present.
    pub present: u32,
    /// All members with a vote.
    pub all: u32,
}

/// How many must agree: more than half, or at least two thirds. Nobody decides nothing, so it is never none.
pub fn needed(majority: Majority, of: Electorate) -> u32 {
    let more_than_half = |n: u32| n / 2 + 1;
    // n less its third: the same without overflow.
    let two_thirds = |n: u32| (n - n / 3).max(1);
    match majority {
        Majority::Cast => more_than_half(of.cast),
        Majority::HalfPresent => more_than_half(of.present),
        Majority::HalfAll => more_than_half(of.all),
        Majority::TwoThirdsPresent => two_thirds(of.present),
        Majority::TwoThirdsAll => two_thirds(of.all),
    }
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
    fn half_is_not_enough_and_two_thirds_are() {
        let of = |cast, present, all| Electorate { cast, present, all };
        let all = |electorate| Majority::ALL.map(|m| needed(m, electorate));
        // HalfPresent, HalfAll, TwoThirdsPresent, TwoThirdsAll, Cast
        assert_eq!(all(of(4, 10, 20)), [6, 11, 7, 14, 3]);
        assert_eq!(all(of(5, 9, 21)), [5, 11, 6, 14, 3]);
        assert_eq!(all(of(1, 1, 2)), [1, 2, 1, 2, 1]);
        assert_eq!(all(of(0, 0, 0)), [1; 5], "nobody decides nothing");
        assert_eq!(needed(Majority::TwoThirdsAll, of(0, 0, u32::MAX)), 2_863_311_530);
        assert_eq!(needed(Majority::HalfAll, of(0, 0, u32::MAX)), 2_147_483_648);
    }

    #[test]
    fn whoever_has_not_spoken_comes_before_those_who_have() {
        let order = |waiting: Vec<(&'static str, bool, i64)>| {
            let sorted = speaking_order(waiting, |w| (w.1, w.2));
            sorted.into_iter().map(|w| w.0).collect::<String>()
        };
        assert_eq!(order(vec![("b", false, 2), ("a", false, 1), ("c", false, 3)]), "abc");
        assert_eq!(
            order(vec![("a", true, 1), ("b", false, 2), ("c", true, 0), ("d", false, 4)]),
            "bdca"
        );
        // At the same moment: as they were written down.
        assert_eq!(order(vec![("x", false, 1), ("y", false, 1)]), "xy");
        assert_eq!(order(Vec::new()), "");
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
