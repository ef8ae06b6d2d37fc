//! Every sample of the manifest opens with its expected statistics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xamine::cancel::Cancel;
use xamine::radiograph::{Air, Plane};
use xamine::scan::{FindOptions, Found, Limits, PairedBy, find, open, resolve};

#[derive(Deserialize)]
struct Manifest {
    sample: Vec<Sample>,
    other: Vec<Other>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    files: Vec<PathBuf>,
    #[serde(default)]
    companions: Vec<PathBuf>,
    about: String,
    source: String,
    licence: String,
    format: Option<String>,
    kind: Option<String>,
    paired_by: Option<String>,
    container: Option<String>,
    #[serde(default)]
    plane: Vec<Expected>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    files: Vec<PathBuf>,
    about: String,
    licence: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    name: String,
    width: usize,
    height: usize,
    bits: u8,
    min: u16,
    max: u16,
    mean: f64,
    sum: u64,
    air: Option<f64>,
    #[serde(default)]
    air_estimated: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

fn manifest() -> Manifest {
    toml::from_str(&std::fs::read_to_string(folder().join("manifest.toml")).unwrap()).unwrap()
}

#[test]
fn every_sample_is_what_the_manifest_says() {
    let manifest = manifest();
    assert_eq!(manifest.sample.len(), 5);
    for sample in &manifest.sample {
        assert!(
            !sample.about.is_empty() && !sample.licence.is_empty() && !sample.source.is_empty()
        );
        // Whichever file of a scan is named, the whole scan answers.
        for file in sample.files.iter().chain(&sample.companions) {
            check(sample, file);
        }
    }
}

fn check(sample: &Sample, file: &Path) {
    let (scan, page) = resolve(&folder().join(file), false).unwrap();
    assert_eq!(page, None);
    let opened = open(&scan, &Limits::default(), &Cancel::never());
    if let Some(words) = &sample.error {
        let error = opened.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        return;
    }
    let opened = opened.unwrap();
    let name = file.display();
    assert_eq!(
        Some(opened.format.as_str()),
        sample.format.as_deref(),
        "{name}"
    );
    assert_eq!(Some(opened.kind.as_str()), sample.kind.as_deref(), "{name}");
    assert_eq!(
        opened.paired_by.map(PairedBy::as_str),
        sample.paired_by.as_deref(),
        "{name}"
    );
    assert_eq!(
        opened.container.as_ref().map(xamine::text::Safe::as_str),
        sample.container.as_deref()
    );
    let files: Vec<PathBuf> = opened.files.iter().map(|file| file.path.clone()).collect();
    let expected: Vec<PathBuf> = sample
        .files
        .iter()
        .map(|file| folder().join(file))
        .collect();
    assert_eq!(files, expected);
    assert_eq!(opened.views.len(), 1);
    assert_eq!(opened.views[0].planes.len(), sample.plane.len());
    for (plane, expected) in opened.views[0].planes.iter().zip(&sample.plane) {
        check_plane(plane, expected);
    }
}

fn check_plane(plane: &Plane, expected: &Expected) {
    let sum: u64 = plane.samples.iter().map(|sample| u64::from(*sample)).sum();
    assert_eq!(plane.name.as_str(), expected.name);
    assert_eq!(
        (plane.width, plane.height),
        (expected.width, expected.height)
    );
    assert_eq!(plane.bits, expected.bits);
    assert_eq!(plane.samples.iter().min(), Some(&expected.min));
    assert_eq!(plane.samples.iter().max(), Some(&expected.max));
    assert_eq!(sum, expected.sum);
    assert!((sum as f64 / plane.samples.len() as f64 - expected.mean).abs() < 1e-6);
    assert_eq!(plane.air_estimated, expected.air_estimated, "{plane:?}");
    if let Some(air) = expected.air {
        assert_eq!(plane.air, Some(Air::Uniform(air)));
    } else {
        assert_eq!(plane.air.is_some(), expected.air_estimated);
    }
}

#[test]
fn every_file_of_the_folder_is_in_the_manifest_and_found() {
    let manifest = manifest();
    let mut named = BTreeSet::new();
    for sample in &manifest.sample {
        named.extend(sample.files.iter().chain(&sample.companions).cloned());
    }
    let scans = named.len();
    let mut others = BTreeSet::new();
    for other in &manifest.other {
        assert!(!other.about.is_empty() && !other.licence.is_empty());
        others.extend(other.files.iter().cloned());
    }
    assert_eq!((scans, others.len()), (9, 23));

    let inside = |path: &Path| path.strip_prefix(folder()).unwrap().to_path_buf();
    let (mut found, mut found_others) = (BTreeSet::new(), BTreeSet::new());
    let tally = find(
        &folder(),
        &FindOptions::default(),
        &Cancel::never(),
        &mut |row| match row {
            Found::Scan(scan) => {
                found.extend(scan.files.iter().map(|file| inside(&file.path)));
                found.extend(scan.sidecar.as_deref().map(inside));
            }
            Found::Other(other) => {
                found_others.insert(inside(&other.path));
            }
        },
    )
    .unwrap();
    assert_eq!(found, named);
    assert_eq!(found_others, others);
    assert_eq!(
        (tally.scans, tally.problems, tally.companions, tally.others),
        (5, 1, 1, 23)
    );
}

#[test]
fn the_samples_stay_under_15_megabytes() {
    let mut bytes = 0;
    let manifest = manifest();
    let files = manifest
        .sample
        .iter()
        .flat_map(|s| s.files.iter().chain(&s.companions));
    for file in files.chain(manifest.other.iter().flat_map(|o| &o.files)) {
        bytes += std::fs::metadata(folder().join(file)).unwrap().len();
    }
    assert!(bytes < 15_000_000, "{bytes}");
}
