//! Choosing a scan.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row, words};
use crate::app::{App, Effect, Fold, Level, Listing, Mode, Purpose};
use crate::keymap::Value;
use crate::messages::say;

/// The queue alone.
const BROWSING: &[Mode] = &[Mode::Browse];
/// Scans to step by.
const STEPS: Argument = number(1.0, 1000.0, 1.0, "unit-scans");

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row("next_scan", Group::Queue, LOOKING, Need::Scan, next_scan).takes(STEPS),
    row(
        "previous_scan",
        Group::Queue,
        LOOKING,
        Need::Scan,
        previous_scan,
    )
    .takes(STEPS),
    row("first_scan", Group::Queue, LOOKING, Need::Scan, first_scan),
    row("last_scan", Group::Queue, LOOKING, Need::Scan, last_scan),
    row(
        "next_undecided",
        Group::Queue,
        LOOKING,
        Need::Scan,
        next_undecided,
    ),
    row(
        "inspect_scan",
        Group::Queue,
        BROWSING,
        Need::Scan,
        inspect_scan,
    ),
    row("find_scan", Group::Queue, LOOKING, Need::Scan, find_scan).takes(Argument::Text),
    row(
        "reload_queue",
        Group::Queue,
        LOOKING,
        Need::Nothing,
        reload_queue,
    ),
    row(
        "toggle_thumbnails",
        Group::Queue,
        BROWSING,
        Need::Nothing,
        toggle_thumbnails,
    ),
];

/// Down the queue.
fn next_scan(app: &mut App, value: &Value) -> Vec<Effect> {
    app.step_selection(amount(value) as isize);
    nothing()
}

/// Up the queue.
fn previous_scan(app: &mut App, value: &Value) -> Vec<Effect> {
    app.step_selection(-(amount(value) as isize));
    nothing()
}

/// To the first scan.
fn first_scan(app: &mut App, _: &Value) -> Vec<Effect> {
    app.select(0);
    nothing()
}

/// To the last scan.
fn last_scan(app: &mut App, _: &Value) -> Vec<Effect> {
    app.select(app.queue.rows.len().saturating_sub(1));
    nothing()
}

/// To the next scan that is still to be decided.
fn next_undecided(app: &mut App, _: &Value) -> Vec<Effect> {
    let open = app
        .queue
        .next_where(|row| row.waits_for(&app.record.analyst) && row.problem.is_none());
    match open {
        Some(row) => app.select(row),
        None => app.tell(Level::Info, say("notice-all-decided", &[])),
    }
    nothing()
}

/// Reads the folder again.
fn reload_queue(app: &mut App, _: &Value) -> Vec<Effect> {
    app.queue.read_again();
    app.thumbnails.try_again();
    vec![Effect::ReadFolder]
}

/// Lists the scans with small pictures, or a line each.
fn toggle_thumbnails(app: &mut App, _: &Value) -> Vec<Effect> {
    let (listing, id) = match app.queue.listing {
        Listing::Lines => (Listing::Thumbnails, "notice-thumbnails"),
        Listing::Thumbnails => (Listing::Lines, "notice-no-thumbnails"),
    };
    app.queue.listing = listing;
    if listing == Listing::Thumbnails && app.panes.queue == Fold::Folded {
        app.panes.queue = Fold::Auto;
    }
    app.tell(Level::Info, say(id, &[]));
    nothing()
}

/// Gives the keys to the picture.
fn inspect_scan(app: &mut App, _: &Value) -> Vec<Effect> {
    app.enter(Mode::Inspect);
    nothing()
}

/// Looks for a scan by a part of its name.
fn find_scan(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => app.find_scan(text),
        None => app.ask_line(Purpose::Find, ""),
    }
    nothing()
}
