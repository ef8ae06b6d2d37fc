//! Sidecars `NAME.scan.toml`: what a person writes beside scan files.
//!
//! The schema is in `docs/formats.md`. Unknown keys are warnings, wrong values are errors.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Limits;
use super::read::metaimage;
use super::source::{Source, open_regular};
use crate::cancel::Cancel;
use crate::messages::{arg, say};
use crate::text::{Safe, line_at};
use crate::{Error, Result};

/// End of a sidecar's file name.
pub(super) const SUFFIX: &str = ".scan.toml";

/// Bytes that a sidecar may have.
const LIMIT: u64 = 1 << 20;

/// A sidecar as written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct Sidecar {
    /// About the scan.
    #[serde(default)]
    pub(super) scan: About,
    /// About its planes.
    #[serde(default)]
    pub(super) plane: Vec<PlaneAbout>,
    /// Keys that mean nothing.
    #[serde(skip)]
    pub(super) unknown: Vec<Safe>,
}

/// The `[scan]` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct About {
    /// Container or unit number.
    pub(super) container: Option<String>,
    /// The machine.
    pub(super) machine: Option<String>,
    /// When, as written.
    pub(super) time: Option<toml::Value>,
    /// Voltage, as written.
    pub(super) kv_or_mv: Option<toml::Value>,
    /// Whether the scan was simulated.
    #[serde(default)]
    pub(super) simulated: bool,
    /// At which end the doors are.
    pub(super) doors: Option<String>,
    /// Direction of travel.
    pub(super) direction: Option<String>,
    /// Files beside the scan that are no scans, whatever they begin with.
    #[serde(default)]
    pub(super) tables: Vec<PathBuf>,
}

/// A `[[plane]]` section.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(super) struct PlaneAbout {
    /// `high`, `low`, `grey`, …
    pub(super) name: Option<String>,
    /// The file, beside the sidecar.
    pub(super) file: Option<PathBuf>,
    /// `9 MV` or `160 kV`.
    pub(super) energy: Option<String>,
    /// Columns of a raw file.
    pub(super) width: Option<u64>,
    /// Rows of a raw file.
    pub(super) height: Option<u64>,
    /// Sample type of a raw file.
    #[serde(rename = "type")]
    pub(super) sample_type: Option<String>,
    /// Byte order of a raw file.
    pub(super) endian: Option<String>,
    /// First byte of a raw file's samples.
    pub(super) offset: Option<u64>,
    /// Signal of the open beam.
    pub(super) air: Option<AirAbout>,
    /// Signal without beam, in samples.
    pub(super) dark: Option<f64>,
    /// Size of a pixel in mm, x and y.
    pub(super) pixel_mm: Option<[f64; 2]>,
}

/// The open beam: one number, or a file with one per detector row.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum AirAbout {
    /// One value for the plane, in samples.
    Number(f64),
    /// A `.npy` file beside the sidecar.
    File(PathBuf),
}

/// Keys of `[scan]` and of `[[plane]]`.
const SCAN_KEYS: &[&str] = &[
    "container",
    "machine",
    "time",
    "kv_or_mv",
    "simulated",
    "doors",
    "direction",
    "tables",
];
const PLANE_KEYS: &[&str] = &[
    "name", "file", "energy", "width", "height", "type", "endian", "offset", "air", "dark",
    "pixel_mm",
];

impl Sidecar {
    /// Reads and checks the sidecar at `path`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let (file, metadata) = open_regular(path)?;
        if metadata.len() > LIMIT {
            let bytes = metadata.len();
            let why = say(
                "scan-sidecar-long",
                &[arg("bytes", &bytes), arg("limit", &LIMIT)],
            );
            return Err(Error::limit(path, why));
        }
        let mut text = String::new();
        file.take(LIMIT)
            .read_to_string(&mut text)
            .map_err(|error| Error::io(path, &error))?;
        // The lines of a MetaImage without its samples.
        if metaimage::claims(text.as_bytes()) {
            let source = Source {
                path,
                bytes: &[],
                limits: &Limits::default(),
                cancel: &Cancel::never(),
            };
            let plane = metaimage::described(text.as_bytes(), &source)?;
            return Self::of_plane(path, plane.unwrap_or_default());
        }
        Self::parse(&text).map_err(|why| Error::bad_file(path, why))
    }

    /// What another text than a sidecar says of one plane.
    pub(super) fn of_plane(path: &Path, plane: PlaneAbout) -> Result<Self> {
        plane.check().map_err(|why| Error::bad_file(path, why))?;
        Ok(Self {
            plane: vec![plane],
            ..Self::default()
        })
    }

    /// Reads a sidecar's text; the error is the cause with its line.
    fn parse(text: &str) -> std::result::Result<Self, Safe> {
        let told = |error: toml::de::Error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            let words = Safe::from_outside(error.message());
            say(
                "scan-sidecar-toml",
                &[arg("line", &line), arg("words", &words)],
            )
        };
        let table: toml::Table = text.parse().map_err(told)?;
        let mut sidecar: Self = toml::from_str(text).map_err(told)?;
        sidecar.unknown = unknown_keys(&table);
        for plane in &sidecar.plane {
            plane.check()?;
        }
        Ok(sidecar)
    }

    /// The files that it names, each once, in order.
    pub(super) fn files(&self) -> Vec<&Path> {
        let mut files: Vec<&Path> = Vec::new();
        for file in self.plane.iter().filter_map(|plane| plane.file.as_deref()) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }

    /// The air files that it names.
    pub(super) fn air_files(&self) -> impl Iterator<Item = &Path> {
        self.plane.iter().filter_map(|plane| match &plane.air {
            Some(AirAbout::File(file)) => Some(file.as_path()),
            _ => None,
        })
    }

    /// The files that it names beside the scan: air files and tables.
    pub(super) fn beside(&self) -> impl Iterator<Item = &Path> {
        let tables = self.scan.tables.iter().map(PathBuf::as_path);
        self.air_files().chain(tables)
    }

    /// The container number, when it is not empty.
    pub(super) fn container(&self) -> Option<Safe> {
        let text = self.scan.container.as_deref()?.trim();
        (!text.is_empty()).then(|| Safe::from_outside(text))
    }

    /// The planes that are raw samples in the file of that path.
    pub(super) fn raw_planes(&self, path: &Path) -> Vec<&PlaneAbout> {
        let stem = self.plane.iter().filter(|plane| plane.is_raw());
        let here =
            |plane: &&PlaneAbout| plane.file.as_deref().map(Path::as_os_str) == path.file_name();
        stem.filter(here).collect()
    }
}

impl PlaneAbout {
    /// Whether it describes raw samples.
    fn is_raw(&self) -> bool {
        self.width.is_some() || self.sample_type.is_some()
    }

    /// Refuses values that cannot be meant.
    fn check(&self) -> std::result::Result<(), Safe> {
        let wrong = |key: &'static str, id: &str| Err(say(id, &[arg("key", &Safe::word(key))]));
        if matches!(self.air, Some(AirAbout::Number(air)) if !(air.is_finite() && air > 0.0)) {
            return wrong("air", "scan-sidecar-positive");
        }
        if self
            .dark
            .is_some_and(|dark| !(dark.is_finite() && dark >= 0.0))
        {
            return wrong("dark", "scan-sidecar-positive");
        }
        if let (Some(AirAbout::Number(air)), Some(dark)) = (&self.air, self.dark)
            && *air <= dark
        {
            return wrong("air", "scan-sidecar-air-dark");
        }
        if self
            .pixel_mm
            .is_some_and(|mm| mm.iter().any(|v| !(v.is_finite() && *v > 0.0)))
        {
            return wrong("pixel_mm", "scan-sidecar-positive");
        }
        if let Some(energy) = &self.energy
            && crate::radiograph::Energy::parse(energy).is_none()
        {
            return wrong("energy", "scan-sidecar-energy");
        }
        match &self.file {
            Some(file) if !beside(file) => wrong("file", "scan-sidecar-beside"),
            _ => match &self.air {
                Some(AirAbout::File(file)) if !beside(file) => wrong("air", "scan-sidecar-beside"),
                _ => Ok(()),
            },
        }
    }
}

/// Whether a path stays beside the sidecar: one plain name.
fn beside(path: &Path) -> bool {
    let mut parts = path.components();
    matches!(parts.next(), Some(std::path::Component::Normal(_))) && parts.next().is_none()
}

/// Keys that no section has, as `section.key`.
fn unknown_keys(table: &toml::Table) -> Vec<Safe> {
    let mut unknown = Vec::new();
    let mut strange = |section: &str, table: &toml::Table, known: &[&str]| {
        for key in table.keys().filter(|key| !known.contains(&key.as_str())) {
            unknown.push(Safe::from_outside(&format!("{section}{key}")));
        }
    };
    strange("", table, &["scan", "plane"]);
    if let Some(toml::Value::Table(scan)) = table.get("scan") {
        strange("scan.", scan, SCAN_KEYS);
    }
    if let Some(toml::Value::Array(planes)) = table.get("plane") {
        for plane in planes.iter().filter_map(toml::Value::as_table) {
            strange("plane.", plane, PLANE_KEYS);
        }
    }
    unknown
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_told_and_the_rest_is_read() {
        let sidecar = Sidecar::parse(
            "extra = 1\n[scan]\ncontainer = \" MSCU1 \"\nmachin = \"x\"\n[[plane]]\nname = \"high\"\nair = 60000\nfile = \"a.tif\"\n",
        )
        .unwrap();
        assert_eq!(sidecar.container(), Some(Safe::from_outside("MSCU1")));
        assert_eq!(sidecar.plane[0].air, Some(AirAbout::Number(60000.0)));
        let unknown: Vec<&str> = sidecar.unknown.iter().map(Safe::as_str).collect();
        assert_eq!(unknown, ["extra", "scan.machin"]);
    }

    #[test]
    fn wrong_values_are_refused_with_their_key() {
        for (text, word) in [
            ("[[plane]]\nair = -1", "air"),
            ("[[plane]]\nair = 10\ndark = 20", "dark"),
            ("[[plane]]\nfile = \"../a.tif\"", "file"),
            ("[[plane]]\nfile = \"/etc/passwd\"", "file"),
            ("[[plane]]\nenergy = \"9 bananas\"", "energy"),
            ("[[plane]]\npixel_mm = [0, 1]", "pixel_mm"),
            ("[scan\n", "line 1"),
        ] {
            let why = Sidecar::parse(text).unwrap_err();
            assert!(why.as_str().contains(word), "{text}: {why}");
        }
    }
}
