//! The console's loop: events in, effects out; the one place that performs them.
//!
//! Everything that happens comes through one channel: the terminal, the folder, the decoder, the
//! renderer and the log each have a thread of their own, so nothing here waits for a disk or a
//! decoder. What cannot be painted now is painted with the next event.

mod folder;
mod keeper;
mod log;
mod log_pane;
mod margin;
mod show;
mod trace;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::Result;
use crate::app::{App, Effect, Event, Level, Mode, Recorder, RegisterJob, TerminalFacts};
use crate::cancel::Cancel;
use crate::config::Config;
use crate::decisions::{self, LogSettings, Request, Template};
use crate::delivery::{Delivery, Settings, Sprite};
use crate::graphics::{Protocol, Rung};
use crate::keymap::{Keymap, key_text};
use crate::messages::{arg, say};
use crate::scan::{self, Limits, Opened};
use crate::store::PresetFolders;
use crate::terminal::{Choice, Input, Signal, Terminal, TerminalEvent};
use crate::text::Safe;
use crate::view::ViewRequest;
use crate::worker::{Coded, Coder, Decoder, Measurer, Renderer, Thumbnailer};
use folder::{Journal, Walker};
use keeper::Keeper;
use log::Recording;
use log_pane::LogReader;
use trace::Trace;

/// How long leaving waits for the log and the drafts to be on disk.
const FAREWELL: Duration = Duration::from_secs(3);

/// How often the screen looks whether a terminal that was asked stays silent.
const GLANCE: Duration = Duration::from_millis(500);

/// What the console is started with.
pub struct Start {
    /// A scan or a folder.
    pub path: PathBuf,
    /// The configuration in effect.
    pub config: Config,
    /// The keys in effect.
    pub keymap: Keymap,
    /// What was wrong with configuration or keys, for the analyst.
    pub problems: Vec<Safe>,
    /// Where decisions go; `None` records nothing.
    pub log: Option<LogSettings>,
    /// Where decisions are read, also when nothing is recorded.
    pub log_folder: Option<PathBuf>,
    /// Where unfinished forms are kept, where there is a home for them.
    pub state: Option<PathBuf>,
    /// How the first scan is looked at.
    pub view: ViewRequest,
    /// Forms that are filled in at once.
    pub templates: Vec<Template>,
    /// Where presets are saved.
    pub presets: PresetFolders,
    /// The protocol asked for; `None` asks the terminal.
    pub protocol: Option<Protocol>,
    /// What may be sent of pictures.
    pub delivery: Settings,
    /// Where every event is written down, for benches and tests.
    pub trace: Option<PathBuf>,
}

/// Everything that comes through the channel.
enum Message {
    Terminal(TerminalEvent),
    App(Event),
    Walk(u64, Event),
    Log(decisions::Answer),
    Coded(Box<Coded>),
}

impl Message {
    /// What a painting after it is for, in the trace.
    fn cause(&self) -> &'static str {
        match self {
            Self::Terminal(TerminalEvent::Input(Input::Key { .. } | Input::Paste(_))) => "key",
            Self::Terminal(TerminalEvent::Input(Input::Mouse(_))) => "mouse",
            Self::Terminal(TerminalEvent::Input(_)) => "answer",
            Self::Terminal(_) => "signal",
            Self::App(Event::Rendered { .. }) => "rendered",
            Self::App(_) | Self::Walk(..) => "scan",
            Self::Log(_) => "log",
            Self::Coded(_) => "coded",
        }
    }
}

/// Runs the console until the analyst leaves or the terminal goes.
///
/// # Errors
/// [`crate::Error::Environment`] where there is no terminal, or it cannot be taken.
pub fn console(start: Start) -> Result<()> {
    let trace = start.trace.as_deref().map(Trace::open).transpose()?;
    let (sender, receiver) = channel();
    let mut terminal = Terminal::open(start.protocol, start.config.display.colours.depth())?;
    let events = sender.clone();
    // When nobody listens any more the console is leaving.
    terminal.start(move |event| drop(events.send(Message::Terminal(event))))?;
    terminal.enter()?;
    let mut console = Console::new(start, terminal, &sender);
    console.trace = trace;
    console.serve(&receiver)
}

/// The state and the hands that act for it.
struct Console {
    app: App,
    terminal: Terminal,
    decoder: Decoder,
    thumbnailer: Thumbnailer,
    renderer: Renderer,
    measurer: Measurer,
    coder: Coder,
    delivery: Delivery,
    /// The newest fence.
    token: u64,
    trace: Option<Trace>,
    /// When the last key came.
    key_at: Option<Instant>,
    /// When another view was last wanted.
    view_at: Option<Duration>,
    /// When the view began to change without a rest.
    unrest: Duration,
    /// What the next painting is for.
    cause: &'static str,
    /// How long the last coding took, until it is traced.
    encoded_in: Option<Duration>,
    /// Whether it was of a part of the pane.
    coded_part: bool,
    /// The loupe's inset as it was sent last.
    lens: Option<Sprite>,
    walker: Walker,
    reader: LogReader,
    recording: Option<Recording>,
    keeper: Option<Keeper>,
    presets: PresetFolders,
    sender: Sender<Message>,
    started: Instant,
    leaving: bool,
}

impl Console {
    fn new(start: Start, terminal: Terminal, sender: &Sender<Message>) -> Self {
        let facts = facts(&terminal, start.delivery.ceiling);
        let limits = Limits {
            megapixels: start.config.limits.megapixels,
            bytes: start.config.limits.bytes,
        };
        let mut recorder = Recorder {
            read_only: start.log.is_none(),
            ..Recorder::default()
        };
        let recording = start.log.and_then(|settings| {
            recorder.analyst = Safe::from_outside(&settings.analyst);
            match Recording::start(settings, sender.clone()) {
                Ok(recording) => Some(recording),
                Err(error) => {
                    recorder.trouble = Some(error.message());
                    None
                }
            }
        });
        let answers = sender.clone();
        let decoder = Decoder::start(
            limits,
            Box::new(move |event| drop(answers.send(Message::App(event)))),
        );
        let answers = sender.clone();
        let thumbnailer = Thumbnailer::start(
            limits,
            Box::new(move |event| drop(answers.send(Message::App(event)))),
        );
        let answers = sender.clone();
        let renderer = Renderer::start(Box::new(move |number, result| {
            drop(answers.send(Message::App(Event::Rendered { number, result })));
        }));
        let answers = sender.clone();
        let measurer = Measurer::start(Box::new(move |number, measured| {
            drop(answers.send(Message::App(Event::Measured { number, measured })));
        }));
        let answers = sender.clone();
        let coder = Coder::start(Box::new(move |coded| {
            drop(answers.send(Message::Coded(Box::new(coded))));
        }));
        let delivery = Delivery::new(start.delivery, show::means(&facts));
        let mut app = App::new(start.keymap, facts, recorder);
        app.metered = start.delivery.metered;
        app.templates = start.templates;
        app.configure(&start.config, start.view);
        let log = Journal {
            folder: start.log_folder,
            rule: start.config.second_reading,
        };
        let reader = LogReader::new(log.clone(), start.state.clone(), limits, sender.clone());
        let keeper = start
            .state
            .map(|state| Keeper::start(&state, sender.clone()));
        if let Some(keeper) = &keeper {
            app.drafts = keeper.drafts();
            app.resume_outcomes(keeper.outcomes());
        }
        if let Some(first) = start.problems.first() {
            let count = start.problems.len();
            app.tell(
                Level::Warning,
                say(
                    "notice-problems",
                    &[arg("count", &count), arg("first", first)],
                ),
            );
        }
        let walker = Walker::new(start.path, limits, log, sender.clone());
        Self {
            app,
            terminal,
            decoder,
            thumbnailer,
            renderer,
            measurer,
            coder,
            delivery,
            token: 0,
            trace: None,
            key_at: None,
            view_at: None,
            unrest: Duration::ZERO,
            cause: "start",
            encoded_in: None,
            coded_part: false,
            lens: None,
            walker,
            reader,
            recording,
            keeper,
            presets: start.presets,
            sender: sender.clone(),
            started: Instant::now(),
            leaving: false,
        }
    }

    /// The loop.
    fn serve(mut self, receiver: &Receiver<Message>) -> Result<()> {
        self.show();
        self.walker.walk();
        while let Some(message) = self.next(receiver) {
            if let Some(message) = message {
                self.take(message);
            }
            // What waits already is taken before painting once for all of it.
            while let Ok(message) = receiver.try_recv() {
                self.take(message);
            }
            if self.leaving {
                break;
            }
            self.show();
        }
        self.leave(receiver)
    }

    /// The next message; `None` inside when it is time to look at the line or at a silent terminal
    /// again. `None` when nobody sends any more.
    #[allow(clippy::option_option)]
    fn next(&mut self, receiver: &Receiver<Message>) -> Option<Option<Message>> {
        let now = self.started.elapsed();
        let wake = self.delivery.wake(now).into_iter();
        let wake = wake.chain(self.margin_waits(now));
        let blinks_at = self.app.blinks_at();
        let wake = wake.chain(blinks_at);
        let wake = wake.map(|at| at.saturating_sub(now));
        let glance = self.app.terminal.probing.then_some(GLANCE);
        let Some(patience) = wake.chain(glance).min() else {
            return receiver.recv().ok().map(Some);
        };
        match receiver.recv_timeout(patience) {
            Ok(message) => Some(Some(message)),
            Err(RecvTimeoutError::Timeout) => {
                if glance.is_some() {
                    let glanced = self.terminal.glance();
                    self.tell_failure(glanced);
                    self.renew_facts();
                }
                if blinks_at.is_some_and(|at| at <= self.started.elapsed()) {
                    self.handle(Event::Tick);
                }
                Some(None)
            }
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// Gives the terminal back first, then finishes what was confirmed.
    fn leave(mut self, receiver: &Receiver<Message>) -> Result<()> {
        let left = self.terminal.leave();
        let effects = self.app.close(self.started.elapsed());
        self.perform(effects);
        let recorded = self
            .recording
            .as_mut()
            .is_none_or(|recording| recording.finish_within(FAREWELL));
        // What was recorded in leaving is no draft any more.
        while let Ok(message) = receiver.try_recv() {
            if matches!(message, Message::Log(_)) {
                self.take(message);
            }
        }
        let kept = self
            .keeper
            .is_none_or(|keeper| keeper.finish_within(FAREWELL));
        let why = if kept && recorded {
            self.app.not_recorded()
        } else {
            Some(say("notice-not-finished", &[]))
        };
        match why {
            Some(why) => Err(crate::Error::NotPossible { why }),
            None => left,
        }
    }

    fn take(&mut self, message: Message) {
        self.cause = message.cause();
        match message {
            Message::Terminal(event) => self.take_terminal(event),
            Message::App(event) => {
                self.trace_event(&event);
                self.handle(event);
            }
            Message::Walk(number, event) if number == self.walker.number() => self.handle(event),
            Message::Walk(..) => {}
            Message::Coded(coded) => self.take_coded(*coded),
            Message::Log(answer) => {
                let recording = self.recording.as_mut();
                for event in recording.map(|log| log.events(answer)).unwrap_or_default() {
                    self.trace_event(&event);
                    self.handle(event);
                }
            }
        }
    }

    fn handle(&mut self, event: Event) {
        let effects = self.app.handle(event, self.started.elapsed());
        self.perform(effects);
    }

    fn take_terminal(&mut self, event: TerminalEvent) {
        match event {
            TerminalEvent::Input(Input::Key { key, repeat }) => {
                self.key_at = Some(Instant::now());
                let named = (self.app.mode != Mode::Prompt && self.app.mode != Mode::Decide)
                    .then(|| key_text(key));
                let line = self.delivery.link();
                let under_way = [line.unacked(), line.window()];
                self.trace(|now| Trace::key(now, named.as_deref(), under_way));
                self.handle(Event::Key { key, repeat });
            }
            TerminalEvent::Input(Input::Mouse(mouse)) => self.handle(Event::Mouse(mouse)),
            TerminalEvent::Input(Input::Paste(text)) => self.handle(Event::Paste(text)),
            TerminalEvent::Input(Input::Reply(reply)) => {
                match self.terminal.learn(&reply) {
                    Ok(learned) => {
                        self.take_passed(&learned.passed, learned.image.as_ref());
                        if learned.passed.iter().any(|passed| !passed.ok) {
                            // A picture broke off: nothing that it holds is sure.
                            self.terminal.invalidate();
                        }
                    }
                    Err(error) => self.tell_failure(Err(error)),
                }
                self.renew_facts();
            }
            TerminalEvent::Input(Input::Focus(gained)) => {
                let focused = self.terminal.focused(gained);
                self.tell_failure(focused);
            }
            TerminalEvent::Input(Input::Unknown(_)) => {}
            TerminalEvent::Attached => {
                let attached = self.terminal.attached();
                self.tell_failure(attached);
                self.renew_facts();
            }
            TerminalEvent::Signal(Signal::Terminate | Signal::Hangup) | TerminalEvent::Gone => {
                self.handle(Event::Ended);
            }
            TerminalEvent::Signal(Signal::Resize) => {
                let resized = self.terminal.resized();
                self.tell_failure(resized.map(drop));
                self.renew_facts();
            }
            TerminalEvent::Signal(Signal::Suspend) => self.suspend(),
            TerminalEvent::Signal(Signal::Continue) => {
                let resumed = self.terminal.resume();
                self.tell_failure(resumed);
                self.renew_facts();
            }
        }
    }

    /// Tells the state what the terminal is now, when that changed.
    fn renew_facts(&mut self) {
        let facts = facts(&self.terminal, self.delivery.settings().ceiling);
        if facts != self.app.terminal {
            self.trace(|now| Trace::probe(now, &facts));
            self.handle(Event::Terminal(facts));
        }
    }

    /// Performs what the state asks for.
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::ReadFolder => self.walker.walk(),
                Effect::Open { scan, ahead } => self.decoder.open(*scan, ahead),
                Effect::Thumbnails(scans) => self.thumbnailer.make(scans),
                Effect::Render(job) => self.renderer.render(*job),
                Effect::Measure(job) => self.measurer.measure(*job),
                Effect::Register(job) => self.register(*job),
                Effect::CheckFiles(opened) => self.check_files(opened),
                Effect::Record(request) => self.record(*request),
                Effect::Recall { id } => self.reader.recall(id),
                Effect::UseLog(folder) => {
                    self.reader.use_folder(folder.clone());
                    let used = self.recording.as_ref().map(|log| log.use_folder(folder));
                    self.tell_failure(used.unwrap_or(Ok(())));
                }
                Effect::CloseLog => {
                    let closed = self.recording.as_ref().map(Recording::close);
                    self.tell_failure(closed.unwrap_or(Ok(())));
                }
                Effect::HandOver(analyst) => {
                    self.reader.begin(&analyst);
                    let begun = self.recording.as_mut().map(|log| log.hand_over(analyst));
                    self.tell_failure(begun.unwrap_or(Ok(())));
                }
                Effect::NoteViews { opened, looks } => {
                    if let Some(recording) = &self.recording {
                        recording.note_views(&opened, &looks);
                    }
                }
                Effect::KeepDraft(draft) => {
                    if let Some(keeper) = &self.keeper {
                        keeper.keep(*draft);
                    }
                }
                Effect::KeepOutcome(form) => {
                    if let Some(keeper) = &self.keeper {
                        keeper.keep_outcome(*form);
                    }
                }
                Effect::DropOutcome { key } => {
                    if let Some(keeper) = &self.keeper {
                        keeper.forget_outcome(key);
                    }
                }
                Effect::DropDraft { key } => {
                    if let Some(keeper) = &self.keeper {
                        keeper.forget(key);
                    }
                }
                Effect::SavePreset { preset, told } => {
                    self.keep_preset(told, move |folders| folders.save(&preset));
                }
                Effect::RemovePreset { name, told } => {
                    self.keep_preset(told, move |folders| folders.remove(&name));
                }
                Effect::ReadLog { analyst } => self.reader.read(analyst),
                Effect::ReadCaseViews(id) => self.reader.views(id),
                Effect::ExportCase { id, file, profile } => {
                    self.reader.export(id, file, profile);
                }
                Effect::ChooseProtocol(word) => self.choose_protocol(&word),
                Effect::FinishPicture => {
                    self.lift_cells();
                    self.renew_facts();
                    self.delivery.finish();
                }
                Effect::SetMetered(metered) => {
                    let settings = self.delivery.settings();
                    self.delivery.set_settings(Settings {
                        metered,
                        ..settings
                    });
                }
                Effect::Suspend => self.suspend(),
                Effect::Redraw => self.terminal.invalidate(),
                Effect::Quit => self.leaving = true,
            }
        }
    }

    /// Registers two scans on a thread of its own.
    fn register(&self, job: RegisterJob) {
        let sender = self.sender.clone();
        thread::spawn(move || {
            if let Some(event) = job.answer(&Cancel::never()) {
                // When nobody listens any more the console is leaving.
                drop(sender.send(Message::App(event)));
            }
        });
    }

    /// Looks at the files on a thread of its own: a share that is gone delays nobody.
    fn check_files(&self, opened: Arc<Opened>) {
        let sender = self.sender.clone();
        thread::spawn(move || {
            let same = |file| scan::unchanged(file).unwrap_or(false);
            let changed = !opened.files.iter().all(same);
            let scan_id = opened.scan_id.clone();
            // When nobody listens any more the console is leaving.
            drop(sender.send(Message::App(Event::FilesChecked { scan_id, changed })));
        });
    }

    /// Changes the saved presets on a thread of its own, and reads them again.
    fn keep_preset(
        &self,
        told: Safe,
        change: impl FnOnce(&PresetFolders) -> Result<()> + Send + 'static,
    ) {
        let (sender, folders) = (self.sender.clone(), self.presets.clone());
        thread::spawn(move || {
            let done = change(&folders);
            let presets = done.is_ok().then(|| folders.load().0);
            let told = done.map(|()| told).map_err(|error| error.message());
            // When nobody listens any more the console is leaving.
            drop(sender.send(Message::App(Event::PresetKept { presets, told })));
        });
    }

    /// Hands a decision to the log thread; a log that is not there says so at once.
    fn record(&mut self, request: Request) {
        let token = request.token().unwrap_or_default();
        let sent = match &mut self.recording {
            Some(recording) => recording.record(request),
            None => Err(crate::Error::NotPossible {
                why: self.app.record.trouble.clone().unwrap_or_default(),
            }),
        };
        if let Err(error) = sent {
            self.handle(Event::NotRecorded {
                token,
                why: error.message(),
            });
        }
    }

    fn choose_protocol(&mut self, word: &str) {
        let chosen =
            Protocol::parse(word.trim()).and_then(|protocol| self.terminal.force(protocol));
        if chosen.is_ok() {
            self.lift_cells();
        }
        self.tell_failure(chosen.map(drop));
        self.renew_facts();
    }

    /// A limit of cells ends when pictures are asked for; limits of bytes stay.
    fn lift_cells(&mut self) {
        let settings = self.delivery.settings();
        if settings.ceiling == Rung::Q0 {
            let ceiling = Rung::Q5;
            self.delivery.set_settings(Settings {
                ceiling,
                ..settings
            });
        }
    }

    fn suspend(&mut self) {
        let suspended = self.terminal.suspend();
        self.tell_failure(suspended);
        self.terminal.invalidate();
        self.renew_facts();
    }

    /// A failure of the terminal stops nothing: the next event paints again.
    fn tell_failure(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.app.tell(Level::Error, error.message());
        }
    }

    /// Traces what a thread answered.
    fn trace_event(&mut self, event: &Event) {
        match event {
            Event::Rendered { result, .. } => {
                let took = result.as_ref().ok().map(|shown| shown.took);
                self.trace(|now| Trace::rendered(now, took));
            }
            Event::Recorded { .. } => self.trace(|now| Trace::log(now, "recorded")),
            Event::NotRecorded { .. } => self.trace(|now| Trace::log(now, "not-recorded")),
            _ => {}
        }
    }

    /// Appends a line to the trace, if there is one.
    fn trace(&mut self, line: impl FnOnce(Duration) -> Value) {
        let now = self.started.elapsed();
        if let Some(trace) = &mut self.trace {
            trace.write(&line(now));
        }
    }
}

/// The terminal as the state sees it. The lowest ceiling means cells, whatever the terminal can do.
fn facts(terminal: &Terminal, ceiling: Rung) -> TerminalFacts {
    let size = terminal.size();
    let Choice {
        protocol,
        reason,
        cell,
        depth,
        registers,
        keyboard,
        placeholders,
        evidence,
        largest,
        ..
    } = terminal.choice().clone();
    let (protocol, reason) = if ceiling == Rung::Q0 && protocol.is_pixels() {
        (Protocol::HalfBlock, say("graphics-reason-ceiling", &[]))
    } else {
        (protocol, reason)
    };
    TerminalFacts {
        columns: size.columns,
        rows: size.rows,
        cell,
        depth,
        registers,
        protocol,
        placeholders: placeholders && protocol == Protocol::Kitty,
        evidence,
        largest,
        reason,
        probing: terminal.is_asking(),
        tells_repeats: keyboard,
    }
}
