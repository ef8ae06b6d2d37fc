//! Every command, filter and message is documented and unique.
