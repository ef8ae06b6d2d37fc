//! Work beside the screen: decoding and rendering threads that the newest request steers.
