//! What happened in a meeting, in the words and the order of minutes (Decree 30/2020/NĐ-CP, Appendix III, form 1.10). Always in
//! Vietnamese: it becomes an official document.
use crate::clock::vietnam;
use crate::paper::{Block, Paper, Signer};
use app::dto::after::{Absent, Section, Task};
use app::dto::meetings::{AgendaItem, Majority, MeetingDetail, Member, Vote, VoteForm};
use std::fmt::Write;

/// A meeting as it was.
pub struct Facts {
    pub detail: MeetingDetail,
    pub opened_at: i64,
    pub closed_at: i64,
    /// Those who did not check in.
    pub absent: Vec<Absent>,
    /// Item, title and number of what lay on the table.
    pub documents: Vec<(String, String, Option<String>)>,
    /// Item (empty between items) and full name of those who had the floor.
    pub speakers: Vec<(String, String)>,
}

/// `14 giờ 05 phút, ngày 24 tháng 11 năm 2026`
fn moment(us: i64) -> String {
    let t = vietnam(us);
    format!(
        "{:02} giờ {:02} phút, ngày {:02} tháng {:02} năm {}",
        t.hour(),
        t.minute(),
        t.day(),
        u8::from(t.month()),
        t.year()
    )
}

fn person(name: &str, position: &str) -> String {
    if position.is_empty() {
        name.to_owned()
    } else {
        format!("{name}, {position}")
    }
}

fn of_part<'a>(d: &'a MeetingDetail, part: &str) -> Option<&'a Member> {
    d.members.iter().find(|m| m.part == part)
}

/// The minutes as they are offered to the secretary.
pub fn sections(f: &Facts) -> Vec<Section> {
    let d = &f.detail;
    let section = |heading: String, lines: Vec<String>| Section {
        heading,
        text: lines.join("\n"),
    };
    let mut all = vec![
        section(
            "1. Thời gian, địa điểm".into(),
            vec![
                format!("Thời gian bắt đầu: {}.", moment(f.opened_at)),
                format!("Địa điểm: {}.", d.row.room),
            ],
        ),
        section("2. Thành phần tham dự".into(), attendance(f)),
    ];
    for item in &d.items {
        let heading = format!("{}. {}", all.len() + 1, item.title);
        all.push(section(heading, of_item(f, item)));
    }
    let between: Vec<&Vote> = d
        .votes
        .iter()
        .filter(|v| !d.items.iter().any(|i| v.item_id.as_ref() == Some(&i.id)))
        .collect();
    if !between.is_empty() {
        let heading = format!("{}. Biểu quyết khác", all.len() + 1);
        all.push(section(heading, between.into_iter().map(vote).collect()));
    }
    let ending = format!("Cuộc họp kết thúc vào hồi {}./.", moment(f.closed_at));
    all.push(section(String::new(), vec![ending]));
    all
}

fn attendance(f: &Facts) -> Vec<String> {
    let d = &f.detail;
    let mut lines = Vec::new();
    for (part, words) in [("chair", "Chủ trì"), ("secretary", "Thư ký")] {
        if let Some(m) = of_part(d, part) {
            lines.push(format!("{words}: {}.", person(&m.full_name, &m.position)));
        }
    }
    let voting = d.members.iter().filter(|m| m.votes());
    let present: Vec<&Member> = voting.clone().filter(|m| m.checked_in.is_some()).collect();
    lines.push(format!("Có mặt {} trên tổng số {} đại biểu:", present.len(), voting.count()));
    lines.extend(present.iter().map(|m| {
        let stands = if m.stands_for.is_empty() {
            String::new()
        } else {
            format!(" (được {} ủy quyền)", m.stands_for)
        };
        format!("- {}{stands};", person(&m.full_name, &m.position))
    }));
    if !f.absent.is_empty() {
        lines.push(format!("Vắng mặt {}:", f.absent.len()));
    }
    for a in &f.absent {
        let reason = if a.reason.is_empty() { "không báo lý do" } else { &a.reason };
        lines.push(format!("- {} (lý do: {reason});", person(&a.full_name, &a.position)));
    }
    // The last of an enumeration ends with a full stop.
    if let Some(last) = lines.last_mut()
        && last.ends_with(';')
    {
        last.pop();
        last.push('.');
    }
    lines
}

fn of_item(f: &Facts, item: &AgendaItem) -> Vec<String> {
    let mut lines = Vec::new();
    if !item.presenter.is_empty() {
        lines.push(format!("Người trình bày: {}.", item.presenter));
    }
    for (_, title, number) in f.documents.iter().filter(|(of, ..)| of == item.id.as_str()) {
        let number = number.as_deref().map(|n| format!(" (số {n})")).unwrap_or_default();
        lines.push(format!("Tài liệu: {title}{number}."));
    }
    let spoke: Vec<&str> = f
        .speakers
        .iter()
        .filter(|(of, _)| of == item.id.as_str())
        .map(|(_, name)| name.as_str())
        .collect();
    if !spoke.is_empty() {
        lines.push(format!("Phát biểu ý kiến: {}.", spoke.join(", ")));
    }
    lines.extend(f.detail.votes.iter().filter(|v| v.item_id.as_ref() == Some(&item.id)).map(vote));
    if !item.conclusion.text.is_empty() {
        lines.push(format!("Kết luận: {}", item.conclusion.text));
    }
    if !item.conclusion.tasks.is_empty() {
        lines.push("Nhiệm vụ được giao:".into());
        lines.extend(item.conclusion.tasks.iter().map(task));
    }
    lines
}

fn task(t: &Task) -> String {
    let due = t.due.as_ref().map(|d| d.day.split('-').rev().collect::<Vec<_>>().join("/"));
    let due = due.map(|day| format!("; hạn hoàn thành: {day}")).unwrap_or_default();
    let text = t.text.trim_end_matches('.').replace('\n', " ");
    format!("- {text} (người thực hiện: {}{due}).", t.owner)
}

fn vote(v: &Vote) -> String {
    let form = match v.form {
        VoteForm::Open => "Biểu quyết công khai",
        VoteForm::Secret => "Bỏ phiếu kín",
    };
    let rule = match v.majority {
        Majority::Cast => "quá nửa số phiếu",
        Majority::HalfPresent => "quá nửa số đại biểu có mặt",
        Majority::HalfAll => "quá nửa tổng số đại biểu",
        Majority::TwoThirdsPresent => "ít nhất hai phần ba số đại biểu có mặt",
        Majority::TwoThirdsAll => "ít nhất hai phần ba tổng số đại biểu",
    };
    let outcome = match v.passed {
        Some(true) => "được thông qua",
        Some(false) => "không được thông qua",
        None => "chưa kết thúc",
    };
    let mut text = format!("{form}: {} ", v.question);
    let _ = write!(
        text,
        "– tán thành {}, không tán thành {}, ý kiến khác {} (có mặt {} trên tổng số {} đại biểu); điều kiện thông qua: {rule} ({} phiếu tán thành). \
         Kết quả: {outcome}.",
        v.agree, v.disagree, v.other, v.eligible, v.entitled, v.needed
    );
    text
}

/// Trích yếu of the document.
pub fn subject(title: &str) -> String {
    format!("Biên bản {}", lower_first(title))
}

/// `Phiên họp …` within a sentence; a word all in capitals stays as it is.
fn lower_first(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.as_str()) {
        (Some(first), rest) if rest.chars().next().is_some_and(char::is_lowercase) => first.to_lowercase().chain(rest.chars()).collect(),
        _ => title.to_owned(),
    }
}

/// The sections on paper.
pub fn paper(title: &str, body: &str, abbreviation: &str, sections: &[Section], secretary: &str, chair: &str) -> Paper {
    let mut blocks = vec![
        Block::Head {
            body: body.to_owned(),
            number: format!("Số: ……/BB-{abbreviation}"),
        },
        Block::Kind("BIÊN BẢN".into()),
        Block::Subject(title.to_owned()),
    ];
    for section in sections {
        if !section.heading.is_empty() {
            blocks.push(Block::Heading(section.heading.clone()));
        }
        let lines = section.text.lines().filter(|l| !l.trim().is_empty());
        blocks.extend(lines.map(|line| Block::Paragraph(line.to_owned())));
    }
    let signer = |part: &str, name: &str| Signer {
        part: part.into(),
        name: name.into(),
    };
    blocks.push(Block::Signers {
        left: Some(signer("Thư ký", secretary)),
        right: signer("Chủ tọa", chair),
    });
    blocks.push(Block::To(vec![
        "- Như thành phần dự họp;".into(),
        "- Lưu: VT, hồ sơ cuộc họp.".into(),
    ]));
    Paper {
        title: subject(title),
        blocks,
    }
}
