//! Xử lý văn bản đến: who is to do what until when, and what came of it. The sender hears of each step by itself.
use super::incoming::given;
use super::store::{self, Row};
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{now_us, parse_day, vietnam};
use crate::db::Work;
use app::dto::documents::{Action, AssignWish, Part, State};
use app::dto::notices::NoticeKind;
use app::ids::DocumentId;
use app::live::LiveEvent;

const LONGEST_INSTRUCTION: usize = 2000;

impl Service {
    /// Phân công, or chuyển xử lý when somebody leads it already: the parts given before end, the path stays on record.
    /// The sender hears 04 the first time.
    pub async fn assign(&self, actor: &Actor, id: &DocumentId, revision: i64, wish: &AssignWish) -> Result<()> {
        let me = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Assign).await?;
        let instruction = wish.instruction.trim();
        if instruction.chars().count() > LONGEST_INSTRUCTION {
            return Err(Error::Field("instruction"));
        }
        let due_on = wish.due_on.trim();
        let past = |day: time::Date| day < vietnam(now_us()).date();
        // A deadline that was given before may stand although its day has come.
        if !due_on.is_empty() && due_on != row.due_on && parse_day(due_on).is_none_or(past) {
            return Err(Error::Field("due_on"));
        }
        let now = now_us();
        store::end_assignments(work.conn(), &row.id, now).await?;
        let parts = [
            (Part::Lead, "lead", std::slice::from_ref(&wish.lead)),
            (Part::Support, "support", &wish.support),
            (Part::Inform, "inform", &wish.inform),
        ];
        let mut people: Vec<&str> = Vec::new();
        for (part, field, chosen) in parts {
            for person in chosen {
                // The first part named is the one that counts.
                if people.contains(&person.as_str()) {
                    continue;
                }
                if !store::is_active(work.conn(), person.as_str()).await? {
                    return Err(Error::Field(field));
                }
                people.push(person.as_str());
                let given = store::Given {
                    person: person.as_str(),
                    part,
                    instruction,
                    due_on,
                    by: me.as_str(),
                };
                store::add_assignment(work.conn(), &row.id, &given, now).await?;
            }
        }
        let first = row.state == State::TakenIn;
        row.handler_id = Some(wish.lead.0.clone());
        row.due_on = due_on.to_owned();
        if first {
            row.state = State::Assigned;
            let until = match parse_day(due_on) {
                Some(d) => format!(", hạn xử lý {:02}/{:02}/{}", d.day(), u8::from(d.month()), d.year()),
                None => String::new(),
            };
            self.tell_sender(&mut work, &row, "04", &format!("Đã phân công xử lý{until}"))
                .await?;
        }
        let action = if first { "document.assigned" } else { "document.passed_on" };
        self.changed(&mut work, &row, action, instruction).await?;
        self.tell_people(&mut work, &row, &people).await?;
        self.notify(&mut work, &row, NoticeKind::Assigned, &people).await?;
        Ok(work.commit().await?)
    }

    /// Bắt đầu xử lý: the sender hears 05.
    pub async fn start_processing(&self, actor: &Actor, id: &DocumentId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Start).await?;
        row.state = State::Processing;
        self.tell_sender(&mut work, &row, "05", "Đang xử lý").await?;
        self.changed(&mut work, &row, "document.processing", "").await?;
        self.tell_concerned(&mut work, &row).await?;
        Ok(work.commit().await?)
    }

    /// Hoàn thành, with what came of it: the sender hears 06 and reads `result`.
    pub async fn finish(&self, actor: &Actor, id: &DocumentId, revision: i64, result: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.for_change(&mut work, id, revision, Action::Finish).await?;
        let result = given(result).map_err(|_| Error::Field("result"))?;
        row.state = State::Done;
        self.tell_sender(&mut work, &row, "06", &result).await?;
        self.changed(&mut work, &row, "document.done", &result).await?;
        store::finished(work.conn(), &row.id, now_us()).await?;
        self.tell_concerned(&mut work, &row).await?;
        Ok(work.commit().await?)
    }

    /// Everybody who has a part now.
    pub(super) async fn tell_concerned(&self, work: &mut Work, row: &Row) -> Result<()> {
        let people = store::assignments(work.conn(), &row.id).await?;
        let people: Vec<&str> = people.iter().filter(|a| a.current).map(|a| a.person.as_str()).collect();
        self.tell_people(work, row, &people).await
    }

    async fn tell_people(&self, work: &mut Work, row: &Row, people: &[&str]) -> Result<()> {
        let event = LiveEvent::DocumentChanged {
            id: DocumentId(row.id.clone()),
            state: row.state,
            number: row.notation.clone(),
            title: row.abstract_text.clone(),
        };
        for person in people {
            work.publish(&format!("user:{person}"), &event).await?;
        }
        Ok(())
    }
}
