//! Sơ đồ chỗ ngồi: the hall and who sits where, told to everybody in the meeting.
use super::rules::Part;
use super::store::{self, Row};
use super::{Error, Need, Result, Service, not_over};
use crate::actor::Actor;
use crate::db::{DbResult, Work};
use app::dto::seating::{Seat, Seating};
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;
use sqlx::{AnyConnection, Row as _};

impl Service {
    /// A hall of this size; none for no rows. Who sat beyond it stands.
    pub async fn set_hall(&self, actor: &Actor, id: &MeetingId, rows: u32, columns: u32) -> Result<()> {
        let none = rows == 0 && columns == 0;
        let fits = |n: u32| (1..=Seating::MOST).contains(&n);
        if !(none || fits(rows) && fits(columns)) {
            return Err(Error::Field("hall"));
        }
        self.reseat(actor, id, |seating, _| {
            (seating.rows, seating.columns) = (rows, columns);
            seating.taken.retain(|s| s.row <= rows && s.column <= columns);
            Ok(())
        })
        .await
    }

    /// Seats a member, or nobody there any more. Who sat there takes the seat that this person leaves, if any.
    pub async fn seat(&self, actor: &Actor, id: &MeetingId, person: &UserId, at: Option<(u32, u32)>) -> Result<()> {
        self.reseat(actor, id, |seating, members| {
            if !members.contains(person) {
                return Err(Error::NotFound);
            }
            match at {
                Some(at) => place(seating, person, at),
                None => {
                    seating.taken.retain(|s| s.user_id != *person);
                    Ok(())
                }
            }
        })
        .await
    }

    /// Seats those who have no seat: the chair in the middle of the first row, the others from the front in the order of the list.
    pub async fn seat_all(&self, actor: &Actor, id: &MeetingId) -> Result<()> {
        self.reseat(actor, id, |seating, members| {
            fill(seating, members);
            Ok(())
        })
        .await
    }

    /// `change` gets who can be seated, the chair first.
    async fn reseat(&self, actor: &Actor, id: &MeetingId, change: impl FnOnce(&mut Seating, &[UserId]) -> Result<()>) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        let mut members = store::members(work.conn(), &row.id).await?;
        members.retain(|m| m.part != Part::Delegated);
        members.sort_by_key(|m| m.part != Part::Chair);
        let members: Vec<UserId> = members.into_iter().map(|m| UserId(m.person_id)).collect();
        let before = of_meeting(work.conn(), &row.id).await?;
        let mut now = before.clone();
        change(&mut now, &members)?;
        if now == before {
            return Ok(());
        }
        keep(work.conn(), &row.id, &now).await?;
        let details = json!({ "rows": now.rows, "columns": now.columns, "seated": now.taken.len() });
        self.announce(&mut work, &row, "meeting.seated", &details, &LiveEvent::Seated { seating: now })
            .await?;
        Ok(work.commit().await?)
    }

    /// The seat goes with the place in the meeting: to who stands for the member, and back. `to` nobody: it is free.
    pub(super) async fn hand_over_seat(&self, work: &mut Work, row: &Row, from: &str, to: Option<&str>) -> Result<()> {
        let mut seating = of_meeting(work.conn(), &row.id).await?;
        let Some(seat) = seating.taken.iter().position(|s| s.user_id.as_str() == from) else {
            return Ok(());
        };
        match to {
            Some(to) => seating.taken[seat].user_id = UserId(to.to_owned()),
            None => {
                seating.taken.remove(seat);
            }
        }
        keep(work.conn(), &row.id, &seating).await?;
        let event = LiveEvent::Seated { seating };
        work.publish(&super::topic(&row.id), &event).await?;
        Ok(())
    }
}

/// Seats a person. Who sat there takes the seat that this person leaves, if any.
pub(super) fn place(seating: &mut Seating, person: &UserId, (row, column): (u32, u32)) -> Result<()> {
    if !(1..=seating.rows).contains(&row) || !(1..=seating.columns).contains(&column) {
        return Err(Error::Field("seat"));
    }
    let left = seating.of(person);
    if left == Some((row, column)) {
        return Ok(());
    }
    seating.taken.retain(|s| s.user_id != *person);
    if let Some(there) = seating.taken.iter().position(|s| (s.row, s.column) == (row, column)) {
        match left {
            Some((row, column)) => (seating.taken[there].row, seating.taken[there].column) = (row, column),
            None => {
                seating.taken.remove(there);
            }
        }
    }
    seating.taken.push(Seat {
        row,
        column,
        user_id: person.clone(),
    });
    Ok(())
}

fn fill(seating: &mut Seating, members: &[UserId]) {
    let middle = seating.columns.div_ceil(2);
    let chairs = std::iter::once((1, middle));
    let all = (1..=seating.rows).flat_map(|row| (1..=seating.columns).map(move |column| (row, column)));
    let free: Vec<(u32, u32)> = chairs
        .chain(all.filter(|at| *at != (1, middle)))
        .filter(|(row, column)| seating.at(*row, *column).is_none())
        .collect();
    let standing: Vec<UserId> = members.iter().filter(|m| seating.of(m).is_none()).cloned().collect();
    let seats = standing.into_iter().zip(free);
    seating
        .taken
        .extend(seats.map(|(user_id, (row, column))| Seat { row, column, user_id }));
}

pub async fn of_meeting(c: &mut AnyConnection, meeting: &str) -> DbResult<Seating> {
    let hall = sqlx::query("SELECT hall_rows, hall_columns FROM meeting WHERE id = $1")
        .bind(meeting)
        .fetch_optional(&mut *c)
        .await?;
    let Some(hall) = hall else { return Ok(Seating::default()) };
    let number = |n: i64| u32::try_from(n).unwrap_or(0);
    let sql = "SELECT seat_row, seat_column, person_id FROM meeting_seat WHERE meeting_id = $1 ORDER BY seat_row, seat_column";
    let seats = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    let seat = |r: &sqlx::any::AnyRow| {
        Ok(Seat {
            row: number(r.try_get("seat_row")?),
            column: number(r.try_get("seat_column")?),
            user_id: UserId(r.try_get("person_id")?),
        })
    };
    Ok(Seating {
        rows: number(hall.try_get("hall_rows")?),
        columns: number(hall.try_get("hall_columns")?),
        taken: seats.iter().map(seat).collect::<DbResult<_>>()?,
    })
}

pub async fn keep(c: &mut AnyConnection, meeting: &str, seating: &Seating) -> DbResult<()> {
    let sql = "UPDATE meeting SET hall_rows = $1, hall_columns = $2 WHERE id = $3";
    let query = sqlx::query(sql).bind(i64::from(seating.rows)).bind(i64::from(seating.columns));
    query.bind(meeting).execute(&mut *c).await?;
    sqlx::query("DELETE FROM meeting_seat WHERE meeting_id = $1")
        .bind(meeting)
        .execute(&mut *c)
        .await?;
    for seat in &seating.taken {
        let sql = "INSERT INTO meeting_seat (meeting_id, person_id, seat_row, seat_column) VALUES ($1, $2, $3, $4)";
        let query = sqlx::query(sql).bind(meeting).bind(seat.user_id.as_str());
        query
            .bind(i64::from(seat.row))
            .bind(i64::from(seat.column))
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chair_sits_in_the_middle_and_the_others_from_the_front() {
        let mut hall = Seating {
            rows: 2,
            columns: 3,
            taken: Vec::new(),
        };
        let people: Vec<UserId> = ["chair", "a", "b", "c", "d", "e", "f"].map(|n| UserId(n.into())).into();
        fill(&mut hall, &people);
        let at = |row, column| hall.at(row, column).map(|p| p.0.clone());
        assert_eq!(at(1, 2).as_deref(), Some("chair"));
        assert_eq!(
            (at(1, 1).as_deref(), at(1, 3).as_deref(), at(2, 3).as_deref()),
            (Some("a"), Some("b"), Some("e"))
        );
        // One more than seats stands, and nobody sits twice.
        assert_eq!((hall.taken.len(), hall.of(&people[6])), (6, None));
        fill(&mut hall, &people);
        assert_eq!(hall.taken.len(), 6);
    }
}
