//! Bảng tổng hợp ý kiến in the layout of Decree 30/2020/NĐ-CP. Always in Vietnamese: it goes into the file of the matter.
use crate::paper::{Block, Column, Paper, Signer};
use app::dto::meetings::{Choice, Majority};
use app::dto::opinions::{Question, SheetDetail};

pub const SILENT: &str = "Không trả lời";

pub fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Agree => "Tán thành",
        Choice::Disagree => "Không tán thành",
        Choice::Other => "Ý kiến khác",
    }
}

pub fn summing_up(d: &SheetDetail, body: &str) -> Paper {
    let mut blocks = vec![
        Block::Head {
            body: body.to_owned(),
            number: String::new(),
        },
        Block::Kind("BẢNG TỔNG HỢP Ý KIẾN".into()),
        Block::Subject(d.row.title.clone()),
        Block::Paragraph(format!(
            "Hình thức: lấy ý kiến bằng văn bản{}. Số người được lấy ý kiến: {}. Số người trả lời: {}.",
            d.sent.as_ref().map(|w| format!(", gửi phiếu lúc {}", w.text)).unwrap_or_default(),
            d.row.asked,
            d.row.answered
        )),
        Block::Paragraph(format!("Hạn trả lời: {}. {}", d.row.deadline.text, ending(d))),
        Block::Paragraph(format!("Điều kiện thông qua: {}.", rule(d.rule))),
    ];
    if !d.documents.is_empty() {
        let named = d.documents.iter().map(|doc| match &doc.number {
            Some(number) => format!("{number} – {}", doc.title),
            None => doc.title.clone(),
        });
        blocks.push(Block::Paragraph(format!(
            "Tài liệu kèm theo: {}.",
            named.collect::<Vec<_>>().join("; ")
        )));
    }
    for (at, question) in d.questions.iter().enumerate() {
        blocks.push(Block::Heading(format!("{}. {}", question.position, one_line(&question.text))));
        blocks.push(Block::Paragraph(result(question)));
        blocks.push(table(d, at));
    }
    blocks.push(Block::Signers {
        left: None,
        right: Signer {
            part: "Người tổng hợp".into(),
            name: d.row.secretary.clone(),
        },
    });
    blocks.push(Block::To(vec![
        "- Lãnh đạo cơ quan;".into(),
        "- Lưu: VT, hồ sơ phiếu lấy ý kiến.".into(),
    ]));
    Paper {
        title: format!("Bảng tổng hợp ý kiến: {}", d.row.title),
        blocks,
    }
}

fn ending(d: &SheetDetail) -> String {
    match (&d.ended, d.ended_by.as_str()) {
        (Some(at), "") => format!("Phiếu tự kết thúc khi hết hạn, lúc {}.", at.text),
        (Some(at), by) => format!("{by} kết thúc lấy ý kiến lúc {}.", at.text),
        (None, _) => String::new(),
    }
}

fn rule(rule: Majority) -> &'static str {
    match rule {
        Majority::TwoThirdsAll => "ít nhất hai phần ba tổng số người được lấy ý kiến tán thành",
        _ => "quá nửa tổng số người được lấy ý kiến tán thành",
    }
}

fn result(q: &Question) -> String {
    let Some(t) = q.tally else { return String::new() };
    let verdict = match t.passed {
        Some(true) => "Kết quả: ĐƯỢC THÔNG QUA",
        Some(false) => "Kết quả: KHÔNG ĐƯỢC THÔNG QUA",
        None => "Kết quả: chưa kết thúc",
    };
    format!(
        "Tán thành: {}; không tán thành: {}; ý kiến khác: {}; không trả lời: {}. Cần {} người tán thành. {verdict}.",
        t.agree, t.disagree, t.other, t.silent, t.needed
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn table(d: &SheetDetail, question: usize) -> Block {
    let column = |head: &str, share: f64| Column { head: head.into(), share };
    let rows = (1..).zip(&d.members).map(|(n, asked)| {
        let said = asked.said.get(question);
        let who = if asked.position.is_empty() {
            asked.full_name.clone()
        } else {
            format!("{}, {}", asked.full_name, asked.position)
        };
        vec![
            n.to_string(),
            who,
            said.map_or(SILENT, |s| choice(s.choice)).to_owned(),
            said.map(|s| one_line(&s.words)).unwrap_or_default(),
            said.map(|s| s.at.text.clone()).unwrap_or_default(),
        ]
    });
    Block::Table {
        columns: vec![
            column("STT", 0.08),
            column("Họ và tên, chức vụ", 0.25),
            column("Ý kiến", 0.17),
            column("Nội dung ý kiến", 0.32),
            column("Thời điểm", 0.18),
        ],
        rows: rows.collect(),
    }
}
