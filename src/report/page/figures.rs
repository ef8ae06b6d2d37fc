//! Pictures in the page: as data in it, or the sentence why there is none.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::html::{escaped, told};
use super::super::pictures::{Redrawn, png};
use crate::radiograph::{Outline, Size};
use crate::text::Safe;

/// Widest picture, pixels.
pub(super) const WIDEST: usize = 600;

/// A figure with its caption, which is HTML; `tags` are numbers at outlines.
pub(super) fn figure(
    picture: Result<Redrawn, Safe>,
    caption: &str,
    tags: &[(usize, Outline)],
) -> String {
    let picture = picture.and_then(|redrawn| {
        let size = [redrawn.frame.width, redrawn.frame.height];
        let (legend, tags) = (legend(&redrawn), tagged(&redrawn, tags));
        match png(redrawn.frame) {
            Ok(bytes) => Ok((bytes, size, legend, tags)),
            Err(error) => Err(Safe::from_outside(&error.to_string())),
        }
    });
    match picture {
        Ok((bytes, size, legend, tags)) => {
            // A picture of few pixels is shown larger, pixel by pixel.
            let times = (WIDEST / size[0].max(1)).clamp(1, 8);
            let [width, height] = size.map(|side| side * times);
            let class = if times > 1 { " class=\"coarse\"" } else { "" };
            format!(
                "<figure><div class=\"picture\"><img{class} width=\"{width}\" height=\"{height}\" alt=\"{}\" \
             src=\"data:image/png;base64,{}\">{tags}</div>{legend}<figcaption>{caption}</figcaption></figure>\n",
                told("report-picture"),
                STANDARD.encode(bytes),
            )
        }
        Err(why) => format!(
            "<figure><div class=\"none\">{} {}</div><figcaption>{caption}</figcaption></figure>\n",
            told("report-no-picture"),
            escaped(&why)
        ),
    }
}

/// What the colours mean, and that a scan was simulated.
fn legend(redrawn: &Redrawn) -> String {
    let mut out = String::new();
    if redrawn.simulated {
        let _ = write!(
            out,
            "<p class=\"small\"><b>{}</b></p>",
            told("report-simulated")
        );
    }
    if redrawn.legend.is_empty() {
        return out;
    }
    out += "<p class=\"small legend\">";
    for row in &redrawn.legend {
        let [r, g, b] = row.colour;
        let label = escaped(&row.label);
        let _ = write!(
            out,
            "<span><i style=\"background:#{r:02x}{g:02x}{b:02x}\"></i>{label}</span> "
        );
    }
    out + "</p>"
}

/// Numbers at the corners of outlines, in shares of the picture.
fn tagged(redrawn: &Redrawn, tags: &[(usize, Outline)]) -> String {
    let screen = Size {
        width: redrawn.frame.width,
        height: redrawn.frame.height,
    };
    let one = |(number, outline): &(usize, Outline)| {
        let bounds = outline.bounds();
        let corner = [bounds.x as f64, bounds.y as f64];
        let [x, y] = redrawn.view.to_screen(screen, corner);
        let left = (100.0 * x / screen.width as f64).clamp(0.0, 96.0);
        let top = (100.0 * y / screen.height as f64).clamp(6.0, 100.0);
        format!("<span class=\"tag\" style=\"left:{left:.2}%;top:{top:.2}%\">{number}</span>")
    };
    tags.iter().map(one).collect()
}
