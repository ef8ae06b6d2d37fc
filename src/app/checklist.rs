//! The systematic look: steps that tick themselves where the console can tell, and the rest by key.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;

use super::{App, Desk, Form, Level, Look};
use crate::filter::at_work;
use crate::graphics::Rung;
use crate::messages::{arg, say};
use crate::radiograph::{Kind, Radiograph};
use crate::text::Safe;
use crate::view::{Coverage, Display, View, closeness};

/// The steps as data.
const STEPS: &str = include_str!("../../assets/checklist.toml");
/// A part counts as looked at from here on.
const GLANCE: Duration = Duration::from_millis(500);
/// All but the last squares at an edge.
const COVERED: f64 = 0.99;

/// Whether there is a checklist, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Checklist {
    /// What it means for a decision.
    pub rule: ChecklistRule,
    /// The kind of unit; `None` goes by the container number.
    pub unit: Option<UnitKind>,
}

/// What the checklist means for a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChecklistRule {
    /// There is none.
    Off,
    /// It is shown and recorded.
    #[default]
    Optional,
    /// `clear` and `suspicious` wait for it.
    Required,
}

impl ChecklistRule {
    /// The rule of a word of the configuration.
    pub fn parse(word: &str) -> Self {
        match word {
            "off" => Self::Off,
            "required" => Self::Required,
            _ => Self::Optional,
        }
    }
}

/// A kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitKind {
    /// A freight container.
    Container,
    /// A truck.
    Truck,
    /// A parcel.
    Parcel,
    /// Baggage.
    Baggage,
}

impl UnitKind {
    /// The kind of a word of the configuration; `None` for `auto`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "container" => Some(Self::Container),
            "truck" => Some(Self::Truck),
            "parcel" => Some(Self::Parcel),
            "baggage" => Some(Self::Baggage),
            _ => None,
        }
    }
}

/// A step of the list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in records; its label is the message `step-NAME`.
    pub name: String,
    #[serde(default)]
    units: Vec<UnitKind>,
    #[serde(default)]
    ticks: Option<Ticks>,
    #[serde(default)]
    filters: Vec<String>,
    #[serde(default)]
    displays: Vec<String>,
}

/// How the console tells that a step was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ticks {
    Whole,
    Display,
    Filter,
    Compared,
    Covered,
    Again,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Not done.
    Open,
    /// Ticked by hand.
    Done,
    /// The console saw it done.
    Seen,
}

impl Tick {
    /// The word in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Seen => "seen",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    small_item: SmallItem,
    step: Vec<Step>,
}

/// An item that is small, and on how many screen pixels it shows.
#[derive(Debug, Clone, Copy, Deserialize)]
struct SmallItem {
    mm: f64,
    pixels: f64,
}

/// The data; empty only if the embedded file were broken, which a test refuses.
fn data() -> &'static File {
    static DATA: OnceLock<File> = OnceLock::new();
    DATA.get_or_init(|| {
        toml::from_str(STEPS).unwrap_or(File {
            small_item: SmallItem {
                mm: 50.0,
                pixels: 10.0,
            },
            step: Vec::new(),
        })
    })
}

impl Step {
    /// The label, with how far it is where that is a share.
    pub fn label(&self, app: &App) -> Safe {
        let label = say(&format!("step-{}", self.name), &[]);
        if self.ticks != Some(Ticks::Covered) {
            return label;
        }
        // Never 100 before all of it was seen.
        let percent = Safe::number((app.desk.covered() * 100.0).floor(), 0);
        say(
            "step-share",
            &[arg("step", &label), arg("percent", &percent)],
        )
    }

    /// Whether a unit of that kind on the desk has it.
    fn applies(&self, unit: Option<UnitKind>, desk: &Desk) -> bool {
        let own = self.units.is_empty() || unit.is_some_and(|unit| self.units.contains(&unit));
        own && match self.ticks {
            Some(Ticks::Display) => desk
                .opened()
                .is_some_and(|opened| opened.kind == Kind::DualEnergy),
            Some(Ticks::Again) => !desk.marks.is_empty(),
            _ => true,
        }
    }

    /// Whether the console saw it done.
    fn is_seen(&self, desk: &Desk) -> bool {
        let Some(ticks) = self.ticks else {
            return false;
        };
        let mut looks = desk.looks();
        match ticks {
            Ticks::Whole => looks.any(|look| desk.is_whole(&look.view) && is_plain(&look.view)),
            Ticks::Display => looks.any(|look| self.displays.contains(&look.view.display.as_str())),
            Ticks::Filter => looks.any(|look| {
                at_work(&look.view.filters).any(|used| self.filters.contains(&used.name))
            }),
            Ticks::Compared => desk
                .seen
                .looks()
                .iter()
                .any(|look| look.dwell >= GLANCE && look.view.comparison.is_some()),
            Ticks::Covered => desk.covered() >= COVERED,
            Ticks::Again => {
                let since = desk.marked_at.unwrap_or_default();
                let later = desk.seen.looks().iter().skip(since);
                later
                    .filter(|look| counts(look))
                    .any(|look| desk.is_whole(&look.view))
            }
        }
    }
}

/// Whether a view is the plain grey one.
fn is_plain(view: &View) -> bool {
    view.display == Display::Grey && at_work(&view.filters).next().is_none()
}

/// Whether a look at the scan itself was long and good enough to see something in it: in cells the
/// zoom tells how little that is.
fn counts(look: &Look) -> bool {
    let rung = look.quality.rung;
    look.dwell >= GLANCE && look.view.comparison.is_none() && (rung == Rung::Q0 || rung >= Rung::Q3)
}

impl Desk {
    /// The looks in which something could be seen.
    fn looks(&self) -> impl Iterator<Item = &Look> {
        self.seen.looks().iter().filter(|look| counts(look))
    }

    /// Whether a view shows all of its radiograph.
    fn is_whole(&self, view: &View) -> bool {
        let views = self.opened().map(|opened| &opened.views);
        let shown = views.and_then(|views| views.iter().find(|one| one.view == view.view));
        shown.is_some_and(|one| {
            let size = one.size();
            view.shows_all([size.width as f64, size.height as f64])
        })
    }

    /// What of a radiograph stood on the screen so large that a small item shows.
    pub(super) fn coverage(&self, radiograph: &Radiograph) -> Coverage {
        let size = radiograph.size();
        let whole = [0.0, 0.0, size.width as f64, size.height as f64];
        let least = small_item_zoom(radiograph);
        self.seen_at(whole, &radiograph.view, least)
    }

    /// What of a region of the radiograph `name` stood on the screen at a zoom of at least `least`.
    pub(super) fn seen_at(&self, region: [f64; 4], name: &str, least: f64) -> Coverage {
        let mut seen = Coverage::of(region);
        // A hair less is rounding.
        let near = |look: &&Look| look.view.view == name && look.view.zoom >= least * 0.999;
        for look in self.looks().filter(near) {
            seen.see(&look.view);
        }
        seen
    }

    /// The share of all radiographs that stood on the screen so large that a small item shows.
    fn covered(&self) -> f64 {
        let views = self.opened().map_or(&[][..], |opened| &opened.views);
        let shares = views.iter().map(|view| self.coverage(view).share());
        shares.sum::<f64>() / views.len().max(1) as f64
    }
}

/// Screen pixels per scan pixel at which a small item shows.
pub(super) fn small_item_zoom(radiograph: &Radiograph) -> f64 {
    let SmallItem { mm, pixels } = data().small_item;
    closeness(radiograph.pixel_mm, mm, pixels)
}

impl App {
    /// The steps that the scan at hand has, with how far each is.
    pub fn steps(&self) -> Vec<(&'static Step, Tick)> {
        if self.checklist.rule == ChecklistRule::Off || self.desk.opened().is_none() {
            return Vec::new();
        }
        let unit = self.checklist.unit.or(self.unit_by_number());
        let done = self.desk.form.as_ref().map(|form| &form.steps);
        let applies = |step: &&Step| step.applies(unit, &self.desk);
        let tick = |step: &'static Step| {
            let by_hand = done.is_some_and(|done| done.contains(&step.name));
            let tick = match (step.is_seen(&self.desk), by_hand) {
                (true, _) => Tick::Seen,
                (false, true) => Tick::Done,
                (false, false) => Tick::Open,
            };
            (step, tick)
        };
        data().step.iter().filter(applies).map(tick).collect()
    }

    /// What has a container number is a container.
    fn unit_by_number(&self) -> Option<UnitKind> {
        let numbered = self
            .desk
            .opened()
            .is_some_and(|opened| opened.container.is_some());
        numbered.then_some(UnitKind::Container)
    }

    /// The steps and their states as a record has them.
    pub(super) fn recorded_steps(&self) -> BTreeMap<String, String> {
        let steps = self.steps().into_iter();
        let word = |(step, tick): (&Step, Tick)| (step.name.clone(), tick.as_str().to_owned());
        steps.map(word).collect()
    }

    /// Message about the steps that a decision waits for, where it does.
    pub(super) fn lacks_steps(&self, form: &Form) -> Option<Safe> {
        if self.checklist.rule != ChecklistRule::Required || !form.concludes() {
            return None;
        }
        let steps = self.steps();
        let open = steps.iter().filter(|(_, tick)| *tick == Tick::Open);
        let first = open.clone().next()?.0.label(self);
        Some(say(
            "form-steps-open",
            &[arg("count", &open.count()), arg("first", &first)],
        ))
    }

    /// Shows the next part that did not stand on the screen yet so large that a small item shows.
    pub(crate) fn show_unseen(&mut self) {
        self.desk.seen.settle(self.now);
        let Some((radiograph, canvas)) = self.desk.radiograph().zip(self.canvas()) else {
            return;
        };
        let seen = self.desk.coverage(radiograph);
        let zoom = small_item_zoom(radiograph);
        let percent = Safe::number((seen.share() * 100.0).floor(), 0);
        let Some(corner) = seen.first_unseen() else {
            self.tell(Level::Info, say("notice-all-seen", &[]));
            return;
        };
        let Some(view) = &mut self.desk.view else {
            return;
        };
        let next = view.from_corner(canvas, corner, zoom);
        let id = if next == *view {
            "notice-unseen-coming"
        } else {
            "notice-unseen"
        };
        *view = next;
        self.tell(Level::Info, say(id, &[arg("percent", &percent)]));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::filter::FILTERS;
    use crate::messages::has;

    #[test]
    fn the_steps_are_sound() {
        let file: File = toml::from_str(STEPS).unwrap();
        assert_eq!(data().step.len(), file.step.len());
        for step in &file.step {
            assert!(has(&format!("step-{}", step.name)), "{}", step.name);
            let known = |name: &String| FILTERS.iter().any(|filter| filter.name == *name);
            assert!(step.filters.iter().all(known), "{:?}", step.filters);
            for word in &step.displays {
                assert_eq!(crate::view::display(word).unwrap().as_str(), *word);
            }
            assert_eq!(step.ticks == Some(Ticks::Filter), !step.filters.is_empty());
            assert_eq!(
                step.ticks == Some(Ticks::Display),
                !step.displays.is_empty()
            );
        }
    }
}
