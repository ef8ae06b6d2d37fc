//! Keys to state: start, keys, what must be.

use std::time::Duration;

use proptest::prelude::*;
use xamine::app::{Draft, Effect, Event, Form, Level, Mark, Mode, Recording, TerminalFacts};
use xamine::command::{self, Argument};
use xamine::decisions::{Conclusion, reasons};
use xamine::filter::FILTERS;
use xamine::graphics::{CellSize, Protocol};
use xamine::keymap::Value;
use xamine::radiograph::{Outline, Region, Size};
use xamine::terminal::reader::{Button, Mouse, MouseKind};
use xamine::view::{Canvas, Unit, View};

use crate::app_at_work::{AtWork, SIZE, after, key, path, work};

/// Scans, keys, mode and row and picture.
const STATES: &[(&str, &str, &str)] = &[
    // stepping, and its ends
    ("grey dual blind", "", "browse 0 grey"),
    ("grey dual blind", "j", "browse 1 high"),
    ("grey dual blind", "j j j j", "browse 2 grey"),
    ("grey dual blind", "j j k k k", "browse 0 grey"),
    ("grey dual blind", "G", "browse 2 grey"),
    ("grey dual blind", "G g g", "browse 0 grey"),
    ("grey dual blind", "page-down", "browse 2 grey"),
    ("grey dual blind", "<cr> .", "inspect 1 high"),
    ("grey dual blind", "/ 'DUAL' <cr>", "browse 1 high"),
    ("grey dual blind", "/ 'nothing' <cr>", "browse 0 grey"),
    ("", "j k G n d <cr>", "browse 0 empty"),
    // a scan that cannot be opened is a row like any other
    ("broken grey", "", "browse 1 grey"),
    ("broken grey", "k", "browse 0 failed"),
    ("grey failing dual", "j", "browse 1 failed"),
    ("grey failing dual", "j j m", "browse 2 material"),
    // resuming and what is still to do
    ("grey! dual blind", "", "browse 1 high"),
    ("grey! dual! blind!", "", "browse 0 grey"),
    ("grey dual! blind", "n", "browse 2 grey"),
    ("grey dual! blind", "n n", "browse 0 grey"),
    ("grey! failing! dual", "n", "browse 2 high"),
    // modes
    ("grey", "<cr>", "inspect 0 grey"),
    ("grey", "<cr> esc", "browse 0 grey"),
    ("grey", "esc esc", "browse 0 grey"),
    ("grey", "d", "decide 0 grey"),
    ("grey", "d esc", "browse 0 grey"),
    ("grey", "<cr> d m", "inspect 0 grey"),
    ("grey", "<cr> d m d", "decide 0 grey"),
    ("grey", "<cr> d m esc esc esc", "browse 0 grey"),
    ("grey", "?", "help 0 grey"),
    ("grey", "? ?", "browse 0 grey"),
    ("grey", "<cr> ? q", "inspect 0 grey"),
    ("grey", "d ? esc", "decide 0 grey"),
    ("grey", ": esc", "browse 0 grey"),
    ("grey", "<cr> d n esc", "decide 0 grey"),
    ("grey", "? : esc esc", "browse 0 grey"),
    // chords
    ("grey dual", "t", "browse 0 grey"),
    ("grey dual", "t esc j", "browse 1 high"),
    ("grey", "t l", "browse 0 grey log"),
    ("grey dual", "t j j", "browse 1 high"),
    // filters and displays
    ("grey", "i", "browse 0 grey invert"),
    ("grey", "i i", "browse 0 grey"),
    ("grey", "i t l", "browse 0 grey invert+log"),
    ("grey", "i t l i", "browse 0 grey log"),
    ("grey", "i t l t u", "browse 0 grey invert"),
    ("grey", "i t l t x", "browse 0 grey"),
    ("grey", "t t 'gamma=0.5' <cr>", "browse 0 grey gamma=0.5"),
    ("grey", "t t 'nonsense' <cr>", "browse 0 grey"),
    ("grey", "t o", "browse 0 grey"),
    ("dual", "t o", "browse 0 high organic-only"),
    ("dual", "m", "browse 0 material"),
    // backgrounds and cancellation
    ("grey", "b w", "browse 0 grey"),
    ("dual", "b r", "browse 0 high"),
    (
        "dual",
        "b m 'steel 2' <cr>",
        "browse 0 high peel=0.0922,0.1059",
    ),
    (
        "dual",
        "b m 'steel 2' <cr> b m 'steel,0' <cr>",
        "browse 0 high peel=0,0",
    ),
    ("dual", "b m 'steel' <cr>", "browse 0 high"),
    ("dual", "b m 'steel 2' <cr> b x", "browse 0 high"),
    ("dual", "b c 'iron' <cr>", "browse 0 high cancel=1.1414"),
    ("dual", "> > <", "browse 0 high cancel=1.02"),
    ("dual", "t l > alt-<", "browse 0 high cancel=1.018+log"),
    ("dual", "> b x", "browse 0 high"),
    ("dual", "m m", "browse 0 high"),
    ("grey", "p", "browse 0 palette:blue-yellow"),
    ("grey", "p p p p p p p p p", "browse 0 grey"),
    ("dual", "m s", "browse 0 high"),
    ("dual", "P", "browse 0 low"),
    ("dual", "P P", "browse 0 high"),
    ("grey", "m", "browse 0 grey"),
    ("grey", "v", "browse 0 grey"),
    // what stays from scan to scan
    ("dual dual", "m j", "browse 1 material"),
    ("dual grey dual", "m j", "browse 1 grey"),
    ("grey dual", "i j", "browse 1 high invert"),
    ("dual grey", "t o j", "browse 1 grey"),
    // the palette
    ("grey dual", ": 'next scan' <cr>", "browse 1 high"),
    ("grey", ": 'toggle inspector' <cr>", "browse 0 grey"),
    ("grey", ": 'clear filters' <cr>", "browse 0 grey"),
    ("grey", ": 'set_window' <cr>", "prompt 0 grey"),
    ("grey", ": 'find scan' <cr>", "prompt 0 grey"),
    ("grey", ": 'toggle_filter' <cr>", "prompt 0 grey"),
    (
        "grey",
        ": 'toggle_filter' <cr> 'invert' <cr>",
        "browse 0 grey invert",
    ),
    (
        "grey",
        ": 'toggle_filter' <cr> 'invert' <cr> i",
        "browse 0 grey",
    ),
    ("grey dual", "? : 'next scan' <cr>", "browse 1 high"),
    ("grey", "d : 'toggle_reason' tab <cr>", "decide 0 grey"),
    ("grey", ": 'zzqqxx' <cr>", "browse 0 grey"),
];

#[test]
fn keys_lead_to_states() {
    for (scans, keys, state) in STATES {
        assert_eq!(after(scans, keys).state(), *state, "{scans}: {keys}");
    }
}

/// Scans, keys, a part of the notice.
const NOTICES: &[(&str, &str, &str)] = &[
    ("grey", "m", "one energy"),
    ("grey", "x", "x does nothing here"),
    ("grey", "u", "no step to go back to"),
    ("grey", "t u", "no filter is in force"),
    ("grey", "t t 'nonsense' <cr>", "nonsense"),
    ("grey", "w w '12' <cr>", "12"),
    ("grey", "/ 'xyz' <cr>", "holds 'xyz'"),
    ("grey!", "n", "no undecided scan"),
    ("grey", "d <cr>", "choose a decision"),
    ("grey", "d s <cr>", "at least one reason"),
    ("broken", "d c <cr>", "not open"),
    ("failing", "m", "no picture is open"),
    ("", "d", "there is no scan"),
    ("grey", ": 'zzqqxx' <cr>", "no command is called"),
    ("grey", "d : 'toggle_reason' <cr> 'wrong' <cr>", "wrong"),
];

#[test]
fn what_cannot_be_says_why() {
    for (scans, keys, words) in NOTICES {
        let at = after(scans, keys);
        assert!(
            at.notice().contains(words),
            "{scans}: {keys}: {}",
            at.notice()
        );
        assert!(at.records.is_empty());
    }
}

#[test]
fn a_material_key_on_one_energy_changes_nothing() {
    let before = after("grey", "i ]").view().clone();
    let at = after("grey", "i ] m");
    assert_eq!((at.view(), at.app.mode), (&before, Mode::Browse));
    assert!(!after("grey", "m").app.desk.history.can_undo());
}

fn canvas(at: &AtWork) -> Canvas {
    let pane = at.app.layout().picture;
    Canvas {
        scan: Size {
            width: SIZE.0,
            height: SIZE.1,
        },
        screen: Size {
            width: usize::from(pane.width),
            height: usize::from(pane.height) * 2,
        },
        tall: 1.0,
        aspect: 1.0,
    }
}

#[test]
fn a_picture_keeps_its_proportions_in_cells_of_any_shape() {
    for (protocol, cell) in [
        (Protocol::Quadrant, (8, 16)),
        (Protocol::Sextant, (8, 16)),
        (Protocol::Octant, (9, 20)),
        (Protocol::HalfBlock, (9, 20)),
        (Protocol::Kitty, (9, 20)),
    ] {
        let mut at = work("grey");
        let cell = CellSize {
            width: cell.0,
            height: cell.1,
        };
        at.event(Event::Terminal(TerminalFacts {
            protocol,
            cell,
            ..at.app.terminal.clone()
        }));
        let pane = at.app.layout().picture;
        let shape = f64::from(pane.width) * f64::from(cell.width)
            / (f64::from(pane.height) * f64::from(cell.height));
        for keys in ["", "+", "l", "-"] {
            at.keys(keys);
            let [_, _, w, h] = at.view().region;
            assert!((w / h / shape - 1.0).abs() < 1e-9, "{protocol} {keys}");
        }
    }
}

fn close(a: [f64; 2], b: [f64; 2], by: f64) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= by)
}

#[test]
fn zooming_keeps_the_pixel_under_the_crosshair() {
    let mut at = after("grey", "<cr> c right right down alt-l");
    at.keys("+ + +");
    for keys in ["+", "-", "+ +", "- -"] {
        let screen = canvas(&at).screen;
        let held = at.app.desk.crosshair.unwrap();
        let before = at.view().to_screen(screen, held);
        at.keys(keys);
        let after = at.view().to_screen(screen, held);
        assert!(close(before, after, 1e-6), "{keys}: {before:?} {after:?}");
        assert_eq!(at.app.desk.crosshair, Some(held));
    }
}

#[test]
fn fit_and_one_to_one_are_exact() {
    let at = after("grey", "+ + L f");
    assert_eq!(at.view().zoom, canvas(&at).fitting_zoom(0));
    let at = after("grey", "<cr> o");
    assert_eq!(at.view().zoom, 1.0);
    let [_, _, w, h] = at.view().region;
    let screen = canvas(&at).screen;
    assert_eq!([w, h], [screen.width as f64, screen.height as f64]);
}

#[test]
fn panning_moves_by_its_share_and_never_loses_the_scan() {
    let at = after("grey", "+ + + + + +");
    let mut moved = after("grey", "+ + + + + + L");
    let [x, _, w, _] = at.view().region;
    // A quarter of the pane, in whole cells.
    let columns = f64::from(at.app.layout().picture.width);
    let share = (columns / 4.0).round() / columns;
    assert!((moved.view().region[0] - (x + w * share)).abs() < 1e-9);
    for keys in ["H", "J", "K", "L"] {
        for _ in 0..40 {
            moved.keys(keys);
            assert!(overlaps(moved.view()), "{:?}", moved.view().region);
        }
    }
}

/// Whether some of the scan can be seen.
fn overlaps(view: &View) -> bool {
    let [x, y, w, h] = view.region;
    x < SIZE.0 as f64 && y < SIZE.1 as f64 && x + w > 0.0 && y + h > 0.0
}

#[test]
fn the_window_moves_by_its_share_and_by_number() {
    let start = after("grey", "").view().window;
    let window = |keys: &str| after("grey", keys).view().window;
    assert_eq!(start.unit, Unit::Transmission);
    let raised = window("]");
    assert!((raised.centre - (start.centre + 0.1 * start.width)).abs() < 1e-9);
    assert!((window("] [").centre - start.centre).abs() < 1e-9);
    assert!(window("}").width > start.width && window("{").width < start.width);
    assert!((window("} {").width / start.width - 1.0).abs() < 1e-9);
    assert!((window("alt-]").centre - (start.centre + 0.01 * start.width)).abs() < 1e-9);
    let typed = window("w w '0.25,0.125' <cr>");
    assert_eq!((typed.centre, typed.width), (0.25, 0.125));
    for auto in [
        "] } a",
        "] } 0",
        "] w a",
        "w w '0.3,0.1' <cr> w w 'auto' <cr>",
    ] {
        assert_eq!(window(auto), start, "{auto}");
    }
    let view = after("grey", "2").view().clone();
    assert_eq!(view.filters[0].name, "invert");
    assert!(after("grey", "1").notice().contains("bw"));
}

#[test]
fn a_logarithm_changes_the_windows_unit_with_the_window() {
    let plain = after("grey", "w w '0.25,0.2' <cr>").view().window;
    let log = after("grey", "w w '0.25,0.2' <cr> t l").view().window;
    assert_eq!(
        (plain.unit, log.unit),
        (Unit::Transmission, Unit::Attenuation)
    );
    // The same edges, in the other unit and the other direction.
    let [low, high] = log.edges();
    assert!((low - -(0.35_f64.ln())).abs() < 1e-6 && (high - -(0.15_f64.ln())).abs() < 1e-6);
    assert_eq!(after("blind", "").view().window.unit, Unit::Sample);
}

#[test]
fn a_window_set_by_hand_stays_and_an_automatic_one_follows() {
    let by_hand = after("grey bright", "w w '0.25,0.2' <cr> j").view().window;
    assert_eq!((by_hand.centre, by_hand.width), (0.25, 0.2));
    let own = |scans: &str, keys: &str| after(scans, keys).view().window;
    assert_eq!(own("grey bright", "j"), own("bright", ""));
    assert_eq!(own("grey bright", "] a j"), own("bright", ""));
    assert_eq!(own("grey failing bright", "j j"), own("bright", ""));
    let past_failure = own("grey failing bright", "w w '0.25,0.2' <cr> j j");
    assert_eq!(past_failure, by_hand);
    // Another quantity cannot take the numbers over.
    assert_eq!(own("grey blind", "w w '0.25,0.2' <cr> j"), own("blind", ""));
    assert_eq!(own("grey bright grey", "j k"), own("grey", ""));
}

#[test]
fn undo_and_redo_are_exact() {
    let steps = [
        "+",
        "L",
        "]",
        "i",
        "t l",
        "r",
        "p",
        "o",
        "w w '1,2' <cr>",
        "a",
    ];
    let mut at = work("dual");
    let mut views = vec![at.view().clone()];
    for keys in steps {
        at.keys(keys);
        views.push(at.view().clone());
    }
    for view in views.iter().rev().skip(1) {
        at.keys("u");
        assert_eq!(at.view(), view);
    }
    for view in views.iter().skip(1) {
        at.keys("U");
        assert_eq!(at.view(), view);
    }
    at.keys("u u u +");
    assert!(
        !at.app.desk.history.can_redo(),
        "a new step ends the old way"
    );
}

#[test]
fn undo_in_another_layout_shows_the_same_place() {
    let mut at = after("grey", "+ + + F +");
    at.keys("u u");
    let [_, _, w, h] = at.view().region;
    let screen = canvas(&at).screen;
    let across = w * at.view().zoom / screen.width as f64;
    let down = h * at.view().zoom / screen.height as f64;
    assert!(close([across, down], [1.0, 1.0], 1e-9), "{across} {down}");
}

#[test]
fn a_region_is_two_corners_and_escape_gives_it_up() {
    let mut at = after("grey", "<cr> o c x alt-l down down x");
    let [
        Mark {
            outline: Outline::Rectangle(mark),
            ..
        },
    ] = &at.app.desk.marks[..]
    else {
        panic!("{:?}", at.app.desk.marks)
    };
    assert_eq!((mark.width, mark.height), (21, 3));
    at.keys("x right esc");
    assert_eq!(
        (at.app.desk.pending.clone(), at.app.desk.marks.len()),
        (None, 1)
    );
    assert_eq!(at.app.mode, Mode::Inspect, "only the corner is given up");
    at.keys("x right X");
    assert_eq!(
        (at.app.desk.pending.clone(), at.app.desk.marks.len()),
        (None, 1)
    );
    at.keys("X");
    assert!(at.app.desk.marks.is_empty());
    // Without a crosshair the first key shows it.
    let at = after("grey", "<cr> x");
    assert!(at.app.desk.crosshair.is_some() && at.app.desk.pending.is_none());
}

#[test]
fn the_crosshair_stays_on_the_scan_and_on_the_screen() {
    let mut at = after("grey", "<cr> + + + + c");
    for keys in ["alt-h", "alt-k", "alt-l", "alt-j"] {
        for _ in 0..16 {
            at.keys(keys);
            let held = at.app.desk.crosshair.unwrap();
            let [x, y] = at.view().to_screen(canvas(&at).screen, held);
            let screen = canvas(&at).screen;
            assert!(x >= -0.5 && y >= -0.5, "{x} {y}");
            assert!(x <= screen.width as f64 + 0.5 && y <= screen.height as f64 + 0.5);
        }
    }
    assert_eq!(at.app.crosshair_pixel(), Some([SIZE.0 - 1, SIZE.1 - 1]));
}

#[test]
fn three_keys_record_clear() {
    let at = after("grey dual", "d c <cr>");
    let [(token, decision)] = &at.records[..] else {
        panic!("one record")
    };
    assert_eq!(decision.decision, Conclusion::Clear);
    assert_eq!(
        (*token, &decision.scan_id),
        (at.app.record.token, &format!("{:064x}", 1))
    );
    assert!(decision.reasons.is_empty() && decision.regions.is_empty());
    // The whole pane, then what the form leaves of it.
    assert_eq!(decision.views.len(), 2, "what was looked at");
    assert!(decision.cells_only);
    assert_eq!(decision.warnings_acknowledged, ["cells-only"]);
    assert_eq!(
        at.app.desk.form.as_ref().unwrap().recording,
        Recording::Writing
    );
}

#[test]
fn a_suspicion_goes_with_reasons_regions_note_and_confidence() {
    let mut at = after("grey dual", "j <cr> o c x alt-l down x");
    at.keys("d s <space> j <space> 4 n 'two crates' <cr> <cr>");
    let decision = &at.records[0].1;
    assert_eq!(decision.decision, Conclusion::Suspicious);
    assert_eq!(
        decision.reasons,
        [reasons()[0].clone(), reasons()[1].clone()]
    );
    assert_eq!(
        (decision.note.as_str(), decision.confidence),
        ("two crates", Some(4))
    );
    let [region] = &decision.regions[..] else {
        panic!("one region")
    };
    let [[left, top], [right, bottom]] = region.points[..] else {
        panic!("two corners")
    };
    assert_eq!((right - left, bottom - top), (21.0, 2.0));
    assert_eq!(region.stats.len(), 2, "both energies are measured");
    assert_eq!(decision.scan_id, format!("{:064x}", 2));
}

#[test]
fn a_held_key_never_confirms() {
    let hold = |gap: u64, repeat: bool| {
        let mut at = after("grey", "d c");
        at.press_after(key("enter"), Duration::from_millis(500), repeat);
        let first = at.records.len();
        at.not_recorded_if_any();
        at.press_after(key("enter"), Duration::from_millis(gap), repeat);
        (first, at.records.len(), at.notice())
    };
    assert_eq!(hold(500, true).1, 0, "the terminal says that it repeats");
    assert!(hold(500, true).2.contains("held key"));
    let (first, second, notice) = hold(500, false);
    assert_eq!((first, second), (1, 1), "the same key within 0.8 s");
    assert!(notice.contains("held key"));
    assert_eq!(hold(900, false).1, 2, "pressed again");
    // Held from the queue on, Enter opens the picture and goes no further.
    let mut at = after("grey", "d c esc");
    at.keys("<cr> d");
    for _ in 0..50 {
        at.press_after(key("enter"), Duration::from_millis(30), true);
    }
    assert!(at.records.is_empty());
}

impl AtWork {
    fn not_recorded_if_any(&mut self) {
        if !self.records.is_empty() {
            self.not_recorded();
        }
    }
}

#[test]
fn what_is_not_recorded_keeps_the_form_and_asks_again_for_the_same_record() {
    let mut at = after("grey", "<cr> c x right x d s <space> n 'note' <cr> <cr>");
    at.not_recorded();
    let form = at.app.desk.form.clone().unwrap();
    assert!(matches!(form.recording, Recording::Failed(_)));
    assert_eq!((form.note.as_str(), form.reasons.len()), ("note", 1));
    assert_eq!((at.app.mode, at.app.desk.marks.len()), (Mode::Decide, 1));
    assert_eq!(at.app.notice.as_ref().unwrap().level, Level::NotRecorded);
    assert!(at.app.record.trouble.is_some());
    assert!(at.app.queue.rows[0].decided.is_none());
    at.keys("z");
    assert!(at.notice().contains("does nothing"));
    at.keys("down");
    assert_eq!(
        at.app.notice.as_ref().unwrap().level,
        Level::NotRecorded,
        "it stays said"
    );
    at.keys("<cr>");
    let [(first, before), (second, again)] = &at.records[..] else {
        panic!("two attempts")
    };
    assert_eq!(first, second, "the same record is asked for again");
    assert_eq!(
        (&before.note, &before.regions),
        (&again.note, &again.regions)
    );
    at.recorded();
    assert!(at.app.queue.rows[0].decided.is_some() && at.app.record.trouble.is_none());
}

#[test]
fn a_form_that_is_given_up_is_not_said_any_more() {
    let mut at = after("grey dual", "d c <cr>");
    at.not_recorded();
    at.keys("esc j");
    assert!(
        at.notice().contains("NOT RECORDED, 0-grey.tif"),
        "{}",
        at.notice()
    );
    at.keys("k d D");
    assert_eq!(
        (at.notice(), at.state()),
        (String::new(), "browse 0 grey".into())
    );
    assert!(at.drafts.is_empty() && at.app.not_recorded().is_none());
}

#[test]
fn a_form_that_changed_after_a_failure_is_another_record() {
    // The first one may be on disk after all: readers keep the first record of an id.
    let mut at = after("grey", "d c <cr>");
    at.not_recorded();
    at.keys("s <space> <cr>");
    assert_ne!(at.records[0].0, at.records[1].0);
    assert_eq!(at.records[1].1.decision, Conclusion::Suspicious);
}

#[test]
fn recorded_closes_the_form_marks_the_row_and_drops_the_draft() {
    let mut at = after("grey dual", "<cr> c x right x d c");
    assert_eq!(at.drafts.len(), 1);
    at.keys("<cr>");
    at.recorded();
    assert_eq!(at.state(), "inspect 0 grey");
    assert!(at.app.desk.form.is_none() && at.app.desk.marks.is_empty());
    let row = &at.app.queue.rows[0];
    assert_eq!(row.decided.as_ref().unwrap().decision, "clear");
    assert!(!row.draft && at.drafts.is_empty());
    assert!(at.notice().contains("RECORDED") && at.notice().contains("1 of 2"));
    assert!(!at.keys("j").asked.contains(&"NoteViews".to_owned()));
}

#[test]
fn an_answer_of_the_log_belongs_to_the_scan_it_was_asked_for() {
    let mut at = after("grey dual", "d c <cr> esc j d i n 'mine' <cr>");
    at.recorded();
    let rows = &at.app.queue.rows;
    assert!(rows[0].decided.is_some() && rows[1].decided.is_none());
    assert_eq!(at.app.mode, Mode::Decide);
    assert_eq!(at.app.desk.form.as_ref().unwrap().note, "mine");
    assert!(!rows[0].draft && rows[1].draft);
    assert_eq!(at.drafts.len(), 1);

    let mut at = after("grey dual", "d c <cr> esc j d i");
    at.not_recorded();
    assert_eq!(
        at.app.desk.form.as_ref().unwrap().recording,
        Recording::Typed
    );
    assert_eq!(at.app.notice.as_ref().unwrap().level, Level::NotRecorded);
    at.keys("esc k d");
    let form = at.app.desk.form.clone().unwrap();
    assert_eq!(
        form.choice,
        Some(Conclusion::Clear),
        "the form waits where it was"
    );
    assert!(matches!(form.recording, Recording::Failed(_)));
    at.keys("<cr>");
    assert_eq!(at.records[0].0, at.records[1].0);
}

#[test]
fn while_a_decision_is_being_written_it_is_neither_sent_twice_nor_changed() {
    let mut at = after("grey dual", "d c <cr> <cr> s <cr>");
    assert_eq!(at.records.len(), 1);
    assert_eq!(
        at.app.desk.form.as_ref().unwrap().choice,
        Some(Conclusion::Clear)
    );
    at.keys("esc j k d <cr>");
    assert_eq!(at.records.len(), 1, "nor after coming back to it");
    at.recorded();
    assert!(at.app.desk.form.is_none() && at.app.queue.rows[0].decided.is_some());
    assert_eq!(at.app.mode, Mode::Browse);
}

#[test]
fn a_form_waits_while_other_scans_are_looked_at() {
    let mut at = after("grey dual blind", "d s <space> n 'mine' <cr> esc j j");
    assert!(at.app.queue.rows[0].draft);
    assert_eq!(at.state(), "browse 2 grey");
    at.keys("k k");
    let form = at.app.desk.form.clone().unwrap();
    assert_eq!((form.note.as_str(), form.reasons.len()), ("mine", 1));
    // Emptied, it is gone for good.
    at.keys("d D j k");
    assert!(at.app.desk.form.is_none() && at.drafts.is_empty());
    assert!(!at.app.queue.rows[0].draft);
}

#[test]
fn leaving_a_scan_while_marking_leaves_its_form_too() {
    let mut at = after("grey dual", "d s m .");
    assert_eq!(at.state(), "inspect 1 high");
    at.keys("esc");
    assert_eq!(at.state(), "browse 1 high");
    at.keys(",");
    assert_eq!(
        at.app.desk.form.as_ref().unwrap().choice,
        Some(Conclusion::Suspicious)
    );
}

#[test]
fn a_form_of_an_earlier_sitting_resumes_where_it_was() {
    let mut before = after("grey dual", "j + + + L d s <space> m x right x");
    let draft: Draft = before.drafts.pop().unwrap();
    let draft: Draft = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
    let mut at = AtWork::of(80, 24);
    at.app.drafts = vec![draft];
    at.folder("grey dual");
    assert_eq!(at.app.queue.selected, 1);
    assert!(at.notice().contains("unfinished form"));
    let form = at.app.desk.form.clone().unwrap();
    assert_eq!(
        (form.choice, form.reasons.len()),
        (Some(Conclusion::Suspicious), 1)
    );
    assert_eq!(at.app.desk.marks, before.app.desk.marks);
    assert!(
        close(at.view().centre(), before.view().centre(), 0.5),
        "the same place"
    );
    at.keys("d <cr>");
    assert_eq!(at.records.len(), 1);
    // What is decided since is not asked for again.
    let mut at = AtWork::of(80, 24);
    at.app.drafts = before.drafts.clone();
    at.folder("grey dual!");
    assert_eq!(at.app.queue.selected, 0);
}

#[test]
fn read_only_records_nothing() {
    let mut at = AtWork::of(80, 24);
    at.app.record.read_only = true;
    at.folder("grey dual");
    at.keys("d c <cr> esc j");
    assert!(at.records.is_empty() && at.drafts.is_empty() && at.asked.is_empty());
    assert!(after_last(&at, "read-only"));
}

fn after_last(at: &AtWork, words: &str) -> bool {
    at.screen().to_lowercase().contains(words)
}

#[test]
fn an_undecided_scan_that_is_left_notes_its_views() {
    let asked = |keys: &str| after("grey dual", keys).asked;
    assert_eq!(asked("j"), ["NoteViews"]);
    assert_eq!(asked("i ]"), Vec::<String>::new());
    assert_eq!(
        after("grey! dual", "k j").asked,
        ["NoteViews"],
        "only of the undecided one"
    );
    let mut at = after("grey", "+");
    let last = at.app.close(Duration::from_secs(99));
    let [Effect::NoteViews { looks, .. }] = &last[..] else {
        panic!("{last:?}")
    };
    assert_eq!(looks.len(), 2);
}

#[test]
fn late_answers_are_dropped() {
    let mut at = work("grey dual");
    at.answers = false;
    at.keys("+ i");
    let jobs: Vec<u64> = at
        .unanswered
        .iter()
        .filter_map(|effect| match effect {
            Effect::Render(job) => Some(job.number),
            _ => None,
        })
        .collect();
    assert_eq!(jobs.len(), 2);
    let shown = at.app.desk.shown.clone().unwrap();
    let late = |number| Event::Rendered {
        number,
        result: Ok(shown.clone()),
    };
    at.app.desk.shown = None;
    at.event(late(jobs[0]));
    assert!(at.app.desk.shown.is_none(), "an older picture");
    at.event(late(jobs[1]));
    assert!(at.app.desk.shown.is_some());
    // A scan that was left before it was open.
    let mut at = work("grey dual blind");
    at.answers = false;
    at.keys("j");
    at.event(Event::Opened {
        path: path("2-blind.tif"),
        result: Err(xamine::Error::Cancelled),
    });
    assert_eq!(at.state(), "browse 1 opening");
    at.event(Event::Opened {
        path: path("1-dual.tif"),
        result: Err(xamine::Error::Cancelled),
    });
    assert_eq!(
        at.state(),
        "browse 1 opening",
        "a cancelled one says nothing"
    );
}

#[test]
fn a_scan_never_stands_under_anothers_name() {
    let mut at = work("grey dual");
    at.answers = false;
    let old = at.app.desk.shown.clone().unwrap();
    let number = at.app.desk.asked;
    at.keys("j");
    assert!(at.app.desk.shown.is_none());
    at.event(Event::Rendered {
        number,
        result: Ok(old),
    });
    assert!(at.app.desk.shown.is_none());
}

#[test]
fn pasted_text_is_never_a_command() {
    let mut at = work("grey dual");
    at.event(Event::Paste("jjdc\r\rqx".into()));
    assert_eq!(at.state(), "browse 0 grey");
    at.keys("d c n");
    at.event(Event::Paste("line\r\n\u{1b}[2Jend".into()));
    at.keys("<cr>");
    assert_eq!(at.app.desk.form.as_ref().unwrap().note, "line  [2Jend");
    assert!(at.records.is_empty() && !at.asked.contains(&"Quit".to_owned()));
}

#[test]
fn help_opens_from_every_mode_and_returns() {
    for keys in ["", "<cr>", "d", "d m", "<cr> d m", "?"] {
        let before = after("grey", keys).app.mode;
        if before == Mode::Help {
            continue;
        }
        for back in ["esc", "?", "q", "f1"] {
            let mut at = after("grey", keys);
            at.keys("f1");
            assert_eq!(at.app.mode, Mode::Help, "{keys}");
            assert!(at.screen().contains("Keys"), "{}", at.screen());
            at.keys(back);
            assert_eq!(at.app.mode, before, "{keys} f1 {back}");
        }
    }
}

#[test]
fn help_scrolls_to_its_end_and_at_once_back() {
    let end = after("grey", "? end end end").screen();
    assert!(end.contains("Opens the decision form"), "{end}");
    let back = after("grey", "? end end end k").screen();
    assert_ne!(end, back);
}

#[test]
fn a_file_that_changed_since_it_was_read_is_a_warning_in_form_and_record() {
    let mut at = work("grey");
    at.changed = true;
    at.keys("d c");
    assert!(
        at.screen().contains("has changed or gone"),
        "{}",
        at.screen()
    );
    at.keys("<cr>");
    let codes = &at.records[0].1.warnings_acknowledged;
    assert!(codes.contains(&"changed".to_owned()), "{codes:?}");
}

#[test]
fn reading_the_folder_again_keeps_rows_and_place() {
    let mut at = after("grey dual blind", "j R");
    assert_eq!(at.asked, ["NoteViews", "ReadFolder"]);
    let rows = at.app.queue.rows.clone();
    at.found(rows[0].scan.clone(), Some("clear"));
    at.found(rows[1].scan.clone(), None);
    let (new, _) = crate::app_at_work::made("grey", 7);
    at.found(new, None);
    at.event(Event::FolderRead {
        others: 0,
        error: None,
    });
    let rows = &at.app.queue.rows;
    assert_eq!(rows.len(), 4, "no row twice, the new one added");
    assert_eq!(at.state(), "browse 1 high");
    assert!(rows[0].decided.is_some(), "what others decided is seen");
    let gone = rows[2].problem.as_ref().map(ToString::to_string);
    assert!(
        gone.is_some_and(|why| why.contains("no longer")),
        "and what has gone is said"
    );
}

#[test]
fn a_folder_read_to_its_end_does_not_take_a_scan_off_the_desk() {
    let mut at = AtWork::of(80, 24);
    let (scan, result) = crate::app_at_work::made("grey", 0);
    at.answers = false;
    at.found(scan.clone(), Some("clear"));
    at.event(Event::Opened {
        path: scan.path,
        result,
    });
    let (other, _) = crate::app_at_work::made("dual", 1);
    at.found(other, None);
    at.keys("d s");
    at.event(Event::FolderRead {
        others: 0,
        error: None,
    });
    assert_eq!(at.state(), "decide 0 grey");
}

#[test]
fn the_mouse_does_what_keys_do() {
    let mouse = |at: &mut AtWork, kind, column, row| {
        at.event(Event::Mouse(Mouse {
            kind,
            column,
            row,
            ctrl: false,
            alt: false,
            shift: false,
        }));
    };
    let mut at = work("grey dual blind");
    mouse(&mut at, MouseKind::Press(Button::Left), 3, 2);
    assert_eq!(at.state(), "browse 1 high");
    mouse(&mut at, MouseKind::Press(Button::Left), 3, 15);
    assert_eq!(at.state(), "browse 1 high", "no row is there");
    let before = at.view().zoom;
    mouse(&mut at, MouseKind::WheelUp, 50, 10);
    assert!(at.view().zoom > before);
    at.keys("+ +");
    let [x, ..] = at.view().region;
    mouse(&mut at, MouseKind::Press(Button::Left), 60, 10);
    mouse(&mut at, MouseKind::Drag(Button::Left), 50, 10);
    assert!(at.view().region[0] > x, "the picture follows the hand");
    mouse(&mut at, MouseKind::Release(Button::Left), 50, 10);
    at.keys("?");
    mouse(&mut at, MouseKind::Press(Button::Left), 3, 1);
    assert_eq!(at.app.queue.selected, 1, "help lies over it");
}

#[test]
fn losing_the_terminal_ends_without_deciding() {
    let mut at = after("grey", "d s <space>");
    at.event(Event::Ended);
    assert_eq!(at.asked, ["Quit"]);
    assert!(at.records.is_empty());
    assert_eq!(at.drafts.len(), 1);
}

/// Everything that must hold after any key.
fn sane(at: &AtWork) -> Result<(), String> {
    let app = &at.app;
    let sound = |view: &View| overlaps(view) && view.zoom > 0.0 && view.window.width > 0.0;
    if let Some(view) = app.desk.view.as_ref().filter(|view| !sound(view)) {
        return Err(format!("{view:?}"));
    }
    if app.mode == Mode::Decide && app.desk.form.is_none() {
        return Err("deciding without a form".into());
    }
    if (app.mode == Mode::Prompt) != app.prompt.is_some() {
        return Err("a prompt without its line".into());
    }
    if app.back.len() > 5 || app.back.last() == Some(&app.mode) {
        return Err(format!("{:?} over {:?}", app.mode, app.back));
    }
    if app.back.contains(&Mode::Prompt) {
        return Err("a prompt below".into());
    }
    if !app.queue.rows.is_empty() && app.queue.selected >= app.queue.rows.len() {
        return Err("a row that is not there".into());
    }
    let form = |form: &Form| form.missing().is_some() && form.recording == Recording::Writing;
    if app.desk.form.as_ref().is_some_and(form) {
        return Err("an unfinished form is written".into());
    }
    at.screen();
    Ok(())
}

#[test]
fn every_command_runs_in_every_mode_it_declares() {
    let values = |argument: Argument| match argument {
        Argument::None => vec![Value::None],
        Argument::Number {
            min, max, default, ..
        } => [min, default, max].map(Value::Number).to_vec(),
        Argument::Filter => FILTERS
            .iter()
            .map(|filter| Value::Text(filter.name.into()))
            .chain([Value::None])
            .collect(),
        Argument::Reason => vec![Value::Text(reasons()[0].clone()), Value::None],
        Argument::Preset => ["1", "edge", "zz"]
            .map(|word| Value::Text(word.into()))
            .into_iter()
            .chain([Value::None])
            .collect(),
        Argument::Text => vec![Value::Text("invert".into()), Value::None],
    };
    let enter = |mode| match mode {
        Mode::Browse => "",
        Mode::Inspect => "<cr>",
        Mode::Stack => "S",
        Mode::Region => "<cr> c x right down x space",
        Mode::Compare => "y",
        Mode::Decide => "d",
        // A replay needs a log; `log_pane` runs it.
        Mode::Log | Mode::Outcome | Mode::Replay => "C",
        Mode::Prompt => "/",
        Mode::Help => "?",
    };
    let mut ran = 0;
    for scans in ["", "grey", "dual", "blind", "broken", "failing"] {
        for command in command::all() {
            for mode in command.modes {
                for value in values(command.argument) {
                    let mut at = after(scans, enter(*mode));
                    if at.app.mode != *mode {
                        continue;
                    }
                    at.run(command, &value);
                    ran += 1;
                    let told = format!("{} in {mode:?} on '{scans}'", command.name);
                    sane(&at).unwrap_or_else(|why| panic!("{told}: {why}"));
                    at.keys("esc j i");
                    sane(&at).unwrap_or_else(|why| panic!("{told}, then: {why}"));
                }
            }
        }
    }
    assert!(ran > 6 * command::all().count(), "{ran}");
}

impl AtWork {
    /// Runs a command as the palette does, then lets the state ask for what it wants.
    pub(crate) fn run(&mut self, command: &'static command::Command, value: &Value) {
        let effects = if command.available(&self.app).is_ok() {
            (command.run)(&mut self.app, value)
        } else {
            Vec::new()
        };
        for effect in effects {
            self.perform(effect);
        }
        let same = self.app.terminal.clone();
        self.event(Event::Terminal(TerminalFacts { ..same }));
    }
}

/// Keys that do something somewhere, and some that do not.
const KEYS: &[&str] = &[
    "q",
    "esc",
    "enter",
    "space",
    "tab",
    "up",
    "down",
    "left",
    "right",
    "home",
    "end",
    "page-down",
    "?",
    ":",
    "u",
    "U",
    ".",
    ",",
    "n",
    "/",
    "R",
    "g",
    "+",
    "-",
    "f",
    "o",
    "H",
    "J",
    "K",
    "L",
    "r",
    "P",
    "v",
    "s",
    "m",
    "p",
    "c",
    "a",
    "]",
    "[",
    "}",
    "{",
    "w",
    "t",
    "i",
    "d",
    "x",
    "X",
    "D",
    "b",
    "e",
    "l",
    "1",
    "2",
    "5",
    "9",
    "0",
    "j",
    "k",
    "h",
    "G",
    "Q",
    "I",
    "F",
    "alt-l",
    "ctrl-left",
    "backspace",
    "delete",
    "é",
    "=",
    "ctrl-e",
    "ctrl-g",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pressed, nothing panics and what must hold holds; each record is one
    /// confirmation, and no record lacks what it needs.
    #[test]
    fn any_keys_keep_the_console_sane(
        keys in prop::collection::vec((0..KEYS.len(), 0_u64..2000, 0_u8..40), 1..300),
        scans in prop::sample::select(vec!["grey dual blind", "failing dual broken", "dual!", ""]),
    ) {
        let mut at = work(scans);
        let mut confirmed = 0;
        for (index, gap, chance) in keys {
            let form = at.app.desk.form.clone();
            let confirms = KEYS[index] == "enter" && at.app.mode == Mode::Decide;
            let records = at.records.len();
            at.press_after(key(KEYS[index]), Duration::from_millis(gap), chance == 0);
            let now = at.records.len();
            prop_assert!(now <= records + usize::from(confirms));
            if now > records {
                confirmed += 1;
                prop_assert!(form.is_some_and(|form| form.missing().is_none()));
            }
            match chance {
                1..8 if confirmed > 0 => at.recorded(),
                8..12 if confirmed > 0 => at.not_recorded(),
                12 => at.event(Event::Terminal(TerminalFacts {
                    columns: 40 + (gap / 15) as u16,
                    rows: 10 + (gap / 40) as u16,
                    ..at.app.terminal.clone()
                })),
                _ => {}
            }
            if let Err(why) = sane(&at) {
                prop_assert!(false, "after {}: {why}", KEYS[index]);
            }
        }
    }
}

#[test]
fn marks_are_regions_of_the_scan() {
    let at = after(
        "grey",
        "<cr> c alt-k alt-k alt-k alt-h alt-h alt-h x alt-l alt-l alt-l alt-j alt-j alt-j x",
    );
    let whole = Region {
        x: 0,
        y: 0,
        width: SIZE.0,
        height: SIZE.1,
    };
    let marked = at.app.desk.marks.iter().map(|mark| &mark.outline);
    assert!(marked.eq([&Outline::Rectangle(whole)]));
}

#[test]
fn a_scan_that_cannot_be_opened_is_sent_back_on_record() {
    let mut at = work("broken");
    let path = at.app.queue.rows[0].scan.path.clone();
    let block = xamine::decisions::ScanBlock {
        scan_id: "ab".repeat(32),
        ..xamine::decisions::ScanBlock::default()
    };
    at.event(Event::Identified {
        path,
        block: Box::new(block),
    });
    at.keys("d c <cr>");
    assert!(at.records.is_empty(), "nobody clears what was not seen");
    at.keys("r <cr>");
    let (_, decision) = &at.records[0];
    assert_eq!(decision.scan_id, "ab".repeat(32));
    assert_eq!(decision.decision, xamine::decisions::Conclusion::Rescan);
    assert_eq!(decision.warnings_acknowledged, ["never-seen"]);
}

#[test]
fn enter_after_a_note_records_and_a_third_slow_press_is_a_press() {
    let mut at = after("grey", "d c n 'x'");
    at.press_after(key("enter"), Duration::from_millis(300), false);
    at.press_after(key("enter"), Duration::from_millis(300), false);
    assert_eq!(at.records.len(), 1, "the note's Enter is not held on");
    let mut at = after("grey", "d c");
    for gap in [1000, 350] {
        at.press_after(key("enter"), Duration::from_millis(gap), false);
        at.not_recorded_if_any();
    }
    assert_eq!(at.records.len(), 1, "the second may be held");
    at.press_after(key("enter"), Duration::from_millis(350), false);
    assert_eq!(at.records.len(), 2, "the third is as slow: pressed");
    // On a terminal that tells repeats, two quick presses are two presses.
    let mut at = after("grey", "d c");
    at.app.terminal.tells_repeats = true;
    at.keys("<cr>");
    at.not_recorded();
    at.press_after(key("enter"), Duration::from_millis(100), false);
    assert_eq!(at.records.len(), 2);
}

#[test]
fn a_note_that_is_being_typed_is_in_the_draft() {
    let at = after("grey", "d n 'behind the wall'");
    assert_eq!(at.drafts.last().unwrap().form.note, "behind the wall");
}

#[test]
fn the_second_folder_takes_what_was_not_recorded() {
    let mut at = after("grey", "d c <cr>");
    at.event(Event::LogOffered("/second".into()));
    at.not_recorded();
    assert!(at.notice().contains("/second"), "{}", at.notice());
    at.keys("L");
    assert_eq!(at.asked.last().unwrap(), "UseLog");
    let tokens: Vec<u64> = at.records.iter().map(|(token, _)| *token).collect();
    assert_eq!((tokens.len(), tokens[0]), (2, tokens[1]), "the same record");
    at.recorded();
    assert!(at.app.queue.rows[0].decided.is_some());
}

#[test]
fn replaced_files_are_opened_again_and_get_no_verdict_of_the_old_ones() {
    let mut at = after("grey dual", "d c <cr>");
    let mut scan = at.app.queue.rows[0].scan.clone();
    scan.files[0].modified_ns += 1;
    at.answers = false;
    at.keys("esc R");
    at.found(scan, None);
    assert!(at.app.desk.shown.is_none(), "the old picture is gone");
    assert_eq!(at.state(), "browse 0 opening");
    at.recorded();
    assert!(
        at.app.queue.rows[0].decided.is_none(),
        "the new files are not decided"
    );
}

#[test]
fn a_form_on_a_decided_scan_is_seen_in_the_queue() {
    let at = after("grey!", "d s <space> esc");
    assert!(at.screen().contains("C~0-grey.tif"), "{}", at.screen());
    assert!(at.screen().contains("waits unfinished"));
}

#[test]
fn read_only_says_so_in_the_form_from_the_start() {
    let mut at = work("grey");
    at.app.record.read_only = true;
    at.keys("d c");
    assert!(at.screen().contains("read-only: nothing is recorded"));
}

#[test]
fn a_form_for_a_scan_that_is_not_open_yet_is_not_lost_without_a_word() {
    let mut at = work("grey grey");
    at.answers = false;
    at.keys("j d s n 'half a word' <cr>");
    assert!(at.app.desk.form.is_some() && at.drafts.is_empty());
    let now = at.app.now;
    drop(at.app.close(now));
    let said = at.app.not_recorded().unwrap().to_string();
    assert!(said.contains("not kept"), "{said}");
}
