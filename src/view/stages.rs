//! A picture stage by stage, each kept with what made it: the raster of the planes with what both
//! energies tell of it, then the quantity after each filter. The next picture begins at the first
//! stage that is another one; a new window costs none of them.

use std::sync::Arc;

use super::grid::Grid;
use super::palette::GROUND;
use super::peel::{self, Peels};
use super::picture::{MARGIN, Prepared, grid};
use super::quantity::is_determinable;
use super::rasters::Rasters;
use super::request::Dual;
use super::strip::Strips;
use super::told::{Fields, ToldRaster, codes, told};
use super::{Display, View};
use crate::cancel::Cancel;
use crate::filter::{FilterUse, at_work};
use crate::messages::{arg, say};
use crate::physics::{Class, Confidence};
use crate::radiograph::{
    EnergyUnit, Field, Fineness, Plane, PlaneName, Polarity, Pyramid, Radiograph, Size, Unit,
};
use crate::text::Safe;
use crate::{Error, Result};

/// What a picture is made from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The scan's view.
    pub radiograph: &'a Radiograph,
    /// Its coarser levels, as far as they are made: coarse pictures are taken from them.
    pub pyramid: Option<&'a Pyramid>,
    /// A part of it in its own pixels, where it is held reduced and that part is shown.
    pub detail: Option<&'a Radiograph>,
}

impl<'a> Source<'a> {
    /// A radiograph without coarser levels.
    pub fn of(radiograph: &'a Radiograph) -> Self {
        Self {
            radiograph,
            pyramid: None,
            detail: None,
        }
    }
}

/// The stages of the last picture. They belong to one radiograph: another one needs others.
#[derive(Debug)]
pub struct Stages {
    keeps: Keeps,
    rasters: Rasters,
    /// Margins are a multiple of this many raster pixels.
    margins: usize,
    based: Option<(Key, Based)>,
    /// Filters with the quantity after each, the first on the base.
    filtered: Vec<(FilterUse, Field)>,
}

/// What is kept for the next picture.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Keeps {
    /// Every stage.
    Stages,
    /// Nothing: there is no next picture.
    Nothing,
}

/// Everything that makes the base what it is.
#[derive(Debug, PartialEq)]
struct Key {
    grid: Grid,
    planes: Vec<String>,
    display: Display,
    peels: Peels,
    wants: [bool; 3],
    inverted: bool,
    profile: Option<super::Calibration>,
}

/// What is there before any filter.
#[derive(Debug)]
struct Based {
    /// The quantity, margin included.
    field: Field,
    /// The plane, where the display shows another quantity.
    luminance: Option<Field>,
    told: Option<Telling>,
    colour: Option<Vec<[u8; 3]>>,
    notes: Vec<Safe>,
}

/// What both energies tell, without margin.
#[derive(Debug)]
struct Telling {
    codes: Vec<u8>,
    confidence: Option<Vec<Confidence>>,
    z: Option<Vec<f32>>,
    source: EnergyUnit,
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            rasters: Rasters::default(),
            keeps: Keeps::Stages,
            margins: MARGIN,
            based: None,
            filtered: Vec::new(),
        }
    }
}

impl Stages {
    /// For one picture only.
    pub(super) fn once() -> Self {
        Self {
            keeps: Keeps::Nothing,
            ..Self::default()
        }
    }

    /// The picture up to the window; see [`super::prepare`].
    ///
    /// # Errors
    /// As [`super::picture`].
    pub fn prepare(
        &mut self,
        source: Source<'_>,
        view: &View,
        (size, fineness): (Size, Fineness),
        (cancel, stage): (&Cancel, &mut dyn FnMut(&str)),
    ) -> Result<Arc<Prepared>> {
        let [_, _, w, h] = view.region;
        if size.width == 0 || size.height == 0 || !(w > 0.0 && h > 0.0) {
            return Err(Error::request(say("view-empty", &[])));
        }
        let dual = view.wants_energies().then(|| view.dual(source.radiograph));
        let dual = dual.transpose()?.map(|dual| source.near_dual(dual));
        let key = Key::of(
            source.radiograph,
            view,
            (size, fineness, self.margins),
            dual.as_ref(),
        )?;
        if self.based.as_ref().is_none_or(|(kept, _)| *kept != key) {
            self.based = None;
            self.filtered.clear();
            self.rasters.begin(&key.grid);
            let mut ground = Ground {
                source,
                view,
                grid: &key.grid,
                rasters: &mut self.rasters,
                cancel,
            };
            let based = ground.based(dual.as_ref(), &key.peels, stage)?;
            self.rasters.end();
            if self.keeps == Keeps::Nothing {
                self.rasters = Rasters::default();
            }
            self.based = Some((key, based));
        }
        let strips = self.strips(view)?;
        self.filter(view, cancel, stage)?;
        self.prepared(view, strips)
    }

    /// What serves one tile of a picture: with the least margin.
    pub(super) fn tile() -> Self {
        Self {
            keeps: Keeps::Nothing,
            margins: 1,
            ..Self::default()
        }
    }

    /// Share of the raster that the next picture needs the planes for; `None` where everything before
    /// its filters is there.
    ///
    /// # Errors
    /// As [`super::picture`].
    pub fn missing(&self, radiograph: &Radiograph, view: &View, size: Size) -> Result<Option<f64>> {
        let dual = view.wants_energies().then(|| view.dual(radiograph));
        let key = Key::of(
            radiograph,
            view,
            (size, Fineness::Full, self.margins),
            dual.transpose()?.as_ref(),
        )?;
        let held = self.based.as_ref().is_some_and(|(kept, _)| *kept == key);
        Ok((!held).then(|| self.rasters.missing(&key.grid)))
    }

    /// The strips and alerts of the view, with what they mark by what is there before any filter.
    fn strips(&self, view: &View) -> Result<Strips> {
        let mut strips = Strips::of(&view.filters)?;
        if let Some((key, based)) = &self.based {
            let unfiltered = based.luminance.as_ref().unwrap_or(&based.field);
            strips.mark(&key.grid, unfiltered);
            strips.name_bands(view, unfiltered)?;
        }
        Ok(strips)
    }

    /// Brings the filtered stages in line with the view.
    fn filter(&mut self, view: &View, cancel: &Cancel, stage: &mut dyn FnMut(&str)) -> Result<()> {
        let Some((key, based)) = &mut self.based else {
            return Ok(());
        };
        let same = self.filtered.iter().zip(at_work(&view.filters));
        let same = same.take_while(|((kept, _), used)| kept == *used).count();
        self.filtered.truncate(same);
        for used in at_work(&view.filters).skip(same) {
            let row = used.row()?;
            let before = match self.filtered.last_mut() {
                Some((_, field)) => field,
                None => &mut based.field,
            };
            let mut field = match self.keeps {
                Keeps::Stages => before.clone(),
                Keeps::Nothing => before.taken(),
            };
            row.apply(&mut field, &used.args, key.grid.scale, cancel)?;
            cancel.check()?;
            self.filtered.push((used.clone(), field));
            stage(row.name);
        }
        Ok(())
    }

    /// Everything that the window needs.
    fn prepared(&self, view: &View, strips: Strips) -> Result<Arc<Prepared>> {
        let Some((key, based)) = &self.based else {
            return Err(Error::Cancelled);
        };
        let field = self
            .filtered
            .last()
            .map_or(&based.field, |(_, field)| field);
        let mut field = key.grid.crop_field(field);
        let told = based.told.as_ref();
        if let Some(told) = told {
            // What became a defect only now has no value either.
            let unit = view.display.read();
            keep(&told.codes, &mut field.values, |class| {
                unit.is_none_or(|unit| is_determinable(class, unit))
            });
        }
        Ok(Arc::new(Prepared {
            field,
            codes: told.map(|told| told.codes.clone()),
            confidence: told.and_then(|told| told.confidence.clone()),
            z: told.and_then(|told| told.z.clone()),
            source: told.map(|told| told.source),
            strips,
            grid: key.grid.clone(),
            colour: based.colour.clone(),
            notes: based.notes.clone(),
        }))
    }
}

impl Key {
    fn of(
        radiograph: &Radiograph,
        view: &View,
        (size, fineness, margins): (Size, Fineness, usize),
        dual: Option<&Dual<'_>>,
    ) -> Result<Self> {
        let told = dual.filter(|_| view.wants_classes());
        let unit = told.map(|(.., chosen)| chosen.boundaries.unit);
        Ok(Self {
            grid: grid(radiograph, view, (size, fineness), unit, margins),
            planes: view.planes.clone(),
            display: view.display.before_colours(),
            peels: Peels::of(&view.filters)?,
            wants: [view.wants_energies(), view.wants_classes(), view.wants_z()],
            inverted: view.is_colour() && is_inverted(view),
            profile: view.profile.clone(),
        })
    }
}

/// A raster that is being filled.
struct Ground<'a> {
    source: Source<'a>,
    view: &'a View,
    grid: &'a Grid,
    rasters: &'a mut Rasters,
    cancel: &'a Cancel,
}

impl Ground<'_> {
    fn based(
        &mut self,
        dual: Option<&Dual<'_>>,
        peels: &Peels,
        stage: &mut dyn FnMut(&str),
    ) -> Result<Based> {
        let (view, grid, radiograph) = (self.view, self.grid, self.source.radiograph);
        let plane = self.source.near_plane(view.plane(radiograph)?);
        let both = match dual {
            Some((high, low, _)) => Some([self.raster(high)?, self.raster(low)?]),
            None => None,
        };
        let mut field = self.base(plane, (dual, both.as_ref()), peels)?;
        let colour = self.colour()?;
        stage("resample");
        let mut notes = notes(plane, grid);
        if let Some((high, _, chosen)) = dual {
            notes.extend(peels.notes(chosen, high.scan_size().height));
        }
        let mut told_of = None;
        let mut luminance = None;
        if let (Some((high, low, chosen)), Some(both), true) = (dual, both, view.wants_classes()) {
            let planes = [*high, *low];
            let fields = Fields {
                fields: both,
                means: self.means(planes, chosen.boundaries.black)?,
            };
            let seen = told(grid, (planes, fields), (chosen, peels), self.cancel, view)?;
            let (seen, quantity) = Telling::of(seen, grid, (high, low), chosen.boundaries.unit);
            if let Some(quantity) = quantity {
                luminance = Some(std::mem::replace(&mut field, quantity));
            }
            told_of = Some(seen);
            notes.extend(chosen.notes.iter().cloned());
            let mut before = Vec::new();
            notes.retain(|note: &Safe| {
                let new = !before.contains(note);
                before.push(note.clone());
                new
            });
            stage("material");
        }
        Ok(Based {
            field,
            luminance,
            told: told_of,
            colour,
            notes,
        })
    }

    /// A plane on the raster, margin included.
    fn raster(&mut self, plane: &Plane) -> Result<Field> {
        let on = (self.grid, self.source.pyramid);
        self.rasters.plane(plane, on, self.cancel)
    }

    /// Mean attenuations of both planes without those of more than `darkest`, where the raster is
    /// coarser than the scan.
    fn means(&mut self, planes: [&Plane; 2], darkest: f32) -> Result<Option<[Vec<f32>; 2]>> {
        let on = (self.grid, self.source.pyramid);
        let coarse = self.grid.scale < 1.0;
        let means = coarse.then(|| self.rasters.attenuations(planes, on, darkest, self.cancel));
        means.transpose()
    }

    /// The luminance before any filter: the plane without what is taken off, or what a cancellation
    /// leaves of two.
    fn base(
        &mut self,
        plane: &Plane,
        (dual, both): (Option<&Dual<'_>>, Option<&[Field; 2]>),
        peels: &Peels,
    ) -> Result<Field> {
        let peeled = |plane: &Plane, mut field: Field| {
            let taken = peel::energy_of(plane).and_then(|energy| peels.taken(self.grid, energy));
            if let Some(taken) = taken.filter(|_| field.unit == Unit::Transmission) {
                peel::take_off(&mut field, &taken);
            }
            field
        };
        match (peels.weight, dual, both) {
            (Some(weight), Some((high, low, chosen)), Some([h, l])) => {
                let both = [&peeled(high, h.clone()), &peeled(low, l.clone())];
                Ok(peel::cancelled(both, weight, chosen.boundaries.black))
            }
            (_, Some((high, ..)), Some([h, _])) if plane.name == high.name => {
                Ok(peeled(plane, h.clone()))
            }
            (_, Some((_, low, _)), Some([_, l])) if plane.name == low.name => {
                Ok(peeled(plane, l.clone()))
            }
            _ => Ok(peeled(plane, self.raster(plane)?)),
        }
    }

    /// The colours of a colour scan on the raster, eight bits a channel.
    fn colour(&mut self) -> Result<Option<Vec<[u8; 3]>>> {
        let (view, grid) = (self.view, self.grid);
        if !view.is_colour() {
            return Ok(None);
        }
        let inverted = is_inverted(view);
        let mut pixels = vec![[GROUND; 3]; grid.seen().width * grid.seen().height];
        for (channel, name) in view.planes.iter().enumerate() {
            let name = PlaneName::from(name.as_str());
            let Some(plane) = self.source.near().plane(&name) else {
                continue;
            };
            let field = grid.crop_field(&self.raster(plane)?);
            for (pixel, value) in pixels.iter_mut().zip(&field.values) {
                if !value.is_nan() {
                    let byte = (value / f32::from(plane.full_scale()) * 255.0).round() as u8;
                    pixel[channel] = if inverted { 255 - byte } else { byte };
                }
            }
        }
        Ok(Some(pixels))
    }
}

impl Telling {
    /// What is kept of a told raster, and the quantity that the display shows in place of a plane.
    fn of(
        told: ToldRaster,
        grid: &Grid,
        planes: (&Plane, &Plane),
        source: EnergyUnit,
    ) -> (Self, Option<Field>) {
        let codes = codes(grid, &told.classes, planes);
        let mut z = told.z.map(|all| grid.crop(&all));
        let values = z.as_deref_mut().unwrap_or_default();
        keep(&codes, values, Class::is_material);
        let telling = Self {
            codes,
            confidence: told.confidence.map(|all| grid.crop(&all)),
            z,
            source,
        };
        (telling, told.quantity)
    }
}

/// Whether a colour picture is shown in its opposite colours.
fn is_inverted(view: &View) -> bool {
    let inverts = at_work(&view.filters).filter(|used| used.name == "invert");
    inverts.count() % 2 == 1
}

/// Makes the values of the pixels NaN whose classes are not among those `of` picks.
fn keep(codes: &[u8], values: &mut [f32], of: impl Fn(Class) -> bool) {
    let kept: Vec<bool> = (0..=u8::MAX)
        .map(|code| Class::from_code(code).is_none_or(&of))
        .collect();
    if !kept.contains(&false) {
        return;
    }
    for (value, code) in values.iter_mut().zip(codes) {
        if !kept[usize::from(*code)] {
            *value = f32::NAN;
        }
    }
}

/// What a reader must know of the plane itself.
fn notes(plane: &Plane, grid: &Grid) -> Vec<Safe> {
    let mut notes = Vec::new();
    if plane.unit() == Unit::Sample {
        notes.push(say("view-no-air", &[]));
    } else if plane.air_estimated {
        notes.push(say("physics-air-estimated", &[]));
    }
    if plane.part.step > 1 {
        notes.push(say("view-reduced", &[arg("step", &plane.part.step)]));
    }
    if plane.polarity == Polarity::BrightIsDense {
        notes.push(say("view-turned", &[]));
    }
    let outside = |spans: &[std::ops::Range<usize>]| spans.iter().any(std::ops::Range::is_empty);
    let (across, down) = grid.under();
    if outside(across) || outside(down) {
        notes.push(say("view-beyond", &[]));
    }
    notes
}
