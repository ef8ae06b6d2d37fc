//! Files, good and broken.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use xamine::Error;
use xamine::cancel::{Cancel, Generations};
use xamine::radiograph::{Air, Kind, Plane, Polarity};
use xamine::scan::{
    FindOptions, Found, Limits, Opened, PairedBy, Scan, Tally, find, identify, open, resolve,
    unchanged,
};

use crate::shared::shared;

// ---- what the tests stand on

fn samples(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name)
}

/// Opens one file or its group as a command would.
fn open_path(path: &Path, alone: bool) -> Result<Opened, Error> {
    let (scan, _) = resolve(path, alone)?;
    open(&scan, &Limits::default(), &Cancel::never())
}

/// The rows of a folder: scans by file name with all their files, and the counts.
fn rows(root: &Path) -> (Vec<Scan>, Vec<String>, Tally) {
    let (mut scans, mut others) = (Vec::new(), Vec::new());
    let tally = find(
        root,
        &FindOptions::default(),
        &Cancel::never(),
        &mut |row| match row {
            Found::Scan(scan) => scans.push(scan),
            Found::Other(other) => {
                others.push(
                    other
                        .path
                        .file_name()
                        .unwrap()
                        .to_string_lossy()
                        .into_owned(),
                );
            }
        },
    )
    .unwrap();
    (scans, others, tally)
}

fn names(scan: &Scan) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    scan.files.iter().map(|file| name(&file.path)).collect()
}

/// The arrays of an `.npz` of u16, by name.
fn npz(path: &Path) -> BTreeMap<String, Vec<u16>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut arrays = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().trim_end_matches(".npy").to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let text = String::from_utf8_lossy(&bytes[10..10 + header]).into_owned();
        assert!(
            text.contains("'<u2'") && text.contains("'fortran_order': False"),
            "{text}"
        );
        let data = bytes[10 + header..].chunks_exact(2);
        arrays.insert(
            name,
            data.map(|two| u16::from_le_bytes([two[0], two[1]]))
                .collect(),
        );
    }
    arrays
}

fn truth() -> Option<BTreeMap<String, Vec<u16>>> {
    let arrays = npz(&shared("dicos/truth.npz")?);
    assert_eq!(arrays.len(), 3);
    Some(arrays)
}

/// A little-endian TIFF with the given tags of one page; `data` stands at offset 8.
fn tiff(tags: &[(u16, u16, Vec<u32>)], data: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0".to_vec();
    file.extend(((8 + data.len()) as u32).to_le_bytes());
    file.extend(data);
    let start = file.len() + 2 + tags.len() * 12 + 4;
    let (mut entries, mut extra) = (Vec::new(), Vec::new());
    for (tag, kind, values) in tags {
        let mut bytes: Vec<u8> = Vec::new();
        for value in values {
            match kind {
                1 | 2 => bytes.push(*value as u8),
                3 => bytes.extend((*value as u16).to_le_bytes()),
                _ => bytes.extend(value.to_le_bytes()),
            }
        }
        entries.extend(tag.to_le_bytes());
        entries.extend(kind.to_le_bytes());
        entries.extend((values.len() as u32).to_le_bytes());
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            entries.extend(bytes);
        } else {
            entries.extend(((start + extra.len()) as u32).to_le_bytes());
            extra.extend(bytes);
        }
    }
    file.extend((tags.len() as u16).to_le_bytes());
    file.extend(entries);
    file.extend([0; 4]);
    file.extend(extra);
    file
}

/// A plain 16-bit grey TIFF of one strip.
fn grey_tiff(width: usize, height: usize, sample: impl Fn(usize) -> u16) -> Vec<u8> {
    let data: Vec<u8> = (0..width * height)
        .flat_map(|i| sample(i).to_le_bytes())
        .collect();
    tiff(
        &grey_tags(width as u32, height as u32, data.len() as u32, 1),
        &data,
    )
}

fn grey_tags(width: u32, height: u32, bytes: u32, photometric: u32) -> Vec<(u16, u16, Vec<u32>)> {
    vec![
        (256, 4, vec![width]),
        (257, 4, vec![height]),
        (258, 3, vec![16]),
        (259, 3, vec![1]),
        (262, 3, vec![photometric]),
        (273, 4, vec![8]),
        (277, 3, vec![1]),
        (278, 4, vec![height]),
        (279, 4, vec![bytes]),
    ]
}

/// A DICOM file of explicit little endian with those data set bytes.
fn dicom(dataset: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 128];
    file.extend(b"DICM");
    file.extend(element([2, 0, 0x10, 0], *b"UI", b"1.2.840.10008.1.2.1\0"));
    file.extend(dataset);
    file
}

fn element(tag: [u8; 4], vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let mut bytes = tag.to_vec();
    bytes.extend(vr);
    if matches!(&vr, b"OW" | b"OB" | b"SQ") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

/// The elements of a grey picture of `rows` x `columns` with `extra` elements of group 0028.
fn pixels(rows: u16, columns: u16, data: &[u8], signed: u16) -> Vec<u8> {
    let short = |tag: u8, value: u16| element([0x28, 0, tag, 0], *b"US", &value.to_le_bytes());
    let mut bytes = Vec::new();
    bytes.extend(short(0x02, 1));
    bytes.extend(element([0x28, 0, 0x04, 0], *b"CS", b"MONOCHROME2 "));
    bytes.extend(short(0x10, rows));
    bytes.extend(short(0x11, columns));
    for (tag, value) in [(0, 16), (1, 12), (2, 11), (3, signed)] {
        bytes.extend(element([0x28, 0, tag, 1], *b"US", &u16::to_le_bytes(value)));
    }
    bytes.extend(element([0xe0, 0x7f, 0x10, 0], *b"OW", data));
    bytes
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.0.path().join(name.as_ref())
    }

    fn write(&self, name: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn open(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<Opened, Error> {
        open_path(&self.write(name, bytes), true)
    }
}

fn only_plane(opened: &Opened) -> &Plane {
    assert_eq!((opened.views.len(), opened.views[0].planes.len()), (1, 1));
    &opened.views[0].planes[0]
}

// ---- known truth

#[test]
fn dicos_files_hold_exactly_their_truth() {
    let (Some(truth), Some(folder)) = (truth(), shared("dicos")) else {
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension() != Some(OsStr::new("dcs")) {
            continue;
        }
        seen += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let opened = open_path(&path, true).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(opened.format.as_str(), "dicos", "{name}");
        if name.contains("tdr") {
            assert_eq!(opened.kind, Kind::Report);
            assert!(opened.views.is_empty());
            continue;
        }
        let array = ["high", "low", "zeff"]
            .into_iter()
            .find(|word| name.contains(word))
            .unwrap();
        let plane = only_plane(&opened);
        assert_eq!(
            (plane.width, plane.height, plane.bits),
            (480, 200, 16),
            "{name}"
        );
        assert_eq!(plane.name.as_str(), array, "{name}");
        let truth = truth
            .iter()
            .find(|(key, _)| key.starts_with(array))
            .unwrap()
            .1;
        assert!(plane.samples == *truth, "{name}");
    }
    assert_eq!(seen, 12);
}

#[test]
fn other_formats_hold_exactly_the_same_truth() {
    let (Some(truth), Some(folder)) = (truth(), shared("formats")) else {
        return;
    };
    let exact = [
        "g16.png",
        "g16_deflate.tif",
        "g16_lzw.tif",
        "g16_none.tif",
        "g16_tiled.tif",
        "scan.mha",
        "scan.npy",
        "scan.nrrd",
        "scan_raw.nrrd",
    ];
    for name in exact {
        let opened = open_path(&folder.join(name), true).unwrap();
        assert_eq!(opened.kind, Kind::SingleEnergy);
        assert!(only_plane(&opened).samples == truth["high"], "{name}");
    }
    for (name, paired_by) in [
        ("dual_2page.tif", PairedBy::Page),
        ("dual_2samples_contig.tif", PairedBy::Sample),
    ] {
        let opened = open_path(&folder.join(name), true).unwrap();
        assert_eq!(
            (opened.kind, opened.paired_by),
            (Kind::DualEnergy, Some(paired_by)),
            "{name}"
        );
        let (high, low) = opened.views[0].dual().unwrap();
        assert!(
            high.samples == truth["high"] && low.samples == truth["low"],
            "{name}"
        );
    }
    for name in ["scan_480x200_u16le.raw", "scan.raw", "scan.mhd"] {
        let raw = open_path(&folder.join(name), false).unwrap();
        assert!(only_plane(&raw).samples == truth["high"], "{name}");
        assert_eq!(raw.format.as_str(), "raw");
    }
    let second = open_path(&folder.join("dual_2page.tif#2"), false).unwrap();
    assert!(only_plane(&second).samples == truth["low"]);
    assert!(open_path(&folder.join("dual_2page.tif#3"), false).is_err());

    let eight = open_path(&folder.join("u8.tif"), true).unwrap();
    let plane = only_plane(&eight);
    assert_eq!((plane.bits, plane.bits_allocated), (8, 8));
    assert!(
        plane
            .samples
            .iter()
            .zip(&truth["high"])
            .all(|(a, b)| a.abs_diff(b >> 8) <= 1)
    );
    let colour = open_path(&folder.join("rgb48.tif"), true).unwrap();
    assert_eq!(
        (colour.kind, colour.views[0].planes.len()),
        (Kind::Colour, 3)
    );
    assert!(
        colour
            .warnings
            .iter()
            .any(|w| w.as_str().contains("display only"))
    );
}

#[test]
fn what_is_not_read_says_so_in_one_sentence() {
    let Some(folder) = shared("formats") else {
        return;
    };
    for (name, words) in [
        ("g16_zstd.tif", "Zstandard"),
        ("f32.tif", "floating point"),
        ("scan.npz", "zip"),
        ("scan_gzip.h5", "HDF5"),
    ] {
        let error = open_path(&folder.join(name), false).unwrap_err();
        assert!(
            matches!(error, Error::Unsupported { .. }),
            "{name}: {error}"
        );
        let text = error.to_string();
        assert!(
            text.contains(words) && text.contains(name.split('.').next().unwrap()),
            "{text}"
        );
        assert!(
            !text.contains('\n') && !text.ends_with('.') && !text.contains('<'),
            "{text}"
        );
    }
}

#[test]
fn a_real_radiograph_keeps_its_15_bits_in_every_compression() {
    let Some(path) = shared("radiographs/chest_15bit.dcm") else {
        return;
    };
    let plain = open_path(&path, true).unwrap();
    let packed = open_path(&samples("chest/chest_15bit_j2k.dcm"), true).unwrap();
    let (a, b) = (only_plane(&plain), only_plane(&packed));
    assert!(a.samples == b.samples);
    // The uncompressed file declares 16 bits, the compressed one the 15 that are used.
    assert_eq!((a.bits, b.bits, b.bits_allocated), (16, 15, 16));
    assert_eq!(
        (a.polarity, b.polarity),
        (Polarity::BrightIsDense, Polarity::BrightIsDense)
    );
    assert_eq!((a.width, a.height), (1841, 1955));
    assert_ne!(plain.scan_id, packed.scan_id);
}

#[test]
fn radiograph_pngs_are_read_too() {
    let Some(folder) = shared("views") else {
        return;
    };
    for (name, planes) in [
        ("A_fit_gray.png", 1),
        ("C_1to1_rgb.png", 3),
        ("cxr480.png", 1),
    ] {
        let opened = open_path(&folder.join(name), true).unwrap();
        assert_eq!(opened.views[0].planes.len(), planes, "{name}");
    }
}

// ---- dialects made by hand

#[test]
fn min_is_white_is_kept_as_stored_and_told_by_polarity() {
    let folder = Folder::new();
    let data: Vec<u8> = (0..6000u16).flat_map(u16::to_le_bytes).collect();
    let file = tiff(&grey_tags(100, 60, 12_000, 0), &data);
    let opened = folder.open("inverted.tif", file).unwrap();
    let plane = only_plane(&opened);
    assert_eq!(plane.polarity, Polarity::BrightIsDense);
    assert!(plane.samples.iter().copied().eq(0..6000));
    let mut two = grey_tags(50, 60, 12_000, 0);
    two[2].2 = vec![16, 16];
    two[6].2 = vec![2];
    let error = folder.open("two.tif", tiff(&two, &data)).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
    let mut tags = grey_tags(100, 60, 6000, 0);
    tags[2].2 = vec![8];
    let eight: Vec<u8> = (0..6000u16).map(|i| i as u8).collect();
    let opened = folder.open("inverted8.tif", tiff(&tags, &eight)).unwrap();
    assert!(
        only_plane(&opened)
            .samples
            .iter()
            .copied()
            .eq((0..6000).map(|i| i & 0xff))
    );
}

#[test]
fn two_samples_in_separate_planes_are_both_read() {
    let folder = Folder::new();
    let (w, h) = (40u32, 30u32);
    let plane = (w * h * 2) as usize;
    let data: Vec<u8> = (0..2 * w * h)
        .flat_map(|i| (i as u16).to_le_bytes())
        .collect();
    let mut tags = grey_tags(w, h, plane as u32, 1);
    tags[2].2 = vec![16, 16];
    tags[5].2 = vec![8, 8 + plane as u32];
    tags[6].2 = vec![2];
    tags[8].2 = vec![plane as u32; 2];
    tags.push((284, 3, vec![2]));
    let opened = folder.open("planar.tif", tiff(&tags, &data)).unwrap();
    let (high, low) = opened.views[0].dual().unwrap();
    assert!(high.samples.iter().copied().eq(0..1200));
    assert!(low.samples.iter().copied().eq(1200..2400));
}

#[test]
fn tiled_planar_is_refused_before_the_library_panics() {
    let folder = Folder::new();
    let data = vec![0; 2 * 2 * 16 * 16];
    let mut tags = grey_tags(16, 16, 512, 1);
    tags.retain(|(tag, ..)| ![273, 278, 279].contains(tag));
    tags[2].2 = vec![16, 16];
    tags[5].2 = vec![2];
    tags.extend([
        (284, 3, vec![2]),
        (322, 4, vec![16]),
        (323, 4, vec![16]),
        (324, 4, vec![8, 520]),
        (325, 4, vec![512, 512]),
    ]);
    let error = folder.open("tiled.tif", tiff(&tags, &data)).unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }), "{error}");
}

#[test]
fn signed_samples_are_read_only_while_none_is_below_zero() {
    let folder = Folder::new();
    let data = |top: u16| {
        (0..100u16)
            .map(move |i| if i == 7 { top } else { i })
            .flat_map(u16::to_le_bytes)
    };
    let sound: Vec<u8> = data(0x07ff).collect();
    let opened = folder
        .open("signed.dcm", dicom(&pixels(10, 10, &sound, 1)))
        .unwrap();
    assert_eq!(only_plane(&opened).samples[7], 0x07ff);
    let below: Vec<u8> = data(0x0fff).collect();
    let error = folder
        .open("below.dcm", dicom(&pixels(10, 10, &below, 1)))
        .unwrap_err();
    assert!(error.to_string().contains("below zero"), "{error}");
}

#[test]
fn small_grey_depths_of_png_are_exact() {
    let folder = Folder::new();
    for bits in [1u8, 2, 4, 8, 16] {
        let (w, h) = (13usize, 5usize);
        let top = (1u32 << bits) - 1;
        let expected: Vec<u16> = (0..w * h)
            .map(|i| (i as u32 * 40_503 % (top + 1)) as u16)
            .collect();
        let mut rows = Vec::new();
        for row in expected.chunks(w) {
            let (mut pending, mut held) = (0u32, 0);
            for sample in row {
                pending = pending << bits | u32::from(*sample);
                held += u32::from(bits);
                while held >= 8 {
                    rows.push((pending >> (held - 8)) as u8);
                    held -= 8;
                }
            }
            if held > 0 {
                rows.push((pending << (8 - held)) as u8);
            }
        }
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, w as u32, h as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::from_u8(bits).unwrap());
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&rows)
            .unwrap();
        let opened = folder.open(&format!("g{bits}.png"), file).unwrap();
        let plane = only_plane(&opened);
        assert_eq!((plane.bits, &plane.samples), (bits, &expected));
    }
}

#[test]
fn jpeg_and_bmp_are_shown_with_a_warning() {
    let folder = Folder::new();
    let picture =
        image::RgbImage::from_fn(32, 24, |x, y| image::Rgb([x as u8 * 8, y as u8 * 8, 9]));
    for name in ["photo.jpg", "photo.bmp"] {
        picture.save(folder.path(name)).unwrap();
        let opened = open_path(&folder.path(name), true).unwrap();
        assert_eq!(
            (opened.kind, opened.views[0].planes.len()),
            (Kind::Colour, 3),
            "{name}"
        );
        assert!(!opened.warnings.is_empty(), "{name}");
        let bytes = std::fs::read(folder.path(name)).unwrap();
        let cut = folder.open(&format!("cut_{name}"), &bytes[..bytes.len() * 2 / 3]);
        assert!(matches!(cut, Err(Error::BadFile { .. })), "{name}: {cut:?}");
    }
}

// ---- broken files

#[test]
fn a_cut_file_is_an_error_or_exactly_the_same() {
    let files = [
        "semiz/semiz_cargo_H_9MeV_u16.tif",
        "truck/truck_high.dcs",
        "png/truck_16bit.png",
    ];
    let folder = Folder::new();
    let mut list: Vec<PathBuf> = files.iter().map(|file| samples(file)).collect();
    for name in [
        "formats/g16_lzw.tif",
        "formats/g16_tiled.tif",
        "formats/dual_2page.tif",
    ] {
        list.extend(shared(name));
    }
    for name in [
        "dx_high_rle.dcs",
        "dx_high_ljpeg.dcs",
        "transcoded_dx_high_j2k.dcs",
    ] {
        list.extend(shared(&format!("dicos/{name}")));
    }
    for path in list {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let whole = folder.open(&name, &bytes).unwrap();
        for step in 0..40 {
            // Dense at both ends, where the headers and the last strips are.
            let at = match step {
                0..10 => step * 37,
                10..30 => bytes.len() * (step - 9) / 21,
                _ => bytes.len() - 1 - (step - 30) * 11,
            };
            match folder.open(&name, &bytes[..at]) {
                Ok(cut) => assert!(cut.views == whole.views, "{name} cut at {at}"),
                Err(error) => assert!(
                    matches!(error, Error::BadFile { .. } | Error::Unsupported { .. }),
                    "{name} cut at {at}: {error}"
                ),
            }
        }
    }
}

#[test]
fn flipped_bits_never_panic() {
    let folder = Folder::new();
    let mut list = vec![
        samples("png/truck_16bit.png"),
        samples("truck/truck_low.dcs"),
    ];
    for name in [
        "formats/g16_lzw.tif",
        "formats/g16_tiled.tif",
        "formats/g16_deflate.tif",
        "formats/dual_2page.tif",
        "dicos/dx_high_rle.dcs",
        "dicos/dx_high_ljpeg.dcs",
        "dicos/transcoded_dx_high_j2k.dcs",
        "dicos/tdr_machine_alarm.dcs",
    ] {
        list.extend(shared(name));
    }
    let mut seed = 1u64;
    for path in list {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for round in 0..40 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let mut broken = bytes.clone();
            // Every other flip hits the headers, at either end.
            let at = (seed >> 33) as usize;
            let at = match round % 4 {
                0 => at % 1200.min(bytes.len()),
                1 => bytes.len() - 1 - at % 600.min(bytes.len()),
                _ => at % bytes.len(),
            };
            broken[at] ^= 1 << (seed >> 60 & 7);
            if let Ok(opened) = folder.open(&name, &broken) {
                for plane in opened.views.iter().flat_map(|view| &view.planes) {
                    assert_eq!(plane.samples.len(), plane.width * plane.height);
                }
            }
        }
    }
}

#[test]
fn a_checksum_in_the_file_is_checked() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(samples("png/truck_16bit.png")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let error = folder.open("flipped.png", bytes).unwrap_err();
    assert!(matches!(error, Error::BadFile { .. }), "{error}");
}

#[test]
fn giant_claims_are_refused_before_anything_is_allocated() {
    let folder = Folder::new();
    let before = peak_kilobytes();
    let tags = grey_tags(4_000_000_000, 4_000_000_000, 200, 1);
    let giant = folder
        .open("giant.tif", tiff(&tags, &[0; 200]))
        .unwrap_err();
    assert!(matches!(giant, Error::Limit { .. }), "{giant}");
    // Within the limits, but with nothing behind it.
    let hollow = folder.open(
        "hollow.tif",
        tiff(&grey_tags(19_000, 19_000, 200, 1), &[0; 200]),
    );
    assert!(matches!(hollow, Err(Error::BadFile { .. })), "{hollow:?}");
    let mut packed = grey_tags(19_000, 19_000, 200, 1);
    packed[3].2 = vec![8];
    let hollow = folder.open("packed.tif", tiff(&packed, &[0; 200]));
    assert!(matches!(hollow, Err(Error::BadFile { .. })), "{hollow:?}");
    let dicom = folder.open("giant.dcm", dicom(&pixels(65_535, 65_535, &[0; 8000], 0)));
    assert!(dicom.is_err(), "{dicom:?}");
    let dicom = folder.open(
        "hollow.dcm",
        super::scans::dicom(&pixels(19_000, 19_000, &[0; 8000], 0)),
    );
    assert!(matches!(dicom, Err(Error::BadFile { .. })), "{dicom:?}");
    let mut png = std::fs::read(samples("png/truck_16bit.png")).unwrap();
    png[16..24].copy_from_slice(&[0, 0, 0x4a, 0, 0, 0, 0x4a, 0]);
    assert!(folder.open("hollow.png", png).is_err());
    // A value that claims four gigabytes.
    let mut long = pixels(10, 10, &[0; 200], 0);
    let at = long.len() - 204;
    long[at..at + 4].copy_from_slice(&0xffff_fff0u32.to_le_bytes());
    assert!(folder.open("long.dcm", super::scans::dicom(&long)).is_err());
    if let (Some(before), Some(after)) = (before, peak_kilobytes()) {
        // 361 megapixels of 16 bits would be 722,000 kB; other tests run beside this one.
        assert!(after - before < 400_000, "{before} kB, then {after} kB");
    }
}

/// The most memory this process ever held, in kB.
fn peak_kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn nesting_is_refused_and_never_overflows_the_stack() {
    let folder = Folder::new();
    for (depth, sound) in [(3usize, true), (60, true), (70, false), (200_000, false)] {
        let mut dataset = Vec::new();
        for _ in 0..depth {
            dataset.extend([8, 0, 0x40, 0x11, b'S', b'Q', 0, 0, 0xff, 0xff, 0xff, 0xff]);
            dataset.extend([0xfe, 0xff, 0, 0xe0, 0xff, 0xff, 0xff, 0xff]);
        }
        for _ in 0..depth {
            dataset.extend([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0]);
            dataset.extend([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
        }
        dataset.extend(pixels(10, 10, &[1; 200], 0));
        let opened = folder.open("nested.dcm", dicom(&dataset));
        assert_eq!(opened.is_ok(), sound, "{depth}: {opened:?}");
        if let Err(error) = opened {
            assert!(matches!(error, Error::Limit { .. }), "{error}");
        }
    }
}

#[test]
fn too_many_elements_are_refused() {
    let folder = Folder::new();
    let item = element([9, 0, 1, 0x10], *b"SH", b"");
    let dataset = item.repeat(1_000_001);
    let error = folder.open("many.dcm", dicom(&dataset)).unwrap_err();
    assert!(matches!(error, Error::Limit { .. }), "{error}");
}

#[test]
fn pages_in_a_circle_are_refused() {
    let folder = Folder::new();
    let mut file = grey_tiff(10, 10, |i| i as u16);
    let next = file.len() - 4;
    file[next..].copy_from_slice(&208u32.to_le_bytes());
    let error = folder.open("circle.tif", file).unwrap_err();
    assert!(error.to_string().contains("circle"), "{error}");
}

#[test]
fn limits_are_the_caller_s() {
    let (scan, _) = resolve(&samples("truck/truck_high.dcs"), false).unwrap();
    for limits in [
        Limits {
            megapixels: 0,
            ..Limits::default()
        },
        Limits {
            bytes: 300_000,
            ..Limits::default()
        },
        Limits {
            bytes: 1_000,
            ..Limits::default()
        },
    ] {
        let opened = open(&scan, &limits, &Cancel::never());
        assert!(
            matches!(opened, Err(Error::Limit { .. })),
            "{limits:?}: {opened:?}"
        );
    }
}

#[test]
fn a_cancelled_job_ends_as_cancelled() {
    let (scan, _) = resolve(&samples("truck/truck_high.dcs"), false).unwrap();
    let generations = Generations::default();
    let cancel = generations.start();
    generations.stop();
    assert_eq!(
        open(&scan, &Limits::default(), &cancel),
        Err(Error::Cancelled)
    );
    let found = find(&samples(""), &FindOptions::default(), &cancel, &mut |_| {});
    assert_eq!(found, Err(Error::Cancelled));
}

// ---- grouping

#[test]
fn files_pair_by_name_and_only_when_they_agree() {
    let folder = Folder::new();
    let small = grey_tiff(40, 30, |i| i as u16);
    let large = grey_tiff(41, 30, |i| i as u16);
    for name in [
        "a_H_9MeV.tif",
        "a_L_6MeV.tif",
        "b_high.tif",
        "b_low.tif",
        "b_low_2.tif",
        "c_high.tif",
        "highway.tif",
        "scan10.tif",
        "scan9.tif",
        "HI.TIF",
        "lo.tif",
    ] {
        folder.write(name, &small);
    }
    folder.write("d_hi.tif", &small);
    folder.write("d_lo.tif", &large);
    let (scans, others, tally) = rows(folder.0.path());
    let groups: Vec<Vec<String>> = scans.iter().map(names).collect();
    let expected: Vec<Vec<&str>> = vec![
        vec!["a_H_9MeV.tif", "a_L_6MeV.tif"],
        vec!["b_high.tif", "b_low.tif"],
        vec!["b_low_2.tif"],
        vec!["c_high.tif"],
        vec!["d_hi.tif"],
        vec!["d_lo.tif"],
        vec!["HI.TIF", "lo.tif"],
        vec!["highway.tif"],
        vec!["scan9.tif"],
        vec!["scan10.tif"],
    ];
    assert_eq!(groups, expected);
    assert_eq!(scans[0].paired_by, Some(PairedBy::Name));
    assert_eq!(scans[0].name().as_str(), "a");
    assert!(others.is_empty());
    assert_eq!((tally.scans, tally.problems), (10, 0));

    let opened = open_path(&folder.path("a_L_6MeV.tif"), false).unwrap();
    let (high, low) = opened.views[0].dual().unwrap();
    assert_eq!(high.energy.unwrap().to_string(), "9 MV");
    assert_eq!(low.energy.unwrap().to_string(), "6 MV");
    let alone = open_path(&folder.path("a_L_6MeV.tif"), true).unwrap();
    assert_eq!((alone.kind, alone.files.len()), (Kind::SingleEnergy, 1));
}

#[test]
fn the_scan_id_does_not_depend_on_names_or_sidecars() {
    use sha2::Digest as _;
    let folder = Folder::new();
    let (one, two) = (
        grey_tiff(40, 30, |i| i as u16),
        grey_tiff(40, 30, |i| 7 * i as u16),
    );
    folder.write("x_high.tif", &one);
    folder.write("x_low.tif", &two);
    let hex = |bytes: &[u8]| -> String {
        sha2::Sha256::digest(bytes)
            .iter()
            .fold(String::new(), |mut hex, byte| {
                use std::fmt::Write as _;
                write!(hex, "{byte:02x}").unwrap();
                hex
            })
    };
    let mut hashes = [hex(&one), hex(&two)];
    hashes.sort();
    let expected = hex(hashes.join("\n").as_bytes());
    let pair = open_path(&folder.path("x_low.tif"), false).unwrap();
    assert_eq!(pair.scan_id, expected);
    folder.write("x.scan.toml", "[scan]\ncontainer = \"MSCU1234565\"\n");
    let described = open_path(&folder.path("x_low.tif"), false).unwrap();
    assert_eq!(described.scan_id, expected);
    assert_eq!(described.container.unwrap().as_str(), "MSCU1234565");
    assert_eq!(
        open_path(&folder.path("x_low.tif"), true).unwrap().scan_id,
        hex(&two)
    );
}

#[test]
fn image_type_pairs_before_names_do() {
    let folder = Folder::new();
    for (from, to) in [("high", "one"), ("low", "two"), ("zeff", "three")] {
        std::fs::copy(
            samples(&format!("truck/truck_{from}.dcs")),
            folder.path(format!("{to}.dcs")),
        )
        .unwrap();
    }
    let (scans, ..) = rows(folder.0.path());
    assert_eq!(scans.len(), 1);
    assert_eq!(scans[0].paired_by, Some(PairedBy::ImageType));
    assert_eq!(names(&scans[0]), ["one.dcs", "two.dcs", "three.dcs"]);
    let opened = open_path(&folder.path("three.dcs"), false).unwrap();
    let planes: Vec<&str> = opened.views[0]
        .planes
        .iter()
        .map(|p| p.name.as_str())
        .collect();
    assert_eq!(planes, ["high", "low", "zeff"]);
    // A second high of the same scan and object: nobody knows which belongs to which.
    std::fs::copy(samples("truck/truck_high.dcs"), folder.path("four.dcs")).unwrap();
    let (scans, ..) = rows(folder.0.path());
    assert_eq!(scans.len(), 4);
}

#[test]
fn a_sidecar_gives_air_energy_and_names() {
    let folder = Folder::new();
    folder.write("p1.tif", grey_tiff(40, 30, |i| i as u16));
    folder.write("p2.tif", grey_tiff(40, 30, |i| i as u16));
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    let header = format!(
        "{:<117}\n",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (30,), }"
    );
    npy.extend((header.len() as u16).to_le_bytes());
    npy.extend(header.as_bytes());
    npy.extend((0..30).flat_map(|i| (1000.0 + i as f32).to_le_bytes()));
    folder.write("air.npy", &npy);
    folder.write(
        "truck 7.scan.toml",
        "[scan]\nmachine = \"M\"\nsimulated = true\ncolour = 3\n\
         [[plane]]\nname = \"low\"\nfile = \"p1.tif\"\nenergy = \"160 kV\"\nair = \"air.npy\"\ndark = 5\n\
         [[plane]]\nname = \"high\"\nfile = \"p2.tif\"\nair = 60000\npixel_mm = [1.5, 2]\n",
    );
    let (scans, others, tally) = rows(folder.0.path());
    assert_eq!((scans.len(), tally.companions), (1, 1));
    assert_eq!(others, ["air.npy"]);
    assert_eq!(scans[0].name().as_str(), "truck 7");
    let opened = open_path(&folder.path("p1.tif"), false).unwrap();
    assert_eq!(
        (opened.paired_by, opened.simulated),
        (Some(PairedBy::Sidecar), true)
    );
    let (high, low) = opened.views[0].dual().unwrap();
    assert_eq!(high.air, Some(Air::Uniform(60_000.0)));
    assert_eq!(low.air_of_row(7), Some(1007.0));
    assert_eq!((low.dark, low.energy.unwrap().mega()), (5.0, 0.16));
    assert_eq!(opened.views[0].pixel_mm, Some([1.5, 2.0]));
    assert!(
        opened
            .warnings
            .iter()
            .any(|w| w.as_str().contains("scan.colour"))
    );
}

#[test]
fn a_wrong_sidecar_is_the_problem_of_its_scan() {
    let folder = Folder::new();
    folder.write("p.tif", grey_tiff(40, 30, |i| i as u16));
    for (text, words) in [
        ("[[plane]]\nfile = \"p.tif\"\nair = 0\n", "air"),
        ("[[plane]\n", "line 1"),
        (
            "[[plane]]\nfile = \"p.tif\"\n[[plane]]\nfile = \"gone.tif\"\n",
            "not there",
        ),
        ("[[plane]]\nfile = \"../p.tif\"\n", "beside"),
    ] {
        folder.write("p.scan.toml", text);
        let (scans, ..) = rows(folder.0.path());
        assert_eq!(scans.len(), 1, "{text}");
        let error = scans[0].error.as_ref().unwrap().to_string();
        assert!(error.contains(words), "{error}");
        let opened = open(&scans[0], &Limits::default(), &Cancel::never());
        assert_eq!(opened.unwrap_err().to_string(), error);
    }
}

// ---- folders as they are

#[test]
fn nothing_in_a_folder_can_hold_the_walk_up() {
    let folder = Folder::new();
    folder.write("good.tif", grey_tiff(40, 30, |i| i as u16));
    folder.write("empty.tif", b"");
    folder.write("notes.txt", b"hello");
    folder.write("zeros.dcm", [0; 500]);
    rustix::fs::mknodat(
        rustix::fs::CWD,
        folder.path("pipe.tif"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o600),
        0,
    )
    .unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket.tif")).unwrap();
    std::fs::create_dir(folder.path("sub")).unwrap();
    std::os::unix::fs::symlink("..", folder.path("sub").join("up")).unwrap();
    std::os::unix::fs::symlink("self", folder.path("self")).unwrap();
    std::os::unix::fs::symlink("gone.tif", folder.path("dangling.tif")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.path("zero.tif")).unwrap();
    std::os::unix::fs::symlink("sub", folder.path("again")).unwrap();
    let (scans, mut others, tally) = rows(folder.0.path());
    let shown: Vec<(String, bool)> = scans
        .iter()
        .map(|scan| (names(scan).join(" "), scan.error.is_some()))
        .collect();
    let row = |name: &str, problem| (name.to_owned(), problem);
    assert_eq!(
        shown,
        [
            row("empty.tif", true),
            row("good.tif", false),
            row("zeros.dcm", true)
        ]
    );
    others.sort();
    let expected = [
        "again",
        "dangling.tif",
        "notes.txt",
        "pipe.tif",
        "self",
        "socket.tif",
        "up",
        "zero.tif",
    ];
    assert_eq!(others, expected);
    assert_eq!((tally.scans, tally.problems), (3, 2));
    for name in ["pipe.tif", "zero.tif", "socket.tif"] {
        assert!(open_path(&folder.path(name), true).is_err(), "{name}");
    }
}

#[test]
fn a_folder_that_may_not_be_read_is_a_row() {
    use std::os::unix::fs::PermissionsExt as _;
    if rustix::process::geteuid().is_root() {
        println!("skipped: root reads everything");
        return;
    }
    let folder = Folder::new();
    std::fs::create_dir(folder.path("closed")).unwrap();
    folder.write("closed.tif", grey_tiff(4, 3, |_| 1));
    let none = std::fs::Permissions::from_mode(0o0);
    std::fs::set_permissions(folder.path("closed"), none.clone()).unwrap();
    std::fs::set_permissions(folder.path("closed.tif"), none).unwrap();
    let (scans, _, tally) = rows(folder.0.path());
    std::fs::set_permissions(
        folder.path("closed"),
        std::fs::Permissions::from_mode(0o700),
    )
    .unwrap();
    assert_eq!((scans.len(), tally.problems), (2, 2));
}

#[test]
fn names_from_outside_are_shown_and_not_obeyed() {
    let folder = Folder::new();
    let file = grey_tiff(40, 30, |i| i as u16);
    let hostile: [&[u8]; 3] = [
        b"bad\xff\xfe.tif",
        "abc\u{202e}fit.exe".as_bytes(),
        b"\x1b[2J.tif",
    ];
    for name in hostile {
        folder.write(OsStr::from_bytes(name), &file);
    }
    let (scans, ..) = rows(folder.0.path());
    let mut shown: Vec<String> = scans.iter().map(|scan| scan.name().to_string()).collect();
    shown.sort();
    assert_eq!(
        shown,
        ["\\u{1b}[2J.tif", "abc\\u{202e}fit.exe", "bad\\xff\\xfe.tif"]
    );
    for scan in &scans {
        let opened = open(scan, &Limits::default(), &Cancel::never()).unwrap();
        assert_eq!(opened.files[0].path, scan.path);
    }
    let (code, out, _) = run(&["list", folder.0.path().to_str().unwrap(), "--json"]);
    assert_eq!(code, 0);
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
    let hex: Vec<&str> = rows
        .iter()
        .filter_map(|row| row["path_hex"].as_str())
        .collect();
    assert_eq!(hex.len(), 1);
    assert!(hex[0].ends_with("626164fffe2e746966"), "{hex:?}");
    assert!(!out.contains(&0x1b));
}

#[test]
fn a_file_that_vanishes_or_changes_is_told() {
    let folder = Folder::new();
    let path = folder.write("v.tif", grey_tiff(40, 30, |i| i as u16));
    let (scans, ..) = rows(folder.0.path());
    let opened = open(&scans[0], &Limits::default(), &Cancel::never()).unwrap();
    assert_eq!(unchanged(&opened.files[0]), Ok(true));
    folder.write("v.tif", grey_tiff(41, 30, |i| i as u16));
    assert_eq!(unchanged(&opened.files[0]), Ok(false));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(
        unchanged(&opened.files[0]),
        Err(Error::Environment { .. })
    ));
    let error = open(&scans[0], &Limits::default(), &Cancel::never()).unwrap_err();
    assert!(matches!(error, Error::Environment { .. }), "{error}");
    assert!(error.to_string().contains("v.tif"), "{error}");
}

#[test]
fn a_thousand_files_come_in_natural_order() {
    let folder = Folder::new();
    let file = grey_tiff(8, 8, |i| i as u16);
    for number in (0..1000).rev() {
        folder.write(format!("scan{number}.tif"), &file);
    }
    let (scans, _, tally) = rows(folder.0.path());
    assert_eq!((scans.len(), tally.problems), (1000, 0));
    let expected: Vec<String> = (0..1000).map(|n| format!("scan{n}.tif")).collect();
    let shown: Vec<String> = scans.iter().flat_map(names).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_folder_names_a_scan_only_when_it_holds_one() {
    let folder = Folder::new();
    assert!(matches!(
        resolve(folder.0.path(), false),
        Err(Error::NotPossible { .. })
    ));
    let path = folder.write("a.tif", grey_tiff(8, 8, |i| i as u16));
    assert_eq!(resolve(folder.0.path(), false).unwrap().0.path, path);
    folder.write("b.tif", grey_tiff(8, 8, |i| i as u16));
    assert!(matches!(
        resolve(folder.0.path(), false),
        Err(Error::Request { .. })
    ));
    let odd = folder.write("a.tif#2", grey_tiff(9, 8, |i| i as u16));
    assert_eq!(resolve(&odd, false).unwrap().1, None);
}

// ---- the commands

/// Runs a command in this process: exit code, standard output, standard error.
fn run(arguments: &[&str]) -> (u8, Vec<u8>, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let all = std::iter::once("xamine").chain(arguments.iter().copied());
    let code = xamine::cli::run(all.map(Into::into), &mut out, &mut err);
    (code, out, String::from_utf8(err).unwrap())
}

#[test]
fn list_and_info_keep_their_contract() {
    let root = samples("");
    let root = root.to_str().unwrap();
    let (code, out, err) = run(&["list", root, "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&out).unwrap();
    assert_eq!(rows.len(), 5);
    let members: Vec<&str> = rows[0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        ["path", "kind", "state", "files", "bytes", "error"]
    );
    assert_eq!(rows[0]["state"], "problem");
    assert!(rows[0]["error"].as_str().unwrap().contains("cut short"));
    let (_, all, _) = run(&["list", root, "--json", "--all"]);
    let all: Vec<serde_json::Value> = serde_json::from_slice(&all).unwrap();
    assert_eq!(all.len(), 5 + 23);
    let (_, text, _) = run(&["list", root]);
    let text = String::from_utf8(text).unwrap();
    assert_eq!(text.lines().count(), 1 + 5 + 1);
    assert!(
        text.ends_with("5 scans, 1 with a problem, 23 other files\n"),
        "{text}"
    );

    let (code, out, _) = run(&["info", samples("truck").to_str().unwrap(), "--json"]);
    assert_eq!(code, 0);
    let info: serde_json::Value = serde_json::from_slice(&out).unwrap();
    let members: Vec<&str> = info
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "path",
            "scan_id",
            "format",
            "kind",
            "error",
            "files",
            "paired_by",
            "class_codes",
            "views",
            "declaration",
            "radiation",
            "annotations",
            "reports",
            "warnings"
        ]
    );
    let plane = &info["views"][0]["planes"][0];
    let members: Vec<&str> = plane
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        [
            "name",
            "width",
            "height",
            "bits",
            "bits_allocated",
            "polarity",
            "rescale",
            "min",
            "max",
            "mean",
            "sum",
            "air",
            "air_estimated"
        ]
    );
    assert_eq!(plane["sum"], 4_147_532_214u64);
    let (code, text, _) = run(&["info", samples("truck").to_str().unwrap()]);
    let text = String::from_utf8(text).unwrap();
    assert!(
        code == 0 && text.contains("4147532214") && !text.contains('<'),
        "{text}"
    );
}

#[test]
fn problems_end_with_their_exit_code_and_one_sentence() {
    let bad = samples("bad/cut_short.tif");
    let (code, out, err) = run(&["info", bad.to_str().unwrap(), "--json"]);
    let info: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!((code, err.lines().count()), (1, 1));
    assert!(info["error"].as_str().unwrap().contains("cut short"));
    assert_eq!(
        (&info["scan_id"], &info["views"]),
        (&serde_json::Value::Null, &serde_json::json!([]))
    );
    let (code, out, err) = run(&["list", "/no/such/folder"]);
    assert_eq!((code, out.len()), (1, 0));
    assert!(err.contains("/no/such/folder"), "{err}");
    let (code, _, err) = run(&["info", samples("manifest.toml").to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(err.contains("TIFF, PNG"), "{err}");
}

#[test]
fn a_closed_pipe_is_success() {
    struct Closed(usize);
    impl std::io::Write for Closed {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            self.0 -= 1;
            Ok(bytes.len().min(10))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let root = samples("");
    for arguments in [&["list", "--json"][..], &["list"], &["list", "--all"]] {
        for writes in [0, 1, 7] {
            let mut err = Vec::new();
            let all = ["xamine"]
                .iter()
                .chain(arguments)
                .map(std::ffi::OsString::from);
            let all = all.chain([root.clone().into_os_string()]);
            let code = xamine::cli::run(all, &mut Closed(writes), &mut err);
            assert_eq!((code, err.len()), (0, 0), "{arguments:?}");
        }
    }
}

#[test]
fn a_scan_that_cannot_be_decoded_is_still_known_by_its_bytes() {
    use sha2::Digest as _;

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bad/cut_short.tif");
    let (scan, _) = resolve(&path, false).unwrap();
    assert!(open(&scan, &Limits::default(), &Cancel::never()).is_err());
    let (id, files) = identify(&scan, &Limits::default(), &Cancel::never()).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let sum = sha2::Sha256::digest(&bytes);
    let hex = sum
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(
        (id.as_str(), files.len(), files[0].bytes),
        (hex.as_str(), 1, bytes.len() as u64)
    );
}
