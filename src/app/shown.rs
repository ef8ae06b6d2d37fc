//! A finished picture, as it was rendered.

use std::sync::Arc;

use crate::graphics::CellPicture;
use crate::radiograph::Fineness;
use crate::view::{Drawn, Frame, Picture, View};

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
}
