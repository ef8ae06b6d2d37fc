//! Classes and states on slabs of a different forward model: `tests/truth/slabs.py` says which, and
//! what each column of its table means.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xamine::cancel::Cancel;
use xamine::physics::{Boundaries, Class, Layer, by_ratio, choose, told};
use xamine::radiograph::{Energy, Field, Plane, PlaneName, Polarity, Unit};

/// Side of the square of pixels that a megavolt class is the mean of.
const SIDE: usize = 7;
/// Signal of the open beam in the noisy slabs.
const AIR: f32 = 60000.0;
/// Share of answers that must be right.
const ENOUGH: f64 = 0.95;

/// A row of the table.
struct Slab {
    system: String,
    material: String,
    group: String,
    alpha: [f32; 2],
    expected: String,
    why: String,
}

/// Right answers, all answers, and coloured answers in a zone where none may be.
#[derive(Default, Clone, Copy)]
struct Tally {
    right: usize,
    all: usize,
    coloured: usize,
}

fn truth(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/truth")
        .join(name)
}

fn slabs() -> Vec<Slab> {
    let text = std::fs::read_to_string(truth("slabs.csv")).unwrap();
    let rows: Vec<Slab> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let [_, system, material, group, _, high, low, _, expected, why] = cells[..] else {
                panic!("a row of {} cells: {line}", cells.len())
            };
            Slab {
                system: system.to_owned(),
                material: material.to_owned(),
                group: group.to_owned(),
                alpha: [high.parse().unwrap(), low.parse().unwrap()],
                expected: expected.to_owned(),
                why: why.to_owned(),
            }
        })
        .collect();
    assert_eq!(rows.len(), 50 * (2 * 24 + 2 * 23));
    rows
}

/// The noisy samples of the megavolt slabs, high then low for each.
fn noise() -> Vec<Vec<f32>> {
    let bytes = std::fs::read(truth("slabs_noise.npy")).unwrap();
    let header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let samples = bytes[header..].chunks_exact(2);
    let samples: Vec<f32> = samples
        .map(|b| f32::from(u16::from_le_bytes([b[0], b[1]])))
        .collect();
    samples
        .chunks_exact(SIDE * SIDE)
        .map(<[f32]>::to_vec)
        .collect()
}

fn curves(system: &str) -> &'static Boundaries {
    let (numbers, unit) = system.split_once(' ').unwrap();
    let (low, high) = numbers.split_once('/').unwrap_or((numbers, numbers));
    let plane = |name, number: &str| {
        let mut plane = Plane::new(name, 1, 1, vec![0]);
        plane.energy = Energy::parse(&format!("{number} {unit}"));
        plane
    };
    let chosen = choose(&plane(PlaneName::High, high), &plane(PlaneName::Low, low)).unwrap();
    assert_eq!(chosen.boundaries.name, system);
    chosen.boundaries
}

/// The class of the middle of a noisy square.
fn noisy_class(boundaries: &Boundaries, high: &[f32], low: &[f32]) -> Class {
    let field = |samples: &[f32]| Field {
        width: SIDE,
        height: SIDE,
        values: samples.iter().map(|s| s / AIR).collect(),
        unit: Unit::Transmission,
        polarity: Polarity::BrightIsAir,
        full_scale: 1.0,
    };
    let (high, low) = (field(high), field(low));
    let layer = |field| Layer {
        field,
        limit: f32::INFINITY,
        means: None,
        taken: None,
    };
    let curves = |_| boundaries;
    let told = told(layer(&high), layer(&low), &curves, 1.0, &Cancel::never()).unwrap();
    told.classes[SIDE * SIDE / 2]
}

impl Slab {
    fn is_right(&self, class: Class) -> bool {
        match self.expected.as_str() {
            "not-organic" => class != Class::Organic,
            "not-heavy" => class != Class::Heavy,
            "any" => true,
            word => class.as_str() == word,
        }
    }

    /// Whether a material was named in a zone where that material must not be.
    fn is_coloured(&self, class: Class) -> bool {
        self.why == "zone" && class.is_material() && !self.is_right(class)
    }

    /// The line of the report that it counts in.
    fn key(&self) -> (String, String, String) {
        let line = if self.why == "border" || self.why == "ambiguous" {
            self.group.clone()
        } else {
            self.expected.clone()
        };
        (self.why.clone(), self.system.clone(), line)
    }
}

/// Prints the shares of a run, and gives what misses the mark.
fn report(title: &str, answers: &[(&Slab, Class)]) -> Vec<String> {
    let mut tallies: BTreeMap<(String, String, String), Tally> = BTreeMap::new();
    for (slab, class) in answers {
        let tally = tallies.entry(slab.key()).or_default();
        tally.all += 1;
        tally.right += usize::from(slab.is_right(*class));
        tally.coloured += usize::from(slab.is_coloured(*class));
    }
    println!("{title}\n  why        system  expected       slabs  right    wrongly coloured");
    let mut failed = Vec::new();
    for ((why, system, line), tally) in &tallies {
        let share = tally.right as f64 / tally.all as f64;
        let all = tally.all;
        println!(
            "  {why:10} {system:7} {line:13} {all:6} {:6.1} % {:6}",
            share * 100.0,
            tally.coloured
        );
        if (why == "class" || why == "zone") && (share < ENOUGH || tally.coloured > 0) {
            failed.push(format!(
                "{title}: {why} {system} {line} {share:.3}, {} coloured",
                tally.coloured
            ));
        }
    }
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for (slab, class) in answers
        .iter()
        .filter(|(slab, class)| !slab.is_right(*class))
    {
        let key = format!(
            "{} {} is {} and reads {}",
            slab.system,
            slab.material,
            slab.expected,
            class.as_str()
        );
        *wrong.entry(key).or_default() += 1;
    }
    for (line, times) in wrong {
        println!("  wrong: {line} ({times})");
    }
    failed
}

#[test]
fn slabs_of_another_model_get_their_class_or_their_state() {
    let slabs = slabs();
    let exact: Vec<(&Slab, Class)> = slabs
        .iter()
        .map(|slab| {
            (
                slab,
                by_ratio(curves(&slab.system), slab.alpha[0], slab.alpha[1]),
            )
        })
        .collect();
    let failed = report("without noise", &exact);
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn noisy_squares_of_megavolt_slabs_get_their_class_or_their_state() {
    let slabs = slabs();
    let noise = noise();
    let mega: Vec<&Slab> = slabs
        .iter()
        .filter(|slab| slab.system.ends_with("MV"))
        .collect();
    assert_eq!(noise.len(), 2 * mega.len());
    let answers: Vec<(&Slab, Class)> = mega
        .iter()
        .zip(noise.chunks_exact(2))
        .map(|(slab, pair)| (*slab, noisy_class(curves(&slab.system), &pair[0], &pair[1])))
        .collect();
    let failed = report("mean of 7 x 7 noisy pixels", &answers);
    assert!(failed.is_empty(), "{failed:#?}");
}
