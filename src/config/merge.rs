//! Layers into one checked configuration; where every value came from is kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::layer::{Base, Layer, Origin, Placed};
use super::settings::Setpoint;
use crate::decisions::SecondRule;
use crate::graphics::Depth;

/// The built-in layer.
pub const BUILT_IN: &str = include_str!("../../assets/config.toml");

/// The configuration in effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The console.
    pub console: Console,
    /// The decision log.
    pub log: Log,
    /// What is opened at most.
    pub limits: Limits,
    /// The automatic window.
    pub window: WindowRule,
    /// Colours of the terminal.
    pub display: DisplayRule,
    /// The systematic look.
    pub checklist: ChecklistSettings,
    /// Which decisions ask for a second reading.
    pub second_reading: SecondRule,
    /// What is sent over the line.
    pub line: LineRule,
    origins: BTreeMap<&'static str, Origin>,
}

/// `[console]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// Which keys.
    pub keymap: KeymapChoice,
    /// How pictures are sent: one of [`super::PROTOCOLS`].
    pub protocol: String,
    /// Whether the inspector is open at the start.
    pub inspector: bool,
    /// Whether the queue is open at the start.
    pub queue: bool,
    /// Language of the messages: one of [`super::LANGUAGES`].
    pub language: String,
}

/// Which keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeymapChoice {
    /// A built-in map by its name.
    Named(String),
    /// A key file.
    File(PathBuf),
}

/// `[log]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Folder of the decision log, where one is set.
    pub folder: Option<PathBuf>,
    /// Who decides, where it is set.
    pub analyst: Option<String>,
}

/// `[limits]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Millions of pixels of all planes of a scan.
    pub megapixels: u64,
    /// Bytes of all files of a scan.
    pub bytes: u64,
}

/// `[window]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowRule {
    /// Whether the window stays from scan to scan.
    pub sticky: bool,
}

/// `[display]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisplayRule {
    /// What the terminal can show.
    pub colours: Colours,
}

/// `[checklist]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistSettings {
    /// What it means for a decision: one of [`super::CHECKLIST_RULES`].
    pub rule: String,
    /// The kind of unit: one of [`super::UNITS`].
    pub unit: String,
}

/// `[line]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRule {
    /// Kilobytes a second at most, where that is set.
    pub byte_budget: Option<u64>,
    /// The highest quality of pictures: one of [`super::QUALITIES`].
    pub max_quality: String,
    /// Whether pictures stop before they are lossless until more is asked for.
    pub metered: bool,
}

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colours {
    /// As the terminal says; none with `NO_COLOR`.
    Auto,
    /// 16 million.
    TrueColour,
    /// The 256 of xterm.
    Indexed256,
    /// The 16 of the terminal's own scheme.
    Named16,
    /// None.
    None,
}

impl Colours {
    /// The colours of cells that this means; `None` where the terminal is asked.
    pub fn depth(self) -> Option<Depth> {
        match self {
            Self::Auto => None,
            Self::TrueColour => Some(Depth::True),
            Self::Indexed256 => Some(Depth::Colours256),
            Self::Named16 => Some(Depth::Colours16),
            Self::None => Some(Depth::Monochrome),
        }
    }
}

impl Config {
    /// The built-in configuration.
    pub fn built_in() -> Self {
        merge(&[])
    }

    /// Where the value of the setting `name` (`console.keymap`) came from; `None` when nothing
    /// sets it.
    pub fn origin(&self, name: &str) -> Option<&Origin> {
        self.origins.get(name)
    }
}

/// Merges the layers over the built-in one, the later over the earlier.
pub fn merge(layers: &[Layer]) -> Config {
    let built_in = Layer::parse(BUILT_IN, None, Base::default()).0;
    let mut merged = Merged::default();
    merged.add(&built_in);
    for layer in layers {
        merged.add(layer);
    }
    merged.config()
}

/// The topmost value of every setting.
#[derive(Default)]
struct Merged(BTreeMap<&'static str, (Placed, Origin)>);

impl Merged {
    fn add(&mut self, layer: &Layer) {
        for (name, placed) in &layer.values {
            let origin = match &layer.path {
                _ if layer.typed => Origin::CommandLine,
                Some(path) => Origin::File {
                    path: path.clone(),
                    line: placed.line,
                },
                None => Origin::BuiltIn,
            };
            self.0.insert(name, (placed.clone(), origin));
        }
    }

    fn value(&self, name: &str) -> Option<&Setpoint> {
        self.0.get(name).map(|(placed, _)| &placed.value)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Setpoint::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        match self.value(name)? {
            Setpoint::Path(path) => Some(path.clone()),
            _ => None,
        }
    }

    fn switch(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Setpoint::Switch(true)))
    }

    fn integer(&self, name: &str) -> u64 {
        match self.value(name) {
            Some(Setpoint::Integer(number)) => *number,
            _ => 0,
        }
    }

    /// The typed configuration. Every setting has a value, because the built-in layer has one
    /// (a test says so), except those that may be missing.
    fn config(self) -> Config {
        let keymap = match self.path("console.keymap") {
            Some(path) => KeymapChoice::File(path),
            None => KeymapChoice::Named(self.text("console.keymap").unwrap_or_default()),
        };
        Config {
            console: Console {
                keymap,
                protocol: self.text("console.protocol").unwrap_or_default(),
                inspector: self.switch("console.inspector"),
                queue: self.switch("console.queue"),
                language: self.text("console.language").unwrap_or_default(),
            },
            log: Log {
                folder: self.path("log.folder"),
                analyst: self.text("log.analyst"),
            },
            limits: Limits {
                megapixels: self.integer("limits.megapixels"),
                bytes: self.integer("limits.bytes"),
            },
            window: WindowRule {
                sticky: self.switch("window.sticky"),
            },
            display: DisplayRule {
                colours: colours(self.text("display.colours").as_deref()),
            },
            checklist: ChecklistSettings {
                rule: self.text("checklist.rule").unwrap_or_default(),
                unit: self.text("checklist.unit").unwrap_or_default(),
            },
            second_reading: SecondRule {
                clear_percent: self.integer("second_reading.clear_percent"),
                suspicious: self.switch("second_reading.suspicious"),
                inconclusive: self.switch("second_reading.inconclusive"),
            },
            line: LineRule {
                byte_budget: Some(self.integer("line.byte_budget")).filter(|budget| *budget > 0),
                max_quality: self.text("line.max_quality").unwrap_or_default(),
                metered: self.switch("line.metered"),
            },
            origins: self
                .0
                .into_iter()
                .map(|(name, (_, origin))| (name, origin))
                .collect(),
        }
    }
}

fn colours(word: Option<&str>) -> Colours {
    match word {
        Some("truecolour") => Colours::TrueColour,
        Some("256") => Colours::Indexed256,
        Some("16") => Colours::Named16,
        Some("none") => Colours::None,
        _ => Colours::Auto,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::settings::SETTINGS;
    use super::*;

    #[test]
    fn the_built_in_layer_is_sound_and_whole() {
        let (layer, problems) = Layer::parse(BUILT_IN, None, Base::default());
        assert_eq!(problems, []);
        for setting in SETTINGS {
            let may_be_missing =
                ["log.folder", "log.analyst", "line.byte_budget"].contains(&setting.name);
            assert_ne!(
                layer.values.contains_key(setting.name),
                may_be_missing,
                "{}",
                setting.name
            );
        }
    }

    #[test]
    fn a_later_layer_wins_and_says_so() {
        let path = PathBuf::from("/etc/xamine/config.toml");
        let (system, _) = Layer::parse(
            "[console]\nqueue = false\nprotocol = 'sixel'\n",
            Some(&path),
            Base::default(),
        );
        let typed = Layer::typed(&[("console.protocol", "kitty")]).unwrap();
        let config = merge(&[system, typed]);
        assert_eq!(config.console.protocol, "kitty");
        assert!(!config.console.queue && config.console.inspector);
        assert_eq!(
            config.origin("console.protocol"),
            Some(&Origin::CommandLine)
        );
        assert_eq!(
            config.origin("console.queue"),
            Some(&Origin::File { path, line: 2 })
        );
        assert_eq!(config.origin("log.folder"), None);
    }
}
