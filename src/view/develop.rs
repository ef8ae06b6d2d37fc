//! The last step of a picture: window, colours and legend on what was prepared.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;

use super::legend::{self, Legend, STRIPPED, Shares, Telling, state_grey};
use super::material::{Brush, GROUND_STEP, Scheme, Tone, alarm, brighten};
use super::palette::{GROUND, GROUND_INDEX, MATTER, Palette, class_colours};
use super::picture::{Picture, Prepared, Under};
use super::quantity::{self, is_determinable};
use super::strip::{Fate, faint};
use super::{Display, Frame, Pixels, View, Window, zmap};
use crate::messages::say;
use crate::physics::{Class, Confidence};
use crate::radiograph::{Field, Histogram, Size, Unit};
use crate::{Error, Result};

/// Pixels that a processor takes at a time.
const CHUNK: usize = 1 << 14;
/// Pixels whose luminances are worked out together.
const LINE: usize = 1 << 10;
/// Bins of the inspector's histogram.
const BINS: usize = 256;
/// The highest index of a grey or a palette colour in a picture that has room for an alarm.
const BELOW_ALARM: u8 = 253;
/// The highest index of a colour of mass thickness or steel: greys and marks come above.
const BELOW_MARKS: u8 = 239;
/// The code of a material that a band of Z takes out: no class has it.
const OUTSIDE: u8 = u8::MAX;

impl Prepared {
    /// The finished picture under the window and the display of `view`, which must otherwise be
    /// the view that was prepared.
    ///
    /// # Errors
    /// [`Error::Request`] for a window in a unit that this picture does not have.
    pub fn develop(self: &Arc<Self>, view: &View) -> Result<Picture> {
        let window = self.window(view)?;
        Ok(Picture {
            frame: self.frame(view, window),
            histogram: Histogram::of(&self.quantity(), BINS),
            window,
            legend: self.legend(view, window),
            under: Under::Raster(Arc::clone(self)),
        })
    }

    /// See [`Picture::field`].
    pub(super) fn field_on_screen(&self) -> Field {
        let field = self.quantity();
        let Size { width, height } = self.grid.screen();
        Field {
            width,
            height,
            values: self.grid.to_screen(&field.values, f32::NAN),
            ..*field
        }
    }

    /// See [`Picture::codes`].
    pub(super) fn codes_on_screen(&self) -> Option<Vec<u8>> {
        let codes = self.codes.as_ref()?;
        Some(self.grid.to_screen(codes, 0))
    }

    /// See [`Picture::z`].
    pub(super) fn z_on_screen(&self) -> Option<Vec<f32>> {
        let z = self.without_stripped(self.z.as_ref()?);
        Some(self.grid.to_screen(&z, f32::NAN))
    }

    /// The window of `view` in the unit of the quantity.
    ///
    /// # Errors
    /// [`Error::Request`] for a window in a unit that this picture does not have.
    pub(super) fn window(&self, view: &View) -> Result<Window> {
        let window = view.window.in_unit(self.field.unit);
        window.ok_or_else(|| Error::request(say("view-window-unit", &[])))
    }

    /// The picture's pixels.
    pub(super) fn frame(&self, view: &View, window: Window) -> Frame {
        let size = self.grid.screen();
        Frame {
            width: size.width,
            height: size.height,
            pixels: self.pixels(view, window),
        }
    }

    /// The quantity without what strips take out.
    pub(super) fn quantity(&self) -> Cow<'_, Field> {
        match self.without_stripped(&self.field.values) {
            Cow::Borrowed(_) => Cow::Borrowed(&self.field),
            Cow::Owned(values) => Cow::Owned(self.field.with_values(values)),
        }
    }

    /// `values` with NaN for what strips take out.
    fn without_stripped<'a>(&self, values: &'a [f32]) -> Cow<'a, [f32]> {
        let Some(codes) = self.codes.as_ref().filter(|_| self.strips.take_out()) else {
            return Cow::Borrowed(values);
        };
        let left = values.iter().zip(codes).enumerate();
        let left = left.map(|(i, (value, code))| {
            if self.strips.keeps(*code) && !self.is_outside(i, *code) {
                *value
            } else {
                f32::NAN
            }
        });
        Cow::Owned(left.collect())
    }

    /// The values of what is not air, NaN where not determinable: what a window is found by.
    pub(super) fn matter(&self) -> Field {
        let mut field = self.field.clone();
        let codes = self.codes.iter().flatten();
        for (value, code) in field.values.iter_mut().zip(codes) {
            if *code == Class::Air.code() {
                *value = f32::NAN;
            }
        }
        field
    }

    /// Whether pixel `i` is a material that a band of Z takes out.
    fn is_outside(&self, i: usize, code: u8) -> bool {
        if self.strips.band().is_none() {
            return false;
        }
        let bars = |z: &Vec<f32>| self.strips.bars(z[i]);
        Class::from_code(code).is_some_and(Class::is_material) && self.z.as_ref().is_some_and(bars)
    }

    /// What becomes of pixel `i`.
    fn fate(&self, i: usize, code: u8) -> Fate {
        match self.strips.fate(code) {
            _ if self.strips.is_dense(i) => Fate::Alarmed,
            Fate::Shown if self.is_outside(i, code) => Fate::Stripped,
            fate => fate,
        }
    }

    /// Class codes, those that a band of Z takes out being no class.
    fn told(&self) -> Option<Cow<'_, [u8]>> {
        let codes = self.codes.as_ref()?;
        if self.strips.band().is_none() {
            return Some(Cow::Borrowed(codes));
        }
        let told = |(i, code): (usize, &u8)| {
            let shown = self.strips.fate(*code) == Fate::Shown;
            if shown && self.is_outside(i, *code) {
                OUTSIDE
            } else {
                *code
            }
        };
        Some(codes.iter().enumerate().map(told).collect())
    }

    /// What the colours mean.
    pub(super) fn legend(&self, view: &View, window: Window) -> Legend {
        if self.colour.is_some() {
            return Legend {
                rows: Vec::new(),
                notes: self.notes.clone(),
            };
        }
        let told = self.told();
        let shares = told.as_deref().map(Shares::of);
        let telling = Telling {
            shares: shares.as_ref(),
            source: self.source,
            strips: &self.strips,
        };
        let mut notes = Vec::new();
        if view.is_preview(self.grid.screen()) {
            notes.push(say("view-preview", &[]));
        }
        if let (Some(codes), Some(confidence)) = (&told, &self.confidence) {
            notes.extend(legend::pale(codes, confidence));
        }
        notes.extend(self.notes.iter().cloned());
        let polarity = self.field.polarity;
        let word = view.value_word(window.unit);
        let mut rows = match (view.display.read(), &told, &self.z) {
            (Some(unit), ..) => {
                let mut rows = legend::value_rows((window, word), polarity, Some(&MATTER));
                rows.extend(quantity::state_rows(telling, unit));
                rows
            }
            (None, Some(told), Some(z)) if view.display == Display::Z => {
                zmap::rows(telling, told, z)
            }
            _ => legend::rows(&view.display, telling, (window, word), polarity),
        };
        if let (Some(band), Some(shares)) = (self.strips.band(), &shares) {
            rows.push(legend::outside_row(
                band,
                (1.0 - shares.sum(|_| true)).max(0.0),
            ));
        }
        rows.extend(self.strips.dense_row());
        rows.extend_from_slice(self.strips.outside_rows());
        Legend { rows, notes }
    }

    /// The pixels of the frame.
    fn pixels(&self, view: &View, window: Window) -> Pixels {
        if let Some(colour) = &self.colour {
            return Pixels::Rgb(self.grid.to_screen(colour, [GROUND; 3]));
        }
        let indexed = |palette, indices: Vec<u8>, outside| Pixels::Indexed {
            palette,
            indices: self.grid.to_screen(&indices, outside),
        };
        match (&view.display, Scheme::of(&view.display), &self.codes) {
            (Display::Z, _, Some(codes)) => indexed(
                zmap::colours(),
                self.z_indices(codes, window),
                zmap::GROUND_STEP,
            ),
            (Display::Thickness | Display::Steel, _, Some(codes)) => {
                let (palette, indices) = self.matter_indices(codes, window);
                indexed(palette, indices, GROUND_INDEX)
            }
            (Display::Class, _, Some(codes)) => {
                let (palette, indices) = self.class_indices(codes);
                indexed(palette, indices, 0)
            }
            (_, Some(scheme), Some(codes)) => indexed(
                scheme.colours(),
                self.material_indices(scheme, codes, window),
                GROUND_STEP,
            ),
            (Display::Palette(name), ..) => self.ramp(Palette::named(name), window),
            _ => self.ramp(None, window),
        }
    }

    /// Class colours; stripped materials are grey, alarms red.
    fn class_indices(&self, codes: &[u8]) -> (Vec<[u8; 3]>, Vec<u8>) {
        let mut palette = class_colours();
        let stripped = palette.len() as u8;
        palette.extend([[175; 3], alarm()]);
        let index = |(i, code): (usize, &u8)| match self.fate(i, *code) {
            Fate::Shown => *code,
            Fate::Stripped => stripped,
            Fate::Alarmed => stripped + 1,
        };
        (palette, codes.iter().enumerate().map(index).collect())
    }

    /// Pseudo-colour of what has a value, the greys of states, of what is stripped, and the alarm.
    fn matter_indices(&self, codes: &[u8], window: Window) -> (Vec<[u8; 3]>, Vec<u8>) {
        let top = f32::from(BELOW_MARKS);
        let ramp = (0..=BELOW_MARKS).map(|i| MATTER.colour(f32::from(i) / top));
        let mut palette: Vec<[u8; 3]> = ramp.collect();
        let marks = [STRIPPED, alarm(), [0; 3], [128; 3], [205; 3], [255; 3]];
        palette.extend(marks);
        palette.resize(usize::from(GROUND_INDEX), [GROUND; 3]);
        palette.push([GROUND; 3]);
        let mark = |colour: [u8; 3]| {
            let at = marks.iter().position(|mark| *mark == colour);
            at.map_or(GROUND_INDEX, |at| BELOW_MARKS + 1 + at as u8)
        };
        let unit = self.field.unit;
        let state = |code: u8| {
            let class = Class::from_code(code).filter(|class| !is_determinable(*class, unit));
            class.map(|class| mark(state_grey(class)))
        };
        let states: Vec<Option<u8>> = (0..=u8::MAX).map(state).collect();
        let [alarmed, stripped] = [mark(alarm()), mark(STRIPPED)];
        let index = |i: usize, l: f32| match self.fate(i, codes[i]) {
            Fate::Alarmed => alarmed,
            Fate::Stripped => stripped,
            Fate::Shown => {
                states[usize::from(codes[i])].unwrap_or_else(|| byte(l, top, GROUND_INDEX))
            }
        };
        (palette, self.each(window, index))
    }

    /// As [`Prepared::material_indices`], hue by Z.
    fn z_indices(&self, codes: &[u8], window: Window) -> Vec<u8> {
        self.toned(codes, window, |i, tone, luminance| {
            let z = self.z.as_ref().map_or(f32::NAN, |z| z[i]);
            zmap::index(tone, z, luminance)
        })
    }

    /// Hue by class, saturation by confidence, brightness by luminance.
    fn material_indices(&self, scheme: Scheme, codes: &[u8], window: Window) -> Vec<u8> {
        if let Some(brushes) = self.brushes(scheme) {
            return self.painted(&brushes, codes, window);
        }
        self.toned(codes, window, |_, tone, luminance| {
            scheme.index(tone, luminance)
        })
    }

    /// The brush of every code, sure and unsure, where nothing else changes what is drawn.
    fn brushes(&self, scheme: Scheme) -> Option<Vec<[Brush; 2]>> {
        if self.strips.band().is_some() || self.strips.alerts() || self.strips.take_out() {
            return None;
        }
        let brushes = |code: u8| {
            [Confidence::Sure, Confidence::Unsure].map(|confidence| {
                let class = Class::from_code(code).filter(|class| class.is_material());
                scheme.brush(class.map_or(Tone::Grey, |class| Tone::Material(class, confidence)))
            })
        };
        Some((0..=u8::MAX).map(brushes).collect())
    }

    /// An index for every pixel by the brush of its code and its confidence.
    fn painted(&self, brushes: &[[Brush; 2]], codes: &[u8], window: Window) -> Vec<u8> {
        let curve = window.curve(self.field.polarity);
        let mut indices = vec![0; codes.len()];
        let chunks = indices.par_chunks_mut(CHUNK).zip(codes.par_chunks(CHUNK));
        let chunks = chunks.zip(self.field.values.par_chunks(CHUNK));
        chunks
            .enumerate()
            .for_each(|(at, ((indices, codes), values))| {
                let mut brightness = vec![0.0; values.len()];
                curve.luminances(values, &mut brightness);
                brighten(&mut brightness);
                let confidence = self.confidence.as_deref().map(|all| &all[at * CHUNK..]);
                let pixels = indices.iter_mut().zip(codes).zip(&brightness);
                for (k, ((index, code), brightness)) in pixels.enumerate() {
                    let unsure = confidence.is_some_and(|all| all[k] == Confidence::Unsure);
                    *index = brushes[usize::from(*code)][usize::from(unsure)].index(*brightness);
                }
            });
        indices
    }

    /// An index for every pixel by its place, its tone and its luminance.
    fn toned(
        &self,
        codes: &[u8],
        window: Window,
        index: impl Fn(usize, Tone, f32) -> u8 + Sync,
    ) -> Vec<u8> {
        let air = self.air(window);
        // What classes are, once and not for every pixel.
        let classes: Vec<Option<Class>> = (0..=u8::MAX).map(Class::from_code).collect();
        let tone = |i: usize, fate: Fate, code: u8| match (fate, classes[usize::from(code)]) {
            (Fate::Alarmed, _) => Tone::Alarm,
            (Fate::Shown, Some(class)) if class.is_material() => {
                let known = self.confidence.as_ref().map(|all| all[i]);
                Tone::Material(class, known.unwrap_or(Confidence::Sure))
            }
            _ => Tone::Grey,
        };
        self.each(window, |i, l| {
            let fate = self.fate(i, codes[i]);
            let stripped = fate == Fate::Stripped;
            let l = if stripped { faint(l, air) } else { l };
            index(i, tone(i, fate, codes[i]), l)
        })
    }

    /// Grey, or the colours of a palette; alarms have a colour of their own beside them.
    fn ramp(&self, palette: Option<&Palette>, window: Window) -> Pixels {
        let air = self.air(window);
        let fates = self.codes.as_deref().map(|codes| {
            let fate = |i: usize| self.fate(i, codes[i]);
            (fate, palette.is_some())
        });
        // On a palette every other brightness is another colour, so what is stripped is ground.
        let shown = |i: usize, l: f32| match &fates {
            Some((fate, coloured)) if fate(i) == Fate::Stripped => {
                if *coloured {
                    f32::NAN
                } else {
                    faint(l, air)
                }
            }
            _ => l,
        };
        let alarmed = |i: usize| {
            let fate = fates.as_ref().map(|(fate, _)| fate(i));
            fate == Some(Fate::Alarmed)
        };
        if !self.strips.alerts() {
            let Some(palette) = palette else {
                let grey = self.each(window, |i, l| byte(shown(i, l), 255.0, GROUND));
                return Pixels::Grey(self.grid.to_screen(&grey, GROUND));
            };
            let top = f32::from(GROUND_INDEX - 1);
            let indices = self.each(window, |i, l| byte(shown(i, l), top, GROUND_INDEX));
            return Pixels::Indexed {
                palette: palette.colours(),
                indices: self.grid.to_screen(&indices, GROUND_INDEX),
            };
        }
        let top = f32::from(BELOW_ALARM);
        let colour = |l: f32| palette.map_or([(l * 255.0).round() as u8; 3], |p| p.colour(l));
        let mut colours: Vec<[u8; 3]> = (0..=BELOW_ALARM)
            .map(|i| colour(f32::from(i) / top))
            .collect();
        colours.extend([alarm(), [GROUND; 3]]);
        let indices = self.each(window, |i, l| match (l.is_nan(), alarmed(i)) {
            (false, true) => BELOW_ALARM + 1,
            // No filter hides it: it goes by what was there before them.
            _ if self.strips.is_dense(i) => BELOW_ALARM + 1,
            _ => byte(shown(i, l), top, GROUND_INDEX),
        });
        Pixels::Indexed {
            palette: colours,
            indices: self.grid.to_screen(&indices, GROUND_INDEX),
        }
    }

    /// The luminance that air has: 1, or 0 on an inverted picture.
    fn air(&self, window: Window) -> f32 {
        let open = match self.field.unit {
            Unit::Sample | Unit::Transmission => self.field.full_scale,
            Unit::Attenuation | Unit::MassThickness | Unit::Steel => 0.0,
        };
        window
            .curve(self.field.polarity)
            .luminance(open)
            .round()
            .clamp(0.0, 1.0)
    }

    /// An index for every raster pixel by its place and its luminance, which is NaN where nothing is
    /// shown; on all processors.
    fn each(&self, window: Window, index: impl Fn(usize, f32) -> u8 + Sync) -> Vec<u8> {
        let curve = window.curve(self.field.polarity);
        let values = &self.field.values;
        let mut indices = vec![0; values.len()];
        let chunks = indices.par_chunks_mut(CHUNK).zip(values.par_chunks(CHUNK));
        chunks.enumerate().for_each(|(at, (indices, values))| {
            let mut luminances = [0.0; LINE];
            let lines = indices.chunks_mut(LINE).zip(values.chunks(LINE));
            for (line, (indices, values)) in lines.enumerate() {
                let luminances = &mut luminances[..values.len()];
                curve.luminances(values, luminances);
                let first = at * CHUNK + line * LINE;
                for (k, (place, luminance)) in indices.iter_mut().zip(luminances).enumerate() {
                    *place = index(first + k, *luminance);
                }
            }
        });
        indices
    }
}

/// A luminance of 0 to 1 as a byte up to `top`.
fn byte(luminance: f32, top: f32, ground: u8) -> u8 {
    if luminance.is_nan() {
        ground
    } else {
        (luminance * top + 0.5) as u8
    }
}
