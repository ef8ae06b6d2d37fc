//! Work on a raster, row band by row band, on all processors: each band's answer is its own, so the
//! whole is the same on any number of threads. A cancelled band ends the work.

use rayon::prelude::*;

use crate::Result;

/// Pixels of a band: its rows stay in the processor's cache, and many bands share out evenly.
const PIXELS: usize = 1 << 16;

/// Rows of a band of a raster of `width` columns.
pub(crate) fn rows(width: usize) -> usize {
    PIXELS.div_ceil(width.max(1))
}

/// Does `work` for every band, on as many threads as there are processors.
///
/// # Errors
/// An error of a band; bands that were not begun are left.
pub(crate) fn each<B: Send>(
    bands: Vec<B>,
    work: impl Fn(B) -> Result<()> + Sync + Send,
) -> Result<()> {
    bands.into_par_iter().try_for_each(work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn every_band_is_worked_on_once_and_an_error_comes_out() {
        let mut values = vec![0_u32; 1000];
        let bands = values.chunks_mut(7).enumerate().collect();
        let done = each(bands, |(at, band): (usize, &mut [u32])| {
            for value in band {
                *value += at as u32;
            }
            Ok(())
        });
        assert_eq!(done, Ok(()));
        assert!((0..1000).all(|i| values[i] == (i / 7) as u32));
        let refused = |at| {
            if at == 50 {
                Err(Error::Cancelled)
            } else {
                Ok(())
            }
        };
        assert_eq!(each((0..100).collect(), refused), Err(Error::Cancelled));
    }
}
