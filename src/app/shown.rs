//! A finished picture, as it was rendered.

use std::sync::Arc;

use crate::graphics::CellPicture;
use crate::radiograph::{Fineness, Radiograph};
use crate::view::{Drawn, Frame, Guide, Inset, Loupe, Picture, View};

/// A picture ready to be sent.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The view that made it.
    pub view: View,
    /// The rendered picture with its histogram and legend.
    pub picture: Arc<Picture>,
    /// Whether a full one of the same view follows.
    pub fineness: Fineness,
    /// Its pixels, with what is drawn into them.
    pub frame: Arc<Frame>,
    /// Its cells, where the terminal takes no pixels.
    pub painted: Option<Arc<CellPicture>>,
    /// Columns and rows it covers.
    pub cells: (u16, u16),
    /// The loupe's inset, which lies over the picture.
    pub lens: Option<Arc<Lens>>,
    /// Scan pixels to a pixel that it was drawn from, across and down; 1 where it was drawn from the
    /// scan's own.
    pub reduction: usize,
    /// The part of a scan held reduced that was read for it.
    pub detail: Option<Arc<Radiograph>>,
    /// How long it took to render.
    pub took: std::time::Duration,
}

/// What is drawn over the picture, in scan pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// The crosshair.
    pub crosshair: Option<[f64; 2]>,
    /// Marked regions and lines, the one being marked last.
    pub marks: Vec<Drawn>,
    /// Strokes of scale bar and grid, in screen pixels.
    pub guides: Vec<Guide>,
    /// The loupe.
    pub loupe: Option<Loupe>,
}

/// Where the loupe's inset goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LensPlace {
    /// Into the picture.
    Drawn,
    /// Over the picture, as one of its own.
    Layer,
}

/// The loupe's inset.
#[derive(Debug, Clone, PartialEq)]
pub struct Lens {
    /// Its pixels and where they lie.
    pub inset: Inset,
    /// A PNG of its pixels, for terminals that lay pictures over each other; else empty.
    pub png: Vec<u8>,
}
