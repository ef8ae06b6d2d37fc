//! What answers a decision in the console: taken back, corrected, read a second time, arbitrated; and
//! what a reader of the log makes of it.

use std::time::Duration;

use xamine::app::{Answers, Event, FormKind, Found, LogRead, LoggedCase, Mode, Question, State};
use xamine::decisions::{
    Amend, Arbitration, Change, Conclusion, Decision, Request, ScanBlock, Second, SecondRule,
    Standing, TAKEN_BACK, history,
};
use xamine::text::Safe;

use crate::app_at_work::{AtWork, after, made, verdict_by, work};
use crate::reports::Post;

/// Every kind of decision asks for a second reading.
const ALL: SecondRule = SecondRule {
    clear_percent: 100,
    suspicious: true,
    inconclusive: true,
};

/// A console of kim with one scan, on which `who` decided `word`.
fn decided_by(who: &'static str, word: &str) -> AtWork {
    let mut at = AtWork::of(80, 24);
    at.app.second_rule = ALL;
    let (scan, result) = made("dual", 0);
    at.knows(&scan.path, result);
    at.event(Event::Found(Box::new(Found {
        scan,
        decided: Some(verdict_by(word, who).settled(ALL)),
        rescan_of: None,
        drawn: None,
        question: None,
    })));
    at.event(Event::FolderRead {
        others: 0,
        error: None,
    });
    at
}

fn amend(at: &AtWork) -> &Amend {
    match at.answered.last() {
        Some(Request::Amend { body, .. }) => body,
        other => panic!("no correction: {other:?}"),
    }
}

#[test]
fn one_key_takes_a_decision_back_and_its_form_waits_as_it_was() {
    let mut at = after(
        "grey dual",
        "<cr> o c x right down x d s <space> n 'look' <cr> <cr>",
    );
    at.recorded();
    assert!(at.notice().contains("takes it back"), "{}", at.notice());
    assert!(at.drafts.is_empty());
    at.keys("<backspace>");
    let Amend { of, change, reason } = amend(&at);
    assert_eq!(
        (of.as_str(), reason.as_str()),
        ("suspicious-by-kim", TAKEN_BACK)
    );
    assert_eq!(change.decision, Some(Conclusion::NotAnalysed));
    // Until that is on disk, the decision stands.
    assert!(at.app.queue.rows[0].decided.is_some());
    at.answer_recorded();
    assert!(at.app.queue.rows[0].decided.is_none());
    let form = at.app.desk.form.as_ref().expect("the form is back");
    assert_eq!((form.note.as_str(), form.reasons.len()), ("look", 1));
    assert_eq!((at.app.mode, at.app.desk.marks.len()), (Mode::Decide, 1));
    assert_eq!(at.drafts.len(), 1, "it is kept like any other");
    // What is decided then says which record it follows.
    at.keys("c <cr>");
    assert_eq!(
        at.records[1].1.refers_to.as_deref(),
        Some("suspicious-by-kim")
    );
}

#[test]
fn a_decision_on_another_scan_is_taken_back_too_and_selected() {
    let mut at = after("grey dual", "d c <cr>");
    at.recorded();
    at.keys("j <backspace>");
    at.answer_recorded();
    assert_eq!(at.app.queue.selected, 0);
    assert!(at.app.queue.rows[0].draft);
    let choice = at.app.desk.form.as_ref().and_then(|form| form.choice);
    assert_eq!(choice, Some(Conclusion::Clear), "its form is back");
}

#[test]
fn after_ten_seconds_nothing_is_taken_back() {
    let mut at = after("grey", "d c <cr>");
    at.recorded();
    at.pass(Duration::from_secs(10));
    at.keys("<backspace>");
    assert!(at.answered.is_empty());
    assert!(at.notice().contains("ten seconds"), "{}", at.notice());
    let mut at = after("grey", "<backspace>");
    assert!(at.answered.is_empty(), "nothing was recorded");
    at.keys("d c <cr>");
    at.not_recorded();
    at.keys("<backspace>");
    assert!(at.answered.is_empty(), "nothing was recorded");
}

#[test]
fn a_taking_back_that_fails_leaves_the_decision() {
    let mut at = after("grey", "d c <cr>");
    at.recorded();
    at.keys("<backspace>");
    let token = at.answered[0].token().unwrap();
    let why = Safe::word("the disk is full");
    at.event(Event::NotRecorded { token, why });
    assert!(at.app.queue.rows[0].decided.is_some());
    assert!(at.notice().contains("NOT RECORDED"), "{}", at.notice());
    at.keys("<backspace>");
    at.answer_recorded();
    assert!(at.app.queue.rows[0].decided.is_none(), "tried again");
    assert!(!at.notice().contains("NOT RECORDED"), "{}", at.notice());
}

#[test]
fn a_correction_says_what_changes_and_why() {
    let mut at = decided_by("kim", "clear");
    at.app.second_rule = SecondRule::default();
    at.recalled = Answers {
        decision: Some(Conclusion::Clear),
        note: "as declared".into(),
        confidence: Some(3),
        ..Answers::default()
    };
    at.keys("E");
    assert!(at.screen().contains("Correct:"), "{}", at.screen());
    assert!(at.screen().contains("as declared"));
    at.keys("<cr>");
    assert!(
        at.notice().contains("nothing is changed"),
        "{}",
        at.notice()
    );
    at.keys("s <space> <tab> <space> <cr> 'seal 4711 was missing' <cr>");
    let Amend { of, change, reason } = amend(&at);
    assert_eq!(
        (of.as_str(), reason.as_str()),
        ("clear-by-kim", "seal 4711 was missing")
    );
    let wanted = Change {
        decision: Some(Conclusion::Suspicious),
        reasons: Some(vec!["density-anomaly".into()]),
        controls: Some(vec![10]),
        ..Change::default()
    };
    assert_eq!(*change, wanted);
    at.answer_recorded();
    let verdict = at.app.queue.rows[0].decided.clone().unwrap();
    assert_eq!(
        (verdict.decision.as_str(), verdict.id.as_str()),
        ("suspicious", "clear-by-kim")
    );
    assert!(at.app.desk.form.is_none());
    // Without a reason nothing is recorded, and nothing typed is lost.
    at.recalled.decision = Some(Conclusion::Suspicious);
    at.keys("E c <cr> <cr>");
    assert_eq!(at.answered.len(), 1);
    let choice = at.app.desk.form.as_ref().and_then(|form| form.choice);
    assert_eq!(choice, Some(Conclusion::Clear));
}

#[test]
fn nothing_decided_is_nothing_to_correct() {
    let at = after("grey", "E");
    assert!(at.notice().contains("no decision"), "{}", at.notice());
}

#[test]
fn a_second_reading_is_blind_until_it_is_recorded() {
    let mut at = decided_by("lee", "suspicious");
    let row = &at.app.queue.rows[0];
    assert_eq!(row.state(), State::SecondReading);
    assert_eq!(
        at.app.queue.decided(&at.app.record.analyst),
        0,
        "there is work"
    );
    for keys in ["", "V", "<cr>", "d"] {
        at.keys(keys);
        let screen = at.screen();
        let body: String = screen.lines().take(22).collect();
        // The form has the word as a choice.
        let told = body.contains("lee") || (keys != "d" && body.contains("suspicious"));
        assert!(!told, "{keys}: {screen}");
    }
    assert!(at.screen().contains("Second reading:"), "{}", at.screen());
    at.keys("esc E");
    assert!(
        at.answered.is_empty(),
        "there is nothing to correct before it"
    );
    at.keys("d c <cr>");
    let [Request::Second { body, .. }] = &at.answered[..] else {
        panic!("a second reading")
    };
    assert!(body.blind && body.of == "suspicious-by-lee");
    assert_eq!(body.decision.decision, Conclusion::Clear);
    assert!(!body.decision.views.is_empty());
    let warned = &body.decision.warnings_acknowledged;
    assert!(!warned.contains(&"decided-before".to_owned()));
    at.answer_recorded();
    assert!(
        at.notice()
            .contains("lee came to something else: suspicious"),
        "{}",
        at.notice()
    );
    assert_eq!(at.app.queue.rows[0].state(), State::Arbitration);
    at.keys("esc");
    assert!(at.screen().contains("kim clear") && at.screen().contains("lee suspicious"));
    // Who has read it does not arbitrate: one's own reading can be corrected.
    at.keys("d");
    let kind = &at.app.desk.form.as_ref().unwrap().kind;
    assert!(matches!(kind, FormKind::Amend { of, .. } if of == "clear-by-kim"));
}

#[test]
fn a_second_reading_that_agrees_settles_it() {
    let mut at = decided_by("lee", "clear");
    at.keys("d c <cr>");
    at.answer_recorded();
    assert!(at.notice().contains("the same"), "{}", at.notice());
    assert_eq!(at.app.queue.rows[0].state(), State::Decided);
    // The first decision is known by now: a second reading is corrected, not taken back.
    at.keys("<backspace>");
    assert_eq!(at.answered.len(), 1);
}

#[test]
fn ones_own_decision_is_not_read_again_by_oneself() {
    let at = decided_by("kim", "inconclusive");
    assert_eq!(at.app.queue.rows[0].state(), State::SecondReading);
    assert!(
        at.screen().contains("somebody else is asked"),
        "{}",
        at.screen()
    );
    let me = &at.app.record.analyst;
    assert!(!at.app.queue.rows[0].waits_for(me));
}

#[test]
fn a_third_analyst_arbitrates_with_a_reason() {
    let mut at = decided_by("lee", "suspicious");
    let mut verdict = verdict_by("suspicious", "lee");
    verdict.seconds.push(xamine::app::Reading {
        id: "second-by-ana".into(),
        analyst: Safe::word("ana"),
        decision: "clear".into(),
    });
    at.app.queue.rows[0].decided = Some(verdict.settled(ALL));
    at.keys("d");
    let screen = at.screen();
    assert!(
        screen.contains("Arbitrate:") && screen.contains("ana clear"),
        "{screen}"
    );
    at.keys("s <cr> 'the second plane shows it' <cr>");
    let [Request::Arbitration { body, .. }] = &at.answered[..] else {
        panic!("an arbitration")
    };
    assert_eq!(body.of, ["suspicious-by-lee", "second-by-ana"]);
    assert_eq!(body.decision.decision, Conclusion::Suspicious);
    assert_eq!(body.reason, "the second plane shows it");
    at.answer_recorded();
    let row = &at.app.queue.rows[0];
    assert_eq!(row.state(), State::Decided);
    assert_eq!(row.decided.as_ref().unwrap().decision, "suspicious");
}

#[test]
fn the_next_undecided_is_one_that_waits_for_this_analyst() {
    let mut at = work("grey dual grey");
    at.app.second_rule = ALL;
    at.app.queue.rows[0].decided = Some(verdict_by("clear", "kim").settled(ALL));
    at.app.queue.rows[1].decided = Some(verdict_by("clear", "lee").settled(ALL));
    at.app.queue.rows[2].decided = Some(verdict_by("rescan", "lee").settled(ALL));
    at.keys("j j n");
    assert_eq!(at.app.queue.selected, 1);
}

#[test]
fn a_new_scan_of_a_unit_follows_the_rescan() {
    let mut at = work("grey dual");
    // Both are of one container.
    for row in &mut at.app.queue.rows {
        row.scan.container = Some(Safe::word("MSKU1234565"));
    }
    at.app.queue.rows[0].decided = Some(verdict_by("rescan", "lee"));
    at.keys("j d c");
    assert!(at.screen().contains("asked for again"), "{}", at.screen());
    at.keys("<cr>");
    assert_eq!(at.records[0].1.refers_to.as_deref(), Some("rescan-by-lee"));
    let mut at = work("grey");
    at.app.queue.rows[0].rescan_of = Some("earlier".into());
    at.keys("d c <cr>");
    assert_eq!(at.records[0].1.refers_to.as_deref(), Some("earlier"));
    let at = after("grey dual", "d c <cr>");
    assert_eq!(at.records[0].1.refers_to, None);
}

#[test]
fn the_log_is_read_as_it_was_answered() {
    let folder = tempfile::tempdir().unwrap();
    let scan = |n: u8| ScanBlock {
        scan_id: format!("{n:064}"),
        container: Some("MSKU1234565".into()),
        kind: "dual-energy".into(),
        ..ScanBlock::default()
    };
    let decision = |n, conclusion| Decision::new(scan(n), conclusion);
    let lee = Post::of(folder.path(), "lee");
    let first = lee.decide(decision(1, Conclusion::Suspicious));
    let taken = lee.decide(decision(2, Conclusion::Clear));
    let again = lee.decide(decision(3, Conclusion::Rescan));
    lee.record(|token| Request::Amend {
        token,
        body: Amend {
            of: taken,
            change: Change {
                decision: Some(Conclusion::NotAnalysed),
                ..Change::default()
            },
            reason: TAKEN_BACK.into(),
        },
    });
    drop(lee);
    let ana = Post::of(folder.path(), "ana");
    let second = ana.record(|token| Request::Second {
        token,
        body: Box::new(Second {
            of: first.clone(),
            blind: true,
            decision: decision(1, Conclusion::Clear),
        }),
    });
    drop(ana);
    let decided = history(folder.path()).unwrap();
    assert!(decided.by_scan_id(&scan(2).scan_id).is_none(), "taken back");
    let entry = decided.by_scan_id(&scan(1).scan_id).unwrap();
    assert_eq!(entry.standing(ALL), Standing::Disagreed);
    let reading = &entry.seconds[0];
    assert_eq!((&reading.id, &*reading.analyst), (&second, "ana"));
    let (mut new, _) = made("grey", 0);
    assert_eq!(decided.rescan_of(&new), None, "another unit");
    new.container = Some(Safe::word("MSKU1234565"));
    assert_eq!(decided.rescan_of(&new), Some(&*again));
    let kim = Post::of(folder.path(), "kim");
    kim.record(|token| Request::Arbitration {
        token,
        body: Box::new(Arbitration {
            of: vec![first, second],
            reason: "seen twice".into(),
            decision: Decision::new(ScanBlock::default(), Conclusion::Clear),
        }),
    });
    drop(kim);
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id(&scan(1).scan_id).unwrap();
    assert_eq!((entry.effective(), &*entry.word), ("clear", "suspicious"));
    assert_eq!(entry.standing(ALL), Standing::Settled);
}

#[test]
fn the_log_pane_keeps_what_a_second_reader_must_not_know() {
    let mut case = LoggedCase {
        id: "suspicious-by-lee".into(),
        decision: "suspicious".into(),
        analyst: Safe::word("lee"),
        facts: vec![(Safe::word("note"), Safe::word("behind the door"))],
        ..LoggedCase::default()
    };
    case.hide();
    let mut at = decided_by("lee", "suspicious");
    at.keys("C");
    let read = LogRead {
        cases: vec![case],
        all: 1,
        ..LogRead::default()
    };
    at.event(Event::LogRead {
        analyst: Safe::word("kim"),
        result: Ok(Box::new(read)),
    });
    let screen = at.screen();
    for word in ["suspicious", "lee", "door"] {
        assert!(!screen.contains(word), "{word}: {screen}");
    }
    let before = at.asked.len();
    at.keys("r x");
    assert_eq!(at.asked.len(), before, "neither replayed nor exported");
    assert!(at.notice().contains("second reading"), "{}", at.notice());
}

#[test]
fn a_question_from_another_post_makes_a_second_reading() {
    let mut at = work("grey");
    at.app.queue.rows[0].question = Some(Question {
        of: "there".into(),
        text: Safe::word("behind the third row?"),
    });
    let screen = at.screen().replace('\n', " ");
    assert!(screen.contains("another post asks"), "{screen}");
    at.keys("d");
    let screen = at.screen();
    assert!(
        screen.contains("Second reading:") && screen.contains("third row?"),
        "{screen}"
    );
    at.keys("s <space> <cr>");
    let [Request::Second { body, .. }] = &at.answered[..] else {
        panic!("a second reading")
    };
    assert_eq!((body.of.as_str(), body.blind), ("there", true));
    at.answer_recorded();
    let row = &at.app.queue.rows[0];
    assert_eq!(row.decided.as_ref().unwrap().decision, "suspicious");
    assert!(at.notice().starts_with("RECORDED"), "{}", at.notice());
}

#[test]
fn a_decision_recorded_meanwhile_is_not_the_one_that_is_taken_back() {
    let mut at = after("grey dual", "d c <cr>");
    at.recorded();
    at.keys("<backspace> <backspace>");
    assert_eq!(at.answered.len(), 1, "one key, one correction");
    // The next scan is decided before the log has answered.
    at.keys("j d s <space> <cr>");
    at.recorded();
    at.answer_recorded();
    let rows = &at.app.queue.rows;
    assert!(rows[0].decided.is_none() && rows[0].draft);
    assert_eq!(rows[1].decided.as_ref().unwrap().decision, "suspicious");
    let form = at.app.desk.form.as_ref().expect("the first form is back");
    assert_eq!(form.refers_to.as_deref(), Some("clear-by-kim"));
}

#[test]
fn an_unfinished_answer_that_says_the_same_is_not_lost_when_the_folder_is_read_again() {
    let again = |at: &mut AtWork, who, word| {
        let (scan, _) = made("dual", 0);
        at.event(Event::Found(Box::new(Found {
            scan,
            decided: Some(verdict_by(word, who).settled(ALL)),
            rescan_of: None,
            drawn: None,
            question: None,
        })));
    };
    let mut at = decided_by("lee", "clear");
    at.keys("d c");
    again(&mut at, "lee", "clear");
    assert_eq!(at.drafts.len(), 1, "its going would tell what lee decided");
    let mut at = decided_by("kim", "clear");
    at.recalled.decision = Some(Conclusion::Clear);
    at.keys("E n 'seal missing' <cr>");
    again(&mut at, "kim", "clear");
    assert_eq!(at.drafts.len(), 1, "a correction of the note alone");
}

#[test]
fn what_somebody_decided_is_never_taken_away_by_a_later_decision() {
    let mut at = decided_by("lee", "suspicious");
    at.app.second_rule = SecondRule::default();
    let verdict = verdict_by("suspicious", "lee").settled(SecondRule::default());
    at.app.queue.rows[0].decided = Some(verdict);
    at.keys("E");
    assert!(at.answered.is_empty() && at.app.desk.form.is_none());
    assert!(at.notice().contains("lee decided"), "{}", at.notice());
    at.keys("d");
    let screen = at.screen();
    assert!(
        screen.contains("Second reading:") && screen.contains("lee suspicious"),
        "{screen}"
    );
    at.keys("c <cr>");
    let [Request::Second { body, .. }] = &at.answered[..] else {
        panic!("a reading beside the first")
    };
    assert_eq!(
        (body.of.as_str(), body.blind),
        ("suspicious-by-lee", false),
        "who saw the first is not blind"
    );
    let warned = &body.decision.warnings_acknowledged;
    assert!(warned.contains(&"decided-before".to_owned()));
    at.answer_recorded();
    assert_eq!(at.app.queue.rows[0].state(), State::Arbitration);
}

#[test]
fn a_scan_that_was_not_analysed_is_simply_decided() {
    let mut at = decided_by("lee", "not-analysed");
    at.keys("d c <cr>");
    assert_eq!(at.records.len(), 1);
    at.recorded();
    let row = &at.app.queue.rows[0];
    assert_eq!(row.decided.as_ref().unwrap().analyst.as_str(), "kim");
}

#[test]
fn a_form_that_was_begun_before_somebody_decided_is_looked_at_again() {
    let mut at = work("dual");
    at.keys("d c");
    at.app.queue.rows[0].decided = Some(verdict_by("suspicious", "lee"));
    at.keys("<cr>");
    assert!(at.records.is_empty() && at.answered.is_empty());
    assert!(at.notice().contains("meanwhile"), "{}", at.notice());
    at.keys("<cr>");
    assert!(matches!(&at.answered[..], [Request::Second { .. }]));
}

#[test]
fn an_unfinished_form_is_its_analysts_own() {
    let mut at = work("grey dual");
    at.keys("d s n 'behind the door' <cr> esc j g h 'lee' <cr>");
    assert_eq!(at.app.record.analyst.as_str(), "lee");
    assert!(!at.app.queue.rows[0].draft, "it is kim's");
    at.keys("k d");
    let note = |at: &AtWork| at.app.desk.form.as_ref().map(|form| form.note.clone());
    assert_eq!(note(&at).as_deref(), Some(""), "lee begins anew");
    at.keys("c <cr>");
    at.recorded();
    at.keys("esc j g h 'kim' <cr>");
    assert!(at.app.queue.rows[0].draft);
    at.keys("k");
    assert_eq!(note(&at).as_deref(), Some("behind the door"));
}

#[test]
fn a_correction_begins_with_the_regions_of_the_record() {
    let region = |x| xamine::app::Mark {
        outline: xamine::radiograph::Outline::Rectangle(xamine::radiograph::Region {
            x,
            y: 4,
            width: 8,
            height: 8,
        }),
        label: format!("at {x}"),
        view: String::new(),
    };
    let mut at = decided_by("kim", "suspicious");
    at.recalled = Answers {
        decision: Some(Conclusion::Suspicious),
        reasons: vec!["density-anomaly".into()],
        regions: vec![region(4), region(20)],
        ..Answers::default()
    };
    at.keys("E");
    assert_eq!(at.app.desk.marks.len(), 2);
    assert!(at.drafts.is_empty(), "nothing was changed yet");
    at.keys("<cr>");
    assert!(at.notice().contains("nothing is changed"));
    // One of them was wrong: it alone goes.
    at.app.desk.marks.remove(1);
    at.keys("<cr> 'a shadow' <cr>");
    let regions = amend(&at).change.regions.as_ref().expect("the regions");
    assert_eq!(regions.len(), 1);
    assert_eq!(regions[0].label, "at 4");
    // Given up, they do not stay on the desk.
    let mut at = decided_by("kim", "suspicious");
    at.recalled.regions = vec![region(4)];
    at.keys("E D");
    let left = (at.app.desk.form.is_none(), at.app.desk.marks.len());
    assert_eq!(left, (true, 0));
}

#[test]
fn deciding_anew_draws_no_new_lot() {
    let rule = SecondRule {
        clear_percent: 50,
        ..SecondRule::default()
    };
    let mut at = work("grey");
    at.app.second_rule = rule;
    let verdict =
        |id: &str| xamine::app::Verdict::first("clear", Safe::word("now"), Safe::word("kim"), id);
    let (drawn, spared) = ("00000000aa", "ffffffffaa");
    at.keys("d c <cr>");
    let token = at.records[0].0;
    at.event(Event::Recorded {
        token,
        verdict: verdict(drawn),
    });
    assert_eq!(at.app.queue.rows[0].state(), State::SecondReading);
    at.keys("<backspace>");
    at.answer_recorded();
    at.keys("c <cr>");
    let token = at.records[1].0;
    at.event(Event::Recorded {
        token,
        verdict: verdict(spared),
    });
    assert_eq!(
        at.app.queue.rows[0].state(),
        State::SecondReading,
        "the lot of the first decision holds"
    );
}

/// A decision on scan `n`.
fn decision_on(n: u8, conclusion: Conclusion) -> Decision {
    Decision::new(
        ScanBlock {
            scan_id: format!("{n:064}"),
            container: Some("MSKU1234565".into()),
            kind: "dual-energy".into(),
            ..ScanBlock::default()
        },
        conclusion,
    )
}

/// Corrects the conclusion of a record, or takes it back.
fn correct(post: &Post, of: &str, conclusion: Conclusion, reason: &str) {
    post.record(|token| Request::Amend {
        token,
        body: Amend {
            of: of.into(),
            change: Change {
                decision: Some(conclusion),
                ..Change::default()
            },
            reason: reason.into(),
        },
    });
}

#[test]
fn the_log_never_forgets_a_reading_for_a_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let lee = Post::of(folder.path(), "lee");
    let first = lee.decide(decision_on(1, Conclusion::Suspicious));
    let taken = lee.decide(decision_on(2, Conclusion::Clear));
    correct(&lee, &taken, Conclusion::NotAnalysed, TAKEN_BACK);
    lee.decide(decision_on(2, Conclusion::Inconclusive));
    lee.decide(decision_on(3, Conclusion::NotAnalysed));
    drop(lee);
    let kim = Post::of(folder.path(), "kim");
    kim.decide(decision_on(1, Conclusion::Clear));
    kim.decide(decision_on(3, Conclusion::Clear));
    drop(kim);
    let entry = |n: u8| {
        let decided = history(folder.path()).unwrap();
        decided.by_scan_id(&format!("{n:064}")).cloned().unwrap()
    };
    let both = entry(1);
    assert_eq!(
        (both.id.as_str(), &*both.word),
        (first.as_str(), "suspicious")
    );
    assert_eq!(both.seconds[0].word, "clear");
    assert_eq!(both.standing(SecondRule::default()), Standing::Disagreed);
    let anew = entry(2);
    assert_eq!(anew.word, "inconclusive", "what came after a taking back");
    assert_eq!(anew.drawn, taken, "the lot of the first decision");
    let said = entry(3);
    assert_eq!((&*said.word, &*said.analyst), ("clear", "kim"));
    assert!(said.seconds.is_empty(), "nothing was said before");
}

#[test]
fn the_post_that_answers_a_question_keeps_its_answer() {
    let folder = tempfile::tempdir().unwrap();
    let ana = Post::of(folder.path(), "ana");
    let answer = |of: &str, conclusion| Second {
        of: of.into(),
        blind: true,
        decision: decision_on(1, conclusion),
    };
    let body = Box::new(answer("elsewhere", Conclusion::Inconclusive));
    let id = ana.record(|token| Request::Second { token, body });
    drop(ana);
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id(&format!("{:064}", 1)).unwrap();
    assert_eq!((&*entry.word, &*entry.analyst), ("inconclusive", "ana"));
    assert_eq!(
        entry.standing(ALL),
        Standing::Settled,
        "it is the second one"
    );
    let cases = xamine::report::gather(folder.path()).unwrap();
    assert_eq!(cases.state().orphans, 0);
    let case = cases.find(&id).unwrap().expect("a case of its own");
    assert_eq!(case.effective().decision, "inconclusive");
}

#[test]
fn a_second_reading_that_was_taken_back_counts_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let lee = Post::of(folder.path(), "lee");
    let first = lee.decide(decision_on(1, Conclusion::Suspicious));
    drop(lee);
    let ana = Post::of(folder.path(), "ana");
    let body = Box::new(Second {
        of: first.clone(),
        blind: true,
        decision: decision_on(1, Conclusion::Clear),
    });
    let second = ana.record(|token| Request::Second { token, body });
    correct(&ana, &second, Conclusion::NotAnalysed, TAKEN_BACK);
    drop(ana);
    let decided = history(folder.path()).unwrap();
    let entry = decided.by_scan_id(&format!("{:064}", 1)).unwrap();
    assert_eq!(entry.standing(ALL), Standing::SecondAsked);
    let cases = xamine::report::gather(folder.path()).unwrap();
    let case = cases.find(&first).unwrap().unwrap();
    assert_eq!(case.effective().standing, xamine::report::Standing::Single);
    assert_eq!(case.second_readings().count(), 0);
    assert_eq!(case.seconds.len(), 1, "it is shown all the same");
}

#[test]
fn an_arbitration_is_the_arbitrators_with_what_was_marked() {
    let folder = tempfile::tempdir().unwrap();
    let lee = Post::of(folder.path(), "lee");
    let mut clear = decision_on(1, Conclusion::Clear);
    clear.note = "as declared".into();
    let first = lee.decide(clear);
    drop(lee);
    let ana = Post::of(folder.path(), "ana");
    let mut decision = decision_on(1, Conclusion::Suspicious);
    decision.reasons = vec!["organic-mass".into()];
    decision.note = "behind the door".into();
    let body = Box::new(Second {
        of: first.clone(),
        blind: true,
        decision,
    });
    let second = ana.record(|token| Request::Second { token, body });
    drop(ana);
    let kim = Post::of(folder.path(), "kim");
    let mut decision = decision_on(1, Conclusion::Suspicious);
    decision.controls = vec![40];
    let body = Box::new(Arbitration {
        of: vec![first.clone(), second],
        reason: "the second plane shows it".into(),
        decision,
    });
    kim.record(|token| Request::Arbitration { token, body });
    drop(kim);
    let cases = xamine::report::gather(folder.path()).unwrap();
    let now = cases.find(&first).unwrap().unwrap().effective();
    assert_eq!((&*now.decision, &*now.analyst), ("suspicious", "kim"));
    assert_eq!(now.reasons, ["organic-mass"], "of who came to the same");
    assert_eq!(
        (&*now.note, &now.controls[..]),
        ("behind the door", &[40][..])
    );
}

#[test]
fn a_request_to_scan_again_is_linked_until_a_decision_follows_it() {
    let folder = tempfile::tempdir().unwrap();
    let lee = Post::of(folder.path(), "lee");
    let first = lee.decide(decision_on(1, Conclusion::Clear));
    let (mut new, _) = made("grey", 0);
    new.container = Some(Safe::word("MSKU1234565"));
    let asked = || {
        history(folder.path())
            .unwrap()
            .rescan_of(&new)
            .map(str::to_owned)
    };
    assert_eq!(asked(), None);
    correct(&lee, &first, Conclusion::Rescan, "too dark");
    assert_eq!(asked(), Some(first.clone()), "a correction asks too");
    let mut next = decision_on(2, Conclusion::Clear);
    next.refers_to = Some(first);
    lee.decide(next);
    assert_eq!(asked(), None, "it was made again");
}

#[test]
fn a_region_lies_on_the_view_that_it_was_marked_on() {
    let mut at = work("views");
    at.keys("<cr> o c x right down x");
    assert_eq!(at.app.overlay().marks.len(), 1);
    // The same place of the other view is another place.
    at.keys("v");
    assert_eq!(at.view().view, "top");
    let screen = at.screen();
    assert!(screen.contains("top (2 of 2)"), "{screen}");
    assert!(at.app.overlay().marks.is_empty());
    at.keys("x right right down x d s <space> <cr>");
    let regions = &at.records[0].1.regions;
    let named: Vec<Option<&str>> = regions.iter().map(|one| one.view.as_deref()).collect();
    assert_eq!(named, [Some("main"), Some("top")]);
    // Each is measured where it lies: the other view is twice as bright, its pixels smaller.
    let mean = |region: usize| regions[region].stats.values().next().unwrap().mean;
    assert!(mean(1) > 1.9 * mean(0), "{} {}", mean(0), mean(1));
    assert_eq!(regions[0].mm, Some([10.0, 10.0]));
    assert_eq!(regions[1].mm.unwrap()[1], 4.0);
    // Keys go from mark to mark, to the view of each.
    let mut at = work("views");
    at.keys("<cr> o c x right down x v <space>");
    assert_eq!(
        (at.view().view.as_str(), at.app.mode),
        ("main", Mode::Region)
    );
    let at = after("grey", "<cr> o c x right down x d s <space> <cr>");
    assert_eq!(at.records[0].1.regions[0].view, None, "there is only one");
}
