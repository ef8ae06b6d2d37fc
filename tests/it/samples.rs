//! Every sample of the manifest opens with its expected statistics.
