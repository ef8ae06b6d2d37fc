//! Bars of counts over the whole height of an area, by the square root, so that little stays visible
//! beside much; whatever was counted has an eighth of a cell at least.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::histogram::{bar, heights};
use super::theme::Theme;
use crate::radiograph::Histogram;

/// Draws the bars; gives the count of the highest.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, histogram: &Histogram, theme: Theme) -> u64 {
    let columns = usize::from(area.width);
    // One row more: the bars of the inspector leave a line for their axis.
    let with_axis = Rect {
        height: area.height + 1,
        ..area
    };
    let (heights, most) = heights(histogram, columns, usize::from(area.height) * 8);
    for (column, height) in heights.iter().enumerate() {
        let x = area.x + column as u16;
        bar(buffer, with_axis, x, *height, theme.plain());
    }
    most
}
