//! Two scans, views or planes on one screen: side by side, swiped, blinked, as a difference and as
//! a log-ratio; also a scan with its own mirror image.
//!
//! Both go through the same display, filters and window, and the other's part of its scan follows from
//! the first's by the registration. What was compared and how it was registered is always said.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::legend::{Legend, LegendRow, value_label};
use super::palette::{GROUND, GROUND_INDEX, oklab};
use super::picture::{Picture, Under, Values};
use super::{Display, Frame, Pixels, View, Window};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::radiograph::{
    self, Facing, Field, Histogram, Kind, Match, PlaneName, Polarity, Radiograph, Registration,
    Size, Unit,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Bins of the inspector's histogram.
const BINS: usize = 256;
/// Transmission below this is noise: no ratio is told where both are.
const DARKEST: f32 = 1e-3;
/// The narrowest automatic range of differences of transmission and of log-ratios.
const CALM: [f64; 2] = [0.02, 0.05];
/// Share of the differences that an automatic range holds.
const MOST: f64 = 0.995;
/// Differences that are looked at for an automatic range.
const LOOKED_AT: usize = 200_000;
/// Hex digits of a scan's id that are said.
const DIGITS: usize = 12;

/// What a scan is compared with and how. Member names are fixed by the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Id of the other scan; this scan's own for another view, plane or the mirror image.
    pub scan: String,
    /// Name of the other's radiograph.
    pub view: String,
    /// The other's plane, where it is not the one of the same name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<String>,
    /// Whether the other is turned left to right.
    #[serde(default, skip_serializing_if = "super::is_off")]
    pub mirrored: bool,
    /// How both are shown.
    pub mode: CompareMode,
    /// The share of the screen, 0 to 1, that a swipe gives to this scan, at the left.
    pub divider: f64,
    /// The difference in full colour, in transmission or as a log-ratio; `None` follows the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<f64>,
    /// What is at `(x, y)` here is at `(scale_x x + shift[0], y + shift[1])` there; scan pixels, columns
    /// of a mirrored scan counted from its right end.
    pub shift: [f64; 2],
    /// Columns there for each column here.
    pub scale_x: f64,
    /// Where `shift` and `scale_x` come from.
    pub registered: Registered,
}

/// How two pictures are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompareMode {
    /// This at the left, the other at the right, each at half the size.
    SideBySide,
    /// This left of a divider, the other right of it.
    Swipe,
    /// A blink that shows this scan just now.
    BlinkThis,
    /// A blink that shows the other just now.
    BlinkOther,
    /// Transmission here less transmission there.
    Difference,
    /// The logarithm of transmission here over transmission there.
    LogRatio,
}

/// Where a registration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registered {
    /// Nowhere: pixel on pixel as stored.
    No,
    /// Found by phase correlation.
    Automatic,
    /// Moved by hand.
    ByHand,
}

impl CompareMode {
    /// The word in the log; its label is the message `compare-mode-NAME`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SideBySide => "side-by-side",
            Self::Swipe => "swipe",
            Self::BlinkThis => "blink-this",
            Self::BlinkOther => "blink-other",
            Self::Difference => "difference",
            Self::LogRatio => "log-ratio",
        }
    }

    /// The label for a reader.
    pub fn label(self) -> Safe {
        say(&format!("compare-mode-{}", self.as_str()), &[])
    }

    /// Whether a difference is shown and no scan itself.
    pub fn subtracts(self) -> bool {
        matches!(self, Self::Difference | Self::LogRatio)
    }
}

impl Comparison {
    /// With a radiograph of the scan of that id, not registered.
    pub fn with(scan: &str, view: &str, mode: CompareMode) -> Self {
        let plain = Registration::default();
        Self {
            scan: scan.to_owned(),
            view: view.to_owned(),
            plane: None,
            mirrored: false,
            mode,
            divider: 0.5,
            range: None,
            shift: plain.shift,
            scale_x: plain.scale_x,
            registered: Registered::No,
        }
    }

    /// Whether both are with the same other picture.
    pub fn same_other(&self, other: &Self) -> bool {
        let of = |c: &Self| (c.scan.clone(), c.view.clone(), c.plane.clone(), c.mirrored);
        of(self) == of(other)
    }

    /// How the other lies on this scan.
    pub fn registration(&self) -> Registration {
        Registration {
            shift: self.shift,
            scale_x: self.scale_x,
        }
    }

    /// The same comparison, registered.
    #[must_use]
    pub fn placed(&self, registration: Registration, registered: Registered) -> Self {
        Self {
            shift: registration.shift,
            scale_x: registration.scale_x,
            registered,
            ..self.clone()
        }
    }

    /// Which way the other's columns are counted.
    pub fn facing(&self) -> Facing {
        if self.mirrored {
            Facing::Mirrored
        } else {
            Facing::Same
        }
    }

    /// Shift, scale and where they come from, in words.
    pub fn registration_words(&self) -> Safe {
        let id = match self.registered {
            Registered::No => return say("compare-not-registered", &[]),
            Registered::Automatic => "compare-registered",
            Registered::ByHand => "compare-by-hand",
        };
        let [x, y] = self.shift.map(|by| Safe::number(by, 1));
        let scale = Safe::number(self.scale_x, 4);
        say(id, &[arg("x", &x), arg("y", &y), arg("scale", &scale)])
    }

    /// The other's part of its scan and its plane, in words.
    fn other_words(&self) -> Safe {
        let short: String = self.scan.chars().take(DIGITS).collect();
        let plane = self.plane.clone().unwrap_or_default();
        say(
            if self.mirrored {
                "compare-with-mirror"
            } else if self.plane.is_some() {
                "compare-with-plane"
            } else {
                "compare-with"
            },
            &[
                arg("scan", &Safe::from_outside(&short)),
                arg("view", &Safe::from_outside(&self.view)),
                arg("plane", &Safe::from_outside(&plane)),
            ],
        )
    }

    /// The radiograph among `views` that it is with.
    ///
    /// # Errors
    /// [`Error::NotPossible`] when there is none.
    pub fn other<'a>(&self, views: &'a [Radiograph]) -> Result<&'a Radiograph> {
        let found = views.iter().find(|radiograph| radiograph.view == self.view);
        found.ok_or_else(|| not_possible("compare-no-other"))
    }
}

/// A sentence why something cannot be compared.
fn not_possible(id: &str) -> Error {
    Error::NotPossible { why: say(id, &[]) }
}

/// The views of both pictures of a comparison, each with its size; see [`View::compared`].
pub type Pair = [(View, Size); 2];

impl View {
    /// The views of this scan and of the other one that make the pictures of its comparison on a screen
    /// of that size: the same display where both can show it, filters and window; the other's region by
    /// the registration.
    ///
    /// # Errors
    /// [`Error::NotPossible`] without a comparison, for colour files, and where only one has an open
    /// beam.
    pub fn compared(&self, this: &Radiograph, other: &Radiograph, screen: Size) -> Result<Pair> {
        let comparison = self.comparison.as_ref();
        let comparison = comparison.ok_or_else(|| not_possible("compare-no-other"))?;
        if [this, other].iter().any(|r| r.kind() == Kind::Colour) {
            return Err(not_possible("compare-colour"));
        }
        let mut here = Self {
            comparison: None,
            ..self.clone()
        };
        let mut there = here.of_other(comparison, other)?;
        let classes = here.display.shows_classes();
        if classes && (comparison.mode.subtracts() || !there.shows(other, &here.display)) {
            here = here.with_display(this, Display::Grey, None)?;
            there = here.of_other(comparison, other)?;
        }
        if comparison.mode.subtracts() {
            here.display = Display::Grey;
            there.display = Display::Grey;
        }
        there.check(other)?;
        if here.unit(this)? != there.unit(other)? {
            return Err(not_possible("compare-units"));
        }
        if comparison.mode != CompareMode::SideBySide {
            return Ok([(here, screen), (there, screen)]);
        }
        let left = screen.width / 2;
        let half = |view: Self, width| (view.at_half(), Size { width, ..screen });
        Ok([half(here, left), half(there, screen.width - left)])
    }

    /// This view of the other's radiograph.
    fn of_other(&self, comparison: &Comparison, other: &Radiograph) -> Result<Self> {
        let planes = if self.display.shows_classes() {
            self.planes.clone()
        } else {
            vec![self.other_plane(comparison, other)?.as_str().to_owned()]
        };
        let registration = comparison.registration();
        Ok(Self {
            view: other.view.clone(),
            planes,
            region: registration.carried(self.region, comparison.facing(), other.width()),
            mirrored: self.mirrored ^ comparison.mirrored,
            ..self.clone()
        })
    }

    /// The plane of the other that is compared: the one asked for, else that of the same name, else
    /// the first.
    fn other_plane<'a>(
        &self,
        comparison: &Comparison,
        other: &'a Radiograph,
    ) -> Result<&'a PlaneName> {
        let own = self.planes.first();
        let named = |name: &String| other.plane(&PlaneName::from(name.as_str()));
        let asked = comparison.plane.as_ref();
        let plane = match asked {
            Some(name) => named(name),
            None => own.and_then(named).or(other.planes.first()),
        };
        let plane = plane.ok_or_else(|| not_possible("compare-no-other"))?;
        Ok(&plane.name)
    }

    /// The same width of what is seen on half of the screen's width.
    fn at_half(mut self) -> Self {
        let (low, long) = if self.rotation.is_multiple_of(180) {
            (1, 3)
        } else {
            (0, 2)
        };
        self.region[low] -= self.region[long] / 2.0;
        self.region[long] *= 2.0;
        self.zoom /= 2.0;
        self
    }
}

/// How the other of a comparison lies on this scan by phase correlation of the planes that are
/// shown; `None` where nothing stands out.
///
/// # Errors
/// As [`View::compared`]; [`Error::Cancelled`].
pub fn registered(
    view: &View,
    this: &Radiograph,
    other: &Radiograph,
    cancel: &Cancel,
) -> Result<Option<Match>> {
    let comparison = view.comparison.as_ref();
    let comparison = comparison.ok_or_else(|| not_possible("compare-no-other"))?;
    let plane = view.plane(this)?;
    let name = view.other_plane(comparison, other)?;
    let beside = other.plane(name);
    let beside = beside.ok_or_else(|| not_possible("compare-no-other"))?;
    radiograph::register(plane, beside, comparison.facing(), cancel)
}

/// One picture of both: `here` and `there` as [`View::compared`] has them.
///
/// # Errors
/// [`Error::NotPossible`] where both are not of one kind.
pub fn composed(comparison: &Comparison, here: &Picture, there: &Picture) -> Result<Picture> {
    let mut picture = match comparison.mode {
        CompareMode::BlinkThis => here.clone(),
        CompareMode::BlinkOther => there.clone(),
        CompareMode::Difference | CompareMode::LogRatio => subtracted(comparison, here, there),
        CompareMode::Swipe => {
            let columns = here.frame.width;
            let divider = (comparison.divider.clamp(0.0, 1.0) * columns as f64).round() as usize;
            let seam = Seam::swipe(columns, divider);
            seam.joined(here, there)?
        }
        CompareMode::SideBySide => Seam::beside(here.frame.width).joined(here, there)?,
    };
    let mut notes = vec![comparison.mode.label(), comparison.other_words()];
    notes.push(comparison.registration_words());
    for note in here.legend.notes.iter().chain(&there.legend.notes) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    picture.legend.notes = notes;
    Ok(picture)
}

/// Where the pictures of two scans meet.
struct Seam {
    /// Columns of the left one, and the first column that the right one gives.
    left: usize,
    first: usize,
}

impl Seam {
    /// The right one goes on where the left one ends.
    fn swipe(columns: usize, divider: usize) -> Self {
        let divider = divider.min(columns);
        Self {
            left: divider,
            first: divider,
        }
    }

    /// Both are whole.
    fn beside(columns: usize) -> Self {
        Self {
            left: columns,
            first: 0,
        }
    }

    /// Rows of one and the other.
    fn rows<T: Copy>(&self, (left, wide): (&[T], usize), (right, across): (&[T], usize)) -> Vec<T> {
        let rows = left
            .chunks_exact(wide.max(1))
            .zip(right.chunks_exact(across.max(1)));
        let joined = rows.flat_map(|(a, b)| a[..self.left].iter().chain(&b[self.first..]));
        joined.copied().collect()
    }

    /// One picture with a line at the seam.
    fn joined(&self, here: &Picture, there: &Picture) -> Result<Picture> {
        let (wide, across) = (here.frame.width, there.frame.width);
        let width = self.left + across - self.first;
        let fields = [here.field(), there.field()];
        let values = self.rows((&fields[0].values, wide), (&fields[1].values, across));
        let pixels = match (&here.frame.pixels, &there.frame.pixels) {
            (Pixels::Grey(a), Pixels::Grey(b)) => Pixels::Grey(self.rows((a, wide), (b, across))),
            (
                Pixels::Indexed { palette, indices },
                Pixels::Indexed {
                    palette: same,
                    indices: others,
                },
            ) if palette == same => Pixels::Indexed {
                palette: palette.clone(),
                indices: self.rows((indices, wide), (others, across)),
            },
            _ => return Err(not_possible("compare-units")),
        };
        let height = here.frame.height;
        let field = Field {
            width,
            height,
            values,
            ..fields[0]
        };
        let codes = here.codes().zip(there.codes());
        let z = here.z().zip(there.z());
        let mut frame = Frame {
            width,
            height,
            pixels,
        };
        line(&mut frame, self.left);
        Ok(Picture {
            frame,
            histogram: Histogram::of(&field, BINS),
            window: here.window,
            legend: here.legend.clone(),
            under: Under::Frame(Arc::new(Values {
                field,
                codes: codes.map(|(a, b)| self.rows((&a, wide), (&b, across))),
                z: z.map(|(a, b)| self.rows((&a, wide), (&b, across))),
            })),
        })
    }
}

/// A dashed line down column `x` in the frame's lightest and darkest colour.
fn line(frame: &mut Frame, x: usize) {
    if x == 0 || x >= frame.width {
        return;
    }
    let width = frame.width;
    let ends = match &frame.pixels {
        Pixels::Indexed { palette, .. } => {
            let light = |at: &usize| palette[*at].iter().map(|c| u32::from(*c)).sum::<u32>();
            let darkest = (0..palette.len()).min_by_key(light).unwrap_or(0);
            let lightest = (0..palette.len()).max_by_key(light).unwrap_or(0);
            [darkest as u8, lightest as u8]
        }
        _ => [0, 255],
    };
    if let Pixels::Grey(values)
    | Pixels::Indexed {
        indices: values, ..
    } = &mut frame.pixels
    {
        let rows = values.chunks_exact_mut(width).enumerate();
        rows.for_each(|(y, row)| row[x] = ends[(y / 2) % 2]);
    }
}

/// The difference of two pictures in the colours of [`diverging`].
fn subtracted(comparison: &Comparison, here: &Picture, there: &Picture) -> Picture {
    let ratio = comparison.mode == CompareMode::LogRatio;
    let fields = [here.field(), there.field()];
    let of = |(a, b): (&f32, &f32)| {
        let (a, b) = (transmission(&fields[0], *a), transmission(&fields[1], *b));
        match ratio {
            false => a - b,
            true if a < DARKEST && b < DARKEST => f32::NAN,
            true => (a.max(DARKEST) / b.max(DARKEST)).ln() + 0.0 * (a + b),
        }
    };
    let both = fields[0].values.iter().zip(&fields[1].values);
    let values: Vec<f32> = both.map(of).collect();
    let range = comparison
        .range
        .unwrap_or_else(|| spread(&values, CALM[usize::from(ratio)]));
    let unit = if ratio {
        Unit::Attenuation
    } else {
        Unit::Transmission
    };
    let field = Field {
        values,
        unit,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
        ..fields[0]
    };
    let top = f32::from(GROUND_INDEX - 1);
    let index = |value: &f32| {
        let share = (value / range as f32).clamp(-1.0, 1.0) * 0.5 + 0.5;
        if value.is_nan() {
            GROUND_INDEX
        } else {
            (share * top).round() as u8
        }
    };
    Picture {
        frame: Frame {
            width: field.width,
            height: field.height,
            pixels: Pixels::Indexed {
                palette: diverging(),
                indices: field.values.iter().map(index).collect(),
            },
        },
        histogram: Histogram::of(&field, BINS),
        window: Window::between(-range, range, unit),
        legend: Legend {
            rows: rows(range, unit),
            notes: Vec::new(),
        },
        under: Under::Frame(Arc::new(Values {
            field,
            codes: None,
            z: None,
        })),
    }
}

/// A value of a field as transmission; of samples without an open beam their share of full scale.
fn transmission(field: &Field, value: f32) -> f32 {
    match (field.unit, field.polarity) {
        (Unit::Transmission, _) => value,
        (Unit::Sample, Polarity::BrightIsDense) => 1.0 - value / field.full_scale,
        (Unit::Sample, _) => value / field.full_scale,
        _ => (-value).exp(),
    }
}

/// The size that most differences stay below, and `least` at least.
fn spread(values: &[f32], least: f64) -> f64 {
    let step = values.len().div_ceil(LOOKED_AT).max(1);
    let sizes = values.iter().step_by(step).filter(|v| v.is_finite());
    let mut sizes: Vec<f32> = sizes.map(|v| v.abs()).collect();
    if sizes.is_empty() {
        return least;
    }
    let at = ((sizes.len() - 1) as f64 * MOST) as usize;
    let (_, most, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    f64::from(*most).max(least)
}

/// Orange where there is less transmission here, so more matter, grey where nothing differs, blue
/// where there is less matter; then the ground. Apart under every kind of colour vision, because one
/// is yellowish and the other bluish, and both are darker than the grey.
fn diverging() -> Vec<[u8; 3]> {
    let half = f32::from(GROUND_INDEX - 1) / 2.0;
    let colour = |i: u8| {
        let t = f32::from(i) / half - 1.0;
        let far = t.abs();
        let [a, b] = if t < 0.0 {
            [0.09, 0.13]
        } else {
            [-0.03, -0.16]
        };
        let dark = if t < 0.0 { 0.58 } else { 0.42 };
        oklab(0.88 - far * (0.88 - dark), far * a, far * b)
    };
    let mut colours: Vec<[u8; 3]> = (0..GROUND_INDEX).map(colour).collect();
    colours.push([GROUND; 3]);
    colours
}

/// Five differences, the most matter here first.
fn rows(range: f64, unit: Unit) -> Vec<LegendRow> {
    let colours = diverging();
    let row = |i: usize| {
        let share = i as f64 / 4.0;
        let value = value_label((2.0 * share - 1.0) * range, unit, unit.as_str());
        let value = [arg("value", &value)];
        LegendRow {
            label: match i {
                0 => say("compare-more-here", &value),
                2 => say("compare-same", &[]),
                4 => say("compare-less-here", &value),
                3 => say("compare-less", &value),
                _ => say("compare-value", &value),
            },
            colour: colours[(share * f64::from(GROUND_INDEX - 1)).round() as usize],
            letter: None,
            share: None,
        }
    };
    (0..5).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_of_differences_are_apart_and_dark_at_both_ends() {
        let colours = diverging();
        assert_eq!((colours.len(), colours[255]), (256, [GROUND; 3]));
        let light = |c: [u8; 3]| c.iter().map(|c| i32::from(*c)).sum::<i32>();
        let middle = colours[127];
        assert!(
            middle.iter().all(|c| c.abs_diff(middle[0]) < 4),
            "{middle:?}"
        );
        for ends in [0, 254] {
            assert!(
                light(colours[ends]) < light(middle) - 150,
                "{:?}",
                colours[ends]
            );
        }
        // Yellowish and bluish: the order of the blue and the red channel turns.
        assert!(colours[0][0] > colours[0][2] + 80 && colours[254][2] > colours[254][0] + 80);
    }

    #[test]
    fn a_range_holds_most_differences_and_is_never_all_noise() {
        let mut values = vec![0.001; 1000];
        assert_eq!(spread(&values, 0.02), 0.02);
        values[..100].fill(-0.3);
        values.push(f32::NAN);
        assert!((spread(&values, 0.02) - 0.3).abs() < 1e-6);
        assert_eq!(spread(&[], 0.02), 0.02);
    }
}
