//! `xamine show`: one picture, printed where the cursor is.
//!
//! Into a pipe our own encoders write what was asked for. On a terminal the protocol is found out in
//! 300 ms at most, and the crate `viuer` prints half-blocks and iTerm2 pictures from a picture that
//! is scaled already; its own probing, which has no time-out, is never used.

use std::io::{IsTerminal as _, Write};

use super::render::open;
use super::{Failure, ScanArgs, ViewArgs, exit};
use crate::cancel::Cancel;
use crate::graphics::{
    Answers, Body, CellSize, Depth, Effort, Encoded, Protocol, Target, encode, parse_size,
    pixels_for,
};
use crate::messages::{arg, say};
use crate::radiograph::Size;
use crate::terminal::{self, Choice, OneShot, WindowSize};
use crate::text::Safe;
use crate::view::{Frame, Pixels, View, choose, picture};
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
}

/// Where the picture goes.
struct Sheet {
    choice: Choice,
    cells: (u16, u16),
    /// The terminal, kept quiet until the picture is printed; `None` for a pipe.
    terminal: Option<OneShot>,
}

/// Runs the command.
pub(super) fn run(
    request: &Request,
    out: &mut dyn Write,
    _err: &mut dyn Write,
) -> Result<u8, Failure> {
    let protocol = Protocol::parse(&request.protocol)?;
    let cells = request.size.as_deref().map(parse_size).transpose()?;
    let cell = request.cell.as_deref().map(CellSize::parse).transpose()?;
    let local = std::io::stdout().is_terminal();
    if protocol.is_none() && !local {
        return Err(Error::request(say("show-needs-protocol", &[])).into());
    }
    let opened = open(&request.scan)?;
    let asked = request.view.request();
    let radiograph = choose(&opened.views, asked.view_name.as_deref())?;
    let view = View::of(radiograph, &asked)?;
    let mut sheet = sheet(protocol, local)?;
    sheet.choice.cell = cell.unwrap_or(sheet.choice.cell);
    sheet.cells = cells.unwrap_or(sheet.cells);
    if sheet.choice.protocol == Protocol::None {
        writeln!(out)?;
        return Ok(exit::DONE);
    }
    let size = fitted(&view, &sheet);
    let picture = picture(radiograph, &view, size, &Cancel::never())?;
    print(&picture.frame, &sheet, out)?;
    out.flush()?;
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
    })
}

/// The picture's pixels: as many as fit with the scan's proportions.
fn fitted(view: &View, sheet: &Sheet) -> Size {
    let cell = sheet.choice.cell;
    let (columns, rows) = sheet.cells;
    let (width, height) = pixels_for(sheet.choice.protocol, columns, rows, cell);
    // Half a cell need not be as high as it is wide.
    let tall = match sheet.choice.protocol {
        Protocol::HalfBlock => f64::from(cell.height) / 2.0 / f64::from(cell.width),
        _ => 1.0,
    };
    let [_, _, w, h] = view.region;
    let (w, h) = if view.rotation.is_multiple_of(180) {
        (w, h)
    } else {
        (h, w)
    };
    let scale = (width as f64 / w).min(height as f64 * tall / h);
    let side = |pixels: f64, most: usize| (pixels.round() as usize).clamp(1, most.max(1));
    Size {
        width: side(w * scale, width),
        height: side(h * scale / tall, height),
    }
}

fn print(frame: &Frame, sheet: &Sheet, out: &mut dyn Write) -> Result<(), Failure> {
    let Choice {
        protocol,
        cell,
        depth,
        registers,
        ..
    } = sheet.choice;
    let target = Target {
        protocol,
        cell,
        depth,
        registers,
        id: ID | std::process::id(),
        effort: Effort::Fast,
        answers: Answers::Silent,
    };
    let encoded = encode(frame, &target)?;
    let coloured = matches!(depth, Depth::True | Depth::Colours256);
    let by_viuer = match protocol {
        Protocol::HalfBlock => coloured,
        Protocol::Iterm2 => viuer::is_iterm_supported(),
        _ => false,
    };
    if sheet.terminal.is_some() && by_viuer {
        return Ok(print_by_viuer(frame, &encoded, sheet)?);
    }
    match &encoded.body {
        Body::Cells(picture) => out.write_all(&terminal::lines(picture, depth))?,
        Body::Bytes(_) => {
            // Room first, so that a picture at the bottom scrolls before it is drawn.
            let rows = encoded.rows;
            out.write_all("\n".repeat(rows.into()).as_bytes())?;
            write!(out, "\x1b[{rows}A\x1b7")?;
            out.write_all(&encoded.drawing())?;
            out.write_all(b"\x1b8")?;
            if rows > 1 {
                write!(out, "\x1b[{}B", rows - 1)?;
            }
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Prints by `viuer`, told everything that it would otherwise find out.
fn print_by_viuer(frame: &Frame, encoded: &Encoded, sheet: &Sheet) -> Result<()> {
    let config = viuer::Config {
        absolute_offset: false,
        width: Some(encoded.columns.into()),
        height: Some(encoded.rows.into()),
        truecolor: sheet.choice.depth == Depth::True,
        use_kitty: false,
        use_iterm: sheet.choice.protocol == Protocol::Iterm2,
        ..viuer::Config::default()
    };
    let failed = |why: Safe| Error::NotPossible {
        why: say("show-failed", &[arg("why", &why)]),
    };
    let picture = as_image(frame).ok_or_else(|| failed(say("graphics-no-pixels", &[])))?;
    viuer::print(&picture, &config)
        .map(|_| ())
        .map_err(|error| failed(Safe::from_outside(&error.to_string())))
}

/// The frame as the image crate holds it.
fn as_image(frame: &Frame) -> Option<image::DynamicImage> {
    let (width, height) = (
        u32::try_from(frame.width).ok()?,
        u32::try_from(frame.height).ok()?,
    );
    if let Pixels::Grey(grey) = &frame.pixels {
        return image::GrayImage::from_raw(width, height, grey.clone()).map(Into::into);
    }
    let pixels =
        (0..frame.height).flat_map(|y| (0..frame.width).flat_map(move |x| frame.rgb(x, y)));
    image::RgbImage::from_raw(width, height, pixels.collect()).map(Into::into)
}
