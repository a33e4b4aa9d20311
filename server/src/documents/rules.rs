//! Who may see a document and what may be done with it: one place, asked by screens and use cases alike.
use super::store::Row;
use crate::actor::Actor;
use app::dto::documents::{Action, Direction, State};
use app::dto::identity::Role;

pub fn is_drafter(actor: &Actor, row: &Row) -> bool {
    row.drafter_id.as_deref() == Some(actor.id())
}

pub fn is_leader(actor: &Actor, row: &Row) -> bool {
    actor.is(Role::Leader) && row.leader_id.as_deref() == Some(actor.id())
}

/// Somebody who may sign today in the place of the leader that it is before. The minutes of a meeting are signed by who chaired it.
pub fn is_deputy(actor: &Actor, row: &Row) -> bool {
    row.state == State::Submitted && sees_for(actor, row)
}

/// Deputies go on seeing what they have returned.
fn sees_for(actor: &Actor, row: &Row) -> bool {
    actor.is(Role::Leader)
        && matches!(row.state, State::Submitted | State::Returned)
        && row.meeting_id.is_none()
        && row.deputies.split(' ').any(|id| id == actor.id())
}

/// Leaders in whose place this person may sign today, as a question of SQL.
fn heads_sql() -> String {
    let today = crate::clock::day(crate::clock::now_us());
    format!(
        "SELECT head_id FROM authority WHERE person_id = $1 AND head_id IS NOT NULL AND ended_at IS NULL \
         AND from_on <= '{today}' AND (to_on = '' OR to_on >= '{today}')"
    )
}

/// People of the unit that this person heads, as a question of SQL.
const UNIT_SQL: &str = "SELECT u.id FROM person u JOIN person h ON h.unit = u.unit WHERE h.id = $1 AND u.unit <> ''";

/// The person who leads the processing (chủ trì).
pub fn is_handler(actor: &Actor, row: &Row) -> bool {
    row.handler_id.as_deref() == Some(actor.id())
}

/// Taken in, and not yet finished.
fn in_work(state: State) -> bool {
    matches!(state, State::TakenIn | State::Assigned | State::Processing)
}

/// The drafter always; others from the moment that it concerns them; whoever was once given a part, and the heads of their units, for good.
pub fn may_see(actor: &Actor, row: &Row) -> bool {
    if actor.user().is_err() {
        return false;
    }
    let public_inside = matches!(row.state, State::Issued | State::Sent) || in_work(row.state) || row.state == State::Done;
    match row.direction {
        Direction::Outgoing => {
            is_drafter(actor, row)
                || (row.leader_id.as_deref() == Some(actor.id()) && row.state != State::Draft)
                || row.head_id.as_deref() == Some(actor.id())
                || sees_for(actor, row)
                || (actor.is(Role::Clerk) && (row.state == State::Signed || public_inside))
                || (actor.is(Role::Auditor) && row.state != State::Draft)
                || (actor.is(Role::Secretary) && public_inside)
                || (public_inside && row.people.split(' ').any(|id| id == actor.id()))
        }
        Direction::Incoming => {
            actor.is(Role::Clerk)
                || actor.is(Role::Auditor)
                || ((actor.is(Role::Leader) || actor.is(Role::Secretary)) && public_inside)
                || row.people.split(' ').any(|id| id == actor.id())
        }
    }
}

/// The same rule as a condition of SQL, with `$1` the person's id.
pub fn visible_sql(actor: &Actor) -> String {
    let has = |role| if actor.is(role) { "1=1" } else { "1=0" };
    format!(
        "((direction = 'outgoing' AND (drafter_id = $1 OR (leader_id = $1 AND state <> 'draft') OR head_id = $1 \
         OR ({leader} AND state IN ('submitted','returned') AND meeting_id IS NULL AND leader_id IN ({heads})) \
         OR ({clerk} AND state IN ('signed','issued','sent')) OR ({auditor} AND state <> 'draft') \
         OR ({secretary} AND state IN ('issued','sent')) \
         OR ({head} AND state IN ('issued','sent') AND drafter_id IN ({UNIT_SQL})) \
         OR (state IN ('issued','sent') AND meeting_id IN (SELECT meeting_id FROM meeting_member WHERE person_id = $1)))) \
         OR (direction = 'incoming' AND ({clerk} OR {auditor} OR (({leader} OR {secretary}) \
         AND state IN ('taken_in','assigned','processing','done')) OR id IN (SELECT document_id FROM assignment WHERE person_id = $1) \
         OR ({head} AND id IN (SELECT document_id FROM assignment WHERE person_id IN ({UNIT_SQL}))))))",
        head = has(Role::Head),
        clerk = has(Role::Clerk),
        auditor = has(Role::Auditor),
        secretary = has(Role::Secretary),
        leader = has(Role::Leader),
        heads = heads_sql(),
    )
}

/// True for those to whom most documents of that direction are visible.
pub fn sees_widely(actor: &Actor, direction: Option<Direction>) -> bool {
    let any = |roles: &[Role]| roles.iter().any(|r| actor.is(*r));
    any(&[Role::Clerk, Role::Auditor, Role::Secretary]) || (direction != Some(Direction::Outgoing) && actor.is(Role::Leader))
}

/// All that may be visible to anybody else, found by indexes.
pub fn own_sql(actor: &Actor) -> String {
    let unit = match actor.is(Role::Head) {
        true => format!(
            " UNION SELECT id FROM document WHERE drafter_id IN ({UNIT_SQL}) AND state IN ('issued','sent') \
             UNION SELECT document_id FROM assignment WHERE person_id IN ({UNIT_SQL})"
        ),
        false => String::new(),
    };
    format!(
        "id IN (SELECT id FROM document WHERE drafter_id = $1 UNION SELECT id FROM document WHERE leader_id = $1 \
     UNION SELECT id FROM document WHERE head_id = $1 \
     UNION SELECT id FROM document WHERE state IN ('submitted','returned') AND leader_id IN ({}) \
     UNION SELECT document_id FROM assignment WHERE person_id = $1 \
     UNION SELECT id FROM document WHERE meeting_id IN (SELECT meeting_id FROM meeting_member WHERE person_id = $1){unit})",
        heads_sql()
    )
}

/// What waits for this person, as a condition of SQL.
pub fn waiting_sql(actor: &Actor) -> String {
    let has = |role| if actor.is(role) { "1=1" } else { "1=0" };
    format!(
        "NOT EXISTS (SELECT 1 FROM document_mark k WHERE k.document_id = document.id) \
         AND id IN (SELECT id FROM document WHERE drafter_id = $1 AND state IN ('draft','returned') \
         UNION SELECT id FROM document WHERE {leader} AND leader_id = $1 AND state = 'submitted' \
         UNION SELECT id FROM document WHERE {leader} AND state = 'submitted' AND meeting_id IS NULL AND leader_id IN ({heads}) \
         UNION SELECT id FROM document WHERE {clerk} AND state IN ('signed','arrived','taken_in') \
         UNION SELECT id FROM document WHERE {clerk} AND state = 'issued' AND meeting_id IS NULL \
         UNION SELECT document_id FROM recall_request WHERE {clerk} AND answer IS NULL \
         UNION SELECT id FROM document WHERE handler_id = $1 AND state IN ('assigned','processing'))",
        leader = has(Role::Leader),
        clerk = has(Role::Clerk),
        heads = heads_sql(),
    )
}

pub fn waits_for(actor: &Actor, row: &Row) -> bool {
    if row.mark.is_some() {
        return false;
    }
    if row.asked_back.is_some() && actor.is(Role::Clerk) {
        return true;
    }
    match row.state {
        State::Draft | State::Returned => is_drafter(actor, row),
        State::Submitted => is_leader(actor, row) || is_deputy(actor, row),
        State::Issued if row.meeting_id.is_some() => false,
        State::Signed | State::Issued | State::Arrived | State::TakenIn => actor.is(Role::Clerk),
        State::Assigned | State::Processing => is_handler(actor, row),
        State::Sent | State::Refused | State::Done => false,
    }
}

/// Everything that `actor` may do with the document as it is now.
pub fn allowed(actor: &Actor, row: &Row) -> Vec<Action> {
    let mut actions = Vec::new();
    // What was recalled is there to be read and for nothing else.
    if !may_see(actor, row) || row.mark.is_some() {
        return actions;
    }
    if row.asked_back.is_some() && actor.is(Role::Clerk) {
        actions.extend([Action::GiveBack, Action::KeepCopy]);
    }
    match row.state {
        // Minutes are corrected, and signed anew, at their meeting.
        State::Draft | State::Returned if row.meeting_id.is_some() => {}
        State::Draft | State::Returned if is_drafter(actor, row) => {
            actions.extend([Action::Edit, Action::ReplaceFile, Action::Submit, Action::Delete]);
        }
        State::Submitted => {
            if is_leader(actor, row) || is_deputy(actor, row) {
                actions.extend([Action::Sign, Action::Return]);
            }
            if is_drafter(actor, row) {
                actions.push(Action::Withdraw);
            }
        }
        State::Signed if actor.is(Role::Clerk) => actions.push(Action::Issue),
        // Minutes go to the members by being issued.
        State::Issued if row.meeting_id.is_some() => {}
        State::Issued if actor.is(Role::Clerk) => actions.push(Action::Send),
        State::Sent if actor.is(Role::Clerk) => actions.push(Action::Recall),
        State::Arrived if actor.is(Role::Clerk) => actions.extend([Action::TakeIn, Action::Refuse]),
        state if in_work(state) => {
            let gives = actor.is(Role::Clerk) || actor.is(Role::Leader);
            let leads = state != State::TakenIn && is_handler(actor, row);
            if gives || leads {
                actions.push(Action::Assign);
            }
            if leads && state == State::Assigned {
                actions.push(Action::Start);
            }
            // A leader may end what somebody who is away leads.
            if (leads && state == State::Processing) || (actor.is(Role::Leader) && state != State::TakenIn) {
                actions.push(Action::Finish);
            }
        }
        _ => {}
    }
    let issued = matches!(row.state, State::Issued | State::Sent) && row.direction == Direction::Outgoing;
    if issued && row.meeting_id.is_none() && actor.is(Role::Drafter) {
        actions.push(Action::Supersede);
    }
    let settled = matches!(row.state, State::Issued | State::Sent | State::Done) || in_work(row.state);
    if actor.is(Role::Secretary) && settled {
        actions.push(Action::AttachToMeeting);
    }
    actions
}
