//! What both energies tell of a raster: classes, confidence, Z, mass thickness and steel, the
//! background taken off first.

use super::grid::Grid;
use super::material::Scheme;
use super::peel::Peels;
use super::picture::{MARGIN, grid};
use super::quantity::{Raster, is_determinable};
use super::request::Dual;
use super::{Display, View};
use crate::Result;
use crate::cancel::Cancel;
use crate::physics::scanner::Scanner;
use crate::physics::{
    self, AIR, Chosen, Class, Confidence, Flaws, Layer, Noisy, Told, confidences,
};
use crate::radiograph::{Field, Fineness, Plane, Radiograph, Size, Unit};

/// What both energies tell of every raster pixel, margin included.
pub(super) struct ToldRaster {
    pub(super) classes: Vec<Class>,
    /// Where the display shows it.
    pub(super) confidence: Option<Vec<Confidence>>,
    /// Where the display or a strip needs it.
    pub(super) z: Option<Vec<f32>>,
    /// What the display shows in place of a plane.
    pub(super) quantity: Option<Field>,
}

/// Both energies on a raster, high and low, margin included.
pub(super) struct Fields {
    /// Transmissions.
    pub(super) fields: [Field; 2],
    /// Mean attenuations, where the raster is coarser than the scan.
    pub(super) means: Option<[Vec<f32>; 2]>,
}

/// Classes, and what the view needs beside them.
///
/// # Errors
/// [`crate::Error::Cancelled`], and [`crate::Error::NotPossible`] without a model for Z.
pub(super) fn told(
    grid: &Grid,
    (planes, fields): ([&Plane; 2], Fields),
    (chosen, peels): (&Chosen, &Peels),
    cancel: &Cancel,
    view: &View,
) -> Result<ToldRaster> {
    let seen = classified(grid, (planes, fields), (chosen, peels), cancel)?;
    let (fields, told) = (&seen.fields, &seen.told);
    let height = planes[0].scan_size().height;
    let scanner = view.reader(chosen)?;
    let raster = scanner.map(|scanner| seen.raster(grid, scanner, (height, cancel)));
    let raster = raster.transpose()?;
    let z = raster.as_ref().filter(|_| view.wants_z()).map(Raster::z);
    let unit = view.display.read();
    let quantity = raster.and_then(|raster| Some(raster.quantity(unit?)));
    cancel.check()?;
    let shades = Scheme::of(&view.display).is_some() || view.display == Display::Z;
    let confidence = shades.then(|| {
        let noisy = [0, 1].map(|i| Noisy {
            field: &fields[i],
            step: planes[i].linear_of_row(height / 2).gain,
        });
        let [high, low] = &told.alphas;
        let curves = |y: usize| chosen.of_row(grid.row_under(y), height);
        confidences(&curves, &told.classes, [high, low], noisy, told.averaged)
    });
    Ok(ToldRaster {
        classes: seen.told.classes,
        confidence,
        z,
        quantity,
    })
}

/// Both energies on the raster, what they lose, and the classes that they are told to be.
struct Classified {
    fields: [Field; 2],
    taken: [Option<Vec<f32>>; 2],
    /// Mean attenuations, where the raster is coarser than the scan.
    means: Option<[Vec<f32>; 2]>,
    told: Told,
}

impl Classified {
    /// With the tables of `scanner`, whose picture has `height` rows.
    fn raster<'a>(
        &'a self,
        grid: &Grid,
        scanner: &'a Scanner,
        (height, cancel): (usize, &Cancel),
    ) -> Result<Raster<'a>> {
        let rows: Vec<usize> = (0..grid.whole().height)
            .map(|y| grid.row_under(y))
            .collect();
        let alphas = self.told.alphas.each_ref().map(Vec::as_slice);
        Ok(Raster {
            readings: scanner.readings(alphas, &rows, height, cancel)?,
            scanner,
            classes: &self.told.classes,
            alphas: &self.told.alphas[0],
            high: &self.fields[0],
            means: self.means.as_ref().map(|[high, _]| high.as_slice()),
            taken: self.taken[0].as_deref(),
            rows,
            height,
        })
    }
}

/// Tells the classes of both energies on the raster, of which `fields` are the transmissions.
fn classified(
    grid: &Grid,
    (planes, fields): ([&Plane; 2], Fields),
    (chosen, peels): (&Chosen, &Peels),
    cancel: &Cancel,
) -> Result<Classified> {
    let Fields { fields, means } = fields;
    let taken = [0, 1].map(|i| peels.taken(grid, i));
    let [high, low] = [0, 1].map(|i| Layer {
        means: means.as_ref().map(|means| means[i].as_slice()),
        taken: taken[i].as_deref(),
        ..Layer::of(planes[i], &fields[i])
    });
    let height = planes[0].scan_size().height;
    let curves = |y: usize| chosen.of_row(grid.row_under(y), height);
    let told = physics::told(high, low, &curves, grid.scale, cancel)?;
    Ok(Classified {
        fields,
        taken,
        means,
        told,
    })
}

/// Mean attenuation of the low energy over that of the high one, without the background, of the one
/// scan pixel that is the region of `view`.
pub(super) fn ratio_at(
    radiograph: &Radiograph,
    view: &View,
    dual: &Dual<'_>,
) -> Result<Option<f64>> {
    let (grid, seen) = at_pixel(radiograph, view, dual)?;
    let alphas = seen.told.alphas.each_ref();
    let [high, low] = alphas.map(|all| grid.crop(all).first().copied().unwrap_or(f32::NAN));
    Ok((high > AIR && low.is_finite()).then(|| f64::from(low / high)))
}

/// What both energies tell around the one scan pixel that is the region of `view`.
fn at_pixel(radiograph: &Radiograph, view: &View, dual: &Dual<'_>) -> Result<(Grid, Classified)> {
    let (high, low, chosen) = dual;
    let one = Size {
        width: 1,
        height: 1,
    };
    let unit = Some(chosen.boundaries.unit);
    let grid = grid(radiograph, view, (one, Fineness::Full), unit, MARGIN);
    let peels = Peels::of(&view.filters)?;
    let never = Cancel::never();
    let planes = [*high, *low];
    let field = |plane| grid.resample(plane, None, &never);
    let fields = [field(*high)?, field(*low)?];
    let fields = Fields {
        fields,
        means: None,
    };
    let seen = classified(&grid, (planes, fields), (chosen, &peels), &never)?;
    Ok((grid, seen))
}

/// Class code, Z, mass thickness and steel of the one scan pixel that is the region of `view`, as
/// the displays draw them; NaN where not determinable.
pub(super) fn pixel(
    radiograph: &Radiograph,
    view: &View,
    dual: &Dual<'_>,
) -> Result<(u8, [f32; 3])> {
    let (high, low, chosen) = dual;
    let (grid, seen) = at_pixel(radiograph, view, dual)?;
    let code = codes(&grid, &seen.told.classes, (high, low));
    let code = code.first().copied().unwrap_or(0);
    let class = Class::from_code(code);
    let Some((scanner, class)) = chosen.scanner.as_deref().zip(class) else {
        return Ok((code, [f32::NAN; 3]));
    };
    let raster = seen.raster(&grid, scanner, (high.scan_size().height, &Cancel::never()))?;
    let at = |values: Vec<f32>| grid.crop(&values).first().copied().unwrap_or(f32::NAN);
    let of = |unit: Unit| {
        if is_determinable(class, unit) {
            at(raster.quantity(unit).values)
        } else {
            f32::NAN
        }
    };
    let z = if class.is_material() {
        at(raster.z())
    } else {
        f32::NAN
    };
    Ok((code, [z, of(Unit::MassThickness), of(Unit::Steel)]))
}

/// Class codes without margin: 0 outside the scan, defects by whole rows and columns.
pub(super) fn codes(grid: &Grid, classes: &[Class], planes: (&Plane, &Plane)) -> Vec<u8> {
    let mut codes: Vec<u8> = grid
        .crop(classes)
        .iter()
        .map(|class| class.code())
        .collect();
    let (across, down) = grid.under();
    let flaws = [planes.0, planes.1].map(Flaws::of);
    let row_is = |y: usize| flaws.iter().any(|flaws| flaws.row(y));
    let column_is = |x: usize| flaws.iter().any(|flaws| flaws.column(x));
    let flawed: Vec<bool> = across
        .iter()
        .map(|columns| columns.clone().any(column_is))
        .collect();
    let whole = !flawed.contains(&true) && across.iter().all(|columns| !columns.is_empty());
    for (line, row) in codes.chunks_exact_mut(across.len().max(1)).zip(down) {
        if row.is_empty() {
            line.fill(0);
            continue;
        }
        let row_flawed = row.clone().any(row_is);
        if whole && !row_flawed {
            continue;
        }
        for ((code, column), column_flawed) in line.iter_mut().zip(across).zip(&flawed) {
            if column.is_empty() {
                *code = 0;
            } else if row_flawed || *column_flawed {
                *code = Class::Defect.code();
            }
        }
    }
    codes
}
