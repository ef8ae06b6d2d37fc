//! The line being typed, the palette over it, and scrolling.

use super::{App, Effect, Level, Mode, Prompt, Purpose};
use crate::command::{Argument, Command};
use crate::decisions::{Conclusion, Template, reason_label, reasons};
use crate::filter::{FILTERS, Filter};
use crate::keymap::palette::{self, PaletteRow};
use crate::keymap::{Value, help_rows};
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::Preset;

/// A name that a line can be completed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The name.
    pub name: Safe,
    /// Its key; empty where it has none.
    pub key: Safe,
    /// What it does.
    pub doc: Safe,
}

impl Choice {
    fn filter(filter: &Filter) -> Self {
        Self {
            name: Safe::word(filter.name),
            key: Safe::default(),
            doc: filter.doc(),
        }
    }

    fn template(template: &Template) -> Self {
        let decision = template.decision.map(Conclusion::label);
        let reasons = template.reasons.iter().map(|code| reason_label(code));
        let note = Safe::from_typed(&template.note);
        let parts: Vec<Safe> = decision.into_iter().chain(reasons).chain([note]).collect();
        let parts: Vec<Safe> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self {
            name: Safe::from_outside(&template.name),
            key: Safe::default(),
            doc: Safe::join(&parts, ", "),
        }
    }

    fn preset(preset: &Preset) -> Self {
        let key = preset.key.map(String::from).unwrap_or_default();
        Self {
            name: Safe::from_outside(&preset.name),
            key: Safe::from_outside(&key),
            doc: preset.doc(),
        }
    }
}

impl App {
    /// Asks for a line.
    pub(crate) fn ask_line(&mut self, purpose: Purpose, text: &str) {
        self.prompt = Some(Prompt::new(purpose, text));
        self.enter(Mode::Prompt);
    }

    /// Takes the line that was typed.
    pub(crate) fn accept_prompt(&mut self) -> Vec<Effect> {
        let Some(prompt) = self.prompt.take() else {
            return Vec::new();
        };
        self.go_back();
        // The key that took the line is not one that holds on in the form.
        self.forget_key();
        let text = prompt.input.value().to_owned();
        match prompt.purpose {
            Purpose::Palette => return self.accept_palette(&text, prompt.selected),
            Purpose::Window => self.remembering(|app| app.set_window(&text)),
            Purpose::Filter => {
                if let Some(text) = self.chosen(prompt.purpose, &text, prompt.selected) {
                    self.remembering(|app| app.insert_filter(&text));
                }
            }
            Purpose::ToggleFilter => {
                if let Some(text) = self.chosen(prompt.purpose, &text, prompt.selected) {
                    self.remembering(|app| app.toggle_filter(&text));
                }
            }
            Purpose::Argument => self.remembering(|app| app.set_argument(&text)),
            Purpose::Preset => {
                if let Some(text) = self.chosen(prompt.purpose, &text, prompt.selected) {
                    self.remembering(|app| app.apply_preset(&text));
                }
            }
            Purpose::RemovePreset => {
                if let Some(text) = self.chosen(prompt.purpose, &text, prompt.selected) {
                    return self.remove_preset(&text);
                }
            }
            Purpose::PresetName => self.name_preset(&text),
            Purpose::PresetKey => return self.key_preset(&text),
            Purpose::Overwrite => return self.answer_overwrite(&text),
            Purpose::Reason => self.toggle_reason(text.trim()),
            Purpose::Find => self.find_scan(&text),
            Purpose::Template => {
                if let Some(text) = self.chosen(prompt.purpose, &text, prompt.selected) {
                    self.apply_template(&text);
                }
            }
            Purpose::Why => return self.take_why(&text),
            Purpose::FindCase => self.find_case(&text),
            Purpose::FoundItem => self.add_found(&text),
            Purpose::Inspector => self.set_inspector(&text),
            Purpose::InspectedAt => self.set_inspected_at(&text),
            Purpose::HandOver => return self.hand_over(&text),
            Purpose::Unlock => return self.unlock(&text),
            Purpose::Export => return self.export_case(&text),
            Purpose::Peel => return self.run_with("peel_material", text),
            Purpose::Cancel => return self.run_with("cancel_material", text),
            Purpose::Label => self.label_mark(&text),
            Purpose::Protocol => return vec![Effect::ChooseProtocol(text)],
            Purpose::Note => {
                if let Some(form) = &mut self.desk.form {
                    form.note = text;
                }
            }
        }
        Vec::new()
    }

    /// Runs the command that asked for a line.
    fn run_with(&mut self, name: &str, text: String) -> Vec<Effect> {
        let Some(command) = crate::command::find(name).filter(|_| !text.trim().is_empty()) else {
            return Vec::new();
        };
        self.run_command(command, &Value::Text(text))
    }

    /// Runs the command that the palette has highlighted.
    fn accept_palette(&mut self, text: &str, selected: usize) -> Vec<Effect> {
        match self.palette(text).get(selected) {
            Some(row) => {
                let command = row.command;
                // The help was only lying over the mode that the command is for.
                if self.mode == Mode::Help && !command.modes.contains(&Mode::Help) {
                    self.go_back();
                }
                self.run_command(command, &default_value(command))
            }
            None => {
                let typed = Safe::from_outside(text);
                self.tell(
                    Level::Info,
                    say("notice-no-command", &[arg("text", &typed)]),
                );
                Vec::new()
            }
        }
    }

    /// The rows of the palette that match what is typed, best first.
    pub fn palette(&self, text: &str) -> Vec<PaletteRow> {
        let rows = palette::rows(&self.keymap, self.mode_below());
        let matching = palette::matches(text, &rows);
        matching.into_iter().map(|at| rows[at].clone()).collect()
    }

    /// The names that a line of that purpose can be completed to, best first; none where anything
    /// may be typed.
    pub fn choices(&self, purpose: Purpose, text: &str) -> Vec<Choice> {
        let head = text.split_once('=').map_or(text, |(head, _)| head).trim();
        let all: Vec<Choice> = match purpose {
            Purpose::Filter | Purpose::ToggleFilter => FILTERS.iter().map(Choice::filter).collect(),
            Purpose::Preset => self.presets.iter().map(Choice::preset).collect(),
            Purpose::Template => self.templates.iter().map(Choice::template).collect(),
            Purpose::RemovePreset => {
                let own = self.presets.iter().filter(|preset| !preset.is_shipped);
                own.map(Choice::preset).collect()
            }
            _ => return Vec::new(),
        };
        if head.is_empty() {
            return all;
        }
        // A key is typed to mean its preset.
        if let Some(at) = all.iter().position(|choice| choice.key.as_str() == head) {
            return all.into_iter().skip(at).take(1).collect();
        }
        // Names with letters missing, then what says the very word.
        let mut best = palette::best(head, all.iter().map(|choice| choice.name.as_str()));
        let word = head.to_lowercase();
        let says = |at: &usize| all[*at].doc.as_str().to_lowercase().contains(&word);
        let others = (0..all.len()).filter(|at| !best.contains(at)).filter(says);
        best.extend(others.collect::<Vec<_>>());
        best.into_iter().map(|at| all[at].clone()).collect()
    }

    /// What a line with a list means: what was typed where that is a whole name, else the highlighted
    /// name with the arguments that were typed; nothing for an empty line that nothing was chosen in.
    fn chosen(&self, purpose: Purpose, text: &str, selected: usize) -> Option<String> {
        let text = text.trim();
        if text.is_empty() && selected == 0 {
            return None;
        }
        let (head, arguments) = match text.find('=') {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let choices = self.choices(purpose, text);
        let whole = choices.iter().any(|choice| choice.name.as_str() == head);
        match choices.get(selected) {
            Some(choice) if selected > 0 || !whole => Some(format!("{}{arguments}", choice.name)),
            _ => Some(text.to_owned()),
        }
    }

    /// Moves the highlight or the text of what lies on top.
    pub(crate) fn scroll(&mut self, rows: isize) {
        match self.mode {
            Mode::Help => {
                let last = self.help_lines().saturating_sub(self.help_page());
                self.help_scroll = self.help_scroll.saturating_add_signed(rows).min(last);
            }
            Mode::Prompt => self.scroll_palette(rows),
            Mode::Decide => self.scroll_form(rows),
            Mode::Stack => self.step_stack(rows),
            Mode::Log => self.step_case(rows),
            Mode::Replay => self.step_replay(rows),
            Mode::Outcome => {}
            Mode::Browse | Mode::Inspect | Mode::Region | Mode::Compare => {
                self.step_selection(rows);
            }
        }
    }

    /// Lines of the help screen: a row a use, and the headings of their groups.
    fn help_lines(&self) -> usize {
        let rows = help_rows(&self.keymap, self.mode_below());
        let mut groups: Vec<_> = rows.iter().map(|row| row.group).collect();
        groups.dedup();
        rows.len() + groups.len()
    }

    /// Lines of help that fit between its title and the status line.
    fn help_page(&self) -> usize {
        usize::from(self.terminal.rows).saturating_sub(3)
    }

    /// Moves the highlight of the palette.
    fn scroll_palette(&mut self, rows: isize) {
        let Some(prompt) = &self.prompt else { return };
        let text = prompt.input.value();
        let rows_shown = match prompt.purpose {
            Purpose::Palette => self.palette(text).len(),
            purpose => self.choices(purpose, text).len(),
        };
        let last = rows_shown.saturating_sub(1);
        if let Some(prompt) = &mut self.prompt {
            prompt.selected = prompt.selected.saturating_add_signed(rows).min(last);
        }
    }

    /// Moves the selection of the queue by hand.
    pub(crate) fn step_selection(&mut self, rows: isize) {
        let last = self.queue.rows.len().saturating_sub(1);
        self.select(self.queue.selected.saturating_add_signed(rows).min(last));
    }

    /// Adds or takes back the reason with that code, or the only one whose words hold `text`.
    fn toggle_reason(&mut self, text: &str) {
        let wanted = text.to_lowercase();
        let holds = |code: &&String| {
            let label = reason_label(code).as_str().to_lowercase();
            code.contains(&wanted) || label.contains(&wanted)
        };
        let codes = reasons();
        let exact = codes.iter().find(|code| **code == wanted);
        let mut holding = codes.iter().filter(holds);
        let only = holding.next().filter(|_| holding.next().is_none());
        match (exact.or(only), &mut self.desk.form) {
            (Some(code), Some(form)) => form.toggle_reason(code),
            _ => {
                let typed = Safe::from_outside(text);
                self.tell(Level::Info, say("notice-no-reason", &[arg("text", &typed)]));
            }
        }
    }

    /// Selects the next scan whose name or container holds `text`, whatever its case.
    pub(crate) fn find_scan(&mut self, text: &str) {
        let wanted = text.to_lowercase();
        let found = self.queue.next_where(|row| {
            let container = row
                .scan
                .container
                .as_ref()
                .map(Safe::as_str)
                .unwrap_or_default();
            row.scan.name().as_str().to_lowercase().contains(&wanted)
                || container.to_lowercase().contains(&wanted)
        });
        match found {
            Some(row) => self.select(row),
            None => {
                let typed = Safe::from_outside(text);
                self.tell(Level::Info, say("notice-not-found", &[arg("text", &typed)]));
            }
        }
    }
}

/// What a command takes when the palette runs it: its default number, or nothing, so that it asks.
fn default_value(command: &Command) -> Value {
    match command.argument {
        Argument::Number { default, .. } => Value::Number(default),
        _ => Value::None,
    }
}
