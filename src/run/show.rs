//! From the state to the screen: what should be seen, what is sent of it now, and what the coder is
//! to make next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Console;
use super::trace::{Painted, Trace};
use crate::app::{App, Event, TerminalFacts};
use crate::delivery::{Level, Means, Scene, Sprite, Written};
use crate::graphics::Stage;
use crate::radiograph::Fineness;
use crate::terminal::screen::is_left_free;
use crate::terminal::{Fence, ImageAnswer, Passed};
use crate::ui::{self, Drawn};
use crate::worker::Coded;

/// Text of fewer bytes goes without a fence of its own.
const SMALL: usize = 256;

impl Console {
    /// Brings the screen up to the state. What a terminal shows that confirms nothing is known once it
    /// is written, so saying so takes a second painting.
    pub(super) fn show(&mut self) {
        self.look();
        self.paint();
        let level = self.delivery.said_level();
        if self.app.line.is_some_and(|line| line.level != level) {
            self.look();
            self.paint();
        }
    }

    /// Tells the scheduler what should be seen, and the state what is.
    fn look(&mut self) {
        let now = self.started.elapsed();
        self.delivery.set_means(means(&self.app.terminal));
        let fence = self.terminal.fence();
        self.delivery.link_mut().set_confirms(fence != Fence::None);
        let scene = scene(&self.app);
        let focus = scene.as_ref().and_then(|scene| focus(&self.app, scene));
        if self.delivery.want(scene.as_ref(), focus) {
            if self.margin_waits(now).is_none() {
                self.unrest = now;
            }
            self.view_at = Some(now);
        }
        if let Some(scene) = &scene {
            self.take_frame(scene);
        }
        if !self.delivery.is_coding() {
            self.coder.stop();
        }
        let facts = self.delivery.facts(now);
        if self.app.line != Some(facts) {
            self.handle(Event::Line(facts));
        }
    }

    /// Hands the newest frame on, when it is of the view that is wanted.
    fn take_frame(&mut self, scene: &Scene) {
        let shown = self.app.desk.shown.clone();
        let Some(shown) = shown.filter(|shown| shown.view == scene.view) else {
            return;
        };
        if shown.painted.is_some() {
            self.delivery.shows_cells();
        } else if !self.delivery.has(&shown.frame) {
            self.delivery.rendered(scene, &shown.frame);
        }
        let sprites = if self.app.terminal.has_layers() {
            let overlay = self.app.overlay();
            let mut sprites = Sprite::guides(scene, &overlay.guides);
            sprites.extend(Sprite::all(scene, &overlay.marks, overlay.crosshair));
            let lens = shown.lens.as_ref().filter(|_| overlay.loupe.is_some());
            self.take_lens(lens.and_then(|lens| Sprite::inset(scene, &lens.inset, &lens.png)));
            sprites.extend(self.lens.clone());
            sprites
        } else {
            Vec::new()
        };
        self.delivery.set_sprites(sprites);
    }

    /// The loupe's inset is some kilobytes, and a held key moves it thirty times a second: the next one
    /// goes when the line has carried what is under way, and the newest one at last.
    fn take_lens(&mut self, lens: Option<Sprite>) {
        let link = self.delivery.link();
        if lens.is_none() || self.lens.is_none() || !link.confirms() || link.is_idle() {
            self.lens = lens;
        }
    }

    /// Draws the state and makes the terminal show it, as far as the line takes it now; text that
    /// waited for the picture follows it.
    fn paint(&mut self) {
        let now = self.started.elapsed();
        let waits = self.margin_waits(now).is_some();
        self.paint_now(waits);
        if waits && self.margin_waits(now).is_none() {
            self.paint_now(false);
        }
    }

    /// Paints, with or without the text beside the picture.
    fn paint_now(&mut self, margin_waits: bool) {
        let now = self.started.elapsed();
        if !self.delivery.may_paint(now) {
            return;
        }
        let TerminalFacts { columns, rows, .. } = self.app.terminal;
        let screen = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(screen);
        let drawn = ui::draw(&self.app, &mut buffer);
        if let Some(margin) = drawn.margin.filter(|_| margin_waits) {
            self.terminal.keep(&mut buffer, margin);
        }
        if self.terminal.clears(screen) {
            self.delivery.lost();
        }
        let stage = match drawn.picture {
            Some(area) => self.delivery.stage(area, free(&buffer, area), now),
            None => self.delivery.stage(Rect::ZERO, Vec::new(), now),
        };
        let painted = self.write(stage, &buffer, drawn);
        self.tell_failure(painted);
        self.order();
    }

    /// Writes a stage with the text around it.
    fn write(&mut self, mut stage: Stage, buffer: &Buffer, drawn: Drawn) -> crate::Result<()> {
        self.terminal.holds(&self.delivery.removal());
        let last = stage.sends.pop();
        let picture_waits = last.is_some() || !stage.draws.is_empty();
        let mut before = 0;
        if picture_waits && self.delivery.link().confirms() && self.delivery.link().is_idle() {
            before += self.send(&[])?;
        }
        let mut picture = 0;
        for send in std::mem::take(&mut stage.sends) {
            picture += send.len();
            before += self.send(&send)?;
        }
        stage.sends.extend(last);
        let sent: usize = stage.sends.iter().map(Vec::len).sum();
        let drawn_bytes: usize = stage.draws.iter().map(|draw| draw.bytes.len()).sum();
        let here = sent + drawn_bytes;
        let confirms = self.delivery.link().confirms();
        let idle = self.delivery.link().is_idle();
        let wants = idle || self.delivery.wants_fence();
        let next = self.token + 1;
        let mut token = None;
        // Everything that is sent ends with this writing.
        let may_fence = stage.sends.iter().all(|send| self.terminal.may_fence(send));
        let fenced = |bytes: usize| {
            token = (confirms && may_fence && (here > 0 || bytes > SMALL || wants)).then_some(next);
            token
        };
        let bytes = self.terminal.paint(buffer, &stage, drawn.cursor, fenced)?;
        if token.is_some() {
            self.token = next;
        }
        if bytes == 0 {
            self.delivery.settle();
            return Ok(());
        }
        self.note(Written {
            token,
            bytes,
            picture: here,
            complete: true,
        });
        self.trace_frame(&stage, picture + here, before + bytes);
        Ok(())
    }

    /// Sends a part that something follows, with a fence of its own; gives the bytes of both.
    fn send(&mut self, part: &[u8]) -> crate::Result<usize> {
        let token = self.take_token();
        let bytes = self.terminal.send_fenced(part, token)?;
        self.note(Written {
            token: Some(token),
            bytes,
            picture: part.len(),
            complete: false,
        });
        Ok(bytes)
    }

    fn note(&mut self, written: Written) {
        let now = self.started.elapsed();
        self.delivery.wrote(written, now);
    }

    fn take_token(&mut self) -> u64 {
        self.token += 1;
        self.token
    }

    /// Gives the coder its next work.
    fn order(&mut self) {
        let now = self.started.elapsed();
        if let Some(order) = self.delivery.order(now) {
            self.coder.code(order);
        }
    }

    /// Takes what the coder made.
    pub(super) fn take_coded(&mut self, coded: Coded) {
        self.encoded_in = Some(coded.took);
        let pane = self.app.layout().picture;
        self.coded_part = coded
            .result
            .as_ref()
            .is_ok_and(|e| (e.columns, e.rows) != (pane.width, pane.height));
        self.trace(|now| Trace::coded(now, &coded));
        let taken = self.delivery.coded(coded.number, coded.result);
        self.tell_failure(taken);
        self.order();
    }

    /// Takes what the terminal confirmed.
    pub(super) fn take_passed(&mut self, passed: &[Passed], image: Option<&ImageAnswer>) {
        let now = self.started.elapsed();
        for fence in passed {
            if let Some(ack) = self.delivery.passed(fence.token, now) {
                let on_screen = self.drawn_level(self.delivery.said_level());
                self.trace(|now| Trace::ack(now, ack, on_screen));
            }
        }
        if let Some(image) = image.filter(|image| !image.ok) {
            self.delivery.evicted(image.id);
        }
    }

    /// A level of the picture on the screen, which is not lossless where it was drawn from means.
    fn drawn_level(&self, level: Level) -> Level {
        match level {
            Level::At { rung, lossless } => Level::At {
                rung,
                lossless: lossless && self.app.desk.reduction() == 1,
            },
            Level::Old => Level::Old,
        }
    }

    fn trace_frame(&mut self, stage: &Stage, picture: usize, bytes: usize) {
        let painted = Painted {
            frame: self.token,
            protocol: self.app.terminal.protocol,
            picture,
            bytes,
            placements: stage.placements.len(),
            latency: self.key_at.map(|at| at.elapsed()),
            level: self.drawn_level(self.delivery.level_written()),
            cause: self.cause,
            render: self.app.desk.shown.as_ref().map(|shown| shown.took),
            encode: self.encoded_in.take(),
            tile: self.coded_part,
        };
        self.trace(|now| Trace::frame(now, &painted));
    }
}

/// What should be seen in the pane: the view in force, whether its frame is rendered yet or not.
fn scene(app: &App) -> Option<Scene> {
    // What lies under the log pane or a lock is not seen.
    if app.log_is_open() || app.is_locked() {
        return None;
    }
    let pane = app.layout().picture;
    let shown = app.desk.shown.as_ref()?;
    let (scan_id, view) = match (app.desk.scan_id(), &app.desk.view, &app.desk.glimpse) {
        (Some(scan_id), Some(view), _) => (scan_id.to_owned(), view.clone()),
        // What is shown of a scan that is being opened can be nothing but its glimpse.
        (None, None, Some(_)) => (String::new(), shown.view.clone()),
        _ => return None,
    };
    let fineness = if shown.view == view {
        shown.fineness
    } else {
        Fineness::Full
    };
    (!pane.is_empty()).then_some(Scene {
        scan_id,
        view,
        cells: [pane.width, pane.height],
        cell: app.terminal.cell,
        fineness,
    })
}

/// The cell of the pane under the crosshair.
fn focus(app: &App, scene: &Scene) -> Option<[u16; 2]> {
    let at = scene.view.to_screen(scene.screen(), app.desk.crosshair?);
    let cell = [f64::from(scene.cell.width), f64::from(scene.cell.height)];
    let on = |i: usize| (at[i] / cell[i]).clamp(0.0, f64::from(scene.cells[i].saturating_sub(1)));
    Some([on(0) as u16, on(1) as u16])
}

/// How the terminal shows pictures.
pub(super) fn means(facts: &TerminalFacts) -> Means {
    Means {
        protocol: facts.protocol,
        depth: facts.depth,
        registers: facts.registers,
        placeholders: facts.placeholders,
        largest: facts.largest,
        evidence: facts.evidence,
    }
}

/// Which cells of the pane are the picture's.
fn free(buffer: &Buffer, area: Rect) -> Vec<bool> {
    let is_free = |position| is_left_free(&buffer[position]);
    area.positions().map(is_free).collect()
}
