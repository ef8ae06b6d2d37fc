//! The line being typed, the palette over it, and scrolling.

use super::{App, Effect, Level, Mode, Prompt, Purpose};
use crate::command::{Argument, Command};
use crate::decisions::{reason_label, reasons};
use crate::keymap::palette::{self, PaletteRow};
use crate::keymap::{Value, help_rows};
use crate::messages::{arg, say};
use crate::text::Safe;

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
            Purpose::Filter => self.remembering(|app| app.add_filter(&text)),
            Purpose::ToggleFilter => self.remembering(|app| app.toggle_filter(text.trim())),
            Purpose::Reason => self.toggle_reason(text.trim()),
            Purpose::Find => self.find_scan(&text),
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

    /// Moves the highlight or the text of what lies on top.
    pub(crate) fn scroll(&mut self, rows: isize) {
        match self.mode {
            Mode::Help => {
                let last = self.help_lines().saturating_sub(self.help_page());
                self.help_scroll = self.help_scroll.saturating_add_signed(rows).min(last);
            }
            Mode::Prompt => self.scroll_palette(rows),
            Mode::Decide => {
                if let Some(form) = &mut self.desk.form {
                    let last = reasons().len().saturating_sub(1);
                    form.reason_row = form.reason_row.saturating_add_signed(rows).min(last);
                }
            }
            Mode::Browse | Mode::Inspect | Mode::Region => self.step_selection(rows),
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
        let last = self.palette(prompt.input.value()).len().saturating_sub(1);
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
