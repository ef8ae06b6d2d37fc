//! The decision form beyond its first keys: controls, the checklist, what was seen of the scan.

use std::time::Duration;

use xamine::app::{Checklist, ChecklistRule, Draft, Tick, UnitKind};
use xamine::decisions::Conclusion;

use crate::app_at_work::{AtWork, after, key, work};

/// The steps with their ticks, as `name:tick`.
fn steps(at: &AtWork) -> String {
    let steps = at.app.steps().into_iter();
    let words = steps.map(|(step, tick)| format!("{}:{}", step.name, tick.as_str()));
    words.collect::<Vec<_>>().join(" ")
}

/// A console of that rule and unit with one scan.
fn with(rule: ChecklistRule, unit: Option<UnitKind>, scan: &str) -> AtWork {
    let mut at = work(scan);
    at.app.checklist = Checklist { rule, unit };
    at
}

#[test]
fn controls_are_asked_for_from_a_list_of_their_own() {
    let mut at = after("grey", "d s <space> <tab> <space> j j j j j <space>");
    assert!(at.screen().contains("Controls 2"), "{}", at.screen());
    assert!(at.screen().contains("[x] 42 intrusive"), "{}", at.screen());
    at.keys("k k <space> <space> <cr>");
    let decision = &at.records[0].1;
    assert_eq!(decision.controls, [10, 42]);
    assert_eq!(decision.reasons.len(), 1);
    // The next list, round and round; the bar begins at its top.
    let mut at = after("grey", "d <tab> <tab> <tab> j <space>");
    assert_eq!(at.app.desk.form.as_ref().unwrap().reasons.len(), 1);
    at.keys("<shift-tab> <shift-tab>");
    assert!(at.screen().contains("10 documentary"));
}

#[test]
fn a_draft_of_an_older_version_is_still_a_form() {
    let at = after("grey", "d s <space>");
    let mut draft = serde_json::to_value(&at.drafts[0]).unwrap();
    let form = draft["form"].as_object_mut().unwrap();
    assert!(form.remove("controls").is_some() && form.remove("steps").is_some());
    let read: Draft = serde_json::from_value(draft).unwrap();
    assert_eq!(read, at.drafts[0]);
}

#[test]
fn steps_tick_themselves_where_the_console_can_tell() {
    // The scan of 64 x 48 pixels of 5 mm on 80 columns of half-blocks: small items show at 1:1.
    let mut at = work("dual");
    at.press_after(key("d"), Duration::ZERO, false);
    let first = "identity:open declaration:open whole:open structure:open load:open \
                 compared:open dense:open light:open material:open covered:open";
    assert_eq!(steps(&at), first, "nothing stood long enough yet");
    at.keys("esc d");
    assert!(steps(&at).contains("whole:seen"), "{}", steps(&at));
    at.keys("esc m s t h s t L s");
    let now = steps(&at);
    for seen in ["dense:seen", "light:seen", "material:seen", "compared:open"] {
        assert!(now.contains(seen), "{now}");
    }
    // A mark brings a step of its own, which only a look after it ticks.
    at.keys("<cr> o o c x right down x o o");
    assert!(steps(&at).ends_with("again:open"), "{}", steps(&at));
    at.keys("f f");
    assert!(steps(&at).ends_with("again:seen"), "{}", steps(&at));
}

#[test]
fn a_unit_has_its_own_steps() {
    let names = |unit, scan| {
        let mut at = with(ChecklistRule::Optional, unit, scan);
        at.keys("d");
        let steps = at.app.steps().into_iter();
        let names: Vec<String> = steps.map(|(step, _)| step.name.clone()).collect();
        names.join(" ")
    };
    let truck = names(Some(UnitKind::Truck), "grey");
    assert!(
        truck.contains("chassis") && !truck.contains("contents"),
        "{truck}"
    );
    assert!(!truck.contains("material"), "one energy: {truck}");
    let parcel = names(Some(UnitKind::Parcel), "dual");
    assert!(
        parcel.contains("contents") && !parcel.contains("structure"),
        "{parcel}"
    );
    assert!(parcel.contains("material"), "{parcel}");
}

#[test]
fn steps_are_recorded_with_who_ticked_them() {
    let mut at = after("grey", "d c <shift-tab> <space>");
    assert_eq!(at.app.steps()[0].1, Tick::Done);
    // What the console saw cannot be taken back.
    at.keys("j j <space>");
    assert!(at.notice().contains("the console saw"), "{}", at.notice());
    at.keys("<cr>");
    let checklist = &at.records[0].1.checklist;
    let state = |name: &str| checklist[name].as_str();
    assert_eq!((state("identity"), state("declaration")), ("done", "open"));
    assert_eq!(state("whole"), "seen");
    let mut at = with(ChecklistRule::Off, None, "grey");
    at.keys("d c <tab> <tab> <cr>");
    assert!(at.records[0].1.checklist.is_empty());
    assert!(!at.screen().contains("Checks"));
}

#[test]
fn a_required_checklist_keeps_a_conclusion_waiting() {
    let mut at = with(ChecklistRule::Required, Some(UnitKind::Parcel), "grey");
    at.keys("d c <cr>");
    assert!(at.records.is_empty());
    assert!(at.notice().contains("open steps"), "{}", at.notice());
    // What says nothing of the scan waits for nothing.
    at.keys("i <cr>");
    assert_eq!(at.records[0].1.decision, Conclusion::Inconclusive);
    let mut at = with(ChecklistRule::Required, Some(UnitKind::Parcel), "grey");
    at.keys("<cr> o o t h o t L o d c <shift-tab>");
    let mut bar = 0;
    while let Some(open) = at
        .app
        .steps()
        .iter()
        .position(|(_, tick)| *tick == Tick::Open)
    {
        let down = open.checked_sub(bar).expect("open steps come from the top");
        for _ in 0..down {
            at.keys("j");
        }
        at.keys("<space>");
        bar = open;
    }
    at.keys("<cr>");
    assert_eq!(at.records.len(), 1, "{}", at.notice());
    assert_eq!(at.records[0].1.decision, Conclusion::Clear);
}

#[test]
fn walking_over_the_scan_covers_it_and_says_how_far() {
    let mut at = work("grey");
    at.keys("<cr>");
    let mut steps = 0;
    loop {
        at.keys("W");
        if at.notice().contains("every part") {
            break;
        }
        steps += 1;
        assert!(steps < 20, "{}", at.notice());
        assert!(at.view().zoom >= 1.0);
    }
    assert!(steps >= 1, "the whole does not show small items here");
    at.pass(Duration::from_secs(1));
    at.keys("d");
    let covered = at
        .app
        .steps()
        .into_iter()
        .find(|(step, _)| step.name == "covered");
    let (step, tick) = covered.unwrap();
    assert_eq!(tick, Tick::Seen);
    assert!(step.label(&at.app).as_str().ends_with("100 %"));
}

#[test]
fn a_marked_region_that_was_only_seen_from_afar_is_warned_of() {
    let code = "mark-not-close".to_owned();
    let warned = |keys: &str| {
        let mut at = after("grey", keys);
        at.keys("d s <space> <cr>");
        at.records[0].1.warnings_acknowledged.contains(&code)
    };
    // 48 rows do not fit on 44 half-blocks at 1:1.
    assert!(warned("<cr> c x alt-l down x"), "seen whole only");
    assert!(!warned("<cr> o c x alt-l down x o"), "seen at 1:1");
    assert!(!warned("<cr> o"), "nothing is marked");
    let mut far = after(
        "grey",
        "<cr> f c alt-h alt-h alt-h alt-h alt-k alt-k alt-k x right down x",
    );
    far.keys("alt-l alt-l alt-l alt-j alt-j + + + + L L L J J");
    assert!(
        far.app
            .warnings()
            .iter()
            .any(|warning| warning.code() == code),
        "close, but elsewhere"
    );
}

#[test]
fn the_first_mark_asks_to_look_again() {
    let mut at = after("grey", "<cr> c x right down x");
    assert!(at.notice().contains("Look again"), "{}", at.notice());
    at.keys("right x right down x");
    assert!(!at.notice().contains("Look again"), "{}", at.notice());
}

#[test]
fn a_template_fills_in_what_it_says_and_keeps_the_rest() {
    let mut at = after("grey", "d n 'third row.' <cr> b o t");
    assert!(at.screen().contains("hidden-space"), "{}", at.screen());
    at.keys("'too-d' <cr>");
    let form = at.app.desk.form.clone().unwrap();
    assert_eq!(form.choice, Some(Conclusion::Suspicious));
    assert_eq!(
        form.reasons,
        ["organic-mass", "no-penetration", "dense-shielding"]
    );
    assert_eq!(
        (form.controls, form.note.as_str()),
        (vec![20, 42], "third row.")
    );
    at.keys("t 'empty-as-declared' <cr> <cr>");
    assert_eq!(at.records[0].1.note, "third row. Empty, as declared.");
    assert_eq!(at.records[0].1.decision, Conclusion::Clear);
}
