//! A finished picture: the frame that was rendered, and its form on the wire.

use std::sync::Arc;

use crate::graphics::{Body, Encoded};
use crate::view::{Picture, View};

/// A picture ready for the screen.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The view that made it.
    pub view: View,
    /// The rendered picture with its histogram and legend.
    pub picture: Arc<Picture>,
    /// Its cells or bytes.
    pub encoded: Arc<Encoded>,
    /// Columns and rows it covers.
    pub cells: (u16, u16),
}

impl Shown {
    /// Whether the terminal shows exactly the rendered pixels. Cells never count: they show what is
    /// left of a picture at two pixels a cell.
    pub fn is_lossless(&self) -> bool {
        self.encoded.lossless && matches!(self.encoded.body, Body::Bytes(_))
    }
}

/// What is drawn over the picture, in scan pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    /// The crosshair.
    pub crosshair: Option<[f64; 2]>,
    /// Marked regions, the one being marked last.
    pub marks: Vec<crate::radiograph::Region>,
}
