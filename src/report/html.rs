//! HTML from text: everything from outside is escaped, and a few shapes of a page.

use std::fmt::Write as _;

use crate::messages::{Language, language, say};
use crate::text::Safe;

/// Text for the inside of an element or of a quoted attribute.
pub(super) fn escaped(text: &Safe) -> String {
    let mut out = String::with_capacity(text.as_str().len());
    for c in text.as_str().chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text from a record; its lines stay lines.
pub(super) fn outside(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| escaped(&Safe::from_typed(line)))
        .collect();
    lines.join("<br>")
}

/// Text from a record in the letters of a machine.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", outside(text))
}

/// A message.
pub(super) fn told(id: &str) -> String {
    escaped(&say(id, &[]))
}

/// A number in the language of the page.
pub(super) fn number(value: f64, decimals: usize) -> Safe {
    let plain = Safe::number(value, decimals);
    match language() {
        Language::French => Safe::from_outside(&plain.as_str().replace('.', ",")),
        Language::English => plain,
    }
}

/// A stretch of time.
pub(super) fn duration(ms: u64) -> Safe {
    let seconds = ms as f64 / 1000.0;
    if ms < 60_000 {
        return number(seconds, 1).then(&Safe::from_typed(" s"));
    }
    let (minutes, rest) = (ms / 60_000, ms % 60_000 / 1000);
    Safe::from_outside(&format!("{minutes} min {rest:02} s"))
}

/// A time of a record: the same in every language, with its offset.
pub(super) fn time(at: &str) -> String {
    let at = at.replacen('T', " ", 1);
    let (date, zone) = match at.rfind(['+', '-', 'Z']).filter(|place| *place > 10) {
        Some(place) => at.split_at(place),
        None => (at.as_str(), ""),
    };
    let zone = if zone == "Z" { "UTC" } else { zone };
    outside(format!("{date} {zone}").trim())
}

/// A table of facts: what is told of each.
#[derive(Default)]
pub(super) struct Facts(String);

impl Facts {
    /// Adds a fact that is HTML already; an empty one is left out.
    pub(super) fn add(&mut self, id: &str, html: &str) {
        if !html.is_empty() {
            let _ = writeln!(self.0, "<tr><th>{}</th><td>{html}</td></tr>", told(id));
        }
    }

    /// The table.
    pub(super) fn html(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        format!(
            "<table class=\"facts\"><tbody>\n{}</tbody></table>\n",
            self.0
        )
    }
}

/// A list of short HTML texts as one.
pub(super) fn joined(parts: impl Iterator<Item = String>, between: &str) -> String {
    parts.collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_obeyed() {
        assert_eq!(
            outside("<b a='1'>&\"\n\u{1b}[2J\u{202e}"),
            "&lt;b a=&#39;1&#39;&gt;&amp;&quot;<br>\\u{1b}[2J\\u{202e}"
        );
    }

    #[test]
    fn times_keep_their_offset() {
        let shown = time("2026-03-01T12:00:00.100+01:00");
        assert_eq!(shown, "2026-03-01 12:00:00.100 +01:00");
        assert_eq!(time("2026-03-01T12:00:00Z"), "2026-03-01 12:00:00 UTC");
        assert_eq!(time("2026-03-01"), "2026-03-01");
        assert_eq!(duration(65_000).as_str(), "1 min 05 s");
        assert_eq!(duration(1_500).as_str(), "1.5 s");
    }
}
