//! What an event changes in the meeting on the screen. Applying an event twice changes nothing the second time, so
//! a snapshot and the events after its number may overlap.
use crate::dto::meetings::{Attachment, MeetingDetail};
use crate::ids::AttachmentId;
use crate::live::LiveEvent;

pub fn apply(meeting: &mut MeetingDetail, event: LiveEvent) {
    match event {
        LiveEvent::MeetingState { state } => meeting.row.state = state,
        // One's own topic tells of all meetings.
        LiveEvent::MeetingChanged { row } => {
            if row.id == meeting.row.id {
                meeting.row = row;
            }
        }
        LiveEvent::ItemChanged {
            item,
            title,
            presenter,
            minutes,
            clock,
        } => {
            if let Some(item) = meeting.items.iter_mut().find(|i| i.id == item) {
                item.title = title;
                item.presenter = presenter;
                item.minutes = minutes;
                item.clock = clock;
            }
        }
        LiveEvent::CurrentItem { item } => meeting.current_item = item,
        LiveEvent::ItemAdded { item } => {
            match meeting.items.iter_mut().find(|i| i.id == item.id) {
                Some(known) => *known = item,
                None => meeting.items.push(item),
            }
            meeting.items.sort_by_key(|i| i.position);
        }
        LiveEvent::ItemsOrdered { order } => {
            for item in &mut meeting.items {
                if let Some(at) = order.iter().position(|id| *id == item.id) {
                    item.position = at as u32 + 1;
                }
            }
            meeting.items.sort_by_key(|i| i.position);
        }
        LiveEvent::ItemRemoved { item } => {
            meeting.items.retain(|i| i.id != item);
            for (at, left) in meeting.items.iter_mut().enumerate() {
                left.position = at as u32 + 1;
            }
            meeting.current_item.take_if(|current| *current == item);
        }
        LiveEvent::Attached { attachment } => {
            if let Some(item) = meeting.items.iter_mut().find(|i| i.id == attachment.item_id) {
                put(&mut item.documents, attachment, |d| &d.id);
            }
        }
        LiveEvent::Detached { attachment } => {
            for item in &mut meeting.items {
                item.documents.retain(|d| d.id != attachment);
            }
        }
        LiveEvent::CheckedIn { member } | LiveEvent::MemberChanged { member } => put(&mut meeting.members, member, |m| &m.user_id),
        LiveEvent::MemberRemoved { user } => meeting.members.retain(|m| m.user_id != user),
        LiveEvent::QuorumRule { rule } => meeting.quorum_rule = rule,
        LiveEvent::Seated { seating } => meeting.seating = seating,
        LiveEvent::CheckInRule { by_code } => meeting.by_code = by_code,
        LiveEvent::FloorChanged { floor } => meeting.floor = floor,
        LiveEvent::ItemClock { item, clock } => {
            if let Some(item) = meeting.items.iter_mut().find(|i| i.id == item) {
                item.clock = clock;
            }
        }
        LiveEvent::Concluded { item, conclusion } => {
            if let Some(item) = meeting.items.iter_mut().find(|i| i.id == item) {
                item.conclusion = conclusion;
            }
        }
        LiveEvent::Presenting { now } => meeting.presenting = now,
        LiveEvent::BallotCount { vote, ballots } => {
            if let Some(vote) = meeting.votes.iter_mut().find(|v| v.id == vote && v.open) {
                vote.ballots = ballots;
            }
        }
        LiveEvent::VoteChanged { mut vote } => {
            // Events are the same for all; one's own ballot is known from the answer to oneself.
            let known = meeting.votes.iter().find(|v| v.id == vote.id);
            vote.mine = vote.mine.or_else(|| known.and_then(|v| v.mine));
            vote.drawn |= known.is_some_and(|v| v.drawn);
            put(&mut meeting.votes, vote, |v| &v.id);
        }
        LiveEvent::DocumentChanged { .. }
        | LiveEvent::ReceiverChanged { .. }
        | LiveEvent::MeetingPublished { .. }
        | LiveEvent::SheetChanged { .. }
        | LiveEvent::SheetNews { .. }
        | LiveEvent::TaskChanged { .. }
        | LiveEvent::NumbersChanged
        | LiveEvent::NoticesChanged
        | LiveEvent::Chat { .. }
        // Many a second, and of the page alone.
        | LiveEvent::Pointer { .. }
        | LiveEvent::MinutesChanged => {}
    }
}

fn put<T, K: PartialEq>(list: &mut Vec<T>, thing: T, key: fn(&T) -> &K) {
    match list.iter_mut().find(|known| key(known) == key(&thing)) {
        Some(known) => *known = thing,
        None => list.push(thing),
    }
}

pub fn attachment<'a>(meeting: &'a MeetingDetail, id: &AttachmentId) -> Option<&'a Attachment> {
    meeting.items.iter().flat_map(|i| &i.documents).find(|d| d.id == *id)
}

/// The document with this content: one that was put there anew has another id.
pub fn same_file<'a>(meeting: &'a MeetingDetail, sha256: &str) -> Option<&'a Attachment> {
    meeting.items.iter().flat_map(|i| &i.documents).find(|d| d.file.sha256 == sha256)
}

/// Documents whose time is over leave by themselves, also without a link. `now` in microseconds since the Unix epoch.
pub fn expire(meeting: &mut MeetingDetail, now: i64) {
    for item in &mut meeting.items {
        item.documents.retain(|d| d.expires.as_ref().is_none_or(|at| at.us > now));
    }
}

/// When the next document expires.
pub fn next_expiry(meeting: &MeetingDetail) -> Option<i64> {
    let all = meeting.items.iter().flat_map(|i| &i.documents);
    all.filter_map(|d| d.expires.as_ref().map(|at| at.us)).min()
}

/// The document to begin with: the newest of the item under discussion, else of all.
pub fn newest(meeting: &MeetingDetail) -> Option<&Attachment> {
    let of_current = meeting.items.iter().filter(|i| meeting.current_item.as_ref() == Some(&i.id));
    last_attached(of_current.flat_map(|i| &i.documents)).or_else(|| last_attached(meeting.items.iter().flat_map(|i| &i.documents)))
}

fn last_attached<'a>(documents: impl Iterator<Item = &'a Attachment>) -> Option<&'a Attachment> {
    documents.max_by_key(|d| d.attached.us)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::after::Conclusion;
    use crate::dto::floor::{Clock, Floor, Speech};
    use crate::dto::meetings::{AgendaItem, Choice, MeetingRow, MeetingState, Member, QuorumRule, Vote};
    use crate::dto::{FileRef, When};

    fn item(id: &str, position: u32) -> AgendaItem {
        AgendaItem {
            id: id.into(),
            position,
            title: id.to_owned(),
            presenter: String::new(),
            minutes: 15,
            clock: Clock::default(),
            conclusion: Conclusion::default(),
            documents: Vec::new(),
        }
    }

    fn document(id: &str, item: &str, us: i64) -> Attachment {
        Attachment {
            id: id.into(),
            item_id: item.into(),
            document_id: None,
            title: id.to_owned(),
            number: None,
            file: FileRef {
                sha256: id.to_owned(),
                size: 1,
                pages: 1,
                url: String::new(),
            },
            attached: When { us, text: String::new() },
            attached_by: String::new(),
            expires: None,
            readers: None,
        }
    }

    fn vote(agree: u32, mine: Option<Choice>) -> Vote {
        Vote {
            id: "v".into(),
            question: "?".to_owned(),
            open: true,
            ballots: agree,
            agree,
            eligible: 3,
            entitled: 4,
            needed: 2,
            mine,
            ..Vote::default()
        }
    }

    fn meeting() -> MeetingDetail {
        MeetingDetail {
            row: MeetingRow {
                id: "m".into(),
                title: String::new(),
                room: String::new(),
                starts: When::default(),
                ends: When::default(),
                state: MeetingState::Published,
                chair: String::new(),
                reason: String::new(),
                revision: 0,
                today: true,
            },
            members: vec![Member {
                user_id: "u".into(),
                full_name: String::new(),
                position: String::new(),
                part: "member".to_owned(),
                checked_in: None,
                answer: String::new(),
                stands_for: String::new(),
            }],
            items: vec![item("a", 1), item("b", 2)],
            current_item: None,
            votes: Vec::new(),
            floor: Floor::default(),
            quorum_rule: QuorumRule::default(),
            tablets: false,
            by_code: false,
            seating: Default::default(),
            presenting: None,
            my_part: "member".to_owned(),
            absent: Vec::new(),
            may_manage: false,
            topic: "meeting:m".to_owned(),
            topic_seq: 0,
            own_seq: 0,
        }
    }

    fn order(meeting: &MeetingDetail) -> Vec<(&str, u32)> {
        meeting.items.iter().map(|i| (i.id.as_str(), i.position)).collect()
    }

    #[test]
    fn a_document_that_comes_twice_stands_once_and_goes() {
        let mut m = meeting();
        let attached = LiveEvent::Attached {
            attachment: document("d", "b", 1),
        };
        apply(&mut m, attached.clone());
        apply(&mut m, attached);
        assert_eq!(m.items[1].documents.len(), 1);
        apply(&mut m, LiveEvent::Detached { attachment: "d".into() });
        assert!(m.items[1].documents.is_empty());
    }

    #[test]
    fn the_agenda_follows_additions_moves_and_removals() {
        let mut m = meeting();
        apply(&mut m, LiveEvent::ItemAdded { item: item("c", 3) });
        let moved = LiveEvent::ItemsOrdered {
            order: vec!["c".into(), "a".into(), "b".into()],
        };
        apply(&mut m, moved);
        assert_eq!(order(&m), [("c", 1), ("a", 2), ("b", 3)]);
        m.current_item = Some("a".into());
        apply(&mut m, LiveEvent::ItemRemoved { item: "a".into() });
        assert_eq!(order(&m), [("c", 1), ("b", 2)]);
        assert_eq!(m.current_item, None);
    }

    #[test]
    fn two_thirds_of_those_with_a_vote_make_a_quorum() {
        let mut m = meeting();
        let at = When {
            us: 1,
            text: String::new(),
        };
        let person = |id: &str, part: &str, here: bool| Member {
            user_id: id.into(),
            full_name: id.to_owned(),
            position: String::new(),
            part: part.to_owned(),
            checked_in: here.then(|| at.clone()),
            answer: String::new(),
            stands_for: String::new(),
        };
        m.members = vec![
            person("a", "chair", true),
            person("b", "secretary", true),
            person("c", "member", true),
            person("d", "member", false),
            person("e", "member", false),
        ];
        assert_eq!((m.quorum().present, m.quorum().needed, m.quorum().reached()), (2, 3, false));
        assert!(m.is_present(&"c".into()) && !m.is_present(&"d".into()));
        let member = person("d", "member", true);
        apply(&mut m, LiveEvent::CheckedIn { member });
        assert_eq!((m.quorum().present, m.quorum().reached()), (3, true));
        m.members.clear();
        assert!(!m.quorum().reached(), "nobody decides nothing");
    }

    #[test]
    fn the_floor_is_replaced_whole_and_a_clock_goes_to_its_item() {
        let mut m = meeting();
        let clock = Clock {
            limit: 900,
            spent: 5,
            since: None,
        };
        apply(&mut m, LiveEvent::ItemClock { item: "b".into(), clock });
        assert_eq!((m.items[0].clock, m.items[1].clock), (Clock::default(), clock));
        let waits = |id: &str| Speech {
            id: id.into(),
            user_id: id.into(),
            full_name: id.to_owned(),
            position: String::new(),
            asked: When::default(),
            again: false,
            clock: Clock::default(),
        };
        let floor = Floor {
            speaking: Some(waits("x")),
            waiting: vec![waits("y"), waits("z")],
        };
        apply(&mut m, LiveEvent::FloorChanged { floor });
        assert_eq!(m.floor.place_of(&"z".into()).map(|(n, _)| n), Some(2));
        assert_eq!(m.floor.place_of(&"x".into()), None);
        apply(&mut m, LiveEvent::FloorChanged { floor: Floor::default() });
        assert!(m.floor.waiting.is_empty() && m.floor.speaking.is_none());
    }

    #[test]
    fn ones_own_ballot_survives_the_count_of_others() {
        let mut m = meeting();
        m.votes = vec![vote(1, Some(Choice::Agree))];
        apply(&mut m, LiveEvent::VoteChanged { vote: vote(2, None) });
        assert_eq!((m.votes.len(), m.votes[0].agree, m.votes[0].mine), (1, 2, Some(Choice::Agree)));
    }

    #[test]
    fn the_count_of_an_urn_follows_while_the_vote_is_open() {
        let mut m = meeting();
        m.votes = vec![vote(0, None)];
        let count = |ballots| LiveEvent::BallotCount { vote: "v".into(), ballots };
        apply(&mut m, count(3));
        assert_eq!(m.votes[0].ballots, 3);
        m.votes[0].open = false;
        apply(&mut m, count(1));
        assert_eq!(m.votes[0].ballots, 3, "a count that comes late changes nothing");
    }

    #[test]
    fn one_begins_with_the_newest_document_of_the_current_item() {
        let mut m = meeting();
        assert_eq!(newest(&m), None);
        m.items[0].documents = vec![document("old", "a", 1), document("new", "a", 5)];
        m.items[1].documents = vec![document("latest", "b", 9)];
        assert_eq!(newest(&m).map(|d| d.id.as_str()), Some("latest"));
        m.current_item = Some("a".into());
        assert_eq!(newest(&m).map(|d| d.id.as_str()), Some("new"));
    }
}
