//! The console's state at work without a terminal, a disk or a clock: scans made in memory, keys as
//! text, pictures by the real renderer, answers of the log as the test gives them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;
use xamine::app::{
    Answers, App, DeskState, Draft, Effect, Event, Found, Measured, OpenScan, OutcomeForm,
    Recorder, Shown, TerminalFacts, Verdict,
};
use xamine::cancel::Cancel;
use xamine::cli::keys::names;
use xamine::decisions::{Conclusion, Decision, Outcome, Request};
use xamine::delivery::{self, Facts};
use xamine::graphics::{CellSize, Depth, Effort, Evidence, Protocol, Rung};
use xamine::keymap::{Chord, Key, built_in};
use xamine::radiograph::{Air, Energy, EnergyUnit, Kind, Plane, PlaneName, Radiograph};
use xamine::scan::{FileRecord, Format, Opened, PairedBy, Scan, ScanFile};
use xamine::text::Safe;
use xamine::view::{Display, Preset, Thumbnail, View};
use xamine::worker::{Measurer, Renderer};
use xamine::{Error, Result, ui};

/// Columns and rows of the scans made here.
pub(crate) const SIZE: (usize, usize) = (64, 48);
/// Longer than a held key repeats.
const STEP: Duration = Duration::from_secs(1);
/// So long that it only passes when something hangs.
const HANG: Duration = Duration::from_mins(1);

type Answer = (u64, Result<Arc<Shown>>);

/// The console, and everything it asked for.
pub(crate) struct AtWork {
    pub(crate) app: App,
    now: Duration,
    scans: Vec<(PathBuf, Result<OpenScan>)>,
    renderer: Renderer,
    pictures: Receiver<Answer>,
    measurer: Measurer,
    numbers: Receiver<(u64, Arc<Measured>)>,
    /// Decisions handed to the log, in order.
    pub(crate) records: Vec<(u64, Decision)>,
    /// Other records handed to the log, in order.
    pub(crate) answered: Vec<Request>,
    /// What the log says when a record is asked for.
    pub(crate) recalled: Answers,
    /// Outcomes handed to the log, in order.
    pub(crate) outcomes: Vec<(u64, Outcome)>,
    /// What else was asked for, by its name in [`Effect`].
    pub(crate) asked: Vec<String>,
    /// The drafts on the disk that is not there.
    pub(crate) drafts: Vec<Draft>,
    /// The unfinished outcomes on that disk.
    pub(crate) kept_outcomes: Vec<OutcomeForm>,
    /// Whether the files changed since they were read.
    pub(crate) changed: bool,
    /// Whether scans and pictures are answered at once.
    pub(crate) answers: bool,
    /// Presets that were to be saved, and what is said of them then.
    pub(crate) saved: Vec<(Preset, String)>,
    /// Names of presets that were to be removed.
    pub(crate) removed: Vec<String>,
    /// The effects that were not answered.
    pub(crate) unanswered: Vec<Effect>,
}

/// A console of 80x24 cells with these scans, read to the end; see [`made`] for the names.
pub(crate) fn work(scans: &str) -> AtWork {
    let mut at = AtWork::of(80, 24);
    at.folder(scans);
    at
}

/// A console with these scans after these keys.
pub(crate) fn after(scans: &str, keys: &str) -> AtWork {
    let mut at = work(scans);
    at.keys(keys);
    at
}

impl AtWork {
    /// A console that has read nothing yet.
    pub(crate) fn of(columns: u16, rows: u16) -> Self {
        let facts = TerminalFacts {
            columns,
            rows,
            cell: CellSize::default(),
            depth: Depth::True,
            registers: 0,
            protocol: Protocol::HalfBlock,
            placeholders: false,
            largest: None,
            evidence: Evidence::Answered,
            reason: Safe::default(),
            probing: false,
            tells_repeats: false,
        };
        let recorder = Recorder {
            analyst: Safe::word("kim"),
            ..Recorder::default()
        };
        let (sender, pictures) = channel();
        let renderer = Renderer::start(Box::new(move |number, result| {
            drop(sender.send((number, result)));
        }));
        let (sender, numbers) = channel();
        let measurer = Measurer::start(Box::new(move |number, measured| {
            drop(sender.send((number, measured)));
        }));
        Self {
            app: App::new(built_in(&names()), facts, recorder),
            now: Duration::ZERO,
            scans: Vec::new(),
            renderer,
            pictures,
            measurer,
            numbers,
            records: Vec::new(),
            answered: Vec::new(),
            recalled: Answers::default(),
            outcomes: Vec::new(),
            asked: Vec::new(),
            drafts: Vec::new(),
            kept_outcomes: Vec::new(),
            changed: false,
            answers: true,
            saved: Vec::new(),
            removed: Vec::new(),
            unanswered: Vec::new(),
        }
    }

    /// Finds these scans and the folder's end.
    pub(crate) fn folder(&mut self, scans: &str) {
        for (at, word) in scans.split_whitespace().enumerate() {
            let (word, decided) = match word.strip_suffix('!') {
                Some(word) => (word, Some("clear")),
                None => (word, None),
            };
            let (scan, result) = made(word, at);
            self.scans.push((scan.path.clone(), result));
            self.found(scan, decided);
        }
        self.event(Event::FolderRead {
            others: 0,
            error: None,
        });
    }

    /// What opening the scan of that file gives.
    pub(crate) fn knows(&mut self, path: &Path, result: Result<OpenScan>) {
        self.scans.push((path.to_owned(), result));
    }

    /// Time passes.
    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
    }

    /// Finds one scan.
    pub(crate) fn found(&mut self, scan: Scan, decided: Option<&str>) {
        self.event(Event::Found(Box::new(Found {
            scan,
            decided: decided.map(verdict),
            rescan_of: None,
            drawn: None,
            question: None,
        })));
    }

    /// Takes an event and answers what it asks for.
    pub(crate) fn event(&mut self, event: Event) {
        let effects = self.app.handle(event, self.now);
        for effect in effects {
            self.perform(effect);
        }
    }

    pub(crate) fn perform(&mut self, effect: Effect) {
        let name = format!("{effect:?}");
        let name: String = name.chars().take_while(|c| c.is_alphanumeric()).collect();
        match effect {
            Effect::Open { .. } | Effect::Render(_) | Effect::Thumbnails(_) if !self.answers => {
                self.unanswered.push(effect);
            }
            Effect::Open { scan, .. } => {
                let known = self.scans.iter().find(|(path, _)| *path == scan.path);
                let result = match (known, &scan.error) {
                    (Some((_, result)), _) => result.clone(),
                    (None, Some(error)) => Err(error.clone()),
                    (None, None) => panic!("{} was not found", scan.path.display()),
                };
                self.event(Event::Opened {
                    path: scan.path,
                    result,
                });
            }
            Effect::Thumbnails(scans) => {
                for scan in scans {
                    let known = self.scans.iter().find(|(path, _)| *path == scan.path);
                    let open = known.expect("a scan").1.clone();
                    let plain =
                        |open: OpenScan| Thumbnail::plain(&open.opened.views[0], &Cancel::never());
                    let result = open.and_then(plain).map(|made| Some(Arc::new(made)));
                    let scan = Box::new(scan);
                    self.event(Event::Thumbnail { scan, result });
                }
            }
            Effect::Render(job) => {
                self.renderer.render(*job);
                let (number, result) = self.pictures.recv_timeout(HANG).expect("a picture");
                self.event(Event::Rendered { number, result });
                self.on_screen();
            }
            Effect::Measure(job) => {
                self.measurer.measure(*job);
                let (number, measured) = self.numbers.recv_timeout(HANG).expect("numbers");
                self.event(Event::Measured { number, measured });
            }
            Effect::Register(job) => {
                let answer = job.answer(&Cancel::never()).expect("a comparison");
                self.event(answer);
            }
            Effect::CheckFiles(opened) => self.event(Event::FilesChecked {
                scan_id: opened.scan_id.clone(),
                changed: self.changed,
            }),
            Effect::Record(request) => match *request {
                Request::Decision { token, body } => self.records.push((token, *body)),
                Request::Outcome { token, body } => self.outcomes.push((token, body)),
                other => self.answered.push(other),
            },
            Effect::Recall { id } => {
                let result = Ok(self.recalled.clone());
                self.event(Event::Recalled { id, result });
            }
            Effect::KeepDraft(draft) => {
                self.drafts.retain(|kept| kept.key() != draft.key());
                self.drafts.push(*draft);
            }
            Effect::KeepOutcome(form) => {
                self.kept_outcomes.retain(|kept| kept.key() != form.key());
                self.kept_outcomes.push(*form);
            }
            Effect::DropOutcome { key } => self.kept_outcomes.retain(|kept| kept.key() != key),
            Effect::DropDraft { key } => self.drafts.retain(|kept| kept.key() != key),
            Effect::SavePreset { preset, told } => self.saved.push((*preset, told.to_string())),
            Effect::RemovePreset { name, .. } => self.removed.push(name),
            Effect::ChooseProtocol(word) => self.asked.push(format!("{name} {word}")),
            _ => self.asked.push(name),
        }
    }

    /// The terminal shows the newest picture, if it is of the view in force.
    fn on_screen(&mut self) {
        let level = if self.app.desk.is_stale() {
            delivery::Level::Old
        } else {
            let lossless = self.app.terminal.protocol.is_pixels();
            let rung = if lossless { Rung::Q5 } else { Rung::Q0 };
            delivery::Level::At { rung, lossless }
        };
        self.event(Event::Line(Facts {
            confirmed: true,
            level,
            stalled: false,
            rtt: None,
            rate: None,
            picture: 0,
            sitting: 0,
            left: None,
            waits: None,
            effort: Effort::Fast,
        }));
    }

    /// Presses keys a second apart: `j <cr> ctrl-d g g`; `'words'` are typed letter by letter.
    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        for (at, part) in keys.split('\'').enumerate() {
            if at % 2 == 1 {
                part.chars().for_each(|c| self.press(typed(c)));
                continue;
            }
            for word in part.split_whitespace() {
                self.press(key(word));
            }
        }
        self
    }

    /// Presses one key, a second after the last.
    pub(crate) fn press(&mut self, key: Key) {
        self.press_after(key, STEP, false);
    }

    /// Presses one key so long after the last.
    pub(crate) fn press_after(&mut self, key: Key, gap: Duration, repeat: bool) {
        self.now += gap;
        self.event(Event::Key { key, repeat });
    }

    /// The log says that the newest decision is on disk.
    pub(crate) fn recorded(&mut self) {
        let (token, decision) = self.records.last().expect("a decision").clone();
        self.event(Event::Recorded {
            token,
            verdict: verdict(decision.decision.as_str()),
        });
    }

    /// The log says that the newest answer to a decision is on disk.
    pub(crate) fn answer_recorded(&mut self) {
        let request = self.answered.last().expect("an answer");
        let word = request.conclusion().map_or("", Conclusion::as_str);
        let token = request.token().expect("a form's number");
        let verdict = verdict(word);
        self.event(Event::Recorded { token, verdict });
    }

    /// The log says that the newest decision is not on disk.
    pub(crate) fn not_recorded(&mut self) {
        let token = self.records.last().expect("a decision").0;
        self.event(Event::NotRecorded {
            token,
            why: Safe::word("the disk is full"),
        });
    }

    /// The view in force.
    pub(crate) fn view(&self) -> &View {
        self.app.desk.view.as_ref().expect("an open scan")
    }

    /// The words of the notice.
    pub(crate) fn notice(&self) -> String {
        let notice = self.app.notice.as_ref();
        notice.map_or(String::new(), |notice| notice.text.to_string())
    }

    /// Mode, row and view in one line.
    pub(crate) fn state(&self) -> String {
        let mode = self.app.mode.as_str();
        let row = self.app.queue.selected;
        let Some(view) = &self.app.desk.view else {
            let state = match &self.app.desk.state {
                DeskState::Failed(_) => "failed",
                DeskState::Opening => "opening",
                _ => "empty",
            };
            return format!("{mode} {row} {state}");
        };
        let display = match &view.display {
            Display::Grey => view.planes[0].clone(),
            display => display.as_str(),
        };
        let filters: Vec<String> = view.filters.iter().map(ToString::to_string).collect();
        let filters = filters.join("+");
        let gap = if filters.is_empty() { "" } else { " " };
        format!("{mode} {row} {display}{gap}{filters}")
    }

    /// The cells of the screen.
    pub(crate) fn buffer(&self) -> Buffer {
        let facts = &self.app.terminal;
        let mut buffer = Buffer::empty(Rect::new(0, 0, facts.columns, facts.rows));
        ui::draw(&self.app, &mut buffer);
        buffer
    }

    /// The screen as text, without the blanks at the ends of lines.
    pub(crate) fn screen(&self) -> String {
        let buffer = self.buffer();
        let width = usize::from(buffer.area.width);
        let lines = buffer.content.chunks(width).map(|cells| {
            let mut line = String::new();
            let mut skip = 0;
            for cell in cells {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                line.push_str(cell.symbol());
                skip = cell.symbol().width().saturating_sub(1);
            }
            line.trim_end().to_owned() + "\n"
        });
        lines.collect()
    }
}

/// A decision as the log tells it.
pub(crate) fn verdict(word: &str) -> Verdict {
    verdict_by(word, "kim")
}

/// A decision of somebody as the log tells it.
pub(crate) fn verdict_by(word: &str, who: &'static str) -> Verdict {
    let at = Safe::word("2026-03-01 12:00");
    Verdict::first(word, at, Safe::word(who), &format!("{word}-by-{who}"))
}

/// A key by its name in key files, or in angle brackets.
pub(crate) fn key(word: &str) -> Key {
    let name = word
        .strip_prefix('<')
        .and_then(|word| word.strip_suffix('>'))
        .filter(|name| !name.is_empty())
        .unwrap_or(word);
    let name = if name == "cr" { "enter" } else { name };
    Chord::parse(name).expect("a key").0[0]
}

/// The key that types a character.
fn typed(c: char) -> Key {
    if c == ' ' {
        key("space")
    } else {
        Key::plain(xamine::keymap::Code::Char(c))
    }
}

/// The path of a scan made here.
pub(crate) fn path(name: &str) -> PathBuf {
    Path::new("/scans").join(name)
}

/// A scan by its word: `grey`, `bright` (as grey with twice the signal), `blind` (no air known),
/// `dual`, `broken` (known by its headers), `failing` (found out on opening). Its file is called
/// `N-WORD.tif`.
pub(crate) fn made(word: &str, at: usize) -> (Scan, Result<OpenScan>) {
    let path = path(&format!("{at}-{word}.tif"));
    let kind = match word {
        "dual" => Kind::DualEnergy,
        _ => Kind::SingleEnergy,
    };
    let error = Error::bad_file(&path, Safe::word("the data ends early"));
    let scan = Scan {
        path: path.clone(),
        files: vec![ScanFile {
            path: path.clone(),
            bytes: 123_456,
            modified_ns: 0,
            inode: 1,
        }],
        sidecar: None,
        paired_by: None,
        kind: Some(kind),
        error: (word == "broken").then(|| error.clone()),
        container: None,
        page: None,
    };
    let planes = match word {
        "grey" | "views" => vec![grey(1.0, Some(Air::Uniform(60_000.0)))],
        "bright" => vec![grey(2.0, Some(Air::Uniform(60_000.0)))],
        "blind" => vec![grey(1.0, None)],
        "dual" => dual(),
        "broken" | "failing" => return (scan, Err(error)),
        other => panic!("no scan is called {other}"),
    };
    let mut opened = opened(&path, at, kind, planes);
    if word == "views" {
        opened.views.push(Radiograph {
            view: "top".into(),
            pixel_mm: Some([2.0, 2.0]),
            planes: vec![grey(2.0, Some(Air::Uniform(60_000.0)))],
        });
    }
    let open = OpenScan::survey_all(Arc::new(opened), &Cancel::never()).expect("a survey");
    (scan, Ok(open))
}

/// An open scan of these planes.
fn opened(path: &Path, at: usize, kind: Kind, planes: Vec<Plane>) -> Opened {
    let hash = format!("{:064x}", at + 1);
    Opened {
        glimpse: false,
        reduced: None,
        scan_id: hash.clone(),
        format: Format::Tiff,
        kind,
        files: vec![FileRecord {
            path: path.to_owned(),
            sha256: hash,
            bytes: 123_456,
            modified_ns: 0,
            inode: 1,
        }],
        paired_by: (kind == Kind::DualEnergy).then_some(PairedBy::Page),
        views: vec![Radiograph {
            view: "main".into(),
            pixel_mm: Some([5.0, 5.0]),
            planes,
        }],
        container: Some(Safe::word("MSKU1234565")),
        simulated: false,
        doors: None,
        truncated: false,
        metadata: vec![(Safe::word("Software"), Safe::word("made in memory"))],
        warnings: Vec::new(),
    }
}

/// One energy: brighter to the right and to the bottom, 1000 to 25 000 at `gain` 1.
fn grey(gain: f64, air: Option<Air>) -> Plane {
    let (width, height) = SIZE;
    let sample = |x: usize, y: usize| ((1000 + 300 * x + 100 * y) as f64 * gain) as u16;
    let samples = pixels().map(|(x, y)| sample(x, y)).collect();
    Plane {
        air,
        ..Plane::new(PlaneName::Grey, width, height, samples)
    }
}

/// Two energies: open beam at the left, then light matter, then heavy.
fn dual() -> Vec<Plane> {
    let (width, height) = SIZE;
    let plane = |name, light: f64, heavy: f64, mega| {
        let attenuation = |x: usize| match x {
            0..16 => 0.0,
            16..40 => light,
            _ => heavy,
        };
        let samples = pixels()
            .map(|(x, _)| (60_000.0 * (-attenuation(x)).exp()) as u16)
            .collect();
        Plane {
            air: Some(Air::Uniform(60_000.0)),
            energy: Some(Energy {
                value: mega,
                unit: EnergyUnit::Megavolt,
            }),
            ..Plane::new(name, width, height, samples)
        }
    };
    vec![
        plane(PlaneName::High, 1.0, 1.5, 9.0),
        plane(PlaneName::Low, 1.22, 1.65, 6.0),
    ]
}

fn pixels() -> impl Iterator<Item = (usize, usize)> {
    (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)))
}
