//! From the words of the command line to a view, with every wrong word answered by the right ones.

use std::sync::Arc;

use super::palette::{PALETTES, Palette};
use super::peel::Peels;
use super::picture::prepare;
use super::{
    Calibration, Display, Extent, Prepared, Preset, Presets, View, Window, WindowFunction,
};
use crate::cancel::Cancel;
use crate::filter::{Filter, FilterUse, at_work, carry, nearest};
use crate::messages::{arg, say};
use crate::physics;
use crate::physics::scanner::Scanner;
use crate::radiograph::{
    EnergyUnit, Kind, Plane, PlaneName, Radiograph, Region, Size, Survey, Unit,
};
use crate::text::Safe;
use crate::{Error, Result};

/// Longest side of the raster that an automatic window of a derived quantity is found on.
const SURVEYED: f64 = 640.0;
/// Transmissions lie below, attenuations within it.
const BRIGHTEST: f64 = 2.0;
const DARKEST: f64 = 20.0;

/// The words of `--view`, `--plane`, `--display`, `--preset`, `--window`, `--filter`, `--region`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViewRequest {
    /// Name of the view of the scan.
    pub view_name: Option<String>,
    /// Name of the plane that carries the luminance.
    pub plane: Option<String>,
    /// What is drawn.
    pub display: Option<String>,
    /// A preset by its name or its key, which the other words override; its filters come first.
    pub preset: Option<String>,
    /// The presets in effect.
    pub presets: Presets,
    /// `CENTRE,WIDTH` in the displayed unit, `auto`, `auto-local` or `auto-content`.
    pub window: Option<String>,
    /// `linear`, `linear-exact` or `sigmoid`.
    pub window_function: Option<String>,
    /// `NAME` or `NAME=ARGS`, in order.
    pub filters: Vec<String>,
    /// `X,Y,W,H` in scan pixels.
    pub region: Option<String>,
    /// The scanner profile of `--profile`.
    pub profile: Option<Calibration>,
}

impl ViewRequest {
    /// Whether the plain view of a scan answers it, under whatever profile.
    pub fn asks_nothing(&self) -> bool {
        let plain = Self {
            profile: self.profile.clone(),
            presets: self.presets.clone(),
            ..Self::default()
        };
        *self == plain
    }
}

/// The radiograph of a scan that `--view` names, or the first.
///
/// # Errors
/// [`Error::Request`] for an unknown name; [`Error::NotPossible`] for a scan without pictures.
pub fn choose<'a>(views: &'a [Radiograph], name: Option<&str>) -> Result<&'a Radiograph> {
    let Some(name) = name else {
        return views.first().ok_or_else(|| Error::NotPossible {
            why: say("view-no-picture", &[]),
        });
    };
    views.iter().find(|view| view.view == name).ok_or_else(|| {
        let names = list(views.iter().map(|view| Safe::from_outside(&view.view)));
        unknown("view-unknown-view", name, &names)
    })
}

/// Reads the word of `--display`.
///
/// # Errors
/// [`Error::Request`] with the nearest name.
pub fn display(word: &str) -> Result<Display> {
    match Display::parse(word) {
        Some(Display::Palette(name)) if Palette::named(&name).is_none() => {
            let names = list(PALETTES.iter().map(|p| Safe::word(p.name)));
            Err(unknown("view-unknown-palette", &name, &names))
        }
        Some(display) => Ok(display),
        None => {
            let names = [
                "grey",
                "material",
                "material4",
                "material-safe",
                "class",
                "z",
                "thickness",
                "steel",
                "palette:",
            ];
            let hint = match nearest(word, names) {
                Some("palette:") | None => list(names.map(Safe::word).into_iter()),
                Some(near) => Safe::from_outside(near),
            };
            Err(unknown("view-unknown-display", word, &hint))
        }
    }
}

impl View {
    /// The view that `request` asks of `radiograph`: the whole of it at 1:1 unless a region is
    /// named.
    ///
    /// # Errors
    /// [`Error::Request`] for wrong words; [`Error::NotPossible`] for what this scan cannot show,
    /// e.g. materials of one energy.
    pub fn of(radiograph: &Radiograph, request: &ViewRequest) -> Result<Self> {
        let preset = request.preset.as_deref();
        let preset = preset
            .map(|name| named(&request.presets, name))
            .transpose()?;
        let display = match (&request.display, preset) {
            (Some(word), _) => display(word)?,
            (None, Some(preset)) => preset.display.clone(),
            (None, None) => Display::Grey,
        };
        let planes = planes(radiograph, &display, request.plane.as_deref())?;
        let mut view = Self {
            planes,
            display,
            filters: preset.map_or_else(Vec::new, |preset| preset.filters.clone()),
            region: region(radiograph, request.region.as_deref())?,
            profile: request.profile.clone(),
            ..Self::bare(&radiograph.view)
        };
        for text in &request.filters {
            let used = view.filter(radiograph, text)?;
            view.filters.push(used);
        }
        view.check(radiograph)?;
        let part = preset.map_or([0.0, 1.0], |preset| preset.window);
        view.window = match request.window.as_deref() {
            None => view.auto(radiograph, None)?.part(part[0], part[1]),
            Some(text) => view.window_of(radiograph, text)?,
        };
        let shaped = preset.and_then(|preset| preset.function);
        let asked = request.window_function.as_deref();
        match asked.map(window_function).transpose()?.or(shaped) {
            Some(function) => view.with_window_function(function),
            None => Ok(view),
        }
    }

    /// The view under another curve of its window.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for LINEAR where the values are not whole.
    pub fn with_window_function(&self, function: WindowFunction) -> Result<Self> {
        let window = self.window.with_function(function);
        let window = window.ok_or_else(|| Error::NotPossible {
            why: say("view-window-function-whole", &[]),
        })?;
        Ok(Self {
            window,
            ..self.clone()
        })
    }

    /// The plane that carries the luminance.
    ///
    /// # Errors
    /// [`Error::NotPossible`] when the radiograph does not have it.
    pub fn plane<'a>(&self, radiograph: &'a Radiograph) -> Result<&'a Plane> {
        let name = self.planes.first().map_or("", String::as_str);
        radiograph
            .plane(&PlaneName::from(name))
            .ok_or_else(|| Error::NotPossible {
                why: say(
                    "view-plane-missing",
                    &[arg("plane", &Safe::from_outside(name))],
                ),
            })
    }

    /// The automatic window for this view's plane and filters. A survey kept from before saves
    /// the pass over the plane; it must be of [`View::plane`].
    ///
    /// # Errors
    /// [`Error::NotPossible`] and [`Error::Request`] as [`View::of`].
    pub fn auto(&self, radiograph: &Radiograph, survey: Option<&Survey>) -> Result<Window> {
        let window = self.fitting(radiograph, survey)?;
        Ok(window.curved_as(self.window))
    }

    /// The edges of [`View::auto`].
    fn fitting(&self, radiograph: &Radiograph, survey: Option<&Survey>) -> Result<Window> {
        if self.display.read().is_some() {
            return self.auto_read(radiograph);
        }
        if self.peels().is_some() {
            return self.auto_of_peeled(radiograph);
        }
        let plane = self.plane(radiograph)?;
        if let Some(survey) = survey {
            return Window::auto(survey, plane, &self.filters);
        }
        Window::auto(&Survey::of(plane, &Cancel::never())?, plane, &self.filters)
    }

    /// The automatic window of what is read from both energies: 0.5 to 99.5 percentile of its
    /// determinable pixels that are not air, without the background that is taken off.
    fn auto_read(&self, radiograph: &Radiograph) -> Result<Window> {
        let prepared = self.surveyed(radiograph, self.peeling())?;
        Window::auto_of(prepared.matter(), &self.filters)
    }

    /// Its filters that take a background off.
    pub(super) fn peeling(&self) -> Vec<FilterUse> {
        let takes_off = |used: &&FilterUse| used.row().is_ok_and(Filter::takes_off);
        at_work(&self.filters).filter(takes_off).cloned().collect()
    }

    /// The automatic window of what peels leave: 0.5 to 99.5 percentile of the whole scan.
    fn auto_of_peeled(&self, radiograph: &Radiograph) -> Result<Window> {
        let prepared = self.surveyed(radiograph, self.filters.clone())?;
        Ok(Window::of_field(&prepared.field))
    }

    /// The whole scan under `filters` on a raster of at most about [`SURVEYED`] pixels.
    fn surveyed(&self, radiograph: &Radiograph, filters: Vec<FilterUse>) -> Result<Arc<Prepared>> {
        let (width, height) = (radiograph.width() as f64, radiograph.height() as f64);
        self.surveyed_in(radiograph, filters, [0.0, 0.0, width, height])
    }

    /// A part of the scan (scan pixels) under `filters`, on a raster of at most about [`SURVEYED`]
    /// pixels.
    pub(super) fn surveyed_in(
        &self,
        radiograph: &Radiograph,
        filters: Vec<FilterUse>,
        region: [f64; 4],
    ) -> Result<Arc<Prepared>> {
        let [_, _, width, height] = region;
        let scale = (SURVEYED / width.max(height)).min(1.0);
        let size = Size {
            width: ((width * scale) as usize).max(1),
            height: ((height * scale) as usize).max(1),
        };
        let whole = Self {
            filters,
            region,
            rotation: 0,
            mirrored: false,
            flipped: false,
            ..self.clone()
        };
        prepare(radiograph, &whole, size, &Cancel::never(), &mut |_| ())
    }

    /// Reads `CENTRE,WIDTH`, `auto`, `auto-local` or `auto-content` in this view's displayed unit:
    /// the window by number, or found on the whole scan, on the visible part, or on what is not air
    /// there.
    ///
    /// # Errors
    /// [`Error::Request`] for what is none of them.
    pub fn window_of(&self, radiograph: &Radiograph, text: &str) -> Result<Window> {
        if let Some(extent) = Extent::parse(text) {
            return self.auto_over(radiograph, extent, None);
        }
        let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[centre, width]) if centre.is_finite() && width.is_finite() && width > 0.0 => {
                let window = Window {
                    centre,
                    width,
                    unit: self.unit(radiograph)?,
                    function: None,
                };
                self.check_place(radiograph, window, text)?;
                Ok(window.curved_as(self.window))
            }
            _ => Err(Error::request(say(
                "view-bad-window",
                &[arg("text", &Safe::from_outside(text))],
            ))),
        }
    }

    /// Refuses a window that all values lie on one side of: it was meant in another unit.
    fn check_place(&self, radiograph: &Radiograph, window: Window, text: &str) -> Result<()> {
        let [lowest, highest] = match window.unit {
            Unit::Sample => [0.0, f64::from(self.plane(radiograph)?.full_scale())],
            Unit::Transmission => [0.0, BRIGHTEST],
            Unit::Attenuation => [-DARKEST, DARKEST],
            Unit::MassThickness | Unit::Steel => return Ok(()),
        };
        let [low, high] = window.edges();
        if low < highest && high > lowest {
            return Ok(());
        }
        let number = |value: f64| Safe::number(value, 0);
        Err(Error::request(say(
            "view-window-nowhere",
            &[
                arg("text", &Safe::from_outside(text)),
                arg("unit", &Safe::word(window.unit.as_str())),
                arg("low", &number(lowest)),
                arg("high", &number(highest)),
            ],
        )))
    }

    /// The unit that the filters end in: that of the window.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for a missing plane, [`Error::Request`] for an unknown filter.
    pub fn unit(&self, radiograph: &Radiograph) -> Result<Unit> {
        let mut start = super::window::quantity(self.plane(radiograph)?, Vec::new());
        start.unit = self.display.read().unwrap_or(start.unit);
        Ok(carry(&self.filters, start)?.unit)
    }

    /// The view with other filters; the window follows a change of unit.
    ///
    /// # Errors
    /// As [`View::of`].
    pub fn with_filters(
        &self,
        radiograph: &Radiograph,
        filters: Vec<FilterUse>,
        survey: Option<&Survey>,
    ) -> Result<Self> {
        let view = Self {
            filters,
            ..self.clone()
        };
        view.check(radiograph)?;
        let weighted = |view: &Self| view.peels().is_some_and(|peels| peels.weight.is_some());
        if weighted(&view) != weighted(self) {
            let window = view.auto(radiograph, survey)?;
            return Ok(Self { window, ..view });
        }
        view.refit(radiograph, survey)
    }

    /// The view with another display.
    ///
    /// # Errors
    /// As [`View::of`].
    pub fn with_display(
        &self,
        radiograph: &Radiograph,
        display: Display,
        survey: Option<&Survey>,
    ) -> Result<Self> {
        let carrier = self.planes.first().map(String::as_str);
        let carrier = carrier.filter(|_| radiograph.kind() != Kind::Colour);
        let view = Self {
            planes: planes(radiograph, &display, carrier)?,
            display,
            ..self.clone()
        };
        view.check(radiograph)?;
        view.refit(radiograph, survey)
    }

    /// Whether this scan can be shown that way under this view's filters.
    pub fn shows(&self, radiograph: &Radiograph, display: &Display) -> bool {
        let view = Self {
            display: display.clone(),
            ..self.clone()
        };
        view.check(radiograph).is_ok()
    }

    /// The view under a preset: its display, its filters, its part of the automatic window.
    ///
    /// # Errors
    /// As [`View::of`].
    pub fn with_preset(
        &self,
        radiograph: &Radiograph,
        preset: &Preset,
        survey: Option<&Survey>,
    ) -> Result<Self> {
        let view = Self {
            filters: preset.filters.clone(),
            ..self.clone()
        };
        let view = view.with_display(radiograph, preset.display.clone(), survey)?;
        let [from, to] = preset.window;
        let window = view.fitting(radiograph, survey)?.part(from, to);
        let shaped = preset.function.and_then(|f| window.with_function(f));
        Ok(Self {
            window: shaped.unwrap_or(window),
            ..view
        })
    }

    /// How this view carries over to another scan: display, filters and window stay where that
    /// scan can show them, and the rest gives way; the region is the whole scan.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for a scan without pictures.
    pub fn carried_to(&self, radiograph: &Radiograph, survey: Option<&Survey>) -> Result<Self> {
        let mut view = Self::plain(radiograph, survey)?;
        view.profile.clone_from(&self.profile);
        view.rotation = self.rotation;
        (view.mirrored, view.flipped) = (self.mirrored, self.flipped);
        view.aspect = self.aspect;
        let own_window = view.window;
        view.window = self.window;
        let displayed = view.with_display(radiograph, self.display.clone(), survey);
        let displayed = displayed.unwrap_or(view);
        // What was taken off belongs to the scan that it was read off.
        let read_off = |used: &FilterUse| used.row().is_ok_and(Filter::is_read_off);
        let filters = self.filters.iter().filter(|used| !read_off(used));
        let filtered = displayed.with_filters(radiograph, filters.cloned().collect(), survey);
        let mut view = filtered.unwrap_or(displayed);
        if view.window.unit != view.unit(radiograph)? {
            view.window = own_window.curved_as(self.window);
        }
        Ok(view)
    }

    /// The plain grey view of a whole radiograph under the automatic window.
    ///
    /// # Errors
    /// [`Error::NotPossible`] for a scan without pictures.
    pub fn plain(radiograph: &Radiograph, survey: Option<&Survey>) -> Result<Self> {
        let mut view = Self {
            planes: planes(radiograph, &Display::Grey, None)?,
            region: region(radiograph, None)?,
            ..Self::bare(&radiograph.view)
        };
        view.window = view.auto(radiograph, survey)?;
        Ok(view)
    }

    /// The window brought to the unit that the filters end in, or chosen anew.
    fn refit(mut self, radiograph: &Radiograph, survey: Option<&Survey>) -> Result<Self> {
        let unit = self.unit(radiograph)?;
        self.window = match self.window.in_unit(unit) {
            Some(window) => window,
            None => self.auto(radiograph, survey)?,
        };
        Ok(self)
    }

    /// The two planes whose materials this view tells, high and low, and the curves for them.
    ///
    /// # Errors
    /// As [`dual_by`]; [`Error::NotPossible`] when the profile itself is not at hand.
    pub fn dual<'a>(&self, radiograph: &'a Radiograph) -> Result<Dual<'a>> {
        let scanner = self.profile.as_ref().map(Calibration::scanner);
        dual_by(radiograph, scanner.transpose()?)
    }

    /// Whether materials are asked for, by the display or by a filter.
    pub(super) fn wants_classes(&self) -> bool {
        let strips = |used: &FilterUse| used.row().is_ok_and(Filter::needs_classes);
        self.display.shows_classes() || at_work(&self.filters).any(strips)
    }

    /// Whether the atomic number of every pixel is asked for, by the display or by a filter.
    pub(super) fn wants_z(&self) -> bool {
        let bands = |used: &FilterUse| used.row().is_ok_and(Filter::needs_z);
        self.display == Display::Z || at_work(&self.filters).any(bands)
    }

    /// The scanner whose tables this view reads, where it reads any.
    ///
    /// # Errors
    /// [`Error::NotPossible`] when no model serves the energies.
    pub(super) fn reader<'a>(&self, chosen: &'a physics::Chosen) -> Result<Option<&'a Scanner>> {
        if !self.wants_z() && self.display.read().is_none() {
            return Ok(None);
        }
        let why = || say("view-no-model", &[]);
        let scanner = chosen.scanner.as_deref();
        scanner
            .map(Some)
            .ok_or_else(|| Error::NotPossible { why: why() })
    }

    /// Whether two energies are needed, by the display or by a filter.
    pub(super) fn wants_energies(&self) -> bool {
        let needs = |used: &FilterUse| used.row().is_ok_and(Filter::needs_energies);
        self.wants_classes() || at_work(&self.filters).any(needs)
    }

    /// What is taken off, where the quantity is therefore no plane's own.
    fn peels(&self) -> Option<Peels> {
        let peels = Peels::of(&self.filters).ok()?;
        (!peels.is_empty()).then_some(peels)
    }

    /// Whether three colour planes are shown as they are.
    pub(super) fn is_colour(&self) -> bool {
        self.planes.len() == 3
    }

    /// Refuses what the scan cannot show.
    ///
    /// # Errors
    /// [`Error::NotPossible`] with the reason, a profile of another scanner included;
    /// [`Error::Request`] for unknown filters.
    pub fn check(&self, radiograph: &Radiograph) -> Result<()> {
        if let (Some(profile), Some((high, low))) = (&self.profile, radiograph.dual()) {
            profile.scanner()?.check(high, low)?;
        }
        for used in &self.filters {
            crate::filter::check(used)?;
        }
        if self.wants_energies() {
            let (.., chosen) = self.dual(radiograph)?;
            self.reader(&chosen)?;
            let tube = chosen.boundaries.unit == EnergyUnit::Kilovolt;
            if tube && self.display == Display::Material4 {
                return Err(Error::NotPossible {
                    why: say("view-no-heavy", &[]),
                });
            }
        }
        let weighted = self.peels().is_some_and(|peels| peels.weight.is_some());
        let plain = matches!(
            self.display,
            Display::Grey | Display::Class | Display::Palette(_)
        );
        if weighted && !plain {
            return Err(Error::NotPossible {
                why: say("view-read-cancel", &[]),
            });
        }
        let plain = at_work(&self.filters).all(|used| used.name == "invert");
        if self.is_colour() && !(plain && self.display == Display::Grey) {
            return Err(Error::NotPossible {
                why: say("view-colour-only", &[]),
            });
        }
        Ok(())
    }
}

/// High plane, low plane, and the curves that tell their materials.
pub(super) type Dual<'a> = (&'a Plane, &'a Plane, physics::Chosen);

/// The two planes of a radiograph whose materials can be told, high and low, and the curves for
/// them: those of the scanner's own profile where one is given.
///
/// # Errors
/// [`Error::NotPossible`] with what is missing: an energy, the open beam, or boundary curves; or
/// when the profile is for other energies or other rows.
pub fn dual_by<'a>(radiograph: &'a Radiograph, scanner: Option<&Arc<Scanner>>) -> Result<Dual<'a>> {
    let not_possible = |id| Error::NotPossible { why: say(id, &[]) };
    let (high, low) = radiograph
        .dual()
        .ok_or_else(|| not_possible("physics-one-energy"))?;
    if high.unit() != Unit::Transmission || low.unit() != Unit::Transmission {
        return Err(not_possible("physics-no-air"));
    }
    let mut chosen = match scanner {
        Some(scanner) => physics::choose_calibrated(high, low, scanner)?,
        None => physics::choose(high, low)?,
    };
    if high.air_estimated || low.air_estimated {
        chosen.notes.push(say("physics-air-estimated", &[]));
    }
    Ok((high, low, chosen))
}

/// Reads the word of `--window-function`.
///
/// # Errors
/// [`Error::Request`] with the words that there are.
pub fn window_function(word: &str) -> Result<WindowFunction> {
    WindowFunction::parse(word).ok_or_else(|| {
        let names = list(
            WindowFunction::ALL
                .into_iter()
                .map(|f| Safe::word(f.as_str())),
        );
        unknown("view-unknown-window-function", word, &names)
    })
}

/// The preset of that name or key.
fn named<'a>(presets: &'a Presets, name: &str) -> Result<&'a Preset> {
    presets.find(name).ok_or_else(|| {
        let names = presets.iter();
        unknown(
            "view-unknown-preset",
            name,
            &list(names.map(|p| Safe::from_outside(&p.name))),
        )
    })
}

/// The planes a display shows: the carrier of the luminance first.
fn planes(radiograph: &Radiograph, display: &Display, asked: Option<&str>) -> Result<Vec<String>> {
    let all = || {
        radiograph
            .planes
            .iter()
            .map(|plane| plane.name.as_str().to_owned())
    };
    let first = match asked {
        Some(name) => {
            let known = radiograph.plane(&PlaneName::from(name));
            let known = known.ok_or_else(|| {
                unknown(
                    "view-unknown-plane",
                    name,
                    &list(all().map(|n| Safe::from_outside(&n))),
                )
            })?;
            known.name.as_str().to_owned()
        }
        None if radiograph.kind() == Kind::Colour => {
            return Ok(["red", "green", "blue"].map(String::from).to_vec());
        }
        None => all().next().ok_or_else(|| Error::NotPossible {
            why: say("view-no-picture", &[]),
        })?,
    };
    let mut planes = vec![first];
    if display.shows_classes() {
        let energies = ["high", "low"].map(String::from);
        planes.extend(
            energies
                .into_iter()
                .filter(|name| *name != planes[0])
                .collect::<Vec<_>>(),
        );
    }
    Ok(planes)
}

/// The region asked for, or all.
fn region(radiograph: &Radiograph, text: Option<&str>) -> Result<[f64; 4]> {
    let (width, height) = (radiograph.width(), radiograph.height());
    let Some(text) = text else {
        return Ok([0.0, 0.0, width as f64, height as f64]);
    };
    let region = Region::parse(text).filter(|r| r.within(width, height).is_some());
    let region = region.ok_or_else(|| bad_region(text, width, height))?;
    Ok(<[usize; 4]>::from(region).map(|n| n as f64))
}

/// The error of a region that is none, or lies outside.
pub fn bad_region(text: &str, width: usize, height: usize) -> Error {
    Error::request(say(
        "view-bad-region",
        &[
            arg("text", &Safe::from_outside(text)),
            arg("width", &Safe::from_outside(&width.to_string())),
            arg("height", &Safe::from_outside(&height.to_string())),
        ],
    ))
}

/// The error of an unknown name.
fn unknown(id: &str, name: &str, names: &Safe) -> Error {
    Error::request(say(
        id,
        &[arg("name", &Safe::from_outside(name)), arg("names", names)],
    ))
}

/// Names with commas.
fn list(names: impl Iterator<Item = Safe>) -> Safe {
    Safe::join(&names.collect::<Vec<_>>(), ", ")
}
