//! What the keyboard means just now.

/// A mode of the console; key files have a section for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The queue has the keys.
    Browse,
    /// The picture has the keys.
    Inspect,
    /// The stack of filters has the keys.
    Stack,
    /// The selected region has the keys.
    Region,
    /// A comparison of two pictures has the keys.
    Compare,
    /// The decision form has the keys.
    Decide,
    /// The log pane has the keys.
    Log,
    /// The outcome of an inspection is entered.
    Outcome,
    /// The views of a case are shown again, step by step.
    Replay,
    /// A line is being typed.
    Prompt,
    /// The help screen is open.
    Help,
}

impl Mode {
    /// Every mode, in the order of the help screen.
    pub const ALL: [Self; 11] = [
        Self::Browse,
        Self::Inspect,
        Self::Stack,
        Self::Region,
        Self::Compare,
        Self::Decide,
        Self::Log,
        Self::Outcome,
        Self::Replay,
        Self::Prompt,
        Self::Help,
    ];

    /// The section in key files; its label is the message `mode-NAME`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browse => "browse",
            Self::Inspect => "inspect",
            Self::Stack => "stack",
            Self::Region => "region",
            Self::Compare => "compare",
            Self::Decide => "decide",
            Self::Log => "log",
            Self::Outcome => "outcome",
            Self::Replay => "replay",
            Self::Prompt => "prompt",
            Self::Help => "help",
        }
    }

    /// The mode of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}
