//! Presets: a display, filters and a window under one name and one digit, as data.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Display;
use crate::Error;
use crate::filter::FilterUse;
use crate::messages::say;
use crate::text::Safe;

/// A way of looking that trained officers know by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Its name in `--preset`; its sentence is the message `preset-NAME`.
    pub name: String,
    /// The digit that chooses it, 1 to 9.
    pub key: u8,
    /// What is drawn.
    pub display: Display,
    /// The filters in order.
    pub filters: Vec<FilterUse>,
    /// The part of the automatic window that it shows, as shares 0..=1; the whole is `[0, 1]`.
    pub window: [f64; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    preset: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    key: u8,
    display: String,
    filters: Vec<String>,
    window: [f64; 2],
}

/// The shipped presets by digit; empty only if the embedded file were broken, which a test refuses.
pub fn presets() -> &'static [Preset] {
    static PRESETS: OnceLock<Vec<Preset>> = OnceLock::new();
    PRESETS.get_or_init(|| {
        let text = include_str!("../../assets/presets.toml");
        let rows = toml::from_str::<File>(text).map_or_else(|_| Vec::new(), |file| file.preset);
        rows.into_iter().filter_map(|row| row.read().ok()).collect()
    })
}

impl Row {
    fn read(self) -> Result<Preset, Error> {
        let display = super::request::display(&self.display)?;
        let filters = self
            .filters
            .iter()
            .map(|f| f.parse())
            .collect::<Result<_, _>>()?;
        Ok(Preset {
            name: self.name,
            key: self.key,
            display,
            filters,
            window: self.window,
        })
    }
}

impl Preset {
    /// The preset of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        presets().iter().find(|preset| preset.name == name)
    }

    /// The preset of a digit.
    pub fn keyed(key: u8) -> Option<&'static Self> {
        presets().iter().find(|preset| preset.key == key)
    }

    /// Its one-sentence description.
    pub fn doc(&self) -> Safe {
        say(&format!("preset-{}", self.name), &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::has;

    #[test]
    fn every_preset_is_whole_unique_and_documented() {
        let rows = include_str!("../../assets/presets.toml")
            .matches("[[preset]]")
            .count();
        assert_eq!(presets().len(), rows);
        for (i, preset) in presets().iter().enumerate() {
            assert_eq!(usize::from(preset.key), i + 1);
            assert!(has(&format!("preset-{}", preset.name)), "{}", preset.name);
            assert!(preset.window[0] < preset.window[1]);
        }
    }
}
