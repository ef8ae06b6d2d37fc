//! JSON that a terminal cannot obey, so that even a log read with `cat` is harmless.

use std::fmt::Write as _;

use crate::text::Safe;

/// The same JSON with every character that is not safe to draw written as an escape.
pub fn plain_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') || is_safe(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

/// Whether the character may be drawn as itself.
fn is_safe(c: char) -> bool {
    let mut bytes = [0; 4];
    let text: &str = c.encode_utf8(&mut bytes);
    Safe::from_outside(text).as_str() == text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_value_stays_the_same() {
        for text in [
            "plain é 漢 😀",
            "a\u{202e}b\u{9b}c\u{7f}\u{e0041}\u{2028}",
            "",
        ] {
            let json = serde_json::to_string(text).unwrap();
            let plain = plain_json(&json);
            assert_eq!(serde_json::from_str::<String>(&plain).unwrap(), text);
            assert_eq!(Safe::from_outside(&plain).as_str(), plain);
        }
    }
}
