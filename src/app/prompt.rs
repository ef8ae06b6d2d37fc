//! A line being typed, and the palette of commands over it.

use tui_input::Input;

/// What the line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A command from the palette.
    Palette,
    /// Window as `CENTRE,WIDTH` or `auto`.
    Window,
    /// A filter as `NAME` or `NAME=ARG`.
    Filter,
    /// The name of a filter to put on or take out.
    ToggleFilter,
    /// An argument of the filter that is selected in the stack.
    Argument,
    /// A preset to apply, by its key or its name.
    Preset,
    /// The name of a preset to be saved.
    PresetName,
    /// The key of a preset to be saved.
    PresetKey,
    /// Whether a preset may be written over.
    Overwrite,
    /// A saved preset to be removed.
    RemovePreset,
    /// A reason of the decision, by its code or a part of its words.
    Reason,
    /// A name in the queue.
    Find,
    /// The note of the decision.
    Note,
    /// A template of the form.
    Template,
    /// Why a decision is corrected, or which of several holds.
    Why,
    /// A graphics protocol.
    Protocol,
    /// A material and its mass thickness, to be taken off.
    Peel,
    /// A material to be cancelled.
    Cancel,
    /// The label of a region.
    Label,
    /// A text that cases of the log hold.
    FindCase,
    /// The file for the page of a case.
    Export,
    /// A thing that an inspection found.
    FoundItem,
    /// Who inspected.
    Inspector,
    /// The day of an inspection.
    InspectedAt,
    /// Who takes the desk over.
    HandOver,
    /// Who unlocks the screen.
    Unlock,
}

impl Purpose {
    /// Message id of the line's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Palette => "prompt-palette",
            Self::Window => "prompt-window",
            Self::Filter | Self::ToggleFilter => "prompt-filter",
            Self::Argument => "prompt-argument",
            Self::Preset => "prompt-preset",
            Self::PresetName => "prompt-preset-name",
            Self::PresetKey => "prompt-preset-key",
            Self::Overwrite => "prompt-overwrite",
            Self::RemovePreset => "prompt-remove-preset",
            Self::Reason => "prompt-reason",
            Self::Find => "prompt-find",
            Self::Note => "prompt-note",
            Self::Template => "prompt-template",
            Self::Why => "prompt-why",
            Self::Protocol => "prompt-protocol",
            Self::Peel => "prompt-peel",
            Self::Cancel => "prompt-cancel",
            Self::Label => "prompt-label",
            Self::FindCase => "prompt-find-case",
            Self::Export => "prompt-export",
            Self::FoundItem => "prompt-found-item",
            Self::Inspector => "prompt-inspector",
            Self::InspectedAt => "prompt-inspected-at",
            Self::HandOver => "prompt-hand-over",
            Self::Unlock => "prompt-unlock",
        }
    }
}

/// A line being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// The text and the cursor in it.
    pub input: Input,
    /// Selected row of the palette.
    pub selected: usize,
}

impl Prompt {
    /// An empty line, or one that starts with `text`.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            input: Input::from(text),
            selected: 0,
        }
    }
}
