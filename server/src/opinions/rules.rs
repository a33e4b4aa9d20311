//! Who may see and do what with a sheet, and what takes a matter through: one place.
use super::store::{AnswerRow, Row};
use crate::actor::Actor;
use crate::meetings::rules::{Electorate, needed};
use app::dto::identity::Role;
use app::dto::meetings::{Choice, Majority};
use app::dto::opinions::{SheetState, Tally};

/// Writes, sends and ends it.
pub fn may_manage(actor: &Actor, row: &Row) -> bool {
    actor.is(Role::Secretary) && actor.id() == row.secretary_id
}

/// A draft is its secretary's alone; afterwards it is for those asked and the auditor too.
pub fn may_see(actor: &Actor, row: &Row, asked: bool) -> bool {
    may_manage(actor, row) || (row.state != SheetState::Draft && (asked || actor.is(Role::Auditor)))
}

/// Who said what is known to the secretary who gathers it; to the others after the end, or from the beginning where the sheet is open.
pub fn may_see_answers(actor: &Actor, row: &Row, asked: bool) -> bool {
    let others = match row.state {
        SheetState::Closed => true,
        SheetState::Sent => row.shown,
        SheetState::Draft | SheetState::Withdrawn => false,
    };
    may_manage(actor, row) || (others && may_see(actor, row, asked))
}

/// Answers are taken, at this moment.
pub fn awaits(row: &Row, now: i64) -> bool {
    row.state == SheetState::Sent && now <= row.deadline
}

/// [`may_see`] as a condition of SQL on `opinion_sheet s`, with `$1` the person's id.
pub fn visible_sql(actor: &Actor) -> String {
    let has = |role| if actor.is(role) { "1=1" } else { "1=0" };
    format!(
        "(({secretary} AND s.secretary_id = $1) OR (s.state <> 'draft' AND ({auditor} \
         OR EXISTS (SELECT x.person_id FROM opinion_member x WHERE x.sheet_id = s.id AND x.person_id = $1))))",
        secretary = has(Role::Secretary),
        auditor = has(Role::Auditor),
    )
}

/// Of all who are asked: who says nothing does not agree.
pub fn tally(question: &str, answers: &[AnswerRow], asked: u32, rule: Majority, over: bool) -> Tally {
    let of = |choice| {
        let these = answers.iter().filter(|a| a.question_id == question && a.choice == choice);
        u32::try_from(these.count()).unwrap_or(u32::MAX)
    };
    let [agree, disagree, other] = Choice::ALL.map(of);
    let needed = needed(
        rule,
        Electorate {
            cast: agree + disagree + other,
            present: asked,
            all: asked,
        },
    );
    Tally {
        agree,
        disagree,
        other,
        silent: asked.saturating_sub(agree + disagree + other),
        needed,
        passed: over.then_some(agree >= needed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(choices: &[Choice]) -> Vec<AnswerRow> {
        let each = choices.iter().enumerate();
        each.map(|(n, choice)| AnswerRow {
            question_id: "q".into(),
            person_id: n.to_string(),
            choice: *choice,
            words: String::new(),
            answered_at: 0,
        })
        .collect()
    }

    #[test]
    fn who_says_nothing_does_not_agree() {
        use Choice::{Agree, Disagree, Other};
        let said = answers(&[Agree, Agree, Other, Disagree]);
        let half = tally("q", &said, 4, Majority::HalfAll, true);
        assert_eq!((half.agree, half.needed, half.silent, half.passed), (2, 3, 0, Some(false)));
        let said = answers(&[Agree, Agree, Agree]);
        let half = tally("q", &said, 5, Majority::HalfAll, true);
        assert_eq!((half.silent, half.needed, half.passed), (2, 3, Some(true)));
        let thirds = tally("q", &said, 5, Majority::TwoThirdsAll, true);
        assert_eq!((thirds.needed, thirds.passed), (4, Some(false)));
        assert_eq!(tally("q", &said, 5, Majority::HalfAll, false).passed, None, "not before the end");
        assert_eq!(tally("another", &said, 5, Majority::HalfAll, true).silent, 5);
    }
}
