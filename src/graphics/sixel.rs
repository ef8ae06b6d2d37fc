//! Sixels: an opaque rectangle with a palette of the colours used, without dithering.
//!
//! DEC STD 070 and the VT340's manual. Every pixel is painted (transparent ones are drawn wrongly by
//! several terminals), bands are run-length coded, the size is said by raster attributes. Colours go
//! in steps of 1/100, so only components that are multiples of 51 (0, 20, .. 100 %) arrive exactly: any
//! other picture is honestly called lossy, and greys that fall on one step share a register.

use std::io::Write as _;

use super::{Body, Made, palette};
use crate::view::Frame;

/// Rows of a band.
const BAND: usize = 6;
/// Shortest run that is shorter when coded: `!4~`.
const RUN: usize = 4;

/// A component as a percentage, as sixel says it.
pub fn percent(value: u8) -> u8 {
    ((u16::from(value) * 100 + 127) / 255) as u8
}

/// A percentage as the component that it means.
pub fn component(percent: u8) -> u8 {
    ((u16::from(percent.min(100)) * 255 + 50) / 100) as u8
}

/// Encodes the frame in at most `registers` colours, `2..=256`.
pub(crate) fn encode(frame: &Frame, registers: u16) -> Made {
    let most = usize::from(registers.clamp(2, 256));
    let reduced = palette::reduce_by(frame, most, |colour| colour.map(|v| component(percent(v))));
    let (width, height) = (frame.width, frame.height);
    let mut out = Vec::with_capacity(width * height / 4);
    write(&mut out, format_args!("\x1bP0;0;0q\"1;1;{width};{height}"));
    for (number, colour) in reduced.palette.iter().enumerate() {
        let [r, g, b] = colour.map(percent);
        write(&mut out, format_args!("#{number};2;{r};{g};{b}"));
    }
    let mut planes = Planes::new(reduced.palette.len(), width);
    for (number, rows) in reduced.indices.chunks(width * BAND).enumerate() {
        if number > 0 {
            out.push(b'-');
        }
        planes.fill(rows, width);
        planes.write(&mut out, width);
    }
    out.extend_from_slice(b"\x1b\\");
    // How a terminal rounds a percentage is its own affair: only whole ones are sure.
    let whole = reduced.palette.as_flattened().iter().all(|v| v % 51 == 0);
    Made {
        body: Body::Bytes(out),
        colours: reduced.palette.len(),
        lossless: reduced.exact && whole,
    }
}

/// The sixels of one band, a row of them for each colour.
struct Planes {
    sixels: Vec<u8>,
    used: Vec<bool>,
}

impl Planes {
    fn new(colours: usize, width: usize) -> Self {
        Self {
            sixels: vec![0; colours * width],
            used: vec![false; colours],
        }
    }

    /// Sorts the pixels of a band by colour.
    fn fill(&mut self, rows: &[u8], width: usize) {
        self.sixels.fill(0);
        self.used.fill(false);
        for (y, row) in rows.chunks(width).enumerate() {
            for (x, index) in row.iter().enumerate() {
                let colour = usize::from(*index);
                self.used[colour] = true;
                self.sixels[colour * width + x] |= 1 << y;
            }
        }
    }

    /// Writes the band, a colour after the other over the same rows.
    fn write(&self, out: &mut Vec<u8>, width: usize) {
        let mut first = true;
        for (colour, row) in self
            .sixels
            .chunks(width)
            .enumerate()
            .filter(|(c, _)| self.used[*c])
        {
            if !first {
                out.push(b'$');
            }
            first = false;
            write(out, format_args!("#{colour}"));
            let end = row
                .iter()
                .rposition(|sixel| *sixel != 0)
                .map_or(0, |last| last + 1);
            for run in row[..end].chunk_by(|a, b| a == b) {
                write_run(out, run[0] + b'?', run.len());
            }
        }
    }
}

/// `count` times the same sixel.
fn write_run(out: &mut Vec<u8>, sixel: u8, count: usize) {
    if count < RUN {
        out.extend(std::iter::repeat_n(sixel, count));
    } else {
        write(out, format_args!("!{count}"));
        out.push(sixel);
    }
}

/// Writing into memory cannot fail.
fn write(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_multiples_of_51_survive_the_percentage() {
        for value in 0..=255_u8 {
            assert!(component(percent(value)).abs_diff(value) <= 1, "{value}");
            let said = percent(value);
            assert_eq!(percent(component(said)), said);
            if value % 51 == 0 {
                assert_eq!(component(said), value);
            }
        }
    }
}
