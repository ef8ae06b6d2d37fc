//! The name that was probably meant: one measure of likeness for commands, settings, filters and
//! words of options. What is not alike enough is no suggestion.

/// Jaro-Winkler likeness, 0 to 1, from which a name is suggested.
const ALIKE: f64 = 0.75;

/// The candidate most like `word`, when one is alike enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() < 2 {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_alike_is_suggested() {
        let commands = ["zoom_in", "zoom_out", "pan"];
        assert_eq!(nearest("zoom_inn", commands), Some("zoom_in"));
        assert_eq!(nearest("zom_out", commands), Some("zoom_out"));
        let names = ["invert", "log", "gamma", "smooth", "metal-only"];
        assert_eq!(nearest("gama", names), Some("gamma"));
        assert_eq!(nearest("metal", names), Some("metal-only"));
        for far in ["nope", "xyzzy", "", "l"] {
            assert_eq!(nearest(far, names), None, "{far}");
        }
    }
}
