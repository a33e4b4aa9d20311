//! Boxes, matrices and paths of a content stream.

/// Left, bottom, right, top in points.
pub type Area = [f64; 4];
pub type Matrix = [f64; 6];
pub const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// A path under construction: the box of each part, and its lines where strokes are wanted.
#[derive(Default)]
pub struct Path {
    pub parts: Vec<Area>,
    pub lines: Vec<(Point, Point)>,
    start: Point,
    at: Point,
}

pub type Point = (f64, f64);

impl Path {
    pub fn begin(&mut self, to: Point) {
        self.parts.push([to.0, to.1, to.0, to.1]);
        (self.start, self.at) = (to, to);
    }

    /// Through the control points of a curve as well: the box is never too small.
    pub fn through(&mut self, points: &[Point], strokes: bool) {
        for to in points {
            if self.parts.is_empty() {
                self.begin(*to);
            }
            if let Some(part) = self.parts.last_mut() {
                *part = [part[0].min(to.0), part[1].min(to.1), part[2].max(to.0), part[3].max(to.1)];
            }
            if strokes {
                self.lines.push((self.at, *to));
            }
            self.at = *to;
        }
    }

    pub fn close(&mut self, strokes: bool) {
        self.through(&[self.start], strokes);
    }
}

pub fn multiply(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

/// The box around a box seen through a matrix.
pub fn through(m: Matrix, [x, y, x2, y2]: Area) -> Area {
    let corner = |x: f64, y: f64| (x * m[0] + y * m[2] + m[4], x * m[1] + y * m[3] + m[5]);
    let all = [corner(x, y), corner(x2, y), corner(x, y2), corner(x2, y2)];
    all.iter().fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |a, (x, y)| {
        [a[0].min(*x), a[1].min(*y), a[2].max(*x), a[3].max(*y)]
    })
}
