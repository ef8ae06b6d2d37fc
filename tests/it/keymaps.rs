//! Key files, valid and invalid, with the expected messages.
//!
//! `tests/keymaps/valid` must load without an error, `tests/keymaps/invalid` must give exactly the
//! problems of the `.txt` beside each. `UPDATE=1` rewrites the kept texts.

use proptest::prelude::*;
use xamine::app::Mode;
use xamine::cli::keys::{names, reference_page};
use xamine::command;
use xamine::keymap::{
    BUILT_IN, Chord, Keymap, Names, Step, Value, built_in, help_rows, load, palette,
};
use xamine::text::Safe;

use crate::kept::{folder, matches_kept, root};

fn press(map: &Keymap, mode: Mode, chord: &str) -> Vec<String> {
    match map.press(mode, &Chord::parse(chord).unwrap().0) {
        Step::Run(bounds) => bounds.iter().map(xamine::keymap::Bound::line).collect(),
        Step::Pending(_) => vec!["…".into()],
        Step::None => vec![],
    }
}

fn is(map: &Keymap, mode: Mode, chord: &str, line: &str) {
    assert_eq!(press(map, mode, chord), [line], "{chord} in {mode:?}");
}

#[test]
fn built_in_maps_are_sound() {
    for (name, text) in BUILT_IN {
        assert_eq!(load(text, &names()).problems, [], "{name}");
    }
}

#[test]
fn the_default_map_has_the_keys_that_officers_learn() {
    use Mode::{Browse, Decide, Help, Inspect, Prompt};
    let map = built_in(&names());
    for (mode, keys) in [
        (
            Browse,
            "j:next_scan down:next_scan k:previous_scan up:previous_scan home:first_scan \
             G:last_scan end:last_scan enter:inspect_scan right:inspect_scan tab:inspect_scan \
             /:find_scan n:next_undecided",
        ),
        (
            Inspect,
            "tab:leave h:move_crosshair_left up:move_crosshair_up H:pan_left \
             shift-right:pan_right x:mark_corner X:remove_mark n:next_undecided",
        ),
        (
            Decide,
            "c:choose_clear s:choose_suspicious i:choose_inconclusive r:choose_rescan \
             a:choose_not_analysed enter:confirm_decision n:edit_note m:mark_region \
             space:toggle_row up:scroll_up down:scroll_down q:leave",
        ),
        (Prompt, "enter:accept esc:leave ctrl-c:leave"),
        (Help, "j:scroll_down q:leave ?:leave esc:leave ctrl-c:quit"),
    ] {
        for pair in keys.split_whitespace() {
            let (chord, line) = pair.split_once(':').unwrap();
            is(&map, mode, chord, line);
        }
    }
    for mode in [Browse, Inspect] {
        for pair in "+:zoom_in =:zoom_in -:zoom_out f:zoom_fit o:zoom_one_to_one \
                     m:toggle_material p:next_palette P:next_plane a:window_auto ]:raise_centre \
                     [:lower_centre }:widen_window {:narrow_window u:undo U:redo ctrl-r:redo \
                     d:open_decision ?:help f1:help q:quit ctrl-z:suspend ctrl-l:redraw \
                     Q:toggle_queue I:toggle_inspector F:toggle_panes f11:toggle_panes \
                     ctrl-p:open_palette esc:leave ctrl-c:quit"
            .split_whitespace()
        {
            let (chord, line) = pair.split_once(':').unwrap();
            is(&map, mode, chord, line);
        }
        is(&map, mode, ":", "open_palette");
        is(&map, mode, "g g", "first_scan");
        is(&map, mode, "i", "toggle_filter invert");
        is(&map, mode, "t l", "toggle_filter log");
        is(&map, mode, "alt-]", "raise_centre 1");
        is(&map, mode, "3", "apply_preset 3");
    }
    is(&map, Decide, "5", "set_confidence 5");
    assert_eq!(press(&map, Prompt, "q"), [""; 0], "text of the prompt");
}

#[test]
fn every_command_is_within_reach_in_both_maps() {
    for (name, text) in BUILT_IN {
        let map = load(text, &names()).keymap;
        for command in command::all() {
            let bound = Mode::ALL.iter().any(|mode| {
                map.chords(*mode)
                    .iter()
                    .any(|(_, bounds)| bounds.iter().any(|b| b.command.name == command.name))
            });
            assert!(bound, "no key runs '{}' in {name}", command.name);
        }
    }
}

#[test]
fn the_left_hand_never_leaves_its_half() {
    let half = "`12345qwertasdfgzxcvb`QWERTASDFGZXCVB";
    let reachable = |chord: &Safe| {
        chord.as_str().split(' ').all(|key| {
            let last = key.rsplit('-').next().unwrap();
            ["esc", "tab", "space", "f1", "f2", "f3", "f4", "f5"].contains(&last)
                || (last.chars().count() == 1 && half.contains(last))
        })
    };
    let map = load(BUILT_IN[1].1, &names()).keymap;
    let mut rows = 0;
    for mode in Mode::ALL {
        for row in help_rows(&map, mode) {
            rows += 1;
            let within = row.chords.is_empty() || row.chords.iter().any(reachable);
            assert!(within, "{} in {mode:?}: {:?}", row.line, row.chords);
        }
    }
    assert!(rows > 150, "{rows} rows were looked at");
}

#[test]
fn an_unfinished_chord_lists_what_may_follow() {
    let map = built_in(&names());
    let pending = Chord::parse("t").unwrap().0;
    let Step::Pending(rows) = map.press(Mode::Browse, &pending) else {
        panic!("'t' must wait");
    };
    assert_eq!(map.label(&pending).as_str(), "filters …");
    let log = rows.iter().find(|row| row.key.as_str() == "l").unwrap();
    assert!(log.doc.as_str().starts_with("log: Shows attenuation"));
    assert_eq!(log.bounds[0].value, Value::Text("log".into()));
    // A key that leads nowhere ends the chord, and Ctrl-C quits in the middle of one.
    assert_eq!(press(&map, Mode::Browse, "t j"), [""; 0]);
    is(&map, Mode::Browse, "t ctrl-c", "quit");
    assert_eq!(press(&map, Mode::Browse, "t esc"), [""; 0]);
}

#[test]
fn valid_files_load() {
    let files = folder("tests/keymaps/valid", "toml");
    assert_eq!(files.len(), 3);
    for (path, text) in files {
        let loaded = load(&text, &names());
        assert_eq!(loaded.problems, [], "{}", path.display());
    }
}

#[test]
fn a_file_lies_over_the_default_map() {
    let text = std::fs::read_to_string(root("tests/keymaps/valid/overlay.toml")).unwrap();
    let map = load(&text, &names()).keymap;
    is(&map, Mode::Inspect, "z o", "zoom_one_to_one");
    assert_eq!(
        press(&map, Mode::Inspect, "ctrl-f"),
        ["window_auto", "zoom_fit"]
    );
    assert_eq!(press(&map, Mode::Browse, "Q"), [""; 0], "freed");
    is(&map, Mode::Browse, "g", "first_scan");
    is(&map, Mode::Inspect, "g g", "first_scan");
    is(&map, Mode::Browse, "j", "next_scan");
    let chord = Chord::parse("z").unwrap();
    assert_eq!(map.label(&chord.0).as_str(), "zoom …");
}

#[test]
fn invalid_files_give_every_problem_and_the_default_map_serves() {
    let files = folder("tests/keymaps/invalid", "toml");
    assert_eq!(files.len(), 10);
    let default = built_in(&names());
    for (path, text) in files {
        let loaded = load(&text, &names());
        assert!(!loaded.is_served(), "{}", path.display());
        assert_eq!(loaded.keymap, default, "{}", path.display());
        let file = Safe::word("file");
        let told: String = loaded
            .problems
            .iter()
            .flat_map(|problem| [problem.sentence(&file).to_string(), "\n".into()])
            .collect();
        matches_kept(&path.with_extension("txt"), &told);
    }
}

#[test]
fn the_key_reference_is_up_to_date() {
    matches_kept(&root("keymaps/README.md"), &reference_page().unwrap());
}

#[test]
fn the_palette_finds_commands_by_a_few_letters() {
    let rows = palette::rows(&built_in(&names()), Mode::Inspect);
    let best = |query: &str| rows[palette::matches(query, &rows)[0]].command.name;
    assert_eq!(best("zoom fit"), "zoom_fit");
    assert_eq!(best("mat"), "toggle_material");
    assert_eq!(best("undecided"), "next_undecided");
    assert_eq!(best("crossh lef"), "move_crosshair_left");
    assert_eq!(palette::matches("", &rows).len(), rows.len());
    assert!(palette::matches("qqqzzz", &rows).is_empty());
    let fit = rows.iter().find(|row| row.command.name == "zoom_fit");
    assert_eq!(
        fit.unwrap().chord.as_ref().map(Safe::as_str),
        Some("f"),
        "the handiest chord"
    );
}

#[test]
fn help_tells_the_commands_that_have_no_key() {
    let text = "inherit = false\n[all]\n\"q\" = \"quit\"\n\"?\" = \"help\"\n\"esc\" = \"leave\"\n\
                [prompt]\n\"esc\" = \"leave\"\n";
    let loaded = load(text, &names());
    assert_eq!(loaded.problems, []);
    let rows = help_rows(&loaded.keymap, Mode::Browse);
    let row = rows.iter().find(|row| row.name == "next_scan").unwrap();
    assert!(row.chords.is_empty());
    assert_eq!(row.argument.as_str(), "1 to 1000 scans");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "(\\[(all|browse|prefix)\\]\n|\"[a-z ?-]{0,9}\" = (\"[a-z_ 0-9]{0,12}\"|\\[\\]|3)\n|.{0,9}\n){0,9}") {
        let loaded = load(&text, &Names::default());
        for problem in loaded.problems {
            prop_assert!(problem.line >= 1 && problem.column >= 1);
        }
    }

    #[test]
    fn what_prints_reads_back(words in proptest::collection::vec("(ctrl-)?(alt-)?([a-z]|f[1-9]|tab|space|up|page-down|é|-|\\+)", 1..4)) {
        let chord = Chord::parse(&words.join(" ")).unwrap();
        prop_assert_eq!(Chord::parse(&chord.to_string()).unwrap(), chord);
    }
}
