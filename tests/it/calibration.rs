//! Calibration and inversion on the published reference pair.

use std::path::Path;

use xamine::cancel::Cancel;
use xamine::cli::profile;
use xamine::physics::matter::Matter;
use xamine::physics::profile::Profile;
use xamine::physics::scanner::Scanner;
use xamine::scan::read_array;

use crate::shared::shared;

/// Runs the program; gives exit code, standard output and standard error.
fn xamine(words: &[&str]) -> (u8, String, String) {
    let words = std::iter::once("xamine").chain(words.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = xamine::cli::run(words.map(Into::into), &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (code, text(out), text(err))
}

/// The profile that `xamine calibrate` writes for the calibration at `path`.
fn calibrated(path: &Path) -> (Profile, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("scanner.toml");
    let (input, output) = (path.to_str().unwrap(), output.to_str().unwrap());
    let (code, out, err) = xamine(&["calibrate", input, "-o", output]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    (profile::read(Path::new(output)).unwrap().0, out)
}

/// The median of `values`.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The reference pair: attenuations, reference Z, and the profile of its own calibration.
struct Reference {
    width: usize,
    high: Vec<f64>,
    low: Vec<f64>,
    z: Vec<f64>,
    profile: Profile,
    report: String,
}

impl Reference {
    fn read() -> Option<Self> {
        let path = shared("semiz/calibration.toml")?;
        let array = |name: &str| read_array(&path.with_file_name(name)).unwrap();
        let high = array("im_H.npy");
        let (profile, report) = calibrated(&path);
        Some(Self {
            width: high.shape[1],
            high: high.values,
            low: array("im_L.npy").values,
            z: array("reference_z.npy").values,
            profile,
            report,
        })
    }

    fn height(&self) -> usize {
        self.high.len() / self.width
    }

    /// Z of every pixel by this program's tables.
    fn inverted(&self) -> Vec<f64> {
        let scanner = Scanner::new(self.profile.clone(), String::new());
        let [high, low] = [&self.high, &self.low]
            .map(|alpha| alpha.iter().map(|a| *a as f32).collect::<Vec<_>>());
        let rows: Vec<usize> = (0..self.height()).collect();
        let read = scanner.readings([&high, &low], &rows, rows.len(), &Cancel::never());
        read.unwrap().z.into_iter().map(f64::from).collect()
    }
}

#[test]
fn the_reference_pair_reads_as_the_published_code_reads_it() {
    let Some(pair) = Reference::read() else {
        return;
    };
    println!("{}", pair.report);
    let z = pair.inverted();
    let object: Vec<usize> = (0..z.len()).filter(|at| pair.high[*at] > 0.6).collect();
    let agree = |pixels: &[usize]| {
        let within = pixels
            .iter()
            .filter(|at| (z[**at].round() - pair.z[**at]).abs() <= 1.0);
        within.count() as f64 / pixels.len() as f64
    };
    let light: Vec<usize> = object
        .iter()
        .copied()
        .filter(|at| pair.z[*at] <= 64.0)
        .collect();
    let (all, light) = (agree(&object), agree(&light));
    println!(
        "within 1 of the reference: {all:.4} of {}, {light:.4} up to Z 64",
        object.len()
    );
    for (name, truth, within, [x, y, w, h]) in BLOCKS {
        let pixels = (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y)));
        let values = pixels.map(|(x, y)| z[y * pair.width + x]).collect();
        let median = median(values);
        println!("{name}: {median:.2} (wanted {truth} within {within})");
    }
    assert!(all >= 0.955 && light >= 0.985);
    for (name, truth, within, [x, y, w, h]) in BLOCKS {
        let pixels = (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y)));
        let median = median(pixels.map(|(x, y)| z[y * pair.width + x]).collect());
        assert!((median - truth).abs() <= within, "{name}: {median}");
    }
}

/// Name, median that is wanted, tolerance, rectangle (`blocks.csv`).
const BLOCKS: [(&str, f64, f64, [usize; 4]); 7] = [
    ("C", 8.0, 1.0, [18, 27, 14, 16]),
    ("Al", 14.0, 1.0, [43, 31, 14, 11]),
    ("Fe", 26.0, 1.0, [68, 29, 14, 12]),
    ("Ag", 46.0, 2.0, [93, 28, 14, 12]),
    ("Gd", 61.0, 3.0, [118, 28, 14, 12]),
    ("Pb", 83.0, 3.0, [143, 28, 14, 12]),
    ("U", 83.0, 4.0, [168, 27, 14, 13]),
];

/// A calibration of blocks one by one, with `blocks` as their sections.
fn one_by_one(blocks: &str) -> (u8, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("calibration.toml");
    let head = "scanner = \"gate 4\"\ndate = \"2026-03-01\"\n\
        [beam.high]\nname = \"9 MV\"\n[beam.low]\nname = \"6 MV\"\n";
    std::fs::write(&input, format!("{head}{blocks}")).unwrap();
    let output = folder.path().join("gate-4.toml");
    let words = [input.to_str().unwrap(), "-o", output.to_str().unwrap()];
    let (code, out, err) = xamine(&["calibrate", words[0], words[1], words[2]]);
    if code == 0 {
        let (profile, sha256) = profile::read(&output).unwrap();
        assert_eq!((profile.rows.len(), sha256.len()), (1, 64));
        assert_eq!(profile.header.scanner, "gate 4");
        assert!(!profile.header.generic && profile.fits(5) && profile.fits(500));
        // A table that somebody touched is refused.
        let table = folder.path().join("gate-4.csv");
        let text = std::fs::read_to_string(&table).unwrap();
        std::fs::write(&table, text.replace("high,", "high, ")).unwrap();
        assert!(profile::read(&output).is_err());
    }
    (code, out, err)
}

fn block(material: &str, high: f64, low: f64) -> String {
    format!(
        "[[block]]\nmaterial = \"{material}\"\nmass_thickness_g_cm2 = 100\n\
         alpha_high = {high}\nalpha_low = {low}\n"
    )
}

#[test]
fn blocks_one_by_one_are_fitted_and_told() {
    // The three blocks of the published calibration's first row.
    let three = [
        block("graphite", 3.126, 3.793),
        block("iron", 3.587, 3.999),
        block("lead", 4.631, 4.757),
    ];
    let (code, out, err) = one_by_one(&three.concat());
    assert_eq!((code, err.as_str()), (0, ""));
    for told in [
        "9 MV",
        "6 MV",
        "graphite",
        "iron",
        "lead",
        "gate-4.toml",
        "gate-4.csv",
    ] {
        assert!(out.contains(told), "{told} in\n{out}");
    }
    for (blocks, why) in [
        (three[..2].concat(), "at least 3"),
        (three[0].repeat(3), "all of one material"),
        // Measured beside the block, and another matter than is written.
        (three.concat().replace("3.587", "0.02"), "open beam"),
        (three.concat().replace("graphite", "gold"), "does not fit"),
        (
            three.concat().replace("iron", "unobtainium"),
            "'unobtainium'",
        ),
        (
            three.concat().replace("alpha_low", "alpha_lo"),
            "unknown field",
        ),
        (
            three.concat().replace("alpha_high = 3.587\n", ""),
            "either 'alpha_high'",
        ),
        (three.concat().replace("3.587", "-3.587"), "'iron'"),
        (
            format!("{}[blocks]\nz = \"z.npy\"\n", three.concat()),
            "missing field",
        ),
    ] {
        let (code, out, err) = one_by_one(&blocks);
        assert!(
            code == 1 && out.is_empty() && err.contains(why),
            "{why}: {code} {out} {err}"
        );
        assert!(
            err.contains("calibration.toml") || why == "'unobtainium'",
            "{err}"
        );
    }
}

#[test]
fn a_calibration_writes_nothing_but_toml() {
    let (code, _, err) = xamine(&[
        "calibrate",
        "samples/semiz/calibration/calibration.toml",
        "-o",
        "x.json",
    ]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("'x.json'"));
}

#[test]
fn a_calibration_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calibration.toml");
    std::fs::copy("samples/semiz/calibration/calibration.toml", &file).unwrap();
    let before = std::fs::read(&file).unwrap();
    let word = file.to_str().unwrap();
    for name in [
        "E.npy",
        "D.npy",
        "phi_9MeV.npy",
        "phi_6MeV.npy",
        "Z_calib.npy",
    ] {
        let from = format!("samples/semiz/calibration/{name}");
        std::fs::copy(from, folder.path().join(name)).unwrap();
    }
    for name in ["lmbda_calib.npy", "alpha_H_calib.npy", "alpha_L_calib.npy"] {
        let from = format!("samples/semiz/calibration/{name}");
        std::fs::copy(from, folder.path().join(name)).unwrap();
    }
    let (code, _, err) = xamine(&["calibrate", word, "-o", word]);
    assert!(
        code == 2 && err.contains("not written over"),
        "{code} {err}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

/// Runs `measure --json` on the reference pair with its own profile.
fn measured(folder: &Path, block: [usize; 4], background: Option<[usize; 4]>) -> serde_json::Value {
    let words = |region: [usize; 4]| region.map(|n| n.to_string()).join(",");
    let (region, profile) = (words(block), folder.join("scanner.toml"));
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    let mut arguments = vec!["measure", scan, "--region", &region, "--json", "--profile"];
    arguments.push(profile.to_str().unwrap());
    let around = background.map(words);
    if let Some(around) = &around {
        arguments.extend(["--background", around]);
    }
    let (code, out, err) = xamine(&arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    serde_json::from_str(&out).unwrap()
}

/// The shares of the classes that `render --display class` draws in a block, by the own profile.
fn shares_drawn(folder: &Path, [x, y, w, h]: [usize; 4]) -> serde_json::Value {
    let (profile, output) = (folder.join("scanner.toml"), folder.join("class.npy"));
    let [profile, output] = [&profile, &output].map(|path| path.to_str().unwrap());
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    let words = [
        "render",
        scan,
        "--display",
        "class",
        "--profile",
        profile,
        "-o",
        output,
    ];
    let (code, out, err) = xamine(&words);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    let bytes = std::fs::read(output).unwrap();
    let pixels = &bytes[bytes.len() - 200 * 100..];
    let mut counts = std::collections::BTreeMap::new();
    for row in y..y + h {
        for code in &pixels[row * 200 + x..][..w] {
            *counts.entry(*code).or_insert(0) += 1;
        }
    }
    counts
        .into_iter()
        .map(|(code, count)| {
            let class = xamine::physics::Class::from_code(code).unwrap();
            let share = f64::from(count) / (w * h) as f64;
            (class.as_str().to_owned(), serde_json::json!(share))
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn regions_are_told_by_the_scanners_own_profile() {
    let folder = tempfile::tempdir().unwrap();
    let input = "samples/semiz/calibration/calibration.toml";
    let output = folder.path().join("scanner.toml");
    let (code, ..) = xamine(&["calibrate", input, "-o", output.to_str().unwrap()]);
    assert_eq!(code, 0);
    for (name, z, within, block) in BLOCKS {
        let material = measured(folder.path(), block, None)["material"].clone();
        let class = match name {
            "C" => "organic",
            "Al" => "inorganic",
            "Fe" | "Ag" => "metal",
            _ => "heavy",
        };
        let got = material["z"].as_f64().unwrap();
        println!("{name}: {material}");
        assert!((got - z).abs() <= within, "{name}: {material}");
        assert!(
            material["shares"][class].as_f64().unwrap() >= 0.9,
            "{name}: {material}"
        );
        assert_eq!(material["class"], class, "{name}");
        assert!(material["z_iqr"][0].as_f64().unwrap() <= got);
        assert!(material["mass_thickness_g_cm2"].as_f64().unwrap() > 10.0);
        assert!(material["steel_mm"].as_f64().unwrap() > 10.0);
        assert!(!material["candidates"].as_array().unwrap().is_empty());
        assert_eq!(
            shares_drawn(folder.path(), block),
            material["shares"],
            "{name}"
        );
    }
    for (at, truth, around) in [(0, 6.0, [10, 28, 4, 14]), (1, 13.0, [36, 31, 3, 11])] {
        let material = measured(folder.path(), BLOCKS[at].3, Some(around))["material"].clone();
        let got = material["z"].as_f64().unwrap();
        println!("{} without its surround: {material}", BLOCKS[at].0);
        assert!((got - truth).abs() <= 1.0, "{material}");
        assert_eq!(material["background_subtracted"], true);
    }
}

#[test]
fn a_profile_of_another_scanner_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("calibration.toml");
    let mut text = "[beam.high]\nname = \"160 kV\"\n[beam.low]\nname = \"160 kV\"\n".to_owned();
    let tube = Scanner::generic(1).unwrap();
    for material in ["carbon", "aluminium", "iron"] {
        let [high, low] = tube.attenuations(&Matter::named(material).unwrap(), 6.0, 0, 1);
        text.push_str(&block(material, high, low).replace("= 100", "= 6"));
    }
    std::fs::write(&input, text).unwrap();
    let output = folder.path().join("tube.toml");
    let output = output.to_str().unwrap();
    let (code, out, err) = xamine(&["calibrate", input.to_str().unwrap(), "-o", output]);
    assert_eq!(code, 0, "{out}{err}");
    let scan = "samples/semiz/semiz_cargo_H_9MeV_u16.tif";
    let picture = folder.path().join("picture.png");
    let picture = picture.to_str().unwrap();
    for words in [
        ["measure", scan, "--region", "18,27,14,16"],
        ["render", scan, "-o", picture],
        ["show", scan, "--protocol", "kitty"],
    ] {
        let (code, _, err) = xamine(&[&words[..], &["--profile", output]].concat());
        assert_eq!(code, 1);
        assert!(
            err.contains("160 kV") && err.contains("9 MV") && err.contains("6 MV"),
            "{err}"
        );
    }
}
