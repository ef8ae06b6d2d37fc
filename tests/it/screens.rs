//! The whole screen as text, kept in `tests/screens`, at the smallest, the usual and a wide size.
//!
//! `UPDATE=1` writes the files anew; the difference is for a person to judge.

use ratatui::style::{Color, Modifier};
use xamine::app::Event;
use xamine::cli::keys::names;
use xamine::keymap::{load, source};
use xamine::scan::{Scan, ScanFile};

use crate::app_at_work::{AtWork, made, path};
use crate::kept::{folder, matches_kept, root};
use crate::log_pane::listed_in;

/// Columns and rows.
const SIZES: [(u16, u16); 3] = [(60, 20), (80, 24), (160, 50)];

/// Name, scans, keys.
const SCREENS: &[(&str, &str, &str)] = &[
    ("browse", "grey! dual blind broken", ""),
    ("problem", "grey! dual blind broken", "G"),
    (
        "inspect",
        "grey dual blind",
        "j <cr> m c alt-l right x alt-h down down x",
    ),
    ("filters", "grey dual", "i t l t e w w '1.5,2.25' <cr>"),
    (
        "stack",
        "grey dual",
        "t l t c t e t t 'gamma=2' <cr> S k k <space> j = = l",
    ),
    ("stack-empty", "grey", "S"),
    ("compare", "grey bright dual", "y l x"),
    ("compare-mirror", "dual", "y s"),
    ("stack-add", "grey", "t l S a 'con'"),
    ("decide", "grey dual", "j d"),
    (
        "decide-ready",
        "grey! dual",
        "d s <space> j j <space> 4 n 'two crates behind the door' <cr> ",
    ),
    ("help", "grey dual", "?"),
    ("help-end", "grey dual", "? end"),
    ("palette", "grey dual", ": 'window'"),
    ("chord", "grey dual", "t"),
    ("reasons", "grey dual", "d b"),
    ("note", "grey", "d n 'a note that is being typed'"),
    ("aids", "grey dual", "<cr> B # O + + N"),
    ("thumbnails", "grey! dual failing broken bright", "V j"),
    ("empty", "", ""),
];

/// The screen of a console of that size after those keys.
fn screen(size: (u16, u16), scans: &str, keys: &str) -> AtWork {
    let mut at = AtWork::of(size.0, size.1);
    at.folder(scans);
    at.keys(keys);
    at
}

fn keep(name: &str, size: (u16, u16), at: &AtWork) {
    let file = format!("tests/screens/{name}-{}x{}.txt", size.0, size.1);
    matches_kept(&root(&file), &at.screen());
}

#[test]
fn every_screen_is_as_it_was_judged() {
    for size in SIZES {
        for (name, scans, keys) in SCREENS {
            keep(name, size, &screen(size, scans, keys));
        }
        let mut at = screen(size, "grey dual", "d s <space> <cr>");
        at.not_recorded();
        keep("not-recorded", size, &at);
        let mut at = screen(size, "grey dual", "d c <cr>");
        at.recorded();
        keep("recorded", size, &at);
        keep("log", size, &listed_in(size, "j j"));
        keep(
            "outcome",
            size,
            &listed_in(size, "j o s a 'tobacco; 12,5; kg' <cr>"),
        );
        keep("hand-over", size, &screen(size, "grey! dual", "g h"));
        keep("locked", size, &screen(size, "grey dual", "g x"));
        keep("log-feedback", size, &listed_in(size, "f f"));
        keep("hostile-name", size, &hostile(size));
    }
    keep("too-small", (59, 20), &screen((59, 20), "grey", ""));
    keep("too-small", (80, 19), &screen((80, 19), "grey", ""));
    // Nothing kept is left over.
    assert_eq!(
        folder("tests/screens", "txt").len(),
        (SCREENS.len() + 8) * 3 + 2
    );
}

/// A folder with a file name that would take the terminal over if it were printed as it is.
fn hostile(size: (u16, u16)) -> AtWork {
    let mut at = AtWork::of(size.0, size.1);
    let (scan, _) = made("broken", 0);
    let name = path("\u{1b}]0;owned\u{7}\u{202e}gnp.\u{200b}漢字 \n.tif");
    let file = ScanFile {
        path: name.clone(),
        ..scan.files[0].clone()
    };
    let scan = Scan {
        path: name,
        files: vec![file],
        ..scan
    };
    at.found(scan, None);
    at.event(Event::FolderRead {
        others: 3,
        error: None,
    });
    at
}

#[test]
fn a_hostile_name_reaches_no_cell_as_it_is() {
    for size in SIZES {
        let at = hostile(size);
        let buffer = at.buffer();
        let hidden = |c: char| c.is_control() || ['\u{202e}', '\u{200b}'].contains(&c);
        assert!(
            !buffer
                .content
                .iter()
                .any(|cell| cell.symbol().contains(hidden))
        );
    }
}

#[test]
fn what_matters_is_never_cut_off() {
    for size in SIZES {
        let shows = |scans: &str, keys: &str, words: &[&str]| {
            let at = screen(size, scans, keys);
            let text = at.screen();
            for word in words {
                assert!(text.contains(word), "{size:?} {keys}: {word}\n{text}");
            }
        };
        shows(
            "grey dual",
            "j <cr> m",
            &["half-block", "LOSSY", "Inspect", "material"],
        );
        shows(
            "grey dual",
            "i t l t e t s",
            &["half-block", "LOSSY", "Browse"],
        );
        shows(
            "grey",
            "i t l t e t s | r",
            &["half-block", "LOSSY", "mirrored", "90°"],
        );
        shows("blind", "", &["LOSSY", "half-block"]);
        shows("grey", "d c", &["enter records: clear", "half-block"]);
        shows("grey", "d s", &["at least one reason"]);
        shows(
            "grey",
            "d s <space> n 'a note' <cr>",
            &["enter records: suspicious", "a note"],
        );
        let mut at = screen(size, "grey", "d s <space> <cr>");
        at.not_recorded();
        let text = at.screen();
        assert!(
            text.lines()
                .last()
                .is_some_and(|line| line.contains("NOT RECORDED"))
        );
        assert!(
            text.contains("the disk is full") && text.contains("enter"),
            "{text}"
        );
        // Every reason can be reached and seen.
        for steps in 0..12 {
            let mut at = screen(size, "grey", "d");
            for _ in 0..steps {
                at.keys("j");
            }
            at.keys("<space>");
            assert_eq!(at.screen().matches("[x]").count(), 1, "{size:?} {steps}");
        }
    }
}

#[test]
fn colours_carry_their_meaning_and_are_not_needed() {
    let at = {
        let mut at = screen((80, 24), "grey dual", "d c <cr>");
        at.not_recorded();
        at
    };
    let buffer = at.buffer();
    let last = &buffer.content[80 * 23..];
    assert!(
        last.iter().all(|cell| cell.bg == Color::Red),
        "the full width"
    );
    let mut at = screen((80, 24), "grey dual", "d c <cr>");
    at.recorded();
    let last = &at.buffer().content[80 * 23..];
    assert!(last.iter().all(|cell| cell.bg == Color::Green));
    // The selected row is marked without colour too.
    let at = screen((80, 24), "grey dual", "");
    let row = &at.buffer().content[80..160];
    assert!(
        row.iter()
            .any(|cell| cell.modifier.contains(Modifier::REVERSED))
    );
}

#[test]
fn reminders_name_the_keys_in_force() {
    let mut at = screen((80, 24), "grey dual", "");
    let reminder = |at: &AtWork| at.screen().lines().last().unwrap().to_owned();
    assert!(reminder(&at).contains("? keys"), "{}", reminder(&at));
    at.app.keymap = load(source("left-hand").unwrap(), &names()).keymap;
    assert!(reminder(&at).contains("` keys"), "{}", reminder(&at));
    assert!(!reminder(&at).contains('?'));
}
