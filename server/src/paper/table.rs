//! A table in a paper: ruled, its head on every page that it goes on to.
use super::lines::{Align, Line};
use super::{BOTTOM, Column, INNER, LEFT, PARAGRAPH, Sheet};
use signing::Face;

/// Points; smaller than the text, so that a name and a moment fit their columns.
const SIZE: f64 = 12.0;
/// Distance of base lines in points.
const STEP: f64 = SIZE * 1.2;
/// Between rule and letters.
const GAP: f64 = 4.0;

/// Each cell broken into lines.
type Cells = Vec<Vec<Line>>;

impl Sheet<'_> {
    pub(super) fn table(&mut self, columns: &[Column], rows: &[Vec<String>]) {
        self.y -= PARAGRAPH;
        let whole: f64 = columns.iter().map(|c| c.share).sum();
        let widths: Vec<f64> = columns.iter().map(|c| INNER * c.share / whole).collect();
        let letters = self.letters;
        let broken = |texts: &[String], face: Face, align: Align| -> Cells {
            let each = texts.iter().zip(&widths);
            each.map(|(text, width)| letters.broken(text, face, SIZE, width - 2.0 * GAP, 0.0, align))
                .collect()
        };
        let heads: Vec<String> = columns.iter().map(|c| c.head.clone()).collect();
        let head = broken(&heads, Face::Bold, Align::Centre);
        // The head does not stand alone at the foot of a page.
        self.room((lines(&head) as f64 + 2.0) * STEP + 4.0 * GAP);
        self.piece(&head, 0, lines(&head), &widths);
        for row in rows {
            let row = broken(row, Face::Regular, Align::Left);
            self.row(&row, &head, &widths);
        }
        self.y -= PARAGRAPH;
    }

    /// A row on one page if it fits, otherwise on as many as it takes.
    fn row(&mut self, row: &Cells, head: &Cells, widths: &[f64]) {
        let (most, mut from, mut fresh) = (lines(row), 0, false);
        while from < most {
            let free = (self.y - BOTTOM - 2.0 * GAP) / STEP;
            let fit = if free < 1.0 { 0 } else { free as usize };
            if !fresh && (fit == 0 || (from == 0 && fit < most)) {
                self.turn();
                self.piece(head, 0, lines(head), widths);
                fresh = true;
                continue;
            }
            let until = most.min(from + fit.max(1));
            self.piece(row, from, until, widths);
            from = until;
            fresh = false;
        }
    }

    /// Lines `from` to `until` of a row with the rules around them.
    fn piece(&mut self, row: &Cells, from: usize, until: usize, widths: &[f64]) {
        let height = (until - from) as f64 * STEP + 2.0 * GAP;
        let (top, bottom) = (self.y, self.y - height);
        self.rule((LEFT, top), (LEFT + INNER, top));
        self.rule((LEFT, bottom), (LEFT + INNER, bottom));
        let mut x = LEFT;
        for (cell, width) in row.iter().zip(widths) {
            self.rule((x, top), (x, bottom));
            for (n, line) in cell.iter().take(until).skip(from).enumerate() {
                let y = top - GAP - STEP * n as f64 - SIZE * 0.95;
                self.put(line.clone().at((x + GAP, y)));
            }
            x += width;
        }
        self.rule((x, top), (x, bottom));
        self.y = bottom;
    }
}

fn lines(row: &Cells) -> usize {
    row.iter().map(Vec::len).max().unwrap_or_default().max(1)
}

#[cfg(test)]
mod tests {
    use super::super::{Block, HEIGHT, Paper, TOP, lines::Letters};
    use super::*;

    #[test]
    fn a_long_table_repeats_its_head_and_loses_no_word() {
        let column = |head: &str, share| Column { head: head.into(), share };
        let words = "Đề nghị làm rõ nguồn kinh phí và tiến độ thực hiện ".repeat(6);
        let endless = "rất dài ".repeat(1500);
        let mut rows: Vec<Vec<String>> = (0..40).map(|n| vec![n.to_string(), words.clone()]).collect();
        rows.push(vec!["40".into(), endless.clone()]);
        let paper = Paper {
            title: String::new(),
            blocks: vec![Block::Table {
                columns: vec![column("Số", 0.1), column("Nội dung", 0.9)],
                rows,
            }],
        };
        let letters = Letters::of(&paper).expect("letters");
        let mut sheet = Sheet::new(&letters);
        paper.blocks.iter().for_each(|b| sheet.block(b));
        assert!(sheet.pages.len() > 3, "{} pages", sheet.pages.len());
        for (page, lines) in sheet.pages.iter().enumerate() {
            assert_eq!(lines[0].text, "Số", "the head of page {}", page + 1);
            let within = |y: f64| (BOTTOM - 0.1..=HEIGHT - TOP).contains(&y);
            assert!(lines.iter().all(|l| within(l.y)), "page {}", page + 1);
            assert!(sheet.rules[page].iter().all(|(from, to)| within(from.1) && within(to.1)));
        }
        let all: String = sheet.pages.iter().flatten().map(|l| format!("{} ", l.text)).collect();
        assert_eq!(all.matches("kinh phí").count(), 240);
        assert_eq!(all.matches("rất").count(), 1500);
    }
}
