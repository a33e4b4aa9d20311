//! Who may follow which topic. What a person may not see is answered like what does not exist.
use crate::actor::Actor;
use crate::state::AppState;
use app::dto::identity::Role;

pub async fn may_follow(_state: &AppState, actor: &Actor, topic: &str) -> bool {
    match topic.split_once(':') {
        Some(("user", id)) => actor.user().is_ok_and(|me| me.as_str() == id),
        Some(("desk", "outgoing")) => actor.require(&[Role::Clerk, Role::Auditor]).is_ok(),
        Some(("desk", "incoming")) => actor.require(&[Role::Clerk, Role::Auditor]).is_ok(),
        _ => false,
    }
}
