//! A curve in braille: two by four dots a cell. Every value counts: a column of dots spans the lowest
//! to the highest value under it, and reaches the one before, so that no peak is lost.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::paint;
use super::theme::Theme;
use crate::messages::{arg, say};
use crate::radiograph::Unit;
use crate::text::Safe;

/// Bits of a braille cell by column and row of its dots.
const DOTS: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
/// The braille cell without dots.
const BLANK: u32 = 0x2800;

/// Draws `values` over the width of `area`, the lowest at its bottom; gives the lowest and highest.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, values: &[f32], theme: Theme) -> [f64; 2] {
    let known = || values.iter().copied().filter(|value| value.is_finite());
    let low = known().fold(f32::INFINITY, f32::min);
    let high = known().fold(f32::NEG_INFINITY, f32::max);
    if low > high || area.is_empty() {
        return [0.0; 2];
    }
    let (columns, rows) = (usize::from(area.width) * 2, usize::from(area.height) * 4);
    let mut cells = vec![0_u32; usize::from(area.width) * usize::from(area.height)];
    let row = |value: f32| {
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        rows - 1 - ((share * (rows - 1) as f32).round() as usize).min(rows - 1)
    };
    let mut before = None;
    for column in 0..columns {
        let Some((first, last, span)) = under(values, column, columns) else {
            before = None;
            continue;
        };
        let joined = before.unwrap_or(first);
        let (top, bottom) = (row(span[1].max(joined)), row(span[0].min(joined)));
        for y in top..=bottom {
            let cell = y / 4 * usize::from(area.width) + column / 2;
            cells[cell] |= DOTS[column % 2][y % 4];
        }
        before = Some(last);
    }
    for (at, dots) in cells.iter().enumerate().filter(|(_, dots)| **dots != 0) {
        let character = char::from_u32(BLANK + dots).unwrap_or(' ');
        let x = area.x + (at % usize::from(area.width)) as u16;
        let y = area.y + (at / usize::from(area.width)) as u16;
        let text = Safe::from_outside(&character.to_string());
        paint::text(buffer, area, (x, y), &text, theme.plain());
    }
    [f64::from(low), f64::from(high)]
}

/// First, last, and lowest and highest of the values under a column of dots; `None` where one is not
/// known.
fn under(values: &[f32], column: usize, columns: usize) -> Option<(f32, f32, [f32; 2])> {
    let at = |column: usize| column * (values.len() - 1) / (columns - 1).max(1);
    let next = at((column + 1).min(columns - 1));
    let values = &values[at(column)..next.max(at(column) + 1)];
    if values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let low = values.iter().copied().reduce(f32::min)?;
    let high = values.iter().copied().reduce(f32::max)?;
    Some((*values.first()?, *values.last()?, [low, high]))
}

/// A value with its unit and as many decimals as the span of the axis needs.
pub(super) fn value(value: f64, span: f64, unit: Unit) -> Safe {
    let needed = if span > 0.0 {
        (1.0 - span.log10().floor()).clamp(0.0, 6.0) as usize
    } else {
        0
    };
    let decimals = match unit {
        Unit::Sample => 0,
        unit => unit.decimals().max(needed),
    };
    let unit = say(&format!("unit-short-{}", unit.as_str()), &[]);
    let value = Safe::number(value, decimals);
    say(
        "histogram-value",
        &[arg("value", &value), arg("unit", &unit)],
    )
}
