//! Leaving, help, panes, undo.

use super::{
    ANYWHERE, Argument, Command, Group, LOOKING, NOT_TYPING, Need, amount, nothing, number, row,
    words,
};
use crate::app::{App, Effect, Fold, History, Level, Mode, Purpose};
use crate::keymap::Value;
use crate::messages::say;

/// Rows to scroll by.
const ROWS: Argument = number(1.0, 100.0, 1.0, "unit-rows");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("quit", Group::App, NOT_TYPING, Need::Nothing, quit),
    row("leave", Group::App, ANYWHERE, Need::Nothing, leave),
    row("accept", Group::App, &[Mode::Prompt], Need::Nothing, accept),
    row("help", Group::App, NOT_TYPING, Need::Nothing, help),
    row(
        "open_palette",
        Group::App,
        NOT_TYPING,
        Need::Nothing,
        open_palette,
    ),
    row("suspend", Group::App, NOT_TYPING, Need::Nothing, |_, _| {
        vec![Effect::Suspend]
    }),
    row("redraw", Group::App, NOT_TYPING, Need::Nothing, |_, _| {
        vec![Effect::Redraw]
    }),
    row(
        "scroll_down",
        Group::App,
        ANYWHERE,
        Need::Nothing,
        scroll_down,
    )
    .takes(ROWS),
    row("scroll_up", Group::App, ANYWHERE, Need::Nothing, scroll_up).takes(ROWS),
    row(
        "toggle_queue",
        Group::App,
        LOOKING,
        Need::Nothing,
        toggle_queue,
    ),
    row(
        "toggle_inspector",
        Group::App,
        LOOKING,
        Need::Nothing,
        toggle_inspector,
    ),
    row(
        "toggle_panes",
        Group::App,
        LOOKING,
        Need::Nothing,
        toggle_panes,
    ),
    row("undo", Group::App, LOOKING, Need::Undo, undo),
    row("redo", Group::App, LOOKING, Need::Redo, redo),
    row(
        "set_protocol",
        Group::App,
        NOT_TYPING,
        Need::Nothing,
        set_protocol,
    )
    .takes(Argument::Text),
    row(
        "finish_picture",
        Group::App,
        NOT_TYPING,
        Need::Picture,
        |_, _| vec![Effect::FinishPicture],
    ),
    row(
        "toggle_metered",
        Group::App,
        NOT_TYPING,
        Need::Nothing,
        toggle_metered,
    ),
];

/// Leaves the console; a form that was begun stays as a draft.
fn quit(_: &mut App, _: &Value) -> Vec<Effect> {
    vec![Effect::Quit]
}

/// One step back: chord, prompt, help, form, picture; from the queue it does nothing.
fn leave(app: &mut App, _: &Value) -> Vec<Effect> {
    match app.mode {
        // A locked screen is left by the analyst's name alone.
        Mode::Prompt if app.is_locked() => {}
        Mode::Prompt => {
            app.prompt = None;
            app.saving = None;
            app.go_back();
        }
        Mode::Compare => app.stop_comparing(),
        Mode::Replay => app.end_replay(),
        Mode::Inspect if app.desk.pending.take().is_some() => {}
        Mode::Inspect | Mode::Region if app.desk.plot => app.desk.plot = false,
        Mode::Help
        | Mode::Decide
        | Mode::Stack
        | Mode::Inspect
        | Mode::Region
        | Mode::Log
        | Mode::Outcome => {
            app.go_back();
        }
        Mode::Browse => {}
    }
    nothing()
}

/// Takes the line being typed.
fn accept(app: &mut App, _: &Value) -> Vec<Effect> {
    if app.prompt.is_some() {
        app.accept_prompt()
    } else {
        nothing()
    }
}

/// Opens the help screen, or closes it.
fn help(app: &mut App, _: &Value) -> Vec<Effect> {
    if app.mode == Mode::Help {
        app.go_back();
    } else {
        app.help_scroll = 0;
        app.enter(Mode::Help);
    }
    nothing()
}

/// Asks for a command by name.
fn open_palette(app: &mut App, _: &Value) -> Vec<Effect> {
    app.ask_line(Purpose::Palette, "");
    nothing()
}

/// Down in help, palette, reasons or queue.
fn scroll_down(app: &mut App, value: &Value) -> Vec<Effect> {
    app.scroll(amount(value) as isize);
    nothing()
}

/// Up in help, palette, reasons or queue.
fn scroll_up(app: &mut App, value: &Value) -> Vec<Effect> {
    app.scroll(-(amount(value) as isize));
    nothing()
}

/// Shows or folds the queue.
fn toggle_queue(app: &mut App, _: &Value) -> Vec<Effect> {
    let open = app.layout().queue.width > 0;
    app.panes.queue = if open { Fold::Folded } else { Fold::Open };
    nothing()
}

/// Shows or folds the inspector.
fn toggle_inspector(app: &mut App, _: &Value) -> Vec<Effect> {
    let open = app.layout().inspector.width > 0;
    app.panes.inspector = if open { Fold::Folded } else { Fold::Open };
    nothing()
}

/// Gives the picture the screen, or brings the panes back.
fn toggle_panes(app: &mut App, _: &Value) -> Vec<Effect> {
    let layout = app.layout();
    let fold = if layout.queue.width > 0 || layout.inspector.width > 0 {
        Fold::Folded
    } else {
        Fold::Auto
    };
    app.panes.queue = fold;
    app.panes.inspector = fold;
    nothing()
}

/// Takes back the last change of the view or of a region, whichever came last.
fn undo(app: &mut App, _: &Value) -> Vec<Effect> {
    app.travel(History::undo);
    nothing()
}

/// Brings back what undo took.
fn redo(app: &mut App, _: &Value) -> Vec<Effect> {
    app.travel(History::redo);
    nothing()
}

/// Stops pictures before they are lossless, or no longer.
fn toggle_metered(app: &mut App, _: &Value) -> Vec<Effect> {
    app.metered = !app.metered;
    let id = if app.metered {
        "notice-metered"
    } else {
        "notice-not-metered"
    };
    app.tell(Level::Info, say(id, &[]));
    vec![Effect::SetMetered(app.metered)]
}

/// Chooses the graphics protocol.
fn set_protocol(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(word) => vec![Effect::ChooseProtocol(word.to_owned())],
        None => {
            app.ask_line(Purpose::Protocol, "");
            nothing()
        }
    }
}
