//! Raw samples, which say nothing of themselves: a sidecar describes each plane of the file.

use super::samples::{Layout, Sample};
use super::{Decoded, Page};
use crate::messages::arg;
use crate::radiograph::PlaneName;
use crate::scan::sidecar::PlaneAbout;
use crate::scan::source::Source;
use crate::text::Safe;
use crate::{Error, Result};

/// Reads the planes that a sidecar describes; nothing that it leaves open is guessed.
pub(in crate::scan) fn read(
    source: &Source<'_>,
    planes: &[&PlaneAbout],
    page: Option<usize>,
) -> Result<Decoded> {
    super::only_page(page)?;
    let length = source.bytes.len() as u64;
    let mut decoded = Decoded::default();
    let mut end = 0;
    for about in planes {
        source.cancel.check()?;
        let (layout, start) = layout(about, source, length)?;
        let last = start + layout.bytes();
        end = last.max(end);
        decoded.pages.push(Page {
            planes: vec![layout.plane(&source.bytes[start as usize..last as usize])],
            says: about.name.as_deref().map(PlaneName::from),
            pixel_mm: about.pixel_mm,
        });
    }
    if end < length {
        let more = length - end;
        let words = [arg("bytes", &more)];
        decoded
            .warnings
            .push(crate::messages::say("scan-bytes-after", &words));
    }
    Ok(decoded)
}

/// Refuses a description that the file of `length` bytes cannot meet.
pub(in crate::scan) fn check(
    source: &Source<'_>,
    planes: &[&PlaneAbout],
    length: u64,
) -> Result<()> {
    planes
        .iter()
        .try_for_each(|about| layout(about, source, length).map(drop))
}

/// How the samples of one plane lie, and where the first is; they are inside the file.
fn layout(about: &PlaneAbout, source: &Source<'_>, length: u64) -> Result<(Layout, u64)> {
    let missing = |key: &'static str| -> Error {
        source.bad("scan-raw-needs", &[arg("key", &Safe::word(key))])
    };
    let columns = about.width.ok_or_else(|| missing("width"))?;
    let rows = about.height.ok_or_else(|| missing("height"))?;
    let kind = about
        .sample_type
        .as_deref()
        .ok_or_else(|| missing("type"))?;
    let bits = match kind {
        "u8" => Some(8),
        "u16" => Some(16),
        _ => None,
    };
    let big = match about.endian.as_deref() {
        Some("little") => false,
        Some("big") => true,
        None if bits != Some(16) => false,
        _ => return Err(missing("endian")),
    };
    let sample = Sample::of(bits, big, kind, source)?;
    let layout = Layout::of(&[columns, rows], sample, source)?;
    let start = about.offset.unwrap_or(0);
    let data = length.saturating_sub(start);
    layout.check(source, (data, 1))?;
    Ok((layout, start))
}
