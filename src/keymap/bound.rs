//! A command with its argument, as a line of a key file says it.

use super::Names;
use crate::command::{self, Argument, Command};
use crate::config::{nearest, suggest};
use crate::messages::{arg, has, say};
use crate::text::Safe;

/// What a command is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing: the command takes nothing, or asks.
    None,
    /// A number within the command's range; the default when none was written.
    Number(f64),
    /// A filter (`NAME` or `NAME=ARG`), a reason code or a free text.
    Text(String),
}

/// A command and its argument.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The command's row.
    pub command: &'static Command,
    /// Its argument.
    pub value: Value,
}

impl PartialEq for Bound {
    fn eq(&self, other: &Self) -> bool {
        self.command.name == other.command.name && self.value == other.value
    }
}

impl Bound {
    /// Reads `command argument`; the error says what is wrong and what would be right.
    pub fn parse(text: &str, names: &Names<'_>) -> Result<Self, Safe> {
        let text = text.trim();
        let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let Some(command) = command::find(name) else {
            return Err(unknown_command(name));
        };
        let value = value(command, rest.trim(), names)?;
        Ok(Self { command, value })
    }

    /// The line as a key file writes it; an argument that is the default is left out.
    pub fn line(&self) -> String {
        match (&self.value, self.command.argument) {
            (Value::None, _) => self.command.name.to_owned(),
            (Value::Number(number), Argument::Number { default, .. }) if *number == default => {
                self.command.name.to_owned()
            }
            (Value::Number(number), _) => format!("{} {number}", self.command.name),
            (Value::Text(text), _) => format!("{} {text}", self.command.name),
        }
    }

    /// What it does, one line: the message `command-NAME-value` where there is one, else the
    /// command's doc and an argument that is not the default.
    pub fn doc(&self) -> Safe {
        let own = format!("command-{}-value", self.command.name);
        match (&self.value, self.argument_words()) {
            (Value::Number(number), _) if has(&own) => say(&own, &[arg("value", number)]),
            // What a filter does is its own sentence.
            (Value::Text(text), _) if has(&own) && has(&format!("filter-{text}")) => {
                let about = say(&format!("filter-{text}"), &[]);
                let value = Safe::from_outside(text);
                say(&own, &[arg("value", &value), arg("about", &about)])
            }
            (Value::Text(text), _) if has(&own) => {
                say(&own, &[arg("value", &Safe::from_outside(text))])
            }
            (_, Some(words)) => say(
                "keymap-doc-argument",
                &[arg("doc", &doc(self.command)), arg("argument", &words)],
            ),
            (_, None) => doc(self.command),
        }
    }

    /// The argument in the reader's words (`1 percent of the window`, the name of a filter);
    /// `None` when there is none or it is the default.
    pub fn argument_words(&self) -> Option<Safe> {
        match (&self.value, self.command.argument) {
            (Value::None, _) => None,
            (Value::Number(number), Argument::Number { default, unit, .. }) => (*number != default)
                .then(|| {
                    say(
                        "keymap-amount",
                        &[arg("number", number), arg("unit", &say(unit, &[]))],
                    )
                }),
            (Value::Number(number), _) => Some(Safe::from_outside(&number.to_string())),
            (Value::Text(text), _) => Some(Safe::from_outside(text)),
        }
    }
}

/// The one-line doc of a command.
pub fn doc(command: &Command) -> Safe {
    say(&format!("command-{}", command.name), &[])
}

/// What a command takes, in the reader's words; empty when it takes nothing.
pub fn takes(command: &Command) -> Safe {
    match command.argument {
        Argument::None => Safe::default(),
        Argument::Number { min, max, unit, .. } => say(
            "keymap-takes-number",
            &[
                arg("min", &min),
                arg("max", &max),
                arg("unit", &say(unit, &[])),
            ],
        ),
        Argument::Filter => say("keymap-takes-filter", &[]),
        Argument::Reason => say("keymap-takes-reason", &[]),
        Argument::Preset => say("keymap-takes-preset", &[]),
        Argument::Text => {
            let own = format!("keymap-takes-{}", command.name);
            say(if has(&own) { &own } else { "keymap-takes-text" }, &[])
        }
    }
}

fn unknown_command(name: &str) -> Safe {
    let text = say(
        "keymap-unknown-command",
        &[arg("name", &Safe::from_outside(name))],
    );
    suggest(&text, nearest(name, command::all().map(|known| known.name)))
}

fn value(command: &'static Command, written: &str, names: &Names<'_>) -> Result<Value, Safe> {
    let name = Safe::word(command.name);
    match command.argument {
        Argument::None | Argument::Text | Argument::Preset if written.is_empty() => Ok(Value::None),
        Argument::None => Err(say(
            "keymap-takes-nothing",
            &[
                arg("name", &name),
                arg("value", &Safe::from_outside(written)),
            ],
        )),
        Argument::Number { default, .. } if written.is_empty() => Ok(Value::Number(default)),
        Argument::Number { min, max, unit, .. } => written
            .parse()
            .ok()
            .filter(|number| (min..=max).contains(number))
            .map(Value::Number)
            .ok_or_else(|| {
                say(
                    "keymap-out-of-range",
                    &[
                        arg("name", &name),
                        arg("min", &min),
                        arg("max", &max),
                        arg("unit", &say(unit, &[])),
                        arg("value", &Safe::from_outside(written)),
                    ],
                )
            }),
        Argument::Filter => {
            let filter = written.split_once('=').map_or(written, |(name, _)| name);
            listed(command, filter, names.filters, "keymap-unknown-filter")?;
            Ok(Value::Text(written.to_owned()))
        }
        Argument::Reason => {
            listed(command, written, names.reasons, "keymap-unknown-reason")?;
            Ok(Value::Text(written.to_owned()))
        }
        Argument::Preset if !is_preset(written) => Err(say(
            "keymap-no-preset",
            &[
                arg("name", &name),
                arg("value", &Safe::from_outside(written)),
            ],
        )),
        Argument::Text | Argument::Preset => Ok(Value::Text(written.to_owned())),
    }
}

/// Whether it can be the key or the name of a preset; which there are is only known later.
fn is_preset(word: &str) -> bool {
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-';
    word != "0" && word.chars().all(letters)
}

fn listed(
    command: &'static Command,
    written: &str,
    known: &[&str],
    problem: &str,
) -> Result<(), Safe> {
    let name = Safe::word(command.name);
    if written.is_empty() {
        return Err(say(
            "keymap-needs-argument",
            &[arg("name", &name), arg("takes", &takes(command))],
        ));
    }
    if known.contains(&written) {
        return Ok(());
    }
    let text = say(
        problem,
        &[
            arg("name", &name),
            arg("value", &Safe::from_outside(written)),
        ],
    );
    Err(suggest(&text, nearest(written, known.iter().copied())))
}
