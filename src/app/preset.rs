//! Presets in the console: applied by key or name, saved from what is on the screen, removed.

use super::{App, Effect, Level, Purpose};
use crate::filter::{Filter, FilterUse};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::{Preset, Presets};

/// A preset between its name and its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Saving {
    /// Its name.
    pub name: String,
    /// Its key, once typed.
    pub key: Option<char>,
}

impl App {
    /// Takes up presets; those with a key are reached behind the prefix of the list.
    pub(super) fn take_presets(&mut self, presets: Presets) {
        self.keymap.lend("apply_preset", &presets.keys());
        self.presets = presets;
    }

    /// What became of a preset that was saved or removed.
    pub(super) fn take_saved(&mut self, presets: Option<Presets>, told: Result<Safe, Safe>) {
        if let Some(presets) = presets {
            self.take_presets(presets);
        }
        match told {
            Ok(text) => self.tell(Level::Info, text),
            Err(text) => self.tell(Level::Error, text),
        }
    }

    /// Applies a preset by its key or its name.
    pub(crate) fn apply_preset(&mut self, word: &str) {
        let word = word.trim();
        let Some(preset) = self.presets.find(word).cloned() else {
            let word = Safe::from_outside(word);
            self.tell(Level::Info, say("notice-no-preset", &[arg("word", &word)]));
            return;
        };
        let done = self.try_view(|view, radiograph, open| {
            view.with_preset(radiograph, &preset, open.survey(view))
        });
        if done {
            self.habit.window_auto = false;
            let name = Safe::from_outside(&preset.name);
            self.tell(Level::Info, say("notice-preset", &[arg("name", &name)]));
        }
    }

    /// Asks for the name of the preset that is to be saved.
    pub(crate) fn begin_preset(&mut self) {
        self.saving = None;
        self.ask_line(Purpose::PresetName, "");
    }

    /// Takes the name and asks for the key: the one that a preset of that name has, else a free one.
    pub(super) fn name_preset(&mut self, text: &str) {
        let name = Preset::name_of(text);
        let Some(name) = name else {
            if !text.trim().is_empty() {
                self.tell(Level::Error, say("preset-bad-name", &[]));
            }
            return;
        };
        let known = self.presets.named(&name).and_then(|preset| preset.key);
        let key = known.or_else(|| self.presets.free_key());
        self.saving = Some(Saving { name, key: None });
        self.ask_line(
            Purpose::PresetKey,
            &key.map(String::from).unwrap_or_default(),
        );
    }

    /// Takes the key; asks before anything is written over.
    pub(super) fn key_preset(&mut self, text: &str) -> Vec<Effect> {
        let Some(saving) = &mut self.saving else {
            return Vec::new();
        };
        let text = text.trim();
        saving.key = Preset::key_of(text);
        if saving.key.is_none() && !text.is_empty() {
            self.saving = None;
            self.tell(Level::Error, say("preset-bad-key", &[]));
            return Vec::new();
        }
        if self.overwritten().is_none() {
            return self.save_preset();
        }
        self.ask_line(Purpose::Overwrite, "");
        Vec::new()
    }

    /// What saving would write over, in words.
    pub fn overwritten(&self) -> Option<Safe> {
        let saving = self.saving.as_ref()?;
        if let Some(same) = self.presets.named(&saving.name) {
            let name = Safe::from_outside(&same.name);
            return Some(say("preset-same-name", &[arg("name", &name)]));
        }
        let same = self.presets.keyed(saving.key?)?;
        let key = Safe::from_outside(&String::from(saving.key?));
        let name = Safe::from_outside(&same.name);
        let known = [arg("key", &key), arg("name", &name)];
        Some(say("preset-same-key", &known))
    }

    /// Takes the answer to whether it is to be written over.
    pub(super) fn answer_overwrite(&mut self, text: &str) -> Vec<Effect> {
        if say("preset-yes", &[]).as_str() == text.trim().to_lowercase() {
            return self.save_preset();
        }
        self.saving = None;
        self.tell(Level::Info, say("preset-kept", &[]));
        Vec::new()
    }

    /// Has the preset written that was named, from what is on the screen.
    fn save_preset(&mut self) -> Vec<Effect> {
        let (Some(saving), Some(view), Some(radiograph), Some(open)) = (
            self.saving.take(),
            self.desk.view.clone(),
            self.desk.radiograph(),
            self.desk.open(),
        ) else {
            return Vec::new();
        };
        let auto = match view.auto(radiograph, open.survey(&view)) {
            Ok(auto) => auto,
            Err(error) => {
                self.tell_error(&error);
                return Vec::new();
            }
        };
        // What was read off one scan says nothing of another.
        let lasts = |used: &&FilterUse| !used.row().is_ok_and(Filter::is_read_off);
        let filters: Vec<FilterUse> = view.filters.iter().filter(lasts).cloned().collect();
        let id = match saving.key {
            _ if filters.len() < view.filters.len() => "preset-saved-part",
            Some(_) => "preset-saved-key",
            None => "preset-saved",
        };
        let name = Safe::from_outside(&saving.name);
        let key = Safe::from_outside(&saving.key.map(String::from).unwrap_or_default());
        let told = say(id, &[arg("name", &name), arg("key", &key)]);
        let preset = Preset {
            name: saving.name,
            key: saving.key,
            display: view.display.clone(),
            filters,
            window: if self.habit.window_auto {
                [0.0, 1.0]
            } else {
                auto.share_of(view.window)
            },
            function: view.window.function,
            is_shipped: false,
        };
        let preset = Box::new(preset);
        vec![Effect::SavePreset { preset, told }]
    }

    /// Has a saved preset removed; shipped ones stay.
    pub(crate) fn remove_preset(&mut self, word: &str) -> Vec<Effect> {
        let word = word.trim();
        let text = match self.presets.find(word) {
            Some(preset) if !preset.is_shipped => {
                let name = preset.name.clone();
                let told = say("preset-removed", &[arg("name", &Safe::from_outside(&name))]);
                return vec![Effect::RemovePreset { name, told }];
            }
            Some(preset) => {
                let name = Safe::from_outside(&preset.name);
                say("preset-shipped", &[arg("name", &name)])
            }
            None => say(
                "notice-no-preset",
                &[arg("word", &Safe::from_outside(word))],
            ),
        };
        self.tell(Level::Info, text);
        Vec::new()
    }
}
