//! Pictures made smaller by area before they are coded: every pixel of the screen counts once.
//!
//! A smaller pixel is the mean of the screen's pixels under it, those at its edges by the part that
//! lies under it; dropping pixels instead loses what is thin and doubles the bytes. The terminal
//! scales up again by the nearest pixel: a screen pixel's centre decides (kitty 0.26).

/// Weight of a source pixel that lies wholly under a smaller one.
const WHOLE: f64 = 256.0;

/// One side of a picture, divided into fewer pixels.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// The smaller pixels over the whole of what is covered.
    pub(crate) sent: usize,
    /// For each source pixel the smaller one that its centre lies in.
    pub(crate) nearest: Vec<usize>,
    /// For each smaller pixel that shows any of the source: the first source pixel under it and the
    /// weights of those from there on.
    shares: Vec<(usize, Vec<u32>)>,
}

impl Axis {
    /// Divides `covered` screen pixels, of which the first `source` are the picture, into `sent`.
    pub(crate) fn new(source: usize, covered: usize, sent: usize) -> Self {
        let sent = sent.clamp(1, covered.max(1));
        let step = covered as f64 / sent as f64;
        let nearest: Vec<usize> = (0..source)
            .map(|at| ((2 * at + 1) * sent / (2 * covered)).min(sent - 1))
            .collect();
        let shown = nearest.last().map_or(0, |last| last + 1);
        let shares = (0..shown)
            .map(|pixel| share(pixel as f64 * step, (pixel + 1) as f64 * step, source))
            .collect();
        Self {
            sent,
            nearest,
            shares,
        }
    }

    /// The smaller pixels that show any of the source; the others are beside it.
    pub(crate) fn shown(&self) -> usize {
        self.shares.len()
    }
}

/// The source pixels, below `source`, between two edges.
fn share(from: f64, to: f64, source: usize) -> (usize, Vec<u32>) {
    let first = (from as usize).min(source - 1);
    let end = (to.ceil() as usize).clamp(first + 1, source);
    let weight = |at: usize| {
        let overlap = to.min((at + 1) as f64) - from.max(at as f64);
        // Never nothing: a pixel of which a sliver lies in the picture has that sliver's colour.
        (overlap * WHOLE).round().max(1.0) as u32
    };
    (first, (first..end).map(weight).collect())
}

/// Averages a plane of `columns.nearest.len()` x `rows.nearest.len()` bytes into
/// `columns.shown()` x `rows.shown()`.
pub(crate) fn average(plane: &[u8], columns: &Axis, rows: &Axis) -> Vec<u8> {
    let width = columns.nearest.len();
    let mut out = Vec::with_capacity(columns.shown() * rows.shown());
    let mut sums = vec![0_u32; width];
    for (first, weights) in &rows.shares {
        sums.fill(0);
        for (row, weight) in plane[first * width..].chunks_exact(width).zip(weights) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += weight * u32::from(*value);
            }
        }
        let down: u64 = weights.iter().copied().map(u64::from).sum();
        out.extend(columns.shares.iter().map(|(first, weights)| {
            let parts = weights.iter().zip(&sums[*first..]);
            let sum: u64 = parts.map(|(w, s)| u64::from(*w) * u64::from(*s)).sum();
            let across: u64 = weights.iter().copied().map(u64::from).sum();
            ((sum + down * across / 2) / (down * across)) as u8
        }));
    }
    out
}
