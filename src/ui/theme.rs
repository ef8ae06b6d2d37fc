//! Styles by meaning. Named colours only, so that the analyst's own terminal palette holds; without
//! colours the meaning stays in bold, dim and reverse.

use ratatui::style::{Color, Modifier, Style};

use crate::graphics::Depth;

/// Styles by meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    coloured: bool,
}

// One way to ask for every style, whether it depends on colours or not.
#[allow(clippy::unused_self)]
impl Theme {
    /// The styles of a terminal with such colours.
    pub(super) fn new(depth: Depth) -> Self {
        Self {
            coloured: depth != Depth::Monochrome,
        }
    }

    /// Plain text.
    pub(super) fn plain(self) -> Style {
        Style::new()
    }

    /// Labels and what matters less.
    pub(super) fn dim(self) -> Style {
        self.of(Color::DarkGray, Modifier::DIM)
    }

    /// Titles.
    pub(super) fn title(self) -> Style {
        self.of(Color::Cyan, Modifier::BOLD)
    }

    /// Keys that can be pressed.
    pub(super) fn key(self) -> Style {
        self.of(Color::Yellow, Modifier::BOLD)
    }

    /// The selected row of the pane that has the keys.
    pub(super) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The selected row of a pane that has not.
    pub(super) fn marked(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
    }

    /// What is good: a recorded decision.
    pub(super) fn good(self) -> Style {
        self.of(Color::Green, Modifier::BOLD)
    }

    /// What to look at.
    pub(super) fn warning(self) -> Style {
        self.of(Color::Yellow, Modifier::BOLD)
    }

    /// What failed.
    pub(super) fn bad(self) -> Style {
        self.of(Color::Red, Modifier::BOLD)
    }

    /// The status line.
    pub(super) fn status(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Over the full width: a decision that is on disk.
    pub(super) fn recorded(self) -> Style {
        self.banner(Color::Green)
    }

    /// Over the full width: a decision that is not on disk.
    pub(super) fn not_recorded(self) -> Style {
        self.banner(Color::Red)
    }

    /// A swatch of a picture colour.
    pub(super) fn swatch(self, [r, g, b]: [u8; 3]) -> Style {
        if self.coloured {
            Style::new().fg(Color::Rgb(r, g, b))
        } else {
            Style::new()
        }
    }

    fn of(self, colour: Color, modifier: Modifier) -> Style {
        if self.coloured {
            Style::new().fg(colour)
        } else {
            Style::new().add_modifier(modifier)
        }
    }

    fn banner(self, colour: Color) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        if self.coloured {
            style.fg(Color::Black).bg(colour)
        } else {
            style.add_modifier(Modifier::REVERSED)
        }
    }
}
