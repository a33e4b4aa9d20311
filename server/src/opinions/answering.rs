//! Answers of those asked: the last one counts, every one is in the log.
use super::store::{self, AnswerRow};
use super::{Error, Result, Service, rules};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::text;
use app::dto::When;
use app::dto::meetings::Choice;
use app::dto::opinions::{News, Reply};
use app::ids::SheetId;
use serde_json::json;

const LONGEST_WORDS: usize = 5000;

impl Service {
    /// Answers all questions at once, in place of earlier answers; when that was entered. The same again changes nothing.
    pub async fn answer(&self, actor: &Actor, id: &SheetId, replies: &[Reply]) -> Result<When> {
        let me = actor.user()?.0.clone();
        let mut work = self.db.begin(actor).await?;
        let (row, asked) = self.for_change(&mut work, id).await?;
        if !asked {
            return Err(Error::NotAsked);
        }
        let now = now_us();
        if !rules::awaits(&row, now) {
            return Err(Error::Over);
        }
        let questions = store::questions(work.conn(), &row.id).await?;
        if replies.len() != questions.len() {
            return Err(Error::Field("answers"));
        }
        let all = store::answers(work.conn(), &row.id).await?;
        let before: Vec<_> = all.into_iter().filter(|a| a.person_id == me).collect();
        let mut log = Vec::new();
        let mut last = 0;
        for question in &questions {
            let reply = replies
                .iter()
                .find(|r| r.question.0 == question.id)
                .ok_or(Error::Field("answers"))?;
            let words = text::lines(&reply.words, LONGEST_WORDS, reply.choice != Choice::Other).ok_or(Error::Field("words"))?;
            let known = before.iter().find(|b| b.question_id == question.id);
            if let Some(same) = known.filter(|k| k.choice == reply.choice && k.words == words) {
                last = last.max(same.answered_at);
                continue;
            }
            let answer = AnswerRow {
                question_id: question.id.clone(),
                person_id: me.clone(),
                choice: reply.choice,
                words,
                answered_at: now,
            };
            store::put_answer(work.conn(), &row.id, &answer).await?;
            log.push(json!({
                "question": question.position, "choice": answer.choice, "words": answer.words,
                "before": known.map(|k| json!({ "choice": k.choice, "words": k.words })),
            }));
        }
        if log.is_empty() {
            return Ok(when(last));
        }
        let action = if before.is_empty() {
            "opinion.answered"
        } else {
            "opinion.answer_changed"
        };
        let row = self.announce(&mut work, &row.id, action, &json!({ "answers": log })).await?;
        self.tell(&mut work, &row, &[row.secretary_id.clone(), me], News::Answered).await?;
        work.commit().await?;
        Ok(when(now))
    }
}
