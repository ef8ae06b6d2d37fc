//! The last step of a picture: window, colours and legend on what was prepared.

use super::legend::{self, Legend, Shares, Telling};
use super::material::{GROUND_STEP, Scheme, Tone, alarm};
use super::palette::{GROUND, GROUND_INDEX, Palette, class_colours};
use super::picture::{Picture, Prepared};
use super::strip::{Fate, faint};
use super::{Display, Frame, Pixels, View, Window};
use crate::messages::say;
use crate::physics::{Class, Confidence};
use crate::radiograph::{Field, Histogram, Unit};
use crate::{Error, Result};

/// Bins of the inspector's histogram.
const BINS: usize = 256;
/// The highest index of a grey or a palette colour in a picture that has room for an alarm.
const BELOW_ALARM: u8 = 253;

impl Prepared {
    /// The finished picture under the window and the display of `view`, which must otherwise be
    /// the view that was prepared.
    ///
    /// # Errors
    /// [`Error::Request`] for a window in a unit that this picture does not have.
    pub fn develop(&self, view: &View) -> Result<Picture> {
        let window = view
            .window
            .in_unit(self.field.unit)
            .ok_or_else(|| Error::request(say("view-window-unit", &[])))?;
        let pixels = self.pixels(view, window);
        let size = self.grid.screen();
        let field = self.quantity();
        let histogram = Histogram::of(&field, BINS);
        Ok(Picture {
            frame: Frame {
                width: size.width,
                height: size.height,
                pixels,
            },
            field: Field {
                width: size.width,
                height: size.height,
                values: self.grid.to_screen(&field.values, f32::NAN),
                ..field
            },
            codes: self
                .codes
                .as_ref()
                .map(|codes| self.grid.to_screen(codes, 0)),
            histogram,
            window,
            legend: self.legend(view, window),
        })
    }

    /// The quantity without what strips take out.
    fn quantity(&self) -> Field {
        let mut values = self.field.values.clone();
        if let Some(codes) = self.codes.as_ref().filter(|_| self.strips.take_out()) {
            for (value, code) in values.iter_mut().zip(codes) {
                if !self.strips.keeps(*code) {
                    *value = f32::NAN;
                }
            }
        }
        self.field.with_values(values)
    }

    /// What the colours mean.
    fn legend(&self, view: &View, window: Window) -> Legend {
        if self.colour.is_some() {
            return Legend {
                rows: Vec::new(),
                notes: self.notes.clone(),
            };
        }
        let shares = self.codes.as_deref().map(Shares::of);
        let telling = Telling {
            shares: shares.as_ref(),
            source: self.source,
            strips: &self.strips,
        };
        let mut notes = Vec::new();
        if let (Some(codes), Some(confidence)) = (&self.codes, &self.confidence) {
            notes.extend(legend::pale(codes, confidence));
        }
        notes.extend(self.notes.iter().cloned());
        Legend {
            rows: legend::rows(&view.display, telling, window, self.field.polarity),
            notes,
        }
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
        let index = |code: &u8| match self.strips.fate(*code) {
            Fate::Shown => *code,
            Fate::Stripped => stripped,
            Fate::Alarmed => stripped + 1,
        };
        (palette, codes.iter().map(index).collect())
    }

    /// Hue by class, saturation by confidence, brightness by luminance.
    fn material_indices(&self, scheme: Scheme, codes: &[u8], window: Window) -> Vec<u8> {
        let air = self.air(window);
        let tone = |i: usize, code: u8| match (self.strips.fate(code), Class::from_code(code)) {
            (Fate::Alarmed, _) => Tone::Alarm,
            (Fate::Shown, Some(class)) if class.is_material() => {
                let known = self.confidence.as_ref().map(|all| all[i]);
                Tone::Material(class, known.unwrap_or(Confidence::Sure))
            }
            _ => Tone::Grey,
        };
        self.luminance(window)
            .zip(codes)
            .enumerate()
            .map(|(i, (l, code))| {
                let stripped = self.strips.fate(*code) == Fate::Stripped;
                let l = if stripped { faint(l, air) } else { l };
                scheme.index(tone(i, *code), l)
            })
            .collect()
    }

    /// Grey, or the colours of a palette; alarms have a colour of their own beside them.
    fn ramp(&self, palette: Option<&Palette>, window: Window) -> Pixels {
        let air = self.air(window);
        let fates = self.codes.as_deref().map(|codes| {
            let fate = |i: usize| self.strips.fate(codes[i]);
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
        let values = || self.luminance(window).enumerate();
        if !self.strips.alerts() {
            let Some(palette) = palette else {
                let grey: Vec<u8> = values()
                    .map(|(i, l)| byte(shown(i, l), 255.0, GROUND))
                    .collect();
                return Pixels::Grey(self.grid.to_screen(&grey, GROUND));
            };
            let top = f32::from(GROUND_INDEX - 1);
            let indices: Vec<u8> = values()
                .map(|(i, l)| byte(shown(i, l), top, GROUND_INDEX))
                .collect();
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
        let indices: Vec<u8> = values()
            .map(|(i, l)| match (l.is_nan(), alarmed(i)) {
                (false, true) => BELOW_ALARM + 1,
                _ => byte(shown(i, l), top, GROUND_INDEX),
            })
            .collect();
        Pixels::Indexed {
            palette: colours,
            indices: self.grid.to_screen(&indices, GROUND_INDEX),
        }
    }

    /// The luminance that air has: 1, or 0 on an inverted picture.
    fn air(&self, window: Window) -> f32 {
        let open = match self.field.unit {
            Unit::Attenuation => 0.0,
            Unit::Sample | Unit::Transmission => self.field.full_scale,
        };
        window
            .curve(self.field.polarity)
            .luminance(open)
            .round()
            .clamp(0.0, 1.0)
    }

    /// The luminance of every raster pixel, NaN where nothing is shown.
    fn luminance(&self, window: Window) -> impl Iterator<Item = f32> + '_ {
        let curve = window.curve(self.field.polarity);
        self.field
            .values
            .iter()
            .map(move |value| curve.luminance(*value))
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
