//! Who may follow which topic. What a person may not see is answered like what does not exist.
use crate::actor::Actor;
use crate::state::AppState;
use app::dto::identity::Role;
use app::ids::{DocumentId, MeetingId};

pub async fn may_follow(state: &AppState, actor: &Actor, topic: &str) -> bool {
    match topic.split_once(':') {
        Some(("user", id)) => actor.user().is_ok_and(|me| me.as_str() == id),
        Some(("desk", "outgoing" | "incoming")) => actor.require(&[Role::Clerk, Role::Auditor]).is_ok(),
        Some(("meeting", id)) => state.meetings.may_see(actor, &MeetingId::from(id)).await.is_ok(),
        Some(("document", id)) => state.documents.may_see(actor, &DocumentId::from(id)).await.is_ok(),
        _ => false,
    }
}
