//! What can be marked on a scan: rectangle, ellipse, polygon, line, and an angle of two lines.
//!
//! Points are pixels: what is pointed at belongs to the outline. A pixel belongs to an ellipse or a
//! polygon when its centre lies inside or on the edge, in whole numbers, so a polygon through the
//! corner pixels of a rectangle holds exactly the rectangle's pixels.

use serde::{Deserialize, Serialize};

use super::{Coverage, Region};

/// A scan pixel: column and row.
pub type Pixel = [usize; 2];

/// Most corners of a polygon.
const CORNERS: usize = 256;

/// A shape of scan pixels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub enum Outline {
    /// A rectangle.
    Rectangle(Region),
    /// The ellipse that fills a rectangle.
    Ellipse(Region),
    /// A closed polygon through the centres of its corner pixels, three at least.
    Polygon(Vec<Pixel>),
    /// A line between the centres of two pixels.
    Line([Pixel; 2]),
    /// Two lines from one vertex: end, vertex, end.
    Angle([Pixel; 3]),
}

/// Which kind of outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Rectangle.
    #[default]
    Rect,
    /// Ellipse.
    Ellipse,
    /// Polygon.
    Polygon,
    /// Line.
    Line,
    /// Angle.
    Angle,
}

impl Shape {
    /// The word in JSON and in drafts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rect => "rect",
            Self::Ellipse => "ellipse",
            Self::Polygon => "polygon",
            Self::Line => "line",
            Self::Angle => "angle",
        }
    }

    /// Points that complete it; `None` for a polygon, which is closed by hand.
    pub fn points(self) -> Option<usize> {
        match self {
            Self::Rect | Self::Ellipse | Self::Line => Some(2),
            Self::Angle => Some(3),
            Self::Polygon => None,
        }
    }

    /// Whether it holds an area, and is not made of lines.
    pub fn is_area(self) -> bool {
        matches!(self, Self::Rect | Self::Ellipse | Self::Polygon)
    }

    /// The outline through `points` as they were pointed at; `None` when they are too few, too many
    /// or, for lines, the same.
    pub fn through(self, points: &[Pixel]) -> Option<Outline> {
        match (self, points) {
            (Self::Rect, [a, b]) => Some(Outline::Rectangle(Region::between(*a, *b))),
            (Self::Ellipse, [a, b]) => Some(Outline::Ellipse(Region::between(*a, *b))),
            (Self::Line, [a, b]) if a != b => Some(Outline::Line([*a, *b])),
            (Self::Angle, [a, vertex, b]) if a != vertex && b != vertex => {
                Some(Outline::Angle([*a, *vertex, *b]))
            }
            (Self::Polygon, corners) if (3..=CORNERS).contains(&corners.len()) => {
                Some(Outline::Polygon(corners.to_vec()))
            }
            _ => None,
        }
    }
}

impl Outline {
    /// Which kind it is.
    pub fn shape(&self) -> Shape {
        match self {
            Self::Rectangle(_) => Shape::Rect,
            Self::Ellipse(_) => Shape::Ellipse,
            Self::Polygon(_) => Shape::Polygon,
            Self::Line(_) => Shape::Line,
            Self::Angle(_) => Shape::Angle,
        }
    }

    /// Its points: two opposite corner pixels of a rectangle or of an ellipse's box, else as marked.
    pub fn points(&self) -> Vec<Pixel> {
        match self {
            Self::Rectangle(region) | Self::Ellipse(region) => {
                let (right, bottom) = (region.x + region.width, region.y + region.height);
                vec![[region.x, region.y], [right - 1, bottom - 1]]
            }
            Self::Polygon(corners) => corners.clone(),
            Self::Line(ends) => ends.to_vec(),
            Self::Angle(points) => points.to_vec(),
        }
    }

    /// The smallest rectangle that holds all of it.
    pub fn bounds(&self) -> Region {
        let points = match self {
            Self::Rectangle(region) | Self::Ellipse(region) => return *region,
            Self::Polygon(corners) => &corners[..],
            Self::Line(ends) => &ends[..],
            Self::Angle(points) => &points[..],
        };
        let side = |i: usize| {
            let along = points.iter().map(|point| point[i]);
            let (low, high) = (along.clone().min(), along.max());
            [low.unwrap_or(0), high.unwrap_or(0)]
        };
        let ([left, right], [top, bottom]) = (side(0), side(1));
        Region::between([left, top], [right, bottom])
    }

    /// The pixels that belong to it.
    pub fn coverage(&self) -> Coverage {
        Coverage::of(self)
    }

    /// Moved by columns and rows as far as a scan of `width` x `height` allows; the shape stays.
    #[must_use]
    pub fn moved(&self, by: [isize; 2], [width, height]: [usize; 2]) -> Self {
        let bounds = self.bounds();
        let by = [
            (by[0], bounds.x, bounds.width, width),
            (by[1], bounds.y, bounds.height, height),
        ]
        .map(|(by, from, side, whole)| {
            let most = whole.saturating_sub(from + side);
            by.clamp(-(from as isize), most as isize)
        });
        self.mapped(|point| [0, 1].map(|i| point[i].saturating_add_signed(by[i])))
    }

    /// Resized by columns and rows: right and bottom edge move, the others stay, one pixel at least
    /// stays and none leaves the scan. Polygons, lines and angles are scaled.
    #[must_use]
    pub fn resized(&self, by: [isize; 2], scan: [usize; 2]) -> Self {
        let bounds = self.bounds();
        let (first, last) = (
            [bounds.x, bounds.y],
            [bounds.x + bounds.width - 1, bounds.y + bounds.height - 1],
        );
        let end = [0, 1].map(|i| {
            let end = last[i].saturating_add_signed(by[i]);
            end.clamp(first[i], scan[i].saturating_sub(1).max(first[i]))
        });
        self.fitted(Region::between(first, end))
    }

    /// With one of its points moved by columns and rows, inside a scan of `width` x `height`; a line
    /// keeps its length above zero. Of a rectangle and an ellipse the points are the box's corners.
    #[must_use]
    pub fn with_point(&self, at: usize, by: [isize; 2], scan: [usize; 2]) -> Self {
        let mut points = self.points();
        let Some(point) = points.get_mut(at) else {
            return self.clone();
        };
        *point = shifted(*point, by, scan);
        self.shape()
            .through(&points)
            .unwrap_or_else(|| self.clone())
    }

    /// Where it can be taken hold of: all four corner pixels of a box, else its points.
    pub fn handles(&self) -> Vec<Pixel> {
        match self {
            Self::Rectangle(_) | Self::Ellipse(_) => {
                let points = self.points();
                let ([left, top], [right, bottom]) = (points[0], points[1]);
                vec![[left, top], [right, top], [right, bottom], [left, bottom]]
            }
            _ => self.points(),
        }
    }

    /// With the handle number `at` moved; that of a box may cross the other side.
    #[must_use]
    pub fn with_handle(&self, at: usize, by: [isize; 2], scan: [usize; 2]) -> Self {
        if !matches!(self, Self::Rectangle(_) | Self::Ellipse(_)) {
            return self.with_point(at, by, scan);
        }
        let handles = self.handles();
        let (Some(held), Some(fixed)) = (handles.get(at), handles.get((at + 2) % 4)) else {
            return self.clone();
        };
        let moved = shifted(*held, by, scan);
        let outline = self.shape().through(&[*fixed, moved]);
        outline.unwrap_or_else(|| self.clone())
    }

    /// Stretched so that it fills `bounds`.
    #[must_use]
    pub fn fitted(&self, bounds: Region) -> Self {
        let from = self.bounds();
        let scale = |at: usize, (from, side): (usize, usize), (to, wide): (usize, usize)| {
            // Whole steps between the first and the last pixel, rounded to the nearest.
            let (steps, wanted) = (side - 1, wide - 1);
            to + ((at - from) * wanted + steps / 2)
                .checked_div(steps)
                .unwrap_or(0)
        };
        let (columns, rows) = ((from.x, from.width), (from.y, from.height));
        let stretched = self.mapped(|[x, y]| {
            [
                scale(x, columns, (bounds.x, bounds.width)),
                scale(y, rows, (bounds.y, bounds.height)),
            ]
        });
        match stretched {
            Self::Rectangle(_) => Self::Rectangle(bounds),
            Self::Ellipse(_) => Self::Ellipse(bounds),
            // A line that shrank to a point would be none.
            other if other.is_sound() => other,
            _ => self.clone(),
        }
    }

    /// Whether it still is what its shape says: no line without length.
    fn is_sound(&self) -> bool {
        self.shape().through(&self.points()).is_some()
    }

    /// With every point put elsewhere.
    fn mapped(&self, to: impl Fn(Pixel) -> Pixel) -> Self {
        let region = |region: &Region| {
            let (right, bottom) = (region.x + region.width, region.y + region.height);
            Region::between(to([region.x, region.y]), to([right - 1, bottom - 1]))
        };
        match self {
            Self::Rectangle(of) => Self::Rectangle(region(of)),
            Self::Ellipse(of) => Self::Ellipse(region(of)),
            Self::Polygon(corners) => Self::Polygon(corners.iter().map(|at| to(*at)).collect()),
            Self::Line(ends) => Self::Line(ends.map(to)),
            Self::Angle(points) => Self::Angle(points.map(to)),
        }
    }

    /// Reads the points of a polygon, a line or an angle: `X,Y;X,Y;...`, commas alone will do.
    pub fn parse(shape: Shape, text: &str) -> Option<Self> {
        if matches!(shape, Shape::Rect | Shape::Ellipse) {
            let region = Region::parse(text)?;
            return Some(match shape {
                Shape::Rect => Self::Rectangle(region),
                _ => Self::Ellipse(region),
            });
        }
        let numbers: Vec<usize> = text
            .split([',', ';'])
            .map(|part| part.trim().parse().ok())
            .collect::<Option<_>>()?;
        let (points, rest) = numbers.as_chunks::<2>();
        rest.is_empty().then(|| shape.through(points)).flatten()
    }

    /// The points as [`Outline::parse`] reads them.
    pub fn text(&self) -> String {
        let join = |numbers: &[usize]| {
            let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            words.join(",")
        };
        match self {
            Self::Rectangle(region) | Self::Ellipse(region) => join(&<[usize; 4]>::from(*region)),
            _ => {
                let points: Vec<String> = self.points().iter().map(|at| join(at)).collect();
                points.join(";")
            }
        }
    }

    /// Angle between the two lines in degrees, 0 to 180, where pixels are `across` wide and `down`
    /// high; `None` for other shapes.
    pub fn degrees(&self, [across, down]: [f64; 2]) -> Option<f64> {
        let Self::Angle([a, vertex, b]) = self else {
            return None;
        };
        let arm = |end: &Pixel| {
            let x = (end[0] as f64 - vertex[0] as f64) * across;
            [x, (end[1] as f64 - vertex[1] as f64) * down]
        };
        let ([ax, ay], [bx, by]) = (arm(a), arm(b));
        // By sine and cosine: exact near 0 and 180, where the cosine alone is flat.
        let (sine, cosine) = (ax * by - ay * bx, ax * bx + ay * by);
        Some(sine.abs().atan2(cosine).to_degrees())
    }

    /// Length of a line from end to end, where pixels are `across` wide and `down` high; `None` for
    /// other shapes.
    pub fn length(&self, [across, down]: [f64; 2]) -> Option<f64> {
        let Self::Line([a, b]) = self else {
            return None;
        };
        let (x, y) = (a[0].abs_diff(b[0]) as f64, a[1].abs_diff(b[1]) as f64);
        Some((x * across).hypot(y * down))
    }
}

/// A pixel moved by columns and rows, inside the scan.
fn shifted(at: Pixel, by: [isize; 2], scan: [usize; 2]) -> Pixel {
    [0, 1].map(|i| {
        let moved = at[i].saturating_add_signed(by[i]);
        moved.min(scan[i].saturating_sub(1))
    })
}

/// An outline as drafts keep it; a rectangle of before was `[x, y, width, height]`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Region(Region),
    Shaped { shape: Shape, points: Vec<Pixel> },
}

impl From<Outline> for Written {
    fn from(outline: Outline) -> Self {
        Self::Shaped {
            shape: outline.shape(),
            points: outline.points(),
        }
    }
}

impl TryFrom<Written> for Outline {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Region(region) => Ok(Self::Rectangle(region)),
            Written::Shaped { shape, points } => shape
                .through(&points)
                .ok_or_else(|| format!("these are no points of a {}", shape.as_str())),
        }
    }
}
