//! Z and mass thickness of every pixel of a raster, each row by its own detector row's table.

use super::scanner::Scanner;
use crate::Result;
use crate::bands;
use crate::cancel::Cancel;

/// What a raster reads as; NaN where nothing can be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// Effective atomic number.
    pub z: Vec<f32>,
    /// Mass thickness in g/cm2.
    pub mass_thickness: Vec<f32>,
}

impl Scanner {
    /// Z and mass thickness of a raster of attenuations, high and low. `rows` names the scan's row
    /// under each of the raster's, `height` the scan's rows.
    ///
    /// A pixel reads whatever its class is: where the class is no material, it means nothing.
    ///
    /// # Errors
    /// [`crate::Error::Cancelled`] within one row band of a newer request.
    pub fn readings(
        &self,
        alphas: [&[f32]; 2],
        rows: &[usize],
        height: usize,
        cancel: &Cancel,
    ) -> Result<Readings> {
        let width = (alphas[0].len() / rows.len().max(1)).max(1);
        let mut z = vec![f32::NAN; alphas[0].len()];
        let mut mass_thickness = z.clone();
        let band = bands::rows(width);
        let [high, low] = alphas.map(|alpha| alpha.chunks(band * width));
        let answers = z.chunks_mut(band * width);
        let answers = answers.zip(mass_thickness.chunks_mut(band * width));
        let bands = rows.chunks(band).zip(high.zip(low)).zip(answers).collect();
        bands::each(bands, |((rows, (high, low)), (z, mass))| {
            cancel.check()?;
            let pairs = high.chunks(width).zip(low.chunks(width));
            let answers = z.chunks_mut(width).zip(mass.chunks_mut(width));
            for ((y, (high, low)), (z, mass)) in rows.iter().zip(pairs).zip(answers) {
                self.table(*y, height).read_row([high, low], [z, mass]);
            }
            Ok(())
        })?;
        Ok(Readings { z, mass_thickness })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raster_reads_as_its_pixels_do() {
        let scanner = Scanner::generic(3).unwrap_or_else(|| panic!("no generic scanner"));
        let (width, height) = (700, 300);
        let high: Vec<f32> = (0..width * height).map(|i| i as f32 * 4e-5 - 0.1).collect();
        let ratio = |i: usize| 0.95 + (i * 7919 % 3001) as f32 / 1e4;
        let low: Vec<f32> = (0..high.len()).map(|i| high[i] * ratio(i)).collect();
        let rows: Vec<usize> = (0..height).collect();
        let got = scanner.readings([&high, &low], &rows, height, &Cancel::never());
        let got = got.unwrap_or_else(|problem| panic!("{problem}"));
        let table = scanner.table(0, height);
        for i in 0..high.len() {
            let one = table.read(high[i], low[i]);
            let nan = f32::NAN.to_bits();
            assert_eq!(one.map_or(nan, |r| r.z.to_bits()), got.z[i].to_bits());
            let mass = one.map_or(nan, |r| r.mass_thickness.to_bits());
            assert_eq!(mass, got.mass_thickness[i].to_bits());
        }
        let generations = crate::cancel::Generations::default();
        let old = generations.start();
        generations.stop();
        let stopped = scanner.readings([&high, &low], &rows, height, &old);
        assert_eq!(stopped, Err(crate::Error::Cancelled));
    }
}
