//! Tasks that meetings gave to the person who asks, on the first page until they are done.
use crate::components::icon::{Glyph, Icon};
use crate::dto::after::MyTask;
use crate::i18n::{t, tf};
use crate::pages::meetings::{Finish, TaskWords, late_words};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn MyTasks(tasks: Vec<MyTask>) -> impl IntoView {
    (!tasks.is_empty()).then(|| {
        let n = tasks.len();
        let late = late_words(&tasks.iter().map(|t| t.task.clone()).collect::<Vec<_>>());
        let each = tasks.into_iter().map(|t| {
            let from = tf("after.from_meeting", &[("name", &t.meeting)]);
            let id = t.task.id.clone();
            view! {
                <li class="my-task" data-test="my-task">
                    <TaskWords task=t.task />
                    <p class="list-meta">
                        {match t.meeting_id {
                            Some(meeting) => view! { <A href=["/meetings/", meeting.as_str()].concat()>{from}</A> }.into_any(),
                            None => view! { <span>{from}</span> }.into_any(),
                        }}
                    </p>
                    <div class="row">
                        <Finish id />
                    </div>
                </li>
            }
        });
        let each = each.collect_view();
        view! {
            <section class="home-part">
                <h2>
                    <Glyph icon=Icon::Check />
                    {t("after.my_tasks")}
                    <span class="count">{n}</span>
                    {late.map(|words| view! { <span class="due due-late" data-test="tasks-late">{words}</span> })}
                </h2>
                <ul class="list">{each}</ul>
            </section>
        }
    })
}
