//! Photon cross sections of the elements by process: NIST XCOM, Z 1 to 100, 1 keV to 20 MeV.
//!
//! Between the table's energies the logarithm of a cross section, and of the sum of all, runs
//! straight over the logarithm of the energy; pair production alone does so divided by
//! `(1 - threshold / E)^3`, as in XCOM itself. At an absorption edge the value above it holds.

use std::sync::OnceLock;

/// The highest Z of the table.
pub const HIGHEST_Z: u8 = 100;
/// The lowest energy of the table in MeV.
pub const LOWEST_MEV: f64 = 0.001;
/// The highest energy of the table in MeV.
pub const HIGHEST_MEV: f64 = 20.0;
/// Two electron masses, where pairs in the field of a nucleus begin, in MeV.
const PAIR_NUCLEAR: f64 = 1.022;
/// Four electron masses, where pairs in the field of an electron begin, in MeV.
const PAIR_ELECTRON: f64 = 2.044;

/// Mass attenuation by process, in cm2/g.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CrossSections {
    /// All processes together, coherent scattering included.
    pub total: f64,
    /// Photoelectric absorption.
    pub photoelectric: f64,
    /// Incoherent (Compton) scattering.
    pub incoherent: f64,
    /// Coherent (Rayleigh) scattering.
    pub coherent: f64,
    /// Pair production in the field of a nucleus.
    pub pair_nuclear: f64,
    /// Pair production in the field of an electron.
    pub pair_electron: f64,
}

impl CrossSections {
    /// The sum of all processes but coherent scattering, in cm2/g.
    pub fn without_coherent(&self) -> f64 {
        self.total - self.coherent
    }

    /// Both kinds of pair production, in cm2/g.
    pub fn pair(&self) -> f64 {
        self.pair_nuclear + self.pair_electron
    }

    /// This plus `share` times `other`.
    #[must_use]
    pub fn plus(self, share: f64, other: Self) -> Self {
        Self {
            total: self.total + share * other.total,
            photoelectric: self.photoelectric + share * other.photoelectric,
            incoherent: self.incoherent + share * other.incoherent,
            coherent: self.coherent + share * other.coherent,
            pair_nuclear: self.pair_nuclear + share * other.pair_nuclear,
            pair_electron: self.pair_electron + share * other.pair_electron,
        }
    }
}

/// The cross sections of the element of atomic number `z` at `energy_mev`; `None` outside Z 1 to
/// [`HIGHEST_Z`] and [`LOWEST_MEV`] to [`HIGHEST_MEV`].
pub fn element(z: u8, energy_mev: f64) -> Option<CrossSections> {
    let rows = table().get(usize::from(z).checked_sub(1)?)?;
    if !(LOWEST_MEV..=HIGHEST_MEV).contains(&energy_mev) {
        return None;
    }
    let above = rows
        .partition_point(|row| row.energy <= energy_mev)
        .clamp(1, rows.len() - 1);
    let (a, b) = (&rows[above - 1], &rows[above]);
    let share = (energy_mev / a.energy).ln() / (b.energy / a.energy).ln();
    let at = |process: usize| power(a.values[process], b.values[process], share);
    let pair = |process: usize, threshold: f64| {
        let shape = |energy: f64| (1.0 - threshold / energy).max(0.0).powi(3);
        let (low, high) = (shape(a.energy), shape(b.energy));
        let reduced = |value: f64, shape: f64| if shape > 0.0 { value / shape } else { 0.0 };
        let (low, high) = (
            reduced(a.values[process], low),
            reduced(b.values[process], high),
        );
        // From the threshold to the first value the shape alone rises.
        let low = if low > 0.0 { low } else { high };
        power(low, high, share) * shape(energy_mev)
    };
    let total = |row: &Row| row.values.iter().sum();
    Some(CrossSections {
        total: power(total(a), total(b), share),
        coherent: at(0),
        incoherent: at(1),
        photoelectric: at(2),
        pair_nuclear: pair(3, PAIR_NUCLEAR),
        pair_electron: pair(4, PAIR_ELECTRON),
    })
}

/// Straight between two logarithms; zero where either value is.
fn power(a: f64, b: f64, share: f64) -> f64 {
    if a > 0.0 && b > 0.0 {
        a * (b / a).powf(share)
    } else {
        0.0
    }
}

/// One energy of one element.
#[derive(Debug, Clone, Copy)]
struct Row {
    energy: f64,
    /// Coherent, incoherent, photoelectric, pair nuclear, pair electron.
    values: [f64; 5],
}

/// The elements in order of Z; an unreadable line would leave an element out, which a test refuses.
fn table() -> &'static [Vec<Row>] {
    static TABLE: OnceLock<Vec<Vec<Row>>> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("../../assets/physics/xcom.csv")))
}

fn read(text: &str) -> Vec<Vec<Row>> {
    let mut elements: Vec<Vec<Row>> = Vec::with_capacity(usize::from(HIGHEST_Z));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if !line.contains(',') {
            elements.push(Vec::new());
        } else if let Some(rows) = elements.last_mut() {
            let mut numbers = line.split(',').map_while(|number| number.parse().ok());
            let energy = numbers.next().unwrap_or(f64::NAN);
            let values = std::array::from_fn(|_| numbers.next().unwrap_or_default());
            rows.push(Row { energy, values });
        }
    }
    elements
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(table().len(), usize::from(HIGHEST_Z));
        assert_eq!(table().iter().map(Vec::len).sum::<usize>(), 6009);
        for rows in table() {
            assert_eq!(rows.first().map(|row| row.energy), Some(LOWEST_MEV));
            assert_eq!(rows.last().map(|row| row.energy), Some(HIGHEST_MEV));
            assert!(rows.windows(2).all(|pair| pair[0].energy <= pair[1].energy));
            assert!(
                rows.iter()
                    .all(|row| row.values[..3].iter().all(|v| *v > 0.0))
            );
        }
    }

    #[test]
    fn the_database_own_totals_come_back() {
        // Totals with coherent scattering, from XCOM.
        for (z, energy, total) in [
            (26, 0.1, 0.3717),
            (26, 1.0, 0.05995),
            (82, 0.05, 8.042),
            (82, 2.0, 0.04607),
            (82, 9.0, 0.04823),
            (1, 0.001, 7.214),
        ] {
            let got = element(z, energy).unwrap_or_default().total;
            assert!((got / total - 1.0).abs() < 6e-4, "{z} {energy}: {got}");
        }
    }

    #[test]
    fn an_edge_stands_between_two_values() {
        let lead = |energy| element(82, energy).unwrap_or_default().photoelectric;
        assert!((lead(0.088) - 7.321).abs() < 1e-9, "{}", lead(0.088));
        assert!((lead(0.088 - 1e-9) - 1.547).abs() < 1e-5);
        // Halfway in the logarithm between 0.1 and 0.15 MeV: the geometric mean.
        let between = (0.1_f64 * 0.15).sqrt();
        assert!((lead(between) - (5.237_f64 * 1.815).sqrt()).abs() < 1e-9);
    }

    #[test]
    fn pairs_begin_at_their_threshold() {
        let pair = |energy| element(82, energy).unwrap_or_default().pair_nuclear;
        assert_eq!(pair(1.02), 0.0);
        assert!(pair(1.1) > 0.0 && pair(1.1) < pair(1.2));
        assert!((pair(2.0) - 0.00545).abs() < 1e-9);
        assert_eq!(element(82, 2.0).unwrap_or_default().pair_electron, 0.0);
    }

    #[test]
    fn outside_the_table_there_is_no_answer() {
        assert_eq!(element(0, 1.0), None);
        assert_eq!(element(101, 1.0), None);
        assert_eq!(element(26, 25.0), None);
        assert_eq!(element(26, f64::NAN), None);
    }
}
