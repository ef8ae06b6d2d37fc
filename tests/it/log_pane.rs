//! The log pane at work: filters, search, opening again, replay; without a terminal or a disk.

use xamine::app::{Effect, Event, LogRead, LoggedCase, Mode, OutcomeForm};
use xamine::decisions::{Inspection, MarkedRegion, Shape, ViewSeen};
use xamine::radiograph::{Outline, Region};
use xamine::text::Safe;
use xamine::view::View;

use crate::app_at_work::{AtWork, path, work};

/// A case: number, decision, analyst, scan, outcome, standing.
type Row = (
    usize,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    &'static str,
);

/// The cases of the log, newest first.
const ROWS: &[Row] = &[
    (5, "suspicious", "kim", "0-grey.tif", None, "single"),
    (4, "clear", "lee", "1-dual.tif", None, "disagreed"),
    (3, "clear", "kim", "gone.tif", Some("seizure"), "single"),
    (2, "inconclusive", "kim", "1-dual.tif", None, "single"),
    (
        1,
        "clear",
        "kim",
        "0-grey.tif",
        Some("nothing-found"),
        "single",
    ),
];

fn case(row: &Row) -> LoggedCase {
    let (number, decision, analyst, scan, outcome, standing) = *row;
    let fact = |name, value: &str| (Safe::word(name), Safe::from_outside(value));
    // The scans made for tests are told apart by their place in the folder.
    let place = if scan.starts_with('0') { 1 } else { 2 };
    LoggedCase {
        hidden: false,
        id: format!("{number:032x}"),
        at: Safe::from_outside(&format!("2026-03-0{number} 12:00")),
        analyst: Safe::word(analyst),
        decision: decision.into(),
        standing: standing.into(),
        scan: Safe::word(scan),
        scan_id: format!("{place:064x}"),
        unit: Safe::word(if number % 2 == 1 { "MSKU1234565" } else { "" }),
        paths: vec![path(scan)],
        outcome: outcome.map(str::to_owned),
        regions: Vec::new(),
        amended: number == 2,
        facts: vec![
            fact("note", &format!("note of {number}\u{1b}[2J")),
            fact("file", scan),
        ],
    }
}

/// What the log holds.
fn read() -> LogRead {
    LogRead {
        cases: ROWS.iter().map(case).collect(),
        all: ROWS.len(),
        damaged: 0,
        today: "2026-03-09".into(),
        own_median_ms: Some(51_000),
    }
}

/// A console of that size with two scans and the log open after these keys.
pub(crate) fn listed_in(size: (u16, u16), keys: &str) -> AtWork {
    let mut at = AtWork::of(size.0, size.1);
    at.folder("grey dual");
    at.keys("C");
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(read())),
    });
    at.keys(keys);
    at
}

fn listed(keys: &str) -> AtWork {
    listed_in((80, 24), keys)
}

/// The last digits of the ids that are listed, and which is selected.
fn cases(at: &AtWork) -> String {
    let listed = at.app.logged_cases();
    let ids = listed.iter().map(|case| &case.id[31..]);
    let ids: String = ids.collect();
    format!("{ids} {}", at.app.log.selected)
}

#[test]
fn keys_list_what_was_asked_for() {
    for (keys, known) in [
        ("", "54321 0"),
        ("j j", "54321 2"),
        ("end k", "54321 3"),
        ("f", "5321 0"),
        ("f f", "31 0"),
        ("f f f", "542 0"),
        ("f f f f", "4 0"),
        ("f f f f f", "431 0"),
        ("F", " 0"),
        ("j f F", "54321 0"),
        ("/ 'DUAL' <cr>", "42 0"),
        ("/ 'note of 3' <cr>", "3 0"),
        ("/ 'dual' <cr> / ctrl-u <cr>", "54321 0"),
        ("u", "531 0"),
        ("u u", "54321 0"),
        ("j u", "54321 1"),
    ] {
        assert_eq!(cases(&listed(keys)), known, "{keys}");
    }
    assert!(listed("j u").notice().contains("not known"));
    assert!(
        listed("/ 'nowhere' <cr>")
            .notice()
            .contains("no listed case")
    );
    assert!(
        listed("f f j")
            .screen()
            .contains("your clear of 2026-03-01 12:00 was: nothing found")
    );
}

#[test]
fn the_log_is_read_when_it_is_opened_and_keeps_its_place() {
    let mut at = work("grey dual");
    at.keys("C");
    assert_eq!(at.asked, ["ReadLog"]);
    assert!(at.screen().contains("reading the log"));
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(read())),
    });
    at.keys("j j R");
    let mut more = read();
    more.cases
        .insert(0, case(&(6, "clear", "kim", "0-grey.tif", None, "single")));
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(more)),
    });
    assert_eq!(cases(&at), "654321 3", "the same case stays selected");
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Err(Safe::word("the folder is gone")),
    });
    assert!(at.screen().contains("the folder is gone"));
    assert_eq!(cases(&at), "654321 3");
    assert!(!at.screen().contains('\u{1b}'));
    at.keys("q");
    assert_eq!(at.app.mode, Mode::Browse);
}

#[test]
fn a_case_opens_its_scan_or_says_where_it_lay() {
    let at = listed("j <cr>");
    assert!(at.state().starts_with("inspect 1"), "{}", at.state());
    let at = listed("j j <cr>");
    assert_eq!(at.app.mode, Mode::Log);
    assert!(at.notice().contains("/scans/gone.tif"), "{}", at.notice());
}

/// The views of a replay on the scan of that view.
fn looks(view: &View) -> Vec<ViewSeen> {
    let look = |filters: &[&str], dwell_ms| ViewSeen {
        view: View {
            filters: filters.iter().map(|name| name.parse().unwrap()).collect(),
            ..view.clone()
        },
        protocol: "kitty".into(),
        quality: "Q5".into(),
        lossless: true,
        dwell_ms,
        merged: None,
    };
    vec![look(&[], 12_000), look(&["invert"], 3_000)]
}

#[test]
fn a_replay_sets_the_recorded_views_and_gives_the_own_one_back() {
    let mut at = listed("");
    at.keys("q t e C");
    let own = at.state();
    assert_eq!(own, "log 0 grey edge");
    at.keys("r");
    assert_eq!(at.asked.last().unwrap(), "ReadCaseViews");
    let views = looks(at.view());
    let id = case(&ROWS[0]).id;
    at.event(Event::CaseViews {
        id: id.clone(),
        views: Ok(views.clone()),
    });
    assert_eq!(at.state(), "replay 0 grey");
    assert!(at.screen().contains("replay 1 of 2, 12 s, Q5"));
    at.keys("l");
    assert_eq!(at.state(), "replay 0 grey invert");
    assert!(at.screen().contains("replay 2 of 2, 3 s"));
    assert!(
        !at.screen().contains(" auto"),
        "the window is the recorded one"
    );
    at.keys("l");
    assert!(at.notice().contains("no more views"));
    at.keys("h esc");
    assert_eq!(at.state(), own);
    // An answer that comes when something else was begun is not for anybody.
    at.keys("q");
    at.event(Event::CaseViews {
        id,
        views: Ok(views),
    });
    assert_eq!(at.app.mode, Mode::Browse);
}

#[test]
fn another_scan_than_was_decided_on_is_not_replayed() {
    let mut at = listed("");
    let views = looks(at.view());
    let mut changed = read();
    changed.cases[0].scan_id = "f".repeat(64);
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(changed)),
    });
    at.event(Event::CaseViews {
        id: case(&ROWS[0]).id,
        views: Ok(views),
    });
    assert_eq!(at.app.mode, Mode::Log);
    assert!(
        at.notice().contains("bytes have changed"),
        "{}",
        at.notice()
    );
    let mut at = listed("");
    at.event(Event::CaseViews {
        id: case(&ROWS[0]).id,
        views: Ok(Vec::new()),
    });
    assert!(at.notice().contains("no view was recorded"));
}

#[test]
fn a_page_is_written_where_it_was_asked_for() {
    let mut at = listed("x");
    assert!(at.screen().contains("case-000000000000.html"));
    at.keys("ctrl-u 'out.html'");
    let effects = at.app.handle(
        Event::Key {
            key: crate::app_at_work::key("enter"),
            repeat: false,
        },
        std::time::Duration::from_mins(9),
    );
    let [Effect::ExportCase { id, file, .. }] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!((id, file.to_str()), (&case(&ROWS[0]).id, Some("out.html")));
}

#[test]
fn an_outcome_is_recorded_with_what_was_found() {
    let mut at = listed("o s a 'tobacco; 12,5; kg' <cr> a 'cash; many' <cr>");
    assert!(at.notice().contains("no quantity"), "{}", at.notice());
    at.keys("ctrl-u 'cash' <cr> b 'team 3' <cr> t <cr>");
    let screen = at.screen();
    for said in [
        "(•) s",
        "tobacco 12.5 kg, cash",
        "team 3",
        "2026-03-09",
        "enter records",
    ] {
        assert!(screen.contains(said), "{said}\n{screen}");
    }
    at.keys("n <cr>");
    assert!(
        at.outcomes.is_empty(),
        "nothing found, and two things listed"
    );
    at.keys("s <cr>");
    let (token, outcome) = at.outcomes[0].clone();
    assert_eq!(outcome.of, case(&ROWS[0]).id);
    assert_eq!(
        (outcome.result, outcome.found.len()),
        (Inspection::Seizure, 2)
    );
    assert_eq!(
        (outcome.by.as_str(), outcome.found[0].quantity),
        ("team 3", Some(12.5))
    );
    // What the log has is not changed any more, and a second key sends nothing.
    at.keys("n <cr>");
    assert_eq!(at.outcomes.len(), 1);
    at.event(Event::OutcomeRecorded { token });
    assert_eq!(at.app.mode, Mode::Log);
    assert!(
        at.notice()
            .contains("RECORDED outcome of 0-grey.tif: seizure")
    );
    // After a find, the earlier scans of that container are listed.
    assert!(
        at.notice().contains("2 earlier scans of MSKU1234565"),
        "{}",
        at.notice()
    );
    assert_eq!(cases(&at), "531 1");
    assert!(at.app.outcomes.is_empty());
}

#[test]
fn what_was_found_names_its_region() {
    let mut at = listed("");
    let region = |label: &str, x: f64| MarkedRegion {
        shape: Shape::Rect,
        points: vec![[x, 2.0], [x + 3.0, 6.0]],
        mm: None,
        label: label.into(),
        view: None,
        stats: std::collections::BTreeMap::default(),
        material: None,
        measured: None,
    };
    at.app.log.read.cases[0].regions = vec![region("", 1.0), region("box", 4.0)];
    at.keys("o s");
    let screen = at.screen();
    assert!(screen.contains("1: 1,2–4,6; 2: box 4,2–7,6"), "{screen}");
    at.keys("a 'tobacco; 12; kg; 3' <cr>");
    assert!(at.notice().contains("numbered up to 2"), "{}", at.notice());
    at.keys("ctrl-u 'tobacco; 12; kg; 2' <cr>");
    let screen = at.screen();
    let said = "tobacco 12 kg, in the region box 4,2–7,6";
    assert!(screen.contains(said), "{screen}");
    at.keys("<cr>");
    let found = &at.outcomes[0].1.found[0];
    assert_eq!(found.region, Some(region("box", 4.0)));
}

#[test]
fn a_region_marked_after_the_inspection_can_be_named() {
    // The scan of the newest case is opened again and marked.
    let mut at = listed("");
    at.app.log.read.cases[0].scan_id = at.app.desk.scan_id().unwrap().to_owned();
    at.keys("q");
    at.app.desk.marks.push(xamine::app::Mark {
        outline: Outline::Rectangle(Region {
            x: 2,
            y: 3,
            width: 4,
            height: 5,
        }),
        label: "false wall".into(),
        view: String::new(),
    });
    let log = at.app.log.read.clone();
    at.keys("C");
    let analyst = at.app.record.analyst.clone();
    let result = Ok(Box::new(log));
    at.event(Event::LogRead { analyst, result });
    at.keys("o s a 'cash; ; ; 1' <cr> <cr>");
    let region = at.outcomes[0].1.found[0].region.clone().unwrap();
    assert_eq!(
        (region.label.as_str(), region.points.len()),
        ("false wall", 2)
    );
    assert!(region.stats.is_empty() && region.measured.is_none());
}

#[test]
fn an_outcome_left_unfinished_is_found_again_by_who_began_it() {
    let mut at = listed("o s a 'cash' <cr> q");
    let kept = at.kept_outcomes.last().cloned().unwrap();
    assert!(at.screen().contains("0-grey.tif") && at.screen().contains('~'));
    // The console was left, or died; another sitting finds it.
    let mut again = listed("");
    let read: OutcomeForm = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    again.kept_outcomes = vec![read.clone()];
    again.app.resume_outcomes(vec![read]);
    again.keys("o");
    let screen = again.screen();
    assert!(
        screen.contains("(•) s") && screen.contains("cash"),
        "{screen}"
    );
    // It is nobody else's.
    let mut other = listed("");
    other.app.resume_outcomes(vec![kept]);
    other.app.record.analyst = Safe::word("lee");
    other.keys("o");
    assert!(!other.screen().contains("(•)"), "{}", other.screen());
    // Recorded or given up, nothing is kept.
    again.keys("<cr>");
    let token = again.outcomes[0].0;
    again.event(Event::OutcomeRecorded { token });
    assert!(again.kept_outcomes.is_empty());
    at.keys("o D");
    assert!(at.kept_outcomes.is_empty());
}

#[test]
fn an_outcome_goes_to_the_second_folder_that_is_offered() {
    let mut at = listed("o s <cr>");
    let (token, body) = at.outcomes[0].clone();
    at.event(Event::LogOffered("/srv/second".into()));
    let why = Safe::word("the disk is full");
    at.event(Event::NotRecorded { token, why });
    let screen = at.screen();
    assert!(screen.contains("L records it in /srv/second"), "{screen}");
    at.keys("L");
    assert_eq!(at.outcomes.last().unwrap(), &(token, body));
    assert_eq!(at.outcomes.len(), 2);
}

#[test]
fn an_outcome_that_is_not_on_disk_keeps_what_was_typed() {
    let mut at = listed("j o n");
    at.keys("<cr>");
    let token = at.outcomes[0].0;
    let why = Safe::word("the disk is full");
    at.event(Event::NotRecorded { token, why });
    assert!(
        at.screen()
            .contains("NOT RECORDED, outcome of 1-dual.tif: the disk is full")
    );
    assert_eq!(at.app.mode, Mode::Outcome);
    // The same outcome again is the same record; another is another.
    at.keys("j <cr>");
    assert_eq!(at.outcomes[1], at.outcomes[0]);
    at.event(Event::NotRecorded {
        token,
        why: Safe::word("still full"),
    });
    at.keys("e <cr>");
    assert_ne!(at.outcomes[2].0, token);
    // It is left and found again as it was, and said on leaving the console.
    let token = at.outcomes[2].0;
    at.event(Event::NotRecorded {
        token,
        why: Safe::word("still full"),
    });
    at.keys("q k j o");
    assert!(at.screen().contains("(•) e"), "{}", at.screen());
    at.app.close(std::time::Duration::from_mins(9));
    assert!(
        at.app
            .not_recorded()
            .unwrap()
            .as_str()
            .contains("outcome of 1-dual.tif")
    );
    at.keys("<cr>");
    at.event(Event::OutcomeRecorded { token });
    assert!(at.app.outcome_not_recorded().is_none() && at.app.record.trouble.is_none());
    assert_eq!(
        at.app.logged_case().unwrap().outcome.as_deref(),
        Some("not-examined")
    );
}

#[test]
fn an_outcome_needs_a_result_a_pressed_key_and_a_log_that_is_written() {
    let mut at = listed("o <cr>");
    assert!(at.outcomes.is_empty() && at.notice().contains("choose what the inspection"));
    at.keys("s");
    at.press_after(
        crate::app_at_work::key("enter"),
        std::time::Duration::ZERO,
        true,
    );
    assert!(at.outcomes.is_empty() && at.notice().contains("held key"));
    at.keys("D");
    assert_eq!((at.app.mode, at.app.outcomes.len()), (Mode::Log, 0));
    at.app.record.read_only = true;
    at.keys("o");
    assert_eq!(at.app.mode, Mode::Log);
    assert!(at.notice().contains("read-only"));
}
