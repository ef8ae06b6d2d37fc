//! Grouping the files of one folder into scans.
//!
//! In this order: a sidecar claims the files it names; files whose Image Type says high and low
//! belong together when they agree in their name or in scan and object; then the tokens of the
//! names. A pair has one high and one low of equal size and format; anything else stays alone.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use super::find::{Found, Other};
use super::look::{Look, look_inside};
use super::names::{natural, plane_of_name};
use super::read::{Glance, raw};
use super::sidecar::{SUFFIX, Sidecar};
use super::source::{Source, modified_ns};
use super::{Format, Limits, PairedBy, Scan, ScanFile};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::radiograph::{Kind, PlaneName};
use crate::text::Safe;
use crate::{Error, Result};

/// A directory entry that is not a folder.
#[derive(Debug)]
pub(super) struct Entry {
    path: PathBuf,
    /// `None` when it vanished.
    file: Option<ScanFile>,
    /// What it is when it is not a regular file.
    special: Option<Safe>,
}

impl Entry {
    /// An entry with its metadata, when that could be read.
    pub(super) fn of(path: &Path, metadata: Option<&Metadata>) -> Self {
        let special = metadata
            .filter(|metadata| !metadata.is_file())
            .map(|metadata| {
                let kind = metadata.file_type();
                let id = if kind.is_fifo() {
                    "scan-is-fifo"
                } else if kind.is_socket() {
                    "scan-is-socket"
                } else {
                    "scan-is-device"
                };
                say(id, &[])
            });
        Self {
            path: path.to_path_buf(),
            file: metadata.map(|metadata| ScanFile {
                path: path.to_path_buf(),
                bytes: metadata.len(),
                modified_ns: modified_ns(metadata),
                inode: metadata.ino(),
            }),
            special,
        }
    }

    fn name(&self) -> &OsStr {
        self.path.file_name().unwrap_or_default()
    }
}

/// A pixel file with what its header says.
struct Picture {
    file: ScanFile,
    format: Format,
    glance: Glance,
}

/// The rows of a folder, in natural order of their first file.
pub(super) struct Rows {
    /// Scans and other files.
    pub(super) rows: Vec<Found>,
    /// Sidecars that belong to a scan.
    pub(super) companions: usize,
}

/// Looks at the entries of one folder and groups them.
pub(super) fn rows(entries: Vec<Entry>, limits: &Limits, cancel: &Cancel) -> Result<Rows> {
    let mut folder = Folder::default();
    for entry in entries {
        cancel.check()?;
        folder.look(entry, limits, cancel)?;
    }
    folder.sidecars(limits);
    folder.pairs();
    folder.alone();
    let companions = folder.companions;
    let mut rows: Vec<(PathBuf, Found)> = folder.rows;
    rows.sort_by(|(a, _), (b, _)| natural(a.as_os_str().as_bytes(), b.as_os_str().as_bytes()));
    Ok(Rows {
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        companions,
    })
}

/// A row for a place that cannot be read.
pub(super) fn problem_row(path: PathBuf, files: Vec<ScanFile>, error: Error) -> Scan {
    Scan {
        error: Some(error),
        ..Scan::bare(path, files)
    }
}

/// A folder while it is being grouped.
#[derive(Default)]
struct Folder {
    pictures: BTreeMap<PathBuf, Picture>,
    unknown: BTreeMap<PathBuf, (ScanFile, Safe)>,
    sidecars: Vec<(PathBuf, Result<Sidecar>)>,
    rows: Vec<(PathBuf, Found)>,
    companions: usize,
}

impl Folder {
    /// Sorts one entry: sidecar, picture, problem or other.
    fn look(&mut self, entry: Entry, limits: &Limits, cancel: &Cancel) -> Result<()> {
        let (Some(file), None) = (&entry.file, &entry.special) else {
            let why = entry.special.unwrap_or_else(|| say("scan-vanished", &[]));
            self.push_other(Other {
                path: entry.path,
                bytes: 0,
                why,
            });
            return Ok(());
        };
        if entry.name().as_bytes().ends_with(SUFFIX.as_bytes()) {
            let sidecar = Sidecar::read(&entry.path);
            self.sidecars.push((entry.path, sidecar));
            return Ok(());
        }
        match look_inside(file, limits, cancel) {
            Ok(Look::Picture(format, glance)) => {
                let picture = Picture {
                    file: file.clone(),
                    format,
                    glance,
                };
                self.pictures.insert(entry.path, picture);
            }
            Ok(Look::Sidecar(sidecar)) => self.sidecars.push((entry.path, Ok(sidecar))),
            Ok(Look::Other(why)) => {
                self.unknown.insert(entry.path, (file.clone(), why));
            }
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => {
                let row = problem_row(entry.path.clone(), vec![file.clone()], error);
                self.push_scan(row);
            }
        }
        Ok(())
    }

    fn push_scan(&mut self, scan: Scan) {
        self.rows.push((scan.path.clone(), Found::Scan(scan)));
    }

    fn push_other(&mut self, other: Other) {
        self.rows.push((other.path.clone(), Found::Other(other)));
    }

    /// Each sidecar with the files it names; one without files describes the scan of its own name.
    fn sidecars(&mut self, limits: &Limits) {
        for (path, sidecar) in std::mem::take(&mut self.sidecars) {
            match sidecar {
                Ok(sidecar) => self.described(path, &sidecar, limits),
                Err(error) => self.misdescribed(path, error),
            }
        }
    }

    /// A sidecar that cannot be read is its scan's problem: its air and energies are not known.
    fn misdescribed(&mut self, path: PathBuf, error: Error) {
        let files: Vec<ScanFile> = self
            .named_like(&path)
            .into_iter()
            .filter_map(|path| self.pictures.remove(&path))
            .map(|picture| picture.file)
            .collect();
        let first = files
            .first()
            .map_or_else(|| path.clone(), |file| file.path.clone());
        let mut scan = problem_row(first, files, error);
        scan.sidecar = Some(path);
        self.companions += 1;
        self.push_scan(scan);
    }

    /// The files that a sidecar names, or that bear its name.
    fn described(&mut self, path: PathBuf, sidecar: &Sidecar, limits: &Limits) {
        let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
        let named: Vec<PathBuf> = sidecar
            .files()
            .iter()
            .map(|file| folder.join(file))
            .collect();
        for table in sidecar.beside().map(|table| folder.join(table)) {
            if let Some(picture) = self.pictures.remove(&table) {
                let is = say("scan-table", &[]);
                self.unknown.insert(table, (picture.file, is));
            }
        }
        let files = if named.is_empty() {
            self.named_like(&path)
        } else {
            named
        };
        let mut scan = Scan::bare(path.clone(), Vec::new());
        scan.container = sidecar.container();
        scan.paired_by = (files.len() > 1).then_some(PairedBy::Sidecar);
        let mut planes = Vec::new();
        for file in &files {
            if let Some(picture) = self.pictures.remove(file) {
                scan.container = scan.container.or(picture.glance.container);
                planes.push(picture.glance.kind);
                scan.files.push(picture.file);
            } else if let Some((raw_file, is)) = self.unknown.remove(file) {
                let raw = sidecar.raw_planes(file);
                let source = Source {
                    path: file,
                    bytes: &[],
                    limits,
                    cancel: &Cancel::never(),
                };
                let checked = match &raw[..] {
                    [] => {
                        let why = say("scan-format-not-read", &[arg("is", &is)]);
                        Err(Error::unsupported(file, why))
                    }
                    planes => raw::check(&source, planes, raw_file.bytes),
                };
                planes.push(Some(match raw.len() {
                    0 | 1 => Kind::SingleEnergy,
                    _ => Kind::DualEnergy,
                }));
                scan.files.push(raw_file);
                if let Err(error) = checked {
                    scan.error.get_or_insert(error);
                }
            } else if let Some(error) = self.take_problem(file, &mut scan.files) {
                scan.error.get_or_insert(error);
            } else {
                let why = say("scan-named-missing", &[]);
                scan.error.get_or_insert_with(|| Error::bad_file(file, why));
            }
        }
        if files.is_empty() {
            scan.error = Some(Error::bad_file(&path, say("scan-sidecar-no-scan", &[])));
        }
        if let Some(first) = scan.files.first() {
            scan.path.clone_from(&first.path);
        }
        scan.kind = described_kind(sidecar, &planes).filter(|_| scan.error.is_none());
        scan.sidecar = Some(path);
        self.companions += 1;
        self.push_scan(scan);
    }

    /// Takes a named file out of the rows with problems.
    fn take_problem(&mut self, path: &Path, files: &mut Vec<ScanFile>) -> Option<Error> {
        let at = self.rows.iter().position(|(of, row)| {
            of == path && matches!(row, Found::Scan(scan) if scan.sidecar.is_none())
        })?;
        let (_, Found::Scan(scan)) = self.rows.remove(at) else {
            return None;
        };
        files.extend(scan.files);
        scan.error
    }

    /// The pictures named like a sidecar: `NAME.*`, or a pair whose names share `NAME`.
    fn named_like(&self, sidecar: &Path) -> Vec<PathBuf> {
        let name = sidecar.file_name().unwrap_or_default().as_bytes();
        let stem = name.strip_suffix(SUFFIX.as_bytes()).unwrap_or(name);
        let own: Vec<PathBuf> = self
            .pictures
            .keys()
            .filter(|path| path.file_stem().is_some_and(|own| own.as_bytes() == stem))
            .cloned()
            .collect();
        if !own.is_empty() {
            return own;
        }
        let rest = |path: &PathBuf| {
            let stem = path.file_stem()?.to_str()?;
            Some(plane_of_name(stem)?.rest)
        };
        let wanted = std::str::from_utf8(stem).unwrap_or_default().to_lowercase();
        let wanted = wanted.replace(|c: char| !c.is_alphanumeric(), "\u{1}");
        let like = |path: &&PathBuf| rest(path).is_some_and(|rest| rest == wanted);
        let mut pair: Vec<PathBuf> = self.pictures.keys().filter(like).cloned().collect();
        pair.sort_by_key(|path| {
            rank(
                path.to_str()
                    .and_then(|p| plane_of_name(p).map(|n| n.plane))
                    .as_ref(),
            )
        });
        pair
    }

    /// Pairs by Image Type, then by name.
    fn pairs(&mut self) {
        self.pair(PairedBy::ImageType, key_of_name);
        self.pair(PairedBy::ImageType, key_of_exposure);
        self.pair(PairedBy::Name, key_of_name);
    }

    /// Joins the files of equal key that are one high and one low of equal size and format.
    fn pair(&mut self, by: PairedBy, key: KeyOf) {
        let mut groups: HashMap<String, Vec<(PlaneName, PathBuf)>> = HashMap::new();
        for (path, picture) in &self.pictures {
            let glance = &picture.glance;
            let (Some(key), Some(plane)) = (key(path, glance), plane_by(by, path, glance)) else {
                continue;
            };
            let size = glance.size.unwrap_or_default();
            let key = format!("{key}\u{2}{:?}\u{2}{size:?}", picture.format);
            groups.entry(key).or_default().push((plane, path.clone()));
        }
        for mut group in groups.into_values() {
            let count = |plane| group.iter().filter(|(name, _)| *name == plane).count();
            let zeff = count(PlaneName::Zeff);
            if count(PlaneName::High) == 1 && count(PlaneName::Low) == 1 && zeff <= 1 {
                group.sort_by_key(|(plane, _)| rank(Some(plane)));
                self.join(by, group.into_iter().map(|(_, path)| path));
            }
        }
    }

    /// Makes one scan of several pictures.
    fn join(&mut self, by: PairedBy, paths: impl Iterator<Item = PathBuf>) {
        let pictures: Vec<Picture> = paths
            .filter_map(|path| self.pictures.remove(&path))
            .collect();
        let Some(first) = pictures.first() else {
            return;
        };
        let mut scan = Scan::bare(first.file.path.clone(), Vec::new());
        scan.kind = Some(Kind::DualEnergy);
        scan.paired_by = Some(by);
        for picture in pictures {
            scan.container = scan.container.or(picture.glance.container);
            scan.files.push(picture.file);
        }
        self.push_scan(scan);
    }

    /// What is left: scans of one file, sidecars of none, other files.
    fn alone(&mut self) {
        for (path, picture) in std::mem::take(&mut self.pictures) {
            let mut scan = Scan::bare(path, vec![picture.file]);
            scan.kind = picture.glance.kind;
            scan.container = picture.glance.container;
            self.push_scan(scan);
        }
        for (path, (file, why)) in std::mem::take(&mut self.unknown) {
            let bytes = file.bytes;
            self.push_other(Other { path, bytes, why });
        }
    }
}

/// What files of one exposure share.
type KeyOf = fn(&Path, &Glance) -> Option<String>;

/// The name without the token of its plane.
fn key_of_name(path: &Path, _: &Glance) -> Option<String> {
    Some(plane_of_name(path.file_name()?.to_str()?)?.rest)
}

/// Scan and object, as the header says.
fn key_of_exposure(_: &Path, glance: &Glance) -> Option<String> {
    glance.exposure.clone()
}

/// The plane of a file by its Image Type or by its name.
fn plane_by(by: PairedBy, path: &Path, glance: &Glance) -> Option<PlaneName> {
    match by {
        PairedBy::ImageType => glance.plane.clone().filter(|_| by_header(glance)),
        // A file that holds two planes itself, or colours, is not half of a pair.
        _ if glance.kind != Some(Kind::SingleEnergy) => None,
        _ => {
            let name = plane_of_name(path.file_name()?.to_str()?)?.plane;
            let said = glance.plane.as_ref();
            (said.is_none() || said == Some(&name)).then_some(name)
        }
    }
}

/// Whether the plane is from a DICOM header and not from a description.
fn by_header(glance: &Glance) -> bool {
    glance.exposure.is_some()
}

/// High before low before the rest.
fn rank(plane: Option<&PlaneName>) -> u8 {
    match plane {
        Some(PlaneName::High) => 0,
        Some(PlaneName::Low) => 1,
        _ => 2,
    }
}

/// What a described scan offers, by its headers and its sidecar.
fn described_kind(sidecar: &Sidecar, planes: &[Option<Kind>]) -> Option<Kind> {
    let named = |word| {
        let name = |plane: &super::sidecar::PlaneAbout| plane.name.as_deref() == Some(word);
        sidecar.plane.iter().any(name)
    };
    match planes {
        [_, _, ..] if named("high") && named("low") => Some(Kind::DualEnergy),
        [first, ..] => *first,
        [] => None,
    }
}
