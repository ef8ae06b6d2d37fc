//! A sitting: the break hint, the numbers, handing over the desk, locking the screen.

use std::time::Duration;

use xamine::app::{Event, LogRead, Mode};
use xamine::text::Safe;

use crate::app_at_work::{AtWork, key, work};
use crate::log_pane::listed_in;

/// Presses a key a minute.
fn minutes(at: &mut AtWork, count: u64) -> Option<u64> {
    (1..=count).find(|_| {
        at.press_after(key("L"), Duration::from_mins(1), false);
        at.notice().contains("without a break")
    })
}

#[test]
fn a_break_is_suggested_after_twenty_minutes_and_again_after_twenty_more() {
    let mut at = work("grey dual");
    at.keys("<cr>");
    assert_eq!(minutes(&mut at, 60), Some(20));
    assert!(at.notice().starts_with("20 minutes of review"));
    assert_eq!(minutes(&mut at, 60), Some(20));
    assert!(at.notice().starts_with("40 minutes of review"));
    // Five minutes without a key are a break.
    at.press_after(key("L"), Duration::from_mins(5), false);
    assert_eq!(minutes(&mut at, 60), Some(20));
    assert!(at.notice().starts_with("20 minutes of review"));
}

#[test]
fn a_break_is_not_suggested_while_something_is_filled_in() {
    let mut at = work("grey dual");
    at.keys("<cr> d");
    for _ in 0..30 {
        at.press_after(key("j"), Duration::from_mins(1), false);
        assert_eq!(at.notice(), "");
    }
    at.keys("n");
    at.press_after(key("a"), Duration::from_mins(1), false);
    assert_eq!(at.notice(), "");
    at.keys("esc q");
    assert!(at.notice().contains("minutes of review"), "{}", at.notice());
}

/// Decides the scan at hand.
fn decide(at: &mut AtWork, keys: &str) {
    at.keys(keys);
    at.recorded();
}

#[test]
fn the_numbers_are_ones_own_and_compared_with_ones_own() {
    let mut at = listed_in((80, 24), "q");
    decide(&mut at, "d c <cr>");
    decide(&mut at, "j d c <cr>");
    at.keys("C");
    let read = LogRead {
        own_median_ms: Some(51_000),
        ..LogRead::default()
    };
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(read)),
    });
    let screen = at.screen();
    assert!(
        screen.contains("this sitting: 2 decisions, half of them within"),
        "{screen}"
    );
    assert!(screen.contains("your earlier ones: 51 s"), "{screen}");
}

#[test]
fn the_desk_changes_hands_with_a_summary() {
    let mut at = work("grey dual grey");
    decide(&mut at, "d c <cr>");
    at.keys("j <cr> g h");
    let screen = at.screen();
    assert!(screen.contains("kim: 1 clear in"), "{screen}");
    assert!(screen.contains("2 undecided in the queue"), "{screen}");
    at.keys("'lee' <cr>");
    assert!(at.notice().ends_with("lee goes on"), "{}", at.notice());
    // What kim looked at is noted as kim's, before the segment ends.
    assert_eq!(at.asked[at.asked.len() - 2..], ["NoteViews", "HandOver"]);
    assert_eq!(at.app.record.analyst.as_str(), "lee");
    assert_eq!(at.app.sitting.decisions(), 0);
    // The next decision has what lee saw, and only that.
    at.keys("d c <cr>");
    let (_, decision) = at.records.last().unwrap();
    let dwell: u64 = decision.views.iter().map(|view| view.dwell_ms).sum();
    assert!(dwell > 0 && dwell < 5_000, "{dwell}");
    assert!(
        !decision
            .warnings_acknowledged
            .contains(&"never-seen".to_owned())
    );
    assert!(decision.timing.as_ref().unwrap().total_ms < 5_000);
}

#[test]
fn an_unfinished_form_or_a_mark_keeps_the_desk() {
    let refused = |keys: &str, why: &str| {
        let mut at = work("grey dual");
        at.keys(keys).keys("g h");
        assert!(at.notice().contains(why), "{keys}: {}", at.notice());
        assert!(at.app.prompt.is_none());
    };
    refused("d c q", "the form or the marks of 0-grey.tif");
    refused(
        "<cr> c x right down x",
        "the form or the marks of 0-grey.tif",
    );
    refused("d c <cr> q", "is not on disk yet");
    let mut at = work("grey");
    at.keys("g h 'kim' <cr>");
    assert!(at.notice().contains("kim is at the desk already"));
    at.app.record.read_only = true;
    at.keys("g h");
    assert!(at.notice().contains("read-only"));
}

#[test]
fn a_locked_screen_shows_nothing_until_the_name_is_typed() {
    let mut at = work("grey dual");
    at.keys("<cr> g x");
    assert_eq!(at.asked.last().unwrap(), "CloseLog");
    let hidden = |at: &AtWork| {
        let screen = at.screen();
        assert!(
            screen.contains("Locked by kim") && !screen.contains("grey"),
            "{screen}"
        );
    };
    hidden(&at);
    at.keys("esc q 'lee' <cr>");
    hidden(&at);
    at.keys("esc j");
    hidden(&at);
    at.keys("ctrl-u ':quit' <cr>");
    hidden(&at);
    assert_eq!(at.asked.last().unwrap(), "Quit");
    at.keys("ctrl-u 'kim' <cr>");
    assert!(!at.app.is_locked() && at.app.mode == Mode::Inspect);
    assert_eq!(at.asked.last().unwrap(), "HandOver");
    assert!(at.screen().contains("LOSSY"), "the picture is back");
}
