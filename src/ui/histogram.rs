//! The histogram of what is visible, with the window drawn in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint;
use super::theme::Theme;
use crate::radiograph::Histogram;
use crate::text::Safe;
use crate::view::Window;

/// Eighths of a cell, from the bottom.
const BARS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Draws bars over a line that shows the window: bright inside it, dim outside.
pub(super) fn draw(
    buffer: &mut Buffer,
    area: Rect,
    histogram: &Histogram,
    window: Window,
    theme: Theme,
) {
    if area.height < 2 || area.width == 0 {
        return;
    }
    let (heights, _) = heights(
        histogram,
        usize::from(area.width),
        usize::from(area.height - 1) * 8,
    );
    let [low, high] = window.edges();
    for (column, height) in heights.iter().enumerate() {
        let value = value_at(histogram, column, heights.len());
        let inside = value >= low && value <= high;
        let style = if inside { theme.plain() } else { theme.dim() };
        let x = area.x + column as u16;
        bar(buffer, area, x, *height, style);
        let mark = if inside { "━" } else { "─" };
        paint::text(
            buffer,
            area,
            (x, area.bottom() - 1),
            &Safe::word(mark),
            style,
        );
    }
    for edge in [low, high] {
        edge_mark(buffer, area, histogram, edge, theme);
    }
}

/// One bar, `height` in eighths of a cell.
pub(super) fn bar(buffer: &mut Buffer, area: Rect, x: u16, height: usize, style: Style) {
    for row in 0..area.height - 1 {
        let part = height.saturating_sub(usize::from(row) * 8).min(8);
        let y = area.bottom() - 2 - row;
        paint::text(buffer, area, (x, y), &Safe::word(BARS[part]), style);
    }
}

/// Where the window begins or ends, when that lies on the axis.
fn edge_mark(buffer: &mut Buffer, area: Rect, histogram: &Histogram, edge: f64, theme: Theme) {
    let span = histogram.high - histogram.low;
    let share = (edge - histogram.low) / span;
    if !(0.0..=1.0).contains(&share) {
        return;
    }
    let x = area.x + ((share * f64::from(area.width)) as u16).min(area.width - 1);
    paint::text(
        buffer,
        area,
        (x, area.bottom() - 1),
        &Safe::word("┃"),
        theme.key(),
    );
}

/// The value in the middle of a column.
fn value_at(histogram: &Histogram, column: usize, columns: usize) -> f64 {
    let share = (column as f64 + 0.5) / columns as f64;
    histogram.low + share * (histogram.high - histogram.low)
}

/// Column heights in eighths of a cell: square root of the counts, so that little stays visible
/// beside much; and the count of the highest.
pub(super) fn heights(histogram: &Histogram, columns: usize, full: usize) -> (Vec<usize>, u64) {
    let bins = histogram.counts.len().max(1);
    let mut sums = vec![0u64; columns];
    for (bin, count) in histogram.counts.iter().enumerate() {
        sums[bin * columns / bins] += count;
    }
    if bins < columns {
        // Fewer bins than columns: a bin covers several, each of its height.
        for (column, sum) in sums.iter_mut().enumerate() {
            *sum = histogram
                .counts
                .get(column * bins / columns)
                .copied()
                .unwrap_or(0);
        }
    }
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let height = |sum: &u64| {
        let share = (*sum as f64 / most as f64).sqrt();
        (share * full as f64).ceil() as usize
    };
    (sums.iter().map(height).collect(), most)
}
