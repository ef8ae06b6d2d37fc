//! `xamine show`: one picture, printed where the cursor is.
//!
//! On a terminal the protocol is found out in five seconds at most; into a pipe goes what was asked for.
//! Under a limit of bytes or of quality, what was reached is said.

use std::io::{IsTerminal as _, Write};

use super::opening::{near, open};
use super::render::presets;
use super::{Failure, ScanArgs, ViewArgs, exit, quality};
use crate::cancel::Cancel;
use crate::graphics::{
    Answers, Body, CellSize, Depth, Effort, Encoded, Protocol, Rung, Target, code, in_few_colours,
    parse_size, pixels_for,
};
use crate::messages::{arg, say};
use crate::radiograph::Size;
use crate::terminal::{self, Choice, OneShot, WindowSize};
use crate::text::Safe;
use crate::view::{Frame, Source, View, choose, own_pixels, picture};
use crate::{Error, Result};

/// Cells into a pipe, when no size is given.
const PIPE: (u16, u16) = (80, 24);
/// Picture numbers of `show` begin here; its process makes them differ, so that a picture further up
/// stays when the next is printed.
const ID: u32 = 0x7800_0000;

/// What was asked for.
pub(super) struct Request {
    pub(super) scan: ScanArgs,
    pub(super) view: ViewArgs,
    pub(super) protocol: String,
    pub(super) size: Option<String>,
    pub(super) cell: Option<String>,
    pub(super) max_bytes: Option<usize>,
    pub(super) max_quality: Option<String>,
}

/// How far the picture may go.
struct Limit {
    rung: Rung,
    bytes: Option<usize>,
}

impl Limit {
    fn of(request: &Request) -> Result<Self> {
        let word = request.max_quality.as_deref();
        let rung = word.map_or(Ok(Rung::Q5), quality)?;
        Ok(Self {
            rung,
            bytes: request.max_bytes,
        })
    }

    /// Whether there is none.
    fn is_open(&self) -> bool {
        self.rung == Rung::Q5 && self.bytes.is_none()
    }
}

/// Where the picture goes.
pub(super) struct Sheet {
    choice: Choice,
    cells: (u16, u16),
    /// The terminal, kept quiet until the picture is printed; `None` for a pipe.
    terminal: Option<OneShot>,
    /// Whether the picture goes straight to a terminal.
    local: bool,
}

/// Runs the command.
pub(super) fn run(
    request: &Request,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let limit = Limit::of(request)?;
    let protocol = Protocol::parse(&request.protocol)?;
    let cells = request.size.as_deref().map(parse_size).transpose()?;
    let cell = request.cell.as_deref().map(CellSize::parse).transpose()?;
    let local = std::io::stdout().is_terminal();
    if protocol.is_none() && !local {
        return Err(Error::request(say("show-needs-protocol", &[])).into());
    }
    let opened = open(&request.scan, err)?;
    let asked = request.view.request(presets(err)?)?;
    let radiograph = choose(&opened.views, asked.view_name.as_deref())?;
    let view = View::of(radiograph, &asked)?;
    let mut sheet = sheet(protocol, local)?;
    sheet.choice.cell = cell.unwrap_or(sheet.choice.cell);
    sheet.cells = cells.unwrap_or(sheet.cells);
    if sheet.choice.protocol == Protocol::None {
        writeln!(out)?;
        return Ok(exit::DONE);
    }
    if limit.rung == Rung::Q0 && sheet.choice.protocol.is_pixels() {
        sheet.choice.protocol = Protocol::HalfBlock;
    }
    let shape = view.aspect.of(radiograph.pixel_mm);
    let size = sheet.fitted(&view, shape);
    let own = own_pixels(radiograph, &view, size)?;
    let detail = near(&opened, radiograph, own)?;
    let source = Source::of(radiograph).with(detail.as_ref());
    let picture = picture(source, &view, size, &Cancel::never())?;
    let reached = print(&picture.frame, &sheet, &limit, out)?;
    out.flush()?;
    if let Some(reached) = reached.filter(|_| !limit.is_open()) {
        writeln!(err, "xamine: {reached}")?;
    }
    Ok(exit::DONE)
}

/// The protocol and the room that there is for the picture.
fn sheet(protocol: Option<Protocol>, local: bool) -> Result<Sheet> {
    if local {
        let (terminal, choice, size) = OneShot::ask(protocol)?;
        // The prompt comes below.
        let cells = (size.columns, size.rows.saturating_sub(1).max(1));
        return Ok(Sheet {
            choice,
            cells,
            terminal: Some(terminal),
            local,
        });
    }
    let size = WindowSize {
        columns: PIPE.0,
        rows: PIPE.1,
        pixels: None,
    };
    let mut choice = terminal::without_asking(protocol, size);
    if choice.depth != Depth::Monochrome {
        // A pipe ends in a file or another program, of whose colours nothing is known.
        choice.depth = Depth::True;
    }
    Ok(Sheet {
        choice,
        cells: PIPE,
        terminal: None,
        local,
    })
}

impl Sheet {
    /// The terminal that standard output is, asked once, with room for `lines` of text below a
    /// picture; it is not kept quiet, so that keys are typed as always.
    pub(super) fn of_terminal(lines: u16) -> Result<Self> {
        let mut sheet = sheet(None, true)?;
        sheet.terminal = None;
        let (columns, rows) = sheet.cells;
        sheet.cells = (columns, rows.saturating_sub(lines).max(1));
        Ok(sheet)
    }

    /// Whether the terminal shows pictures at all.
    pub(super) fn draws(&self) -> bool {
        self.choice.protocol != Protocol::None
    }

    /// Prints a picture as well as the terminal can show it.
    pub(super) fn print(&self, frame: &Frame, out: &mut dyn Write) -> Result<(), Failure> {
        let limit = Limit {
            rung: Rung::Q5,
            bytes: None,
        };
        print(frame, self, &limit, out)?;
        Ok(out.flush()?)
    }

    /// The picture's pixels: as many as fit with the scan's proportions, whose pixels are `shape` times as
    /// high as wide.
    pub(super) fn fitted(&self, view: &View, shape: f64) -> Size {
        let cell = self.choice.cell;
        let (columns, rows) = self.cells;
        let (width, height) = pixels_for(self.choice.protocol, columns, rows, cell);
        // A part of a cell need not be as high as it is wide.
        let tall = self.choice.protocol.pixel_aspect(cell);
        let [_, _, w, h] = view.region;
        let (w, h) = if view.rotation.is_multiple_of(180) {
            (w, h * shape)
        } else {
            (h * shape, w)
        };
        // A larger one is not drawn at all.
        let largest = self.choice.largest.unwrap_or([u32::MAX; 2]);
        let [width, height] = [
            width.min(largest[0] as usize),
            height.min(largest[1] as usize),
        ];
        let scale = (width as f64 / w).min(height as f64 * tall / h);
        let side = |pixels: f64, most: usize| (pixels.round() as usize).clamp(1, most.max(1));
        Size {
            width: side(w * scale, width),
            height: side(h * scale / tall, height),
        }
    }
}

/// Prints the picture; answers what was reached when that is not every pixel.
fn print(
    frame: &Frame,
    sheet: &Sheet,
    limit: &Limit,
    out: &mut dyn Write,
) -> Result<Option<Safe>, Failure> {
    let (encoded, bytes) = fitting(frame, sheet, limit)?;
    out.write_all(&bytes)?;
    let reached = say(
        "show-reached",
        &[
            arg("rung", &Safe::word(encoded.rung.as_str())),
            arg("bytes", &bytes.len()),
        ],
    );
    // Cells are fewer pixels than were asked for, however exact their colours.
    let lossy = !encoded.lossless || limit.rung == Rung::Q0;
    Ok(lossy.then_some(reached))
}

/// One picture is made once: unless it goes straight to a terminal on this machine, a second of work
/// is less than what its bytes take on a line.
fn effort(sheet: &Sheet, limit: &Limit) -> Effort {
    let remote = ["SSH_CONNECTION", "SSH_TTY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    // Cells at their best are what an open limit asks for; fewer bytes would be poorer ones.
    let near = sheet.local && !remote || !sheet.choice.protocol.is_pixels();
    if near && limit.is_open() {
        Effort::Fast
    } else {
        Effort::Least
    }
}

/// The best picture within the limit, and all that prints it.
fn fitting(frame: &Frame, sheet: &Sheet, limit: &Limit) -> Result<(Encoded, Vec<u8>)> {
    let choice = &sheet.choice;
    let target = Target {
        protocol: choice.protocol,
        cell: choice.cell,
        depth: choice.depth,
        registers: choice.registers,
        id: ID | std::process::id(),
        effort: effort(sheet, limit),
        answers: Answers::Silent,
    };
    let make = |frame: &Frame, most| {
        let encoded = code(frame, &target, limit.rung, most, &Cancel::never())?;
        let bytes = printed(&encoded, choice.depth);
        Ok((encoded, bytes))
    };
    let Some(most) = limit.bytes else {
        return make(frame, None);
    };
    let fits = |bytes: &[u8]| bytes.len() <= most;
    // Cells and whatever an encoder could not keep within its share: in fewer and fewer colours.
    let within =
        most.saturating_sub(AROUND + frame.height / usize::from(choice.cell.height.max(1)));
    let nothing = || Error::NotPossible {
        why: say("graphics-nothing-fits", &[arg("bytes", &most)]),
    };
    // The encoder knows its share only, the analyst the whole.
    let too_many = |error| match error {
        Error::NotPossible { .. } => nothing(),
        other => other,
    };
    let whole = make(frame, Some(within)).map_err(too_many)?;
    if fits(&whole.1) {
        return Ok(whole);
    }
    for count in FEWER {
        let fewer = make(&in_few_colours(frame, count), Some(within)).map_err(too_many)?;
        if fits(&fewer.1) {
            let (encoded, bytes) = fewer;
            let lossless = false;
            return Ok((
                Encoded {
                    lossless,
                    ..encoded
                },
                bytes,
            ));
        }
    }
    Err(nothing())
}

/// Most bytes that are written around a picture of bytes besides a line a row: cursor and placement.
const AROUND: usize = 104;
/// Colours that are tried where nothing else makes a picture fit.
const FEWER: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];

/// All that is written to print a picture and go on below it.
fn printed(encoded: &Encoded, depth: Depth) -> Vec<u8> {
    if let Body::Cells(picture) = &encoded.body {
        return terminal::lines(picture, depth);
    }
    // Room first, so that a picture at the bottom scrolls before it is drawn.
    let rows = usize::from(encoded.rows);
    let mut out = "\n".repeat(rows).into_bytes();
    out.extend_from_slice(format!("\x1b[{rows}A\x1b7").as_bytes());
    out.extend(encoded.drawing());
    out.extend_from_slice(b"\x1b8");
    if rows > 1 {
        out.extend_from_slice(format!("\x1b[{}B", rows - 1).as_bytes());
    }
    out.push(b'\n');
    out
}
