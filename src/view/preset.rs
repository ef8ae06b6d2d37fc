//! Presets: a display, filters and a window under one name and one key, as data.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::{Display, WindowFunction};
use crate::Error;
use crate::filter::FilterUse;
use crate::messages::{arg, say};
use crate::text::Safe;

/// Longest name, characters.
const LONGEST: usize = 32;

/// A way of looking under a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Its name in `--preset`, as [`Preset::name_of`] makes it.
    pub name: String,
    /// The digit 1 to 9 or the letter that chooses it, where it has one.
    pub key: Option<char>,
    /// What is drawn.
    pub display: Display,
    /// The filters in order.
    pub filters: Vec<FilterUse>,
    /// The part of the automatic window that it shows, as shares; the whole is `[0, 1]`.
    pub window: [f64; 2],
    /// The curve of the window, where it is not the unit's own.
    pub function: Option<WindowFunction>,
    /// Whether it came with the program; its sentence is the message `preset-NAME` then.
    pub is_shipped: bool,
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
    key: char,
    display: String,
    filters: Vec<String>,
    window: [f64; 2],
}

/// The shipped presets; empty only if the embedded file were broken, which a test refuses.
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
            key: Some(self.key),
            display,
            filters,
            window: self.window,
            function: None,
            is_shipped: true,
        })
    }
}

impl Preset {
    /// A name as presets have it: 2 to 32 small letters, digits and hyphens; blanks become hyphens.
    /// `None` for what cannot be one.
    pub fn name_of(text: &str) -> Option<String> {
        let name: String = text.trim().to_lowercase().replace([' ', '_'], "-");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let sound = (2..=LONGEST).contains(&name.len())
            && name.chars().all(plain)
            && !name.starts_with('-');
        sound.then_some(name)
    }

    /// A key as presets have it: one digit from 1 to 9 or one letter.
    pub fn key_of(text: &str) -> Option<char> {
        let mut letters = text.chars();
        let key = letters.next().filter(|_| letters.next().is_none())?;
        (key.is_ascii_alphanumeric() && key != '0').then_some(key)
    }

    /// Its one-sentence description: for one that was saved, what it does.
    pub fn doc(&self) -> Safe {
        if self.is_shipped {
            return say(&format!("preset-{}", self.name), &[]);
        }
        let words = std::iter::once(self.display.as_str());
        let words = words.chain(self.filters.iter().map(ToString::to_string));
        let words: Vec<Safe> = words.map(|word| Safe::from_outside(&word)).collect();
        say("preset-own", &[arg("stack", &Safe::join(&words, " + "))])
    }
}

/// The presets in effect: the shipped ones, and those of this machine and this analyst over them.
#[derive(Debug, Clone, PartialEq)]
pub struct Presets(Arc<[Preset]>);

impl Default for Presets {
    fn default() -> Self {
        Self(presets().into())
    }
}

impl Presets {
    /// These with `others` over them: one of the same name takes its place.
    #[must_use]
    pub fn with(&self, others: Vec<Preset>) -> Self {
        let mut all = self.0.to_vec();
        for preset in others {
            // The newest comes last, so that it has the key that several ask for.
            all.retain(|known| known.name != preset.name);
            all.push(preset);
        }
        Self(all.into())
    }

    /// Every one, the shipped ones first.
    pub fn iter(&self) -> impl Iterator<Item = &Preset> {
        self.0.iter()
    }

    /// The preset of that name.
    pub fn named(&self, name: &str) -> Option<&Preset> {
        self.iter().find(|preset| preset.name == name)
    }

    /// The preset that a key chooses: of several that ask for it the newest.
    pub fn keyed(&self, key: char) -> Option<&Preset> {
        self.0.iter().rev().find(|preset| preset.key == Some(key))
    }

    /// The preset of a key or of a name.
    pub fn find(&self, word: &str) -> Option<&Preset> {
        match Preset::key_of(word) {
            Some(key) => self.keyed(key),
            None => self.named(&Preset::name_of(word)?),
        }
    }

    /// Every key with the name of its preset.
    pub fn keys(&self) -> Vec<(String, String)> {
        let own = self.iter().filter_map(|preset| {
            let key = preset.key?;
            let chosen = self.keyed(key)?.name == preset.name;
            chosen.then(|| (String::from(key), preset.name.clone()))
        });
        own.collect()
    }

    /// The first digit or letter that chooses nothing.
    pub fn free_key(&self) -> Option<char> {
        let all = ('1'..='9').chain('a'..='z').chain('A'..='Z');
        all.into_iter().find(|key| self.keyed(*key).is_none())
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
            assert_eq!(preset.key, char::from_digit(i as u32 + 1, 10));
            assert_eq!(Preset::name_of(&preset.name).as_ref(), Some(&preset.name));
            assert!(has(&format!("preset-{}", preset.name)), "{}", preset.name);
            assert!(preset.window[0] < preset.window[1]);
        }
    }

    #[test]
    fn the_newest_has_the_name_and_the_key() {
        let own = |name: &str, key| Preset {
            name: name.into(),
            key,
            is_shipped: false,
            ..presets()[0].clone()
        };
        let all = Presets::default();
        assert_eq!(all.free_key(), Some('a'));
        let all = all.with(vec![own("edge", Some('a')), own("mine", Some('2'))]);
        assert_eq!(all.keyed('2').map(|p| p.name.as_str()), Some("mine"));
        assert_eq!(all.find("EDGE").and_then(|p| p.key), Some('a'));
        assert_eq!(
            (all.keyed('7'), all.iter().count()),
            (None, presets().len() + 1)
        );
        for wrong in ["", "a", "-ab", "ab/c", "\u{e9}tude", &"x".repeat(33)] {
            assert_eq!(Preset::name_of(wrong), None, "{wrong}");
        }
        assert_eq!(Preset::name_of(" My look ").as_deref(), Some("my-look"));
    }
}
