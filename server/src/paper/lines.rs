//! Words into lines.
use super::{Block, Paper};
use signing::{Face, Font};

/// The letters that a paper uses.
pub struct Letters {
    pub regular: Font,
    pub bold: Font,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Justified,
}

/// A line of text on a page.
#[derive(Debug, Clone)]
pub struct Line {
    pub text: String,
    pub face: Face,
    pub size: f64,
    pub x: f64,
    pub y: f64,
    /// What each blank is wider, in points.
    pub blank: f64,
}

impl Line {
    /// Moved to where the column begins, on this base line.
    pub fn at(mut self, (x, y): (f64, f64)) -> Self {
        self.x += x;
        self.y = y;
        self
    }

    /// Where it ends.
    #[cfg(test)]
    pub fn end(&self, letters: &Letters) -> f64 {
        let blanks = self.text.matches(' ').count() as f64;
        self.x + letters.width(&self.text, self.face) * self.size + blanks * self.blank
    }
}

impl Letters {
    pub fn of(paper: &Paper) -> signing::Result<Self> {
        let mut all = String::from("0123456789 CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc Nơi nhận:");
        for block in &paper.blocks {
            match block {
                Block::Head { body, number } => {
                    all.push_str(&body.to_uppercase());
                    all.push_str(number);
                }
                Block::Kind(text) | Block::Subject(text) | Block::Heading(text) | Block::Paragraph(text) => all.push_str(text),
                Block::Signers { left, right } => {
                    for signer in left.iter().chain([right]) {
                        all.push_str(&signer.part.to_uppercase());
                        all.push_str(&signer.name);
                    }
                }
                Block::Table { columns, rows } => {
                    columns.iter().for_each(|c| all.push_str(&c.head));
                    rows.iter().flatten().for_each(|cell| all.push_str(cell));
                }
                Block::To(lines) => lines.iter().for_each(|line| all.push_str(line)),
            }
        }
        let all = [all];
        Ok(Self {
            regular: Font::subset(Face::Regular, &all)?,
            bold: Font::subset(Face::Bold, &all)?,
        })
    }

    pub fn font(&self, face: Face) -> &Font {
        match face {
            Face::Regular => &self.regular,
            Face::Bold => &self.bold,
        }
    }

    /// At size 1.
    pub fn width(&self, text: &str, face: Face) -> f64 {
        self.font(face).width(text)
    }

    /// Lines of at most `width` points, the first set in; beginning at 0.
    pub fn broken(&self, text: &str, face: Face, size: f64, width: f64, indent: f64, align: Align) -> Vec<Line> {
        let fits = |line: &str, first: bool| self.width(line, face) * size <= width - if first { indent } else { 0.0 };
        let mut rows: Vec<String> = Vec::new();
        let mut row = String::new();
        for word in text.split_whitespace() {
            let longer = if row.is_empty() { word.to_owned() } else { format!("{row} {word}") };
            if fits(&longer, rows.is_empty()) {
                row = longer;
                continue;
            }
            if !row.is_empty() {
                rows.push(std::mem::take(&mut row));
            }
            // A word that is longer than a line is cut where the line ends.
            for c in word.chars() {
                row.push(c);
                if !fits(&row, rows.is_empty()) {
                    row.pop();
                    if !row.is_empty() {
                        rows.push(std::mem::take(&mut row));
                    }
                    row.push(c);
                }
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
        let last = rows.len().saturating_sub(1);
        let lines = rows.into_iter().enumerate().map(|(n, text)| {
            let from = if n == 0 { indent } else { 0.0 };
            let free = width - from - self.width(&text, face) * size;
            let blanks = text.matches(' ').count() as f64;
            let (x, blank) = match align {
                Align::Left => (from, 0.0),
                Align::Centre => (from + free / 2.0, 0.0),
                Align::Justified if n < last && blanks > 0.0 => (from, free / blanks),
                Align::Justified => (from, 0.0),
            };
            Line {
                text,
                face,
                size,
                x,
                y: 0.0,
                blank,
            }
        });
        lines.collect()
    }
}
