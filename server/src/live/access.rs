//! Who may follow which topic. What a person may not see is answered like what does not exist.
use crate::actor::Actor;
use crate::fault::Problem;
use crate::state::AppState;
use app::dto::identity::Role;
use app::ids::{DocumentId, MeetingId, SheetId};

/// `None` when the server cannot tell just now.
pub async fn may_follow(state: &AppState, actor: &Actor, topic: &str) -> Option<bool> {
    let meeting = topic.strip_prefix("meeting:");
    // At a room's tablet the meeting is all there is; what concerns the person comes on their own devices.
    if actor.at.is_some() && !meeting.is_some_and(|id| actor.reaches(id)) {
        return Some(actor.user().is_ok_and(|me| topic.strip_prefix("user:") == Some(me.as_str())));
    }
    match topic.split_once(':') {
        Some(("user", id)) => Some(actor.user().is_ok_and(|me| me.as_str() == id)),
        Some(("desk", "outgoing" | "incoming")) => Some(actor.require(&[Role::Clerk, Role::Auditor]).is_ok()),
        Some(("meeting", id)) => answer(state.meetings.may_see(actor, &MeetingId::from(id)).await),
        Some(("opinion", id)) => answer(state.opinions.may_see(actor, &SheetId::from(id)).await),
        Some(("document", id)) => answer(state.documents.may_see(actor, &DocumentId::from(id)).await),
        _ => Some(false),
    }
}

fn answer<E: Problem>(seen: Result<(), E>) -> Option<bool> {
    match seen {
        Ok(()) => Some(true),
        Err(e) if e.status().is_server_error() => {
            tracing::warn!(error = %e, "cannot tell who may follow");
            None
        }
        Err(_) => Some(false),
    }
}
