//! Formats that are a text and numbers: NRRD, `MetaImage`, NPY, and raw samples with a sidecar.

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use xamine::Error;
use xamine::cancel::Cancel;
use xamine::radiograph::Kind;
use xamine::scan::{FindOptions, Found, Limits, Opened, find, open, resolve};

const COLUMNS: usize = 50;
const ROWS: usize = 40;

/// Two pictures of known samples, one after the other.
fn samples() -> Vec<u16> {
    let count = 2 * COLUMNS * ROWS;
    (0..count).map(|at| (at * 31 % 65_536) as u16).collect()
}

fn little(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|one| one.to_le_bytes()).collect()
}

fn big(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|one| one.to_be_bytes()).collect()
}

fn with(text: &str, bytes: &[u8]) -> Vec<u8> {
    [text.as_bytes(), bytes].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn nrrd(fields: &str, bytes: &[u8]) -> Vec<u8> {
    let text = format!("NRRD0004\n# made by hand\nversion:=1\n{fields}\n\n");
    with(&text, bytes)
}

fn mha(lines: &str, bytes: &[u8]) -> Vec<u8> {
    let text = format!("ObjectType = Image\n{lines}\nElementDataFile = LOCAL\n");
    with(&text, bytes)
}

fn npy(header: &str, bytes: &[u8]) -> Vec<u8> {
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    let header = format!("{header}\n");
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.as_bytes());
    file.extend(bytes);
    file
}

/// Opens one file alone, or with its group.
fn opened(folder: &Path, name: &str, bytes: &[u8]) -> Result<Opened, Error> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    let (scan, _) = resolve(&path, false)?;
    open(&scan, &Limits::default(), &Cancel::never())
}

/// The samples of all planes in order.
fn all(opened: &Opened) -> Vec<u16> {
    let planes = opened.views.iter().flat_map(|view| &view.planes);
    planes.flat_map(|plane| plane.samples.clone()).collect()
}

#[test]
fn samples_are_read_as_they_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let (both, one) = (samples(), &samples()[..COLUMNS * ROWS]);
    let bytes: Vec<u8> = one.iter().map(|sample| (sample >> 8) as u8).collect();
    let eight: Vec<u16> = bytes.iter().map(|byte| u16::from(*byte)).collect();
    let short = "type: ushort\ndimension: 2\nsizes: 50 40\nencoding:";
    let cases: Vec<(&str, Vec<u8>, &[u16])> = vec![
        (
            "raw.nrrd",
            nrrd(&format!("{short} raw\nendian: little"), &little(one)),
            one,
        ),
        (
            "big.nrrd",
            nrrd(&format!("{short} raw\nendian: big"), &big(one)),
            one,
        ),
        (
            "packed.nrrd",
            nrrd(
                &format!("{short} gzip\nendian: little"),
                &gzip(&little(one)),
            ),
            one,
        ),
        (
            "eight.nrrd",
            nrrd(
                "type: uint8\ndimension: 2\nsizes: 50 40\nencoding: raw",
                &bytes,
            ),
            &eight,
        ),
        (
            "two.nrrd",
            nrrd(
                "type: uint16\ndimension: 3\nsizes: 50 40 2\nencoding: raw\nendian: little",
                &little(&both),
            ),
            &both,
        ),
        (
            "a.mha",
            mha(
                "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT",
                &little(one),
            ),
            one,
        ),
        (
            "b.mha",
            mha(
                "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT\nBinaryDataByteOrderMSB = True",
                &big(one),
            ),
            one,
        ),
        (
            "c.mha",
            mha(
                "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT\nCompressedData = True",
                &zlib(&little(one)),
            ),
            one,
        ),
        (
            "d.npy",
            npy(
                "{'descr': '<u2', 'fortran_order': False, 'shape': (40, 50), }",
                &little(one),
            ),
            one,
        ),
        (
            "e.npy",
            npy(
                "{'descr': '>u2', 'fortran_order': False, 'shape': (40, 50), }",
                &big(one),
            ),
            one,
        ),
        (
            "f.npy",
            npy(
                "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 50), }",
                &bytes,
            ),
            &eight,
        ),
        (
            "g.npy",
            npy(
                "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 40, 50), }",
                &little(&both),
            ),
            &both,
        ),
    ];
    for (name, file, wanted) in cases {
        let opened = opened(folder.path(), name, &file).unwrap_or_else(|why| panic!("{why}"));
        assert!(all(&opened) == wanted, "{name}");
        let plane = &opened.views[0].planes[0];
        assert_eq!((plane.width, plane.height), (COLUMNS, ROWS), "{name}");
        let bits = if wanted == eight { 8 } else { 16 };
        assert_eq!(plane.bits, bits, "{name}");
        let kind = if wanted.len() > one.len() {
            Kind::DualEnergy
        } else {
            Kind::SingleEnergy
        };
        assert_eq!(opened.kind, kind, "{name}");
        // The list says the same without decoding.
        let mut listed = None;
        find(
            &folder.path().join(name),
            &FindOptions::default(),
            &Cancel::never(),
            &mut |row| {
                if let Found::Scan(scan) = row {
                    listed = scan.kind;
                }
            },
        )
        .unwrap();
        assert_eq!(listed, Some(kind), "{name}");
        // A file that ends early is an error and never a part of a picture.
        for end in (0..file.len()).step_by(file.len() / 100 + 1) {
            let cut = self::opened(folder.path(), name, &file[..end]);
            assert!(cut.is_err(), "{name} cut at {end}");
        }
    }
}

#[test]
fn millimetres_are_taken_where_they_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let one = little(&samples()[..COLUMNS * ROWS]);
    let lines = "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT\nElementSpacing =";
    let short =
        "type: ushort\ndimension: 2\nsizes: 50 40\nencoding: raw\nendian: little\nspacings: 4 5";
    for (name, file, mm) in [
        (
            "a.mha",
            mha(&format!("{lines} 4 5"), &one),
            Some([4.0, 5.0]),
        ),
        // What a writer puts who does not know.
        ("b.mha", mha(&format!("{lines} 1 1"), &one), None),
        ("c.mha", mha(&format!("{lines} nan 1"), &one), None),
        (
            "d.nrrd",
            nrrd(&format!("{short}\nunits: \"mm\" \"mm\""), &one),
            Some([4.0, 5.0]),
        ),
        ("e.nrrd", nrrd(short, &one), None),
    ] {
        let opened = opened(folder.path(), name, &file).unwrap();
        assert_eq!(opened.views[0].pixel_mm, mm, "{name}");
    }
}

#[test]
fn raw_samples_are_what_their_sidecar_says() {
    let folder = tempfile::tempdir().unwrap();
    let both = samples();
    let mut file = b"HEAD".to_vec();
    file.extend(big(&both));
    let plane = |name: &str, offset: usize, rest: &str| {
        format!(
            "[[plane]]\nname = \"{name}\"\nfile = \"a.raw\"\nwidth = 50\nheight = 40\n\
             type = \"u16\"\noffset = {offset}\n{rest}\n"
        )
    };
    let second = 4 + 2 * COLUMNS * ROWS;
    let text = plane("high", 4, "endian = \"big\"\nair = 60000")
        + &plane("low", second, "endian = \"big\"\npixel_mm = [4, 4]");
    std::fs::write(folder.path().join("a.scan.toml"), text).unwrap();
    let dual = opened(folder.path(), "a.raw", &file).unwrap();
    assert_eq!((dual.kind, dual.format.as_str()), (Kind::DualEnergy, "raw"));
    let (high, low) = dual.views[0].dual().unwrap();
    assert!(
        high.samples[..] == both[..COLUMNS * ROWS] && low.samples[..] == both[COLUMNS * ROWS..]
    );
    assert!(high.air.is_some());
    // Nothing is guessed, and nothing is read that is not there.
    for (rest, bytes, said) in [
        ("", &file[..], "endian"),
        ("endian = \"middle\"", &file[..], "endian"),
        ("endian = \"big\"", &file[..2000], "2,000|1996"),
    ] {
        std::fs::write(folder.path().join("a.scan.toml"), plane("high", 4, rest)).unwrap();
        let why = opened(folder.path(), "a.raw", bytes)
            .unwrap_err()
            .to_string();
        assert!(said.split('|').any(|said| why.contains(said)), "{why}");
        // The list has the same sentence.
        let mut listed = Vec::new();
        find(
            folder.path(),
            &FindOptions::default(),
            &Cancel::never(),
            &mut |row| {
                if let Found::Scan(scan) = row {
                    listed.extend(scan.error.map(|error| error.to_string()));
                }
            },
        )
        .unwrap();
        assert_eq!(listed, [why]);
    }
    std::fs::write(
        folder.path().join("a.scan.toml"),
        plane("high", 4, "endian = \"big\""),
    )
    .unwrap();
    let first = opened(folder.path(), "a.raw", &file).unwrap();
    let more = (2 * COLUMNS * ROWS).to_string();
    let warned = |warning: &xamine::text::Safe| {
        warning
            .as_str()
            .replace(',', "")
            .contains(&format!("{more} bytes after"))
    };
    assert!(first.warnings.iter().any(warned), "{:?}", first.warnings);
}

#[test]
fn what_cannot_be_meant_or_read_is_said_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let one = little(&samples()[..COLUMNS * ROWS]);
    let sizes = "dimension: 2\nsizes: 50 40\nencoding: raw\nendian: little";
    let dims = "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT";
    let array = |rest: &str| npy(&format!("{{'descr': {rest}, }}"), &one);
    for (name, file, said) in [
        (
            "a.nrrd",
            nrrd(&format!("type: float\n{sizes}"), &one),
            "type float",
        ),
        (
            "b.nrrd",
            nrrd("type: ushort\nsizes: 50 40\nencoding: raw", &one),
            "NRRD header",
        ),
        (
            "c.nrrd",
            nrrd(&format!("type: ushort\ndata file: x.raw\n{sizes}"), &one),
            "x.raw",
        ),
        (
            "d.nrrd",
            nrrd(
                "type: ushort\nsizes: 50 40\nendian: little\nencoding: bzip2",
                &one,
            ),
            "bzip2",
        ),
        (
            "e.nrrd",
            nrrd(
                "type: ushort\nsizes: 50 40 2 2\nendian: little\nencoding: raw",
                &one,
            ),
            "4 axes",
        ),
        (
            "f.nrrd",
            nrrd(
                "type: ushort\nsizes: 1 1 100\nendian: little\nencoding: raw",
                &one,
            ),
            "100 pictures",
        ),
        (
            "g.nrrd",
            nrrd(
                "type: ushort\nsizes: 0 40\nendian: little\nencoding: raw",
                &one,
            ),
            "0",
        ),
        (
            "h.nrrd",
            nrrd(
                "type: ushort\nsizes: 4000000000 4000000000\nendian: little\nencoding: gzip",
                &one,
            ),
            "megapixels",
        ),
        (
            "i.nrrd",
            nrrd(&format!("type: ushort\nbyte skip: -1\n{sizes}"), &one),
            "skips",
        ),
        (
            "j.mha",
            mha(&format!("{dims}\nBinaryData = False"), &one),
            "ASCII",
        ),
        (
            "k.mha",
            mha(&format!("{dims}\nElementNumberOfChannels = 3"), &one),
            "3 channels",
        ),
        (
            "l.mha",
            mha("NDims = 2\nDimSize = 50 40\nElementType = MET_FLOAT", &one),
            "MET_FLOAT",
        ),
        (
            "m.mha",
            mha(
                "NDims = 2\nDimSize = 50 forty\nElementType = MET_USHORT",
                &one,
            ),
            "MetaImage header",
        ),
        (
            "o.npy",
            array("'<f4', 'fortran_order': False, 'shape': (40, 50)"),
            "<f4",
        ),
        (
            "p.npy",
            array("'<u2', 'fortran_order': True, 'shape': (40, 50)"),
            "Fortran",
        ),
        (
            "q.npy",
            array("'<u2', 'fortran_order': False, 'shape': (40, fifty)"),
            "header",
        ),
        (
            "r.npy",
            array("'<u2', 'fortran_order': False, 'shape': (2000,)"),
            "1 axes",
        ),
    ] {
        let why = opened(folder.path(), name, &file).unwrap_err().to_string();
        assert!(why.contains(said) && why.contains(name), "{name}: {why}");
        assert!(!why.contains('\n') && !why.ends_with('.'), "{why}");
    }
    // A stream that grows beyond what was said is not read on.
    let bomb = gzip(&vec![0; 40_000_000]);
    let fields = "type: uint8\nsizes: 50 40\nencoding: gzip";
    let opened = opened(folder.path(), "bomb.nrrd", &nrrd(fields, &bomb)).unwrap();
    assert_eq!(all(&opened).len(), COLUMNS * ROWS);
    assert!(
        opened
            .warnings
            .iter()
            .any(|one| one.as_str().contains("after the samples"))
    );
}

#[test]
fn flipped_bits_of_texts_and_streams_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let one = little(&samples()[..COLUMNS * ROWS]);
    let short = "type: ushort\ndimension: 2\nsizes: 50 40\nencoding: gzip\nendian: little";
    let dims = "NDims = 2\nDimSize = 50 40\nElementType = MET_USHORT\nCompressedData = True";
    let array = "{'descr': '<u2', 'fortran_order': False, 'shape': (40, 50), }";
    let mut seed = 7_u64;
    for (name, file) in [
        ("a.nrrd", nrrd(short, &gzip(&one))),
        ("b.mha", mha(dims, &zlib(&one))),
        ("c.npy", npy(array, &one)),
    ] {
        for round in 0..300 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let within = if round % 2 == 0 { 160 } else { file.len() };
            let mut broken = file.clone();
            broken[(seed >> 33) as usize % within] ^= 1 << (seed >> 60 & 7);
            if let Ok(opened) = opened(folder.path(), name, &broken) {
                for plane in opened.views.iter().flat_map(|view| &view.planes) {
                    assert_eq!(plane.samples.len(), plane.width * plane.height);
                }
            }
        }
    }
}

#[test]
fn the_lines_of_a_metaimage_alone_describe_the_file_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let one = &samples()[..COLUMNS * ROWS];
    let lines = |rest: &str, file: &str| {
        format!(
            "ObjectType = Image\nNDims = 2\nDimSize = 50 40\nElementType = MET_USHORT\n\
             ElementSpacing = 4 5\n{rest}ElementDataFile = {file}\n"
        )
    };
    std::fs::write(folder.path().join("a.raw"), big(one)).unwrap();
    let text = lines("BinaryDataByteOrderMSB = True\n", "a.raw");
    let described = opened(folder.path(), "a.mhd", text.as_bytes()).unwrap();
    assert!(all(&described) == one);
    assert_eq!(described.views[0].pixel_mm, Some([4.0, 5.0]));
    // The scan is its samples' file; the lines are no bytes of it.
    assert_eq!(described.files.len(), 1);
    for (text, said) in [
        (lines("", "../a.raw"), "../a.raw"),
        (lines("", "gone.raw"), "gone.raw"),
        (lines("CompressedData = True\n", "a.zraw"), "zlib"),
    ] {
        let why = opened(folder.path(), "a.mhd", text.as_bytes()).unwrap_err();
        assert!(why.to_string().contains(said), "{why}");
    }
}
