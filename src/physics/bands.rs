//! Work on a raster, row band by row band, on all processors: each band's answer is its own, so the
//! whole is the same on any number of threads. A cancelled band ends the work.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::Result;

/// Pixels of a band: its rows stay in the processor's cache, and many bands share out evenly.
const PIXELS: usize = 1 << 16;

/// Rows of a band of a raster of `width` columns.
pub(super) fn rows(width: usize) -> usize {
    PIXELS.div_ceil(width.max(1))
}

/// Does `work` for every band, on as many threads as there are processors.
///
/// # Errors
/// The first error of a band; the bands after it are left.
pub(super) fn each<B: Send>(bands: Vec<B>, work: impl Fn(B) -> Result<()> + Sync) -> Result<()> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(bands.len());
    if threads <= 1 {
        return bands.into_iter().try_for_each(work);
    }
    let waiting = Mutex::new(bands.into_iter());
    let next = || {
        waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next()
    };
    let share = || {
        while let Some(band) = next() {
            work(band)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(share)).collect();
        let own = share();
        // A panic goes on as one.
        let joined = others.into_iter().map(|other| {
            other
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.fold(own, Result::and)
    })
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
