//! The physics against tables that other programs made.

use std::collections::HashMap;

use xamine::physics::detector::Detector;
use xamine::physics::matter::Matter;
use xamine::physics::spectrum::Spectrum;
use xamine::physics::transparency::{Beam, Weights};

use crate::shared::shared;

/// The rows of a CSV table by its column names.
pub(crate) fn rows(text: &str) -> Vec<HashMap<String, String>> {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            let cells = names.iter().zip(line.split(','));
            cells
                .map(|(n, c)| ((*n).to_owned(), c.to_owned()))
                .collect()
        })
        .collect()
}

fn number(row: &HashMap<String, String>, name: &str) -> f64 {
    row[name].parse().unwrap()
}

/// The beams of a pair of linac end points, low first.
fn linac_pair(low: f64, high: f64) -> [Beam; 2] {
    [low, high]
        .map(|mv| Beam::new(&Spectrum::linac(mv).unwrap(), Detector::CadmiumTungstate).unwrap())
}

/// The names of the tables as this program takes them.
fn matter(name: &str) -> Matter {
    Matter::named(match name {
        "PE" => "polyethylene",
        "TNT" => "chno simulant",
        other => other,
    })
    .unwrap()
}

/// The relative errors of R, low by high, of `beams` against the rows of `system` up to attenuation
/// `top`; glass is left out, its composition is not told.
fn errors(
    table: &[HashMap<String, String>],
    system: &str,
    beams: &[Beam; 2],
    top: f64,
) -> Vec<(String, f64)> {
    let rows = table.iter().filter(|row| {
        row["system"] == system && row["material"] != "glass" && number(row, "alpha_high") <= top
    });
    rows.map(|row| {
        let matter = matter(&row["material"]);
        let lambda = number(row, "mass_thickness_g_cm2");
        let [low, high] = beams
            .each_ref()
            .map(|b| b.alpha(&matter, lambda, Weights::FREE));
        let error = low / high / number(row, "R_low_over_high") - 1.0;
        (format!("{system} {} {lambda}", row["material"]), error)
    })
    .collect()
}

/// Prints and asserts that there are rows enough, none further off than `worst`; gives the mean.
fn mean_within(errors: &[(String, f64)], worst: f64) -> f64 {
    for (row, error) in errors {
        assert!(error.abs() < worst, "{row}: {error}");
    }
    assert!(errors.len() > 50);
    let mean = errors.iter().map(|(_, error)| error).sum::<f64>() / errors.len() as f64;
    println!("{} rows, mean error of R {mean:.4}", errors.len());
    mean
}

/// The ratio of linac beams within 2.5 % of an independent implementation of the same form (it
/// took another grid and filter detail), 1 % on average.
#[test]
fn linac_ratios_follow_the_published_tables() {
    let Some(path) = shared("physics/transmission_tables.csv") else {
        return;
    };
    let table = rows(&std::fs::read_to_string(path).unwrap());
    for (system, beams) in [
        ("4/6MeV-Schiff", linac_pair(4.0, 6.0)),
        ("6/9MeV-Schiff", linac_pair(6.0, 9.0)),
    ] {
        let mean = mean_within(&errors(&table, system, &beams, 7.0), 0.025);
        assert!(mean.abs() < 0.01, "{system}: {mean}");
    }
}

/// R at the class boundaries by attenuation, within 2 % of the same tables.
#[test]
fn linac_boundaries_follow_the_published_curves() {
    let Some(path) = shared("physics/isoZ_boundaries.csv") else {
        return;
    };
    let table = rows(&std::fs::read_to_string(path).unwrap());
    let mut seen = 0;
    for (system, [low, high]) in [
        ("4/6MeV-Schiff", linac_pair(4.0, 6.0)),
        ("6/9MeV-Schiff", linac_pair(6.0, 9.0)),
    ] {
        for z in [10, 18, 50] {
            let element = Matter::element(z).unwrap();
            let (mu_low, mu_high) = (
                low.coefficients(&element, Weights::FREE),
                high.coefficients(&element, Weights::FREE),
            );
            for row in table.iter().filter(|row| row["system"] == system) {
                let wanted = number(row, "alpha_high");
                // Bisection: attenuation grows with mass thickness.
                let (mut thin, mut thick) = (0.0, 1000.0);
                for _ in 0..60 {
                    let middle = f64::midpoint(thin, thick);
                    if high.attenuation(&[(&mu_high, middle)]) < wanted {
                        thin = middle;
                    } else {
                        thick = middle;
                    }
                }
                let got = low.attenuation(&[(&mu_low, thin)]) / wanted;
                let error = got / number(row, &format!("R_Z{z}")) - 1.0;
                assert!(error.abs() < 0.02, "{system} Z {z} alpha {wanted}: {error}");
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2 * 3 * 48);
}

/// The beams of a tube scanner's two layers, low first.
fn layers(kv: f64) -> [Beam; 2] {
    let spectrum = Spectrum::tube(kv).unwrap();
    [Detector::FrontLayer, Detector::BackLayer].map(|d| Beam::new(&spectrum, d).unwrap())
}

/// R of the two layers within 1 % of an independent implementation, all materials.
#[test]
fn tube_transmissions_follow_the_published_tables() {
    let Some(path) = shared("physics/transmission_tables.csv") else {
        return;
    };
    let table = rows(&std::fs::read_to_string(path).unwrap());
    for (system, kv) in [("140kV", 140.0), ("160kV", 160.0)] {
        mean_within(&errors(&table, system, &layers(kv), 6.0), 0.01);
    }
}
