//! Work beside the screen: decoding, rendering, measuring and coding threads that the newest request steers.
//!
//! Each thread has a one-place slot: a new request replaces the waiting one and cancels the running
//! one within a row band. A panic in a library is caught and told as the error of that scan; the
//! thread lives on.

mod code;
mod compare;
mod decode;
mod detail;
mod measure;
mod render;
mod slot;
mod thumbnails;

pub use code::{Coded, Coder};
pub use decode::Decoder;
pub use measure::Measurer;
pub use render::Renderer;
pub use thumbnails::Thumbnailer;
