//! From samples to matter: transmission, attenuation, ratio classes.
