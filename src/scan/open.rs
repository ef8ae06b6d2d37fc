//! Opening a scan: every file read once, hashed and decoded, then put together.
//!
//! Decoding runs on a thread of its own name. A library that panics there ends that thread and
//! becomes an error that names the file; a cancelled job ends at its next strip or row band.

use std::path::Path;
use std::sync::Arc;

use super::names::plane_of_name;
use super::read::{self, Decoded, Page};
use super::sidecar::{AirAbout, PlaneAbout, Sidecar};
use super::source::{Source, read_hashed, read_whole, sha256};
use super::{
    End, FileRecord, Format, Limits, Opened, PairedBy, Reduced, Scan, ScanFile, air, npy, reduce,
};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::radiograph::{Air, Energy, Kind, Plane, PlaneName, Polarity, Radiograph};
use crate::text::Safe;
use crate::{Error, Result};

/// Name of the thread that decodes; a panic hook leaves its panics to [`open`].
pub const DECODER_THREAD: &str = "xamine-decode";

/// Stack of the decoder, in bytes.
const STACK: usize = 8 << 20;

/// Lets the panic hook in place pass over panics of the decoder: they are caught and become errors.
pub fn keep_decoder_panics_quiet() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(DECODER_THREAD) {
            before(panic);
        }
    }));
}

/// Reads and decodes a scan.
///
/// # Errors
/// A broken, unsupported or over-large file, one that cannot be read, or [`Error::Cancelled`].
/// Never a part of a picture.
pub fn open(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Result<Opened> {
    apart(&scan.path, || decode(scan, limits, cancel))
}

/// Does `work` on a thread whose panics are errors of the file at `path`.
pub(super) fn apart<T: Send>(path: &Path, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name(DECODER_THREAD.to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| Error::io(path, &error))?
            .join()
            .unwrap_or_else(|panic| Err(panicked(path, &*panic)))
    })
}

/// What a scan is, byte for byte, when it cannot be decoded: its id and its files, so that it can be
/// sent back all the same.
///
/// # Errors
/// A file that cannot be read or is over the limit, or [`Error::Cancelled`].
pub fn identify(
    scan: &Scan,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<(String, Vec<FileRecord>)> {
    if scan.files.is_empty() {
        return Err(Error::bad_file(&scan.path, say("scan-no-files", &[])));
    }
    let records = scan
        .files
        .iter()
        .map(|file| Ok(read_hashed(&file.path, limits, cancel)?.1));
    let records: Vec<FileRecord> = records.collect::<Result<_>>()?;
    Ok((scan_id(&records), records))
}

/// The error for a decoder that panicked.
fn panicked(path: &Path, panic: &(dyn std::any::Any + Send)) -> Error {
    let words = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("?");
    let words = Safe::from_outside(words);
    Error::bad_file(path, say("scan-decoder-panicked", &[arg("words", &words)]))
}

/// A decoded file with its record.
pub(super) struct Part {
    pub(super) record: FileRecord,
    pub(super) format: Format,
    pub(super) decoded: Decoded,
}

/// Reads every file and puts the scan together.
fn decode(scan: &Scan, limits: &Limits, cancel: &Cancel) -> Result<Opened> {
    let sidecar = match &scan.sidecar {
        Some(path) => Some((path.as_path(), Sidecar::read(path)?)),
        None => None,
    };
    if let Some(error) = &scan.error
        && (sidecar.is_some() || scan.files.is_empty())
    {
        return Err(error.clone());
    }
    if let Some(step) = reduce::step_of(scan, limits, cancel) {
        return decode_reduced(scan, sidecar, (limits, step), cancel);
    }
    let mut left = *limits;
    let mut parts = Vec::new();
    for file in &scan.files {
        let planes = sidecar.as_ref();
        let planes = planes.map_or_else(Vec::new, |(_, sidecar)| sidecar.raw_planes(&file.path));
        let part = part((&file.path, &planes), scan.page, &left, cancel)?;
        left.bytes = left.bytes.saturating_sub(part.record.bytes);
        let pages = part
            .decoded
            .pages
            .iter()
            .filter_map(|page| page.planes.first());
        let pixels: usize = pages.map(|plane| plane.samples.len()).sum();
        left.megapixels = left.megapixels.saturating_sub(pixels as u64 / 1_000_000);
        parts.push(part);
    }
    assemble(
        scan,
        parts,
        sidecar.as_ref().map(|(path, sidecar)| (*path, sidecar)),
    )
}

/// Reads every file by bands and puts the scan together as means of squares of `step` pixels a side.
fn decode_reduced(
    scan: &Scan,
    sidecar: Option<(&Path, Sidecar)>,
    (limits, step): (&Limits, usize),
    cancel: &Cancel,
) -> Result<Opened> {
    let part = |file: &ScanFile| reduce::part(&file.path, (scan.page, step), limits, cancel);
    let parts = scan.files.iter().map(part).collect::<Result<_>>()?;
    let known = sidecar.as_ref().map(|(path, sidecar)| (*path, sidecar));
    let mut opened = assemble(scan, parts, known)?;
    if step > 1 {
        let words = [arg("step", &step)];
        opened.warnings.insert(0, say("scan-reduced", &words));
        opened.reduced = Some(Arc::new(Reduced {
            step,
            scan: scan.clone(),
            sidecar: sidecar.map(|(path, sidecar)| (path.to_path_buf(), sidecar)),
            limits: *limits,
        }));
    }
    Ok(opened)
}

/// Reads one file; `raw` are the planes of it that a sidecar describes as raw samples.
fn part(
    (path, raw): (&Path, &[&PlaneAbout]),
    page: Option<usize>,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<Part> {
    let (bytes, read) = read_whole(path, limits, cancel)?;
    if !raw.is_empty() {
        let source = Source {
            path,
            bytes: &bytes,
            limits,
            cancel,
        };
        return Ok(Part {
            decoded: read::raw::read(&source, raw, page)?,
            record: read.hashed(&bytes, cancel)?,
            format: Format::Raw,
        });
    }
    let magic = &bytes[..bytes.len().min(read::MAGIC)];
    let Some(reader) = read::reader_for(magic) else {
        let is = read::known_but_not_read(magic).unwrap_or_else(|| say("scan-unknown", &[]));
        return Err(Error::unsupported(
            path,
            say("scan-format-not-read", &[arg("is", &is)]),
        ));
    };
    let source = Source {
        path,
        bytes: &bytes,
        limits,
        cancel,
    };
    // The same bytes at once: the hash takes as long as the decoding.
    let (decoded, record) = std::thread::scope(|scope| {
        let record = scope.spawn(|| read.hashed(&bytes, cancel));
        let decoded = (reader.read)(&source, page);
        (decoded, record.join())
    });
    let decoded = decoded?;
    let record = record.unwrap_or_else(|panic| Err(panicked(path, &*panic)))?;
    Ok(Part {
        record,
        format: decoded.format.unwrap_or(reader.format),
        decoded,
    })
}

/// Puts the files together into one scan.
pub(super) fn assemble(
    scan: &Scan,
    parts: Vec<Part>,
    sidecar: Option<(&Path, &Sidecar)>,
) -> Result<Opened> {
    let files: Vec<FileRecord> = parts.iter().map(|part| part.record.clone()).collect();
    let Some(format) = parts.first().map(|part| part.format) else {
        return Err(Error::bad_file(&scan.path, say("scan-no-files", &[])));
    };
    let mut opened = Opened {
        scan_id: scan_id(&files),
        container: sidecar.and_then(|(_, sidecar)| sidecar.container()),
        doors: sidecar.and_then(|(_, sidecar)| End::parse(sidecar.scan.doors.as_deref()?)),
        simulated: sidecar.is_some_and(|(_, sidecar)| sidecar.scan.simulated),
        metadata: sidecar
            .map(|(_, sidecar)| described(sidecar))
            .unwrap_or_default(),
        ..Opened::bare(scan, format, files)
    };
    if let Some((_, sidecar)) = sidecar {
        let unknown = |key| say("scan-sidecar-unknown", &[arg("key", key)]);
        opened.warnings.extend(sidecar.unknown.iter().map(unknown));
    }
    let report = parts.iter().all(|part| part.decoded.report);
    for (index, part) in parts.iter().enumerate() {
        opened.container = opened
            .container
            .take()
            .or_else(|| part.decoded.container.clone());
        for warning in &part.decoded.warnings {
            if !opened.warnings.contains(warning) {
                opened.warnings.push(warning.clone());
            }
        }
        if index == 0 {
            opened
                .metadata
                .extend(part.decoded.metadata.iter().cloned());
        }
    }
    if report {
        return Ok(opened);
    }
    views(scan, parts, sidecar, &mut opened)?;
    finish(&mut opened, sidecar)?;
    Ok(opened)
}

/// SHA-256 of one file, or of the sorted hashes of several joined by line ends.
fn scan_id(files: &[FileRecord]) -> String {
    match files {
        [one] => one.sha256.clone(),
        several => {
            let mut hashes: Vec<&str> = several.iter().map(|file| file.sha256.as_str()).collect();
            hashes.sort_unstable();
            sha256(hashes.join("\n").as_bytes())
        }
    }
}

/// Key and value of what the sidecar says.
fn described(sidecar: &Sidecar) -> Vec<(Safe, Safe)> {
    let value = |value: &toml::Value| match value {
        toml::Value::String(text) => Safe::from_outside(text),
        other => Safe::from_outside(&other.to_string()),
    };
    let text = |text: &Option<String>| text.as_deref().map(Safe::from_outside);
    let about = &sidecar.scan;
    [
        ("scan-key-machine", text(&about.machine)),
        ("scan-key-time", about.time.as_ref().map(value)),
        ("scan-key-voltage", about.kv_or_mv.as_ref().map(value)),
        ("scan-key-doors", text(&about.doors)),
        ("scan-key-direction", text(&about.direction)),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((say(key, &[]), value?)))
    .collect()
}

/// Makes the views: one of several files or of two pages, else one per page.
pub(super) fn views(
    scan: &Scan,
    parts: Vec<Part>,
    sidecar: Option<(&Path, &Sidecar)>,
    opened: &mut Opened,
) -> Result<()> {
    let several = parts.len() > 1;
    let mut pages: Vec<Page> = Vec::new();
    for part in parts {
        let path = part.record.path;
        if several && part.decoded.pages.len() != 1 {
            return Err(Error::bad_file(&path, say("scan-not-one-plane", &[])));
        }
        for mut page in part.decoded.pages {
            name_planes(&mut page, &path, sidecar.map(|(_, sidecar)| sidecar));
            pages.push(page);
        }
    }
    if several {
        opened.views.push(joined(scan, pages)?);
    } else if let Some(dual) = dual_pages(&mut pages, opened) {
        opened.views.push(dual);
    } else {
        let single = pages.len() == 1;
        for (index, page) in pages.into_iter().enumerate() {
            if page.planes.len() == 2 {
                opened.paired_by = Some(PairedBy::Sample);
            }
            let number = scan.page.unwrap_or(index + 1);
            let main = single && scan.page.is_none();
            opened.views.push(Radiograph {
                view: if main {
                    "main".to_owned()
                } else {
                    format!("page-{number}")
                },
                pixel_mm: page.pixel_mm,
                planes: page.planes,
            });
        }
        if !single {
            let pages = opened.views.len();
            opened
                .warnings
                .push(say("scan-many-pages", &[arg("pages", &pages)]));
        }
    }
    Ok(())
}

/// The name and the energy of a page's only plane: by the sidecar, the file itself, or its name.
fn name_planes(page: &mut Page, path: &Path, sidecar: Option<&Sidecar>) {
    let [plane] = page.planes.as_mut_slice() else {
        return;
    };
    let file_name = path.file_name().and_then(|name| name.to_str());
    let named = file_name.and_then(plane_of_name);
    let about = sidecar.iter().flat_map(|s| &s.plane);
    let mut about =
        about.filter(|about| about.file.as_deref().map(Path::as_os_str) == path.file_name());
    // Several planes of one raw file say themselves which they are.
    let about = (about.next(), about.next());
    let of_sidecar = match about {
        (Some(about), None) => about.name.as_deref().map(PlaneName::from),
        _ => None,
    };
    if let Some(name) = of_sidecar.or_else(|| page.says.clone()) {
        plane.name = name;
    } else if let Some(named) = &named {
        plane.name = named.plane.clone();
    }
    if plane.energy.is_none() {
        plane.energy = named.and_then(|named| Energy::parse(&named.energy?));
    }
}

/// One view of several files' planes, which must have one size.
fn joined(scan: &Scan, pages: Vec<Page>) -> Result<Radiograph> {
    let pixel_mm = pages.iter().find_map(|page| page.pixel_mm);
    let planes: Vec<Plane> = pages.into_iter().flat_map(|page| page.planes).collect();
    let Some(size) = planes.first().map(Plane::scan_size) else {
        return Err(Error::bad_file(&scan.path, say("scan-no-files", &[])));
    };
    for (index, plane) in planes.iter().enumerate() {
        let other = plane.scan_size();
        if other != size {
            let words = [
                arg("width", &size.width),
                arg("height", &size.height),
                arg("other_width", &other.width),
                arg("other_height", &other.height),
            ];
            return Err(Error::bad_file(
                &scan.path,
                say("scan-sizes-differ", &words),
            ));
        }
        if planes[..index].iter().any(|other| other.name == plane.name) {
            let name = Safe::from_outside(plane.name.as_str());
            let words = [arg("name", &name)];
            return Err(Error::bad_file(&scan.path, say("scan-plane-twice", &words)));
        }
    }
    Ok(sorted(Radiograph {
        view: "main".to_owned(),
        pixel_mm,
        planes,
    }))
}

/// Planes in order: high, low, then the rest.
fn sorted(mut view: Radiograph) -> Radiograph {
    view.planes.sort_by_key(|plane| match plane.name {
        PlaneName::High => 0,
        PlaneName::Low => 1,
        _ => 2,
    });
    view
}

/// One view of pages that are high and low: by their words, or two of one size by their order.
fn dual_pages(pages: &mut Vec<Page>, opened: &mut Opened) -> Option<Radiograph> {
    let first = pages.first()?.planes.first()?;
    let size = first.scan_size();
    let alike = pages.len() > 1
        && pages
            .iter()
            .all(|page| matches!(page.planes.as_slice(), [plane] if plane.scan_size() == size));
    if !alike {
        return None;
    }
    let said = |wanted: &PlaneName| {
        pages
            .iter()
            .filter(|p| p.says.as_ref() == Some(wanted))
            .count()
    };
    let by_word = said(&PlaneName::High) == 1
        && said(&PlaneName::Low) == 1
        && pages
            .iter()
            .all(|page| page.says.as_ref().is_some_and(|name| said(name) == 1));
    if !by_word {
        if pages.len() != 2 || pages.iter().any(|page| page.says.is_some()) {
            return None;
        }
        opened.warnings.push(say("scan-pages-by-order", &[]));
        for (page, name) in pages.iter_mut().zip([PlaneName::High, PlaneName::Low]) {
            page.planes[0].name = name;
        }
    }
    opened.paired_by = Some(PairedBy::Page);
    let pixel_mm = pages[0].pixel_mm;
    Some(sorted(Radiograph {
        view: "main".to_owned(),
        pixel_mm,
        planes: pages.drain(..).flat_map(|page| page.planes).collect(),
    }))
}

/// What the sidecar says of each plane, the estimated air, and the kind.
fn finish(opened: &mut Opened, sidecar: Option<(&Path, &Sidecar)>) -> Result<()> {
    for view in &mut opened.views {
        for plane in &mut view.planes {
            let Some((path, sidecar)) = sidecar else {
                break;
            };
            let only = sidecar.plane.len() == 1;
            let about = sidecar.plane.iter().find(|about| {
                let name = about.name.as_deref().map(PlaneName::from);
                name.as_ref() == Some(&plane.name) || only && name.is_none()
            });
            if let Some(about) = about {
                told(plane, about, path)?;
                view.pixel_mm = about.pixel_mm.or(view.pixel_mm);
            }
        }
        if view.kind() == Kind::Colour {
            for plane in &mut view.planes {
                plane.polarity = Polarity::Unknown;
            }
        }
        air::estimate(&mut view.planes);
    }
    opened.kind = opened.views.first().map_or(Kind::Report, Radiograph::kind);
    if opened.kind == Kind::Colour {
        opened.warnings.push(say("scan-colour-display", &[]));
    }
    Ok(())
}

/// Gives a plane what the sidecar says of it.
fn told(plane: &mut Plane, about: &PlaneAbout, sidecar: &Path) -> Result<()> {
    if let Some(energy) = about.energy.as_deref().and_then(Energy::parse) {
        plane.energy = Some(energy);
    }
    plane.dark = about.dark.unwrap_or(plane.dark);
    match &about.air {
        None => {}
        Some(AirAbout::Number(air)) => plane.air = Some(Air::Uniform(*air)),
        Some(AirAbout::File(file)) => {
            let path = sidecar.with_file_name(file);
            let rows = npy::vector(&path)?;
            let height = plane.scan_size().height;
            if rows.len() != height {
                let count = rows.len();
                let words = [arg("count", &count), arg("rows", &height)];
                return Err(Error::bad_file(&path, say("scan-air-rows", &words)));
            }
            plane.air = Some(Air::Rows(rows));
        }
    }
    Ok(())
}
