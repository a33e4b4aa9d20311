//! Papers of the body's own making as PDF: layout and letters of Decree 30/2020/NĐ-CP, Appendix I (A4, margins of 20, 15, 20 and 30 mm,
//! Times-like letters of 13 to 14 points, pages numbered at the top from the second on).
mod file;
mod lines;
mod table;

use app::dto::Placement;
use lines::{Align, Letters, Line};
use signing::Face;

const WIDTH: f64 = 595.28;
const HEIGHT: f64 = 841.89;
const fn mm(n: f64) -> f64 {
    n * 72.0 / 25.4
}
const LEFT: f64 = mm(30.0);
const TOP: f64 = mm(20.0);
const BOTTOM: f64 = mm(20.0);
const INNER: f64 = WIDTH - LEFT - mm(15.0);
const SIZE: f64 = 14.0;
/// Distance of base lines, in sizes.
const LEADING: f64 = 1.25;
const PARAGRAPH: f64 = 6.0;
const INDENT: f64 = mm(10.0);
/// Of the head: what the body's side takes of the width.
const BODY_SIDE: f64 = 0.42;
/// Room for a handwritten signature.
const SIGNATURE: (f64, f64) = (150.0, 62.0);
const SIGNATURE_ROOM: f64 = mm(30.0);

/// A paper before it is set.
pub struct Paper {
    /// What a viewer shows in its title bar.
    pub title: String,
    pub blocks: Vec<Block>,
}

pub enum Block {
    /// The body's name and the number at the left, the nation's name and motto at the right.
    Head {
        body: String,
        number: String,
    },
    /// Tên loại: `BIÊN BẢN`.
    Kind(String),
    /// Trích yếu.
    Subject(String),
    Heading(String),
    /// Justified, its first line set in.
    Paragraph(String),
    /// Who signs: two side by side, or one at the right.
    Signers {
        left: Option<Signer>,
        right: Signer,
    },
    /// Of the whole width.
    Table {
        columns: Vec<Column>,
        /// As many cells in each as there are columns.
        rows: Vec<Vec<String>>,
    },
    /// Nơi nhận.
    To(Vec<String>),
}

pub struct Column {
    pub head: String,
    /// Of the width, in proportion to the others.
    pub share: f64,
}

pub struct Signer {
    /// `CHỦ TỌA`
    pub part: String,
    pub name: String,
}

/// A set paper, and where on it things belong that come later.
pub struct Set {
    pub bytes: Vec<u8>,
    pub pages: u32,
    /// Of the number that the register gives.
    pub number: Option<Placement>,
    /// Of the signature at the left.
    pub left: Option<Placement>,
    pub right: Option<Placement>,
}

/// Sets a paper.
///
/// # Errors
/// When the letters cannot be taken from the font.
pub fn set(paper: &Paper) -> signing::Result<Set> {
    let letters = Letters::of(paper)?;
    let mut sheet = Sheet::new(&letters);
    for block in &paper.blocks {
        sheet.block(block);
    }
    let (number, left, right) = (sheet.number, sheet.left, sheet.right);
    let (pages, rules) = (sheet.pages, sheet.rules);
    let count = pages.len();
    Ok(Set {
        bytes: file::write(&paper.title, &pages, &rules, &letters)?,
        pages: u32::try_from(count).unwrap_or(u32::MAX),
        number,
        left,
        right,
    })
}

/// A line drawn, from one point to the other.
type Rule = ((f64, f64), (f64, f64));

struct Sheet<'a> {
    letters: &'a Letters,
    pages: Vec<Vec<Line>>,
    rules: Vec<Vec<Rule>>,
    /// Where the next line's upper edge goes.
    y: f64,
    number: Option<Placement>,
    left: Option<Placement>,
    right: Option<Placement>,
}

impl<'a> Sheet<'a> {
    fn new(letters: &'a Letters) -> Self {
        Self {
            letters,
            pages: vec![Vec::new()],
            rules: vec![Vec::new()],
            y: HEIGHT - TOP,
            number: None,
            left: None,
            right: None,
        }
    }
}

impl Sheet<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Head { body, number } => self.head(body, number),
            Block::Kind(text) => {
                self.y -= 16.0;
                self.centred(text, Face::Bold);
            }
            Block::Subject(text) => {
                self.centred(text, Face::Bold);
                self.y -= 8.0;
            }
            Block::Heading(text) => {
                self.y -= PARAGRAPH;
                // Not alone at the foot of a page.
                self.room(SIZE * LEADING * 3.0);
                self.flow(text, Face::Bold, Align::Left, INDENT);
            }
            Block::Paragraph(text) => {
                self.y -= PARAGRAPH;
                self.flow(text, Face::Regular, Align::Justified, INDENT);
            }
            Block::Signers { left, right } => self.signers(left.as_ref(), right),
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::To(all) => self.receivers(all),
        }
    }

    /// Makes sure that so much fits on the page.
    fn room(&mut self, height: f64) {
        if self.y - height < BOTTOM {
            self.turn();
        }
    }

    /// Goes on with a new page.
    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.rules.push(Vec::new());
        self.y = HEIGHT - TOP;
    }

    fn put(&mut self, line: Line) {
        if let Some(page) = self.pages.last_mut() {
            page.push(line);
        }
    }

    fn rule(&mut self, from: (f64, f64), to: (f64, f64)) {
        if let Some(rules) = self.rules.last_mut() {
            rules.push((from, to));
        }
    }

    fn page(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(1)
    }

    fn flow(&mut self, text: &str, face: Face, align: Align, indent: f64) {
        for line in self.letters.broken(text, face, SIZE, INNER, indent, align) {
            self.room(SIZE * LEADING);
            self.y -= SIZE * LEADING;
            let at = (LEFT, self.y + SIZE * (LEADING - 1.0));
            self.put(line.at(at));
        }
    }

    fn centred(&mut self, text: &str, face: Face) {
        self.flow(text, face, Align::Centre, 0.0);
    }

    /// Lines in the middle of a column; the height of the last one.
    fn column(&mut self, text: &str, face: Face, size: f64, (x, width): (f64, f64), from: f64) -> f64 {
        let mut y = from;
        // Lines of about the same length: no single word is left over.
        let letters = self.letters;
        let broken = |width: f64| letters.broken(text, face, size, width, 0.0, Align::Centre);
        let (lines, mut even) = (broken(width).len(), width);
        while even > 40.0 && broken(even - 4.0).len() == lines {
            even -= 4.0;
        }
        for line in broken(even) {
            y -= size * 1.2;
            self.put(line.at((x + (width - even) / 2.0, y)));
        }
        y
    }

    fn head(&mut self, body: &str, number: &str) {
        let left = (LEFT - mm(8.0), INNER * BODY_SIDE + mm(4.0));
        let right = (LEFT + INNER * BODY_SIDE, INNER * (1.0 - BODY_SIDE));
        let from = self.y;
        let body_end = self.column(&body.to_uppercase(), Face::Bold, 13.0, left, from);
        let third = left.1 / 3.0;
        self.rule((left.0 + third, body_end - 4.0), (left.0 + 2.0 * third, body_end - 4.0));
        let nation = self.column("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Face::Bold, 12.5, right, from);
        let motto = "Độc lập - Tự do - Hạnh phúc";
        let motto_end = self.column(motto, Face::Bold, 13.5, right, nation);
        let length = self.letters.width(motto, Face::Bold) * 13.5;
        let begin = right.0 + (right.1 - length) / 2.0;
        self.rule((begin, motto_end - 4.0), (begin + length, motto_end - 4.0));
        let number_end = self.column(number, Face::Regular, 13.0, left, body_end.min(motto_end + 16.0) - 8.0);
        self.number = Some(Placement {
            page: self.page(),
            x: left.0 + (left.1 - 170.0) / 2.0,
            y: number_end - 5.0,
            w: 170.0,
            h: 19.0,
        });
        self.y = number_end.min(motto_end) - 6.0;
    }

    fn signers(&mut self, left: Option<&Signer>, right: &Signer) {
        self.y -= 14.0;
        self.room(SIZE * LEADING * 3.0 + SIGNATURE_ROOM);
        let half = INNER / 2.0;
        let top = self.y;
        let mut end = top;
        for (signer, x, place) in [(left, LEFT, true), (Some(right), LEFT + half, false)] {
            let Some(signer) = signer else { continue };
            let part = self.column(&signer.part.to_uppercase(), Face::Bold, SIZE, (x, half), top);
            let below = part - SIGNATURE_ROOM;
            let name = self.column(&signer.name, Face::Bold, SIZE, (x, half), below);
            end = end.min(name);
            let at = Placement {
                page: self.page(),
                x: x + (half - SIGNATURE.0) / 2.0,
                y: below + (SIGNATURE_ROOM - SIGNATURE.1) / 2.0 - 4.0,
                w: SIGNATURE.0,
                h: SIGNATURE.1,
            };
            if place {
                self.left = Some(at);
            } else {
                self.right = Some(at);
            }
        }
        self.y = end - 10.0;
    }

    fn receivers(&mut self, all: &[String]) {
        self.room(14.0 * (all.len() as f64 + 1.0));
        let sizes = std::iter::once(("Nơi nhận:", Face::Bold, 12.0));
        let rest = all.iter().map(|to| (to.as_str(), Face::Regular, 11.0));
        for (text, face, size) in sizes.chain(rest) {
            for line in self.letters.broken(text, face, size, INNER / 2.0, 0.0, Align::Left) {
                self.y -= size * 1.2;
                self.put(line.at((LEFT, self.y)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long() -> Paper {
        let text =
            "Hội nghị thống nhất giao Sở Khoa học và Công nghệ chủ trì, phối hợp với các sở, ngành rà soát, hoàn thiện quy chế ".repeat(6);
        let mut blocks = vec![
            Block::Head {
                body: "Ủy ban nhân dân tỉnh Thử Nghiệm".into(),
                number: "Số:        /BB-UBND".into(),
            },
            Block::Kind("BIÊN BẢN".into()),
            Block::Subject("Phiên họp thường kỳ tháng 11".into()),
        ];
        for n in 0..12 {
            blocks.push(Block::Heading(format!("{n}. Nội dung")));
            blocks.push(Block::Paragraph(text.clone()));
        }
        blocks.push(Block::Signers {
            left: Some(Signer {
                part: "Thư ký".into(),
                name: "Nguyễn Thị Ánh".into(),
            }),
            right: Signer {
                part: "Chủ tọa".into(),
                name: "Trần Văn Đức".into(),
            },
        });
        blocks.push(Block::To(vec!["- Như thành phần dự họp;".into(), "- Lưu: VT.".into()]));
        Paper {
            title: "Biên bản".into(),
            blocks,
        }
    }

    #[test]
    fn a_long_paper_fills_pages_and_keeps_within_their_margins() {
        let paper = long();
        let letters = Letters::of(&paper).expect("letters");
        let set = set(&paper).expect("a paper");
        assert!(set.pages > 3, "{} pages", set.pages);
        assert_eq!(
            (set.number.expect("a number").page, set.right.expect("a signer").page),
            (1, set.pages)
        );
        let text = match &paper.blocks[4] {
            Block::Paragraph(text) => text,
            _ => unreachable!("a paragraph"),
        };
        let broken = letters.broken(text, Face::Regular, SIZE, INNER, INDENT, Align::Justified);
        let (last, whole) = broken.split_last().expect("lines");
        for line in whole {
            let end = line.end(&letters);
            assert!((end - INNER).abs() < 0.5, "a justified line ends at {end} of {INNER}");
        }
        assert!(last.end(&letters) < INNER);
        let words = |lines: &[Line]| lines.iter().map(|l| l.text.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(words(&broken), text.trim(), "no word is lost");
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut_and_not_lost() {
        let long_word = "Đ".repeat(200);
        let paper = Paper {
            title: String::new(),
            blocks: vec![Block::Paragraph(long_word.clone())],
        };
        let letters = Letters::of(&paper).expect("letters");
        let broken = letters.broken(&long_word, Face::Regular, SIZE, INNER, INDENT, Align::Justified);
        assert!(broken.len() > 1);
        assert!(broken.iter().all(|l| l.end(&letters) <= INNER + 0.5));
        assert_eq!(broken.iter().map(|l| l.text.as_str()).collect::<String>(), long_word);
    }

    #[test]
    fn a_set_paper_is_a_pdf_that_can_be_read_and_takes_form_fields() {
        let set = set(&long()).expect("a paper");
        let mut file = tempfile::tempfile().expect("a file");
        std::io::Write::write_all(&mut file, &set.bytes).expect("written");
        let source = signing::FileSource::new(file).expect("a source");
        let info = signing::inspect(&source, None).expect("a PDF");
        assert_eq!(info.pages.len(), set.pages as usize);
        assert!((info.pages[0].width - WIDTH).abs() < 0.1);
    }
}
