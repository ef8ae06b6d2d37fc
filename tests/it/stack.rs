//! The stack of filters edited by keys, and presets of one's own: keys to state, files to presets.

use std::path::Path;

use xamine::app::{Event, Mode};
use xamine::cancel::Cancel;
use xamine::config::Places;
use xamine::filter::{FilterUse, at_work};
use xamine::keymap::{Bound, load, source};
use xamine::radiograph::Size;
use xamine::store::{PresetFolders, parse_presets, written_preset};
use xamine::text::Safe;
use xamine::view::{Preset, View, picture};

use crate::app_at_work::{AtWork, after, work};
use crate::command_line::xamine;

/// Scans, keys, mode and row and picture.
const STATES: &[(&str, &str, &str)] = &[
    // opened and closed
    ("grey", "S", "stack 0 grey"),
    ("grey", "S S", "browse 0 grey"),
    ("grey", "<cr> S q", "inspect 0 grey"),
    ("grey", "<cr> S esc", "inspect 0 grey"),
    ("grey", "S d", "decide 0 grey"),
    ("grey", "S d esc", "stack 0 grey"),
    ("grey", "S ? ?", "stack 0 grey"),
    // added behind the selected one, which is the last one first
    ("grey", "S a 'gamma' <cr>", "stack 0 grey gamma"),
    (
        "grey",
        "t l S a 'edge' <cr> a 'gamma=2' <cr>",
        "stack 0 grey log+edge+gamma=2",
    ),
    (
        "grey",
        "t l t e S k a 'gamma' <cr>",
        "stack 0 grey log+gamma+edge",
    ),
    // completed from the table
    ("grey", "S a 'gam' <cr>", "stack 0 grey gamma"),
    ("grey", "S a 'gam=2' <cr>", "stack 0 grey gamma=2"),
    ("grey", "S a 'edge' down <cr> u", "stack 0 grey"),
    ("grey", "S a <cr>", "stack 0 grey"),
    ("grey", "S a down <cr>", "stack 0 grey log"),
    ("grey", "S a 'zzz' <cr>", "stack 0 grey"),
    ("grey", "S a 'gamma=99' <cr>", "stack 0 grey"),
    // bypassed
    ("grey", "t l t e S space", "stack 0 grey log+~edge"),
    ("grey", "t l t e S space space", "stack 0 grey log+edge"),
    (
        "grey",
        "t l t e S k space j space",
        "stack 0 grey ~log+~edge",
    ),
    ("grey", "t l S space q t l", "browse 0 grey log"),
    // removed
    ("grey", "t l t e t g S k x", "stack 0 grey log+gamma"),
    ("grey", "t l t e S x x", "stack 0 grey"),
    ("grey", "t l t e S X", "stack 0 grey"),
    // moved, the selection with it
    ("grey", "t l t e t g S K", "stack 0 grey log+gamma+edge"),
    ("grey", "t l t e t g S K K K", "stack 0 grey gamma+log+edge"),
    ("grey", "t l t e t g S K K J", "stack 0 grey log+gamma+edge"),
    ("grey", "t l t e t g S J", "stack 0 grey log+edge+gamma"),
    ("grey", "t l t e t g S K x", "stack 0 grey log+edge"),
    // stepped: coarse, fine, by number, and no further than the range
    ("grey", "t g S +", "stack 0 grey gamma=1.9"),
    ("grey", "t g S + -", "stack 0 grey gamma=1.8"),
    ("grey", "t g S alt-+ alt-+", "stack 0 grey gamma=1.82"),
    ("grey", "t g S - - alt--", "stack 0 grey gamma=1.59"),
    (
        "grey",
        "t g S + + + + + + + + + + + + + + + + + + + + + + + + + + + + + + + + + +",
        "stack 0 grey gamma=5",
    ),
    ("grey", "t e S + l +", "stack 0 grey edge=1.6,1.6"),
    ("grey", "t e S l l l h +", "stack 0 grey edge=1.6,1.5"),
    ("grey", "t c S +", "stack 0 grey local-contrast=26,6"),
    ("grey", "t d S l + +", "stack 0 grey density-band=0,0.12"),
    (
        "blind",
        "t d S + +",
        "stack 0 grey density-band=1000,6553.5",
    ),
    (
        "grey",
        "t l t d S + +",
        "stack 0 grey log+density-band=20.825,2.302585",
    ),
    (
        "grey",
        "t g S <cr> ctrl-u '2.5' <cr>",
        "stack 0 grey gamma=2.5",
    ),
    ("grey", "t g S <cr> esc", "stack 0 grey gamma"),
    ("grey", "t g S <cr> ctrl-u '77' <cr>", "stack 0 grey gamma"),
    ("grey", "t g S <cr> ctrl-u 'x' <cr>", "stack 0 grey gamma"),
    ("grey", "t l S +", "stack 0 grey log"),
    // undone with the view
    ("grey", "t g S + + u", "stack 0 grey gamma=1.9"),
    ("grey", "t g S x u", "stack 0 grey gamma"),
    ("grey", "t g t e S K u", "stack 0 grey gamma+edge"),
    ("grey", "t g S space u U", "stack 0 grey ~gamma"),
    // while it is open the picture is looked at as ever
    ("grey grey", "S i .", "stack 1 grey invert"),
    ("dual", "t o S space", "stack 0 high ~organic-only"),
    ("grey", "x", "browse 0 grey"),
];

#[test]
fn keys_edit_the_stack() {
    for (scans, keys, state) in STATES {
        assert_eq!(after(scans, keys).state(), *state, "{scans}: {keys}");
    }
}

#[test]
fn what_cannot_be_done_to_the_stack_says_why() {
    for (scans, keys, words) in [
        ("grey", "S x", "no filter is in the stack"),
        ("grey", "t l S +", "takes no argument"),
        ("grey", "t l S <cr>", "takes no argument"),
        ("grey", "t g S <cr> ctrl-u '77' <cr>", "0.1"),
        ("grey", "t g S <cr> ctrl-u 'x' <cr>", "'x'"),
        ("grey", "S a 'zzz' <cr>", "'zzz'"),
        ("broken", "S", "no picture"),
    ] {
        let at = after(scans, keys);
        assert!(at.notice().contains(words), "{keys}: {}", at.notice());
    }
}

/// The picture that a view makes, and all that belongs to it.
fn shown(at: &AtWork, view: &View) -> String {
    let radiograph = at.app.desk.radiograph().unwrap();
    let size = Size {
        width: 30,
        height: 20,
    };
    // As text, in which what has no value equals itself.
    format!(
        "{:?}",
        picture(radiograph, view, size, &Cancel::never()).unwrap()
    )
}

#[test]
fn a_bypassed_filter_does_nothing_anywhere() {
    let at = after("dual", "m");
    let radiograph = at.app.desk.radiograph().unwrap();
    let texts = [
        "invert",
        "log",
        "gamma=3",
        "density-band=0.1,0.2",
        "smooth=4",
        "edge=3",
        "local-contrast",
        "organic-only",
        "z-band=20,30",
        "high-z-alert",
        "peel=0.5,0.6",
    ];
    for display in ["grey", "material"] {
        let display = xamine::view::Display::parse(display).unwrap();
        let plain = at.view().with_display(radiograph, display, None).unwrap();
        for text in texts {
            let used: FilterUse = text.parse().unwrap();
            let off = FilterUse {
                bypassed: true,
                ..used.clone()
            };
            let view = plain.with_filters(radiograph, vec![off], None).unwrap();
            assert_eq!(view.window, plain.window, "{text}");
            assert_eq!(
                view.auto(radiograph, None).unwrap(),
                plain.auto(radiograph, None).unwrap()
            );
            assert!(shown(&at, &view) == shown(&at, &plain), "{text}");
            let on = plain.with_filters(radiograph, vec![used], None).unwrap();
            assert!(shown(&at, &on) != shown(&at, &plain), "{text}");
        }
    }
    // What two energies are needed for is not needed while it is off.
    let single = after("grey", "");
    let radiograph = single.app.desk.radiograph().unwrap();
    let strip: FilterUse = "~organic-only".parse().unwrap();
    assert_eq!(at_work(std::slice::from_ref(&strip)).count(), 0);
    single
        .view()
        .with_filters(radiograph, vec![strip], None)
        .unwrap();
}

#[test]
fn previews_say_so_until_every_pixel_is_seen() {
    let wide = |at: &AtWork| at.screen().lines().nth(22).unwrap().to_owned();
    for (filter, says) in [
        ("t c", true),
        ("t s", false),
        ("t e", false),
        ("t l", false),
    ] {
        // 64 x 48 pixels do not fit into 44 x 44 half-blocks.
        let mut at = after("grey", &format!("{filter} S"));
        assert_eq!(
            wide(&at).contains("PREVIEW"),
            says,
            "{filter}: {}",
            wide(&at)
        );
        let notes = &at.app.desk.shown.as_ref().unwrap().picture.legend.notes;
        let told = notes.iter().any(|note| note.as_str().contains("PREVIEW"));
        assert_eq!(told, says, "{filter}");
        let closer = at.keys("o");
        assert!(!wide(closer).contains("PREVIEW"), "{filter}");
        at.keys("f space");
        assert!(
            !wide(&at).contains("PREVIEW"),
            "a bypassed one previews nothing"
        );
    }
}

#[test]
fn the_status_line_names_the_filters_briefly() {
    let status = |keys: &str| {
        let at = after("grey", keys);
        at.screen().lines().nth(22).unwrap().to_owned()
    };
    for (keys, words) in [
        ("<cr> t g", "gamma"),
        ("<cr> t l t e S + q", "log+edge=1.6,1.5"),
        ("<cr> t l t c t d t e", "log and 3 more"),
        ("<cr> t l t g S space q", "log (1 off)"),
        ("<cr> t l S space q", "1 off"),
    ] {
        assert!(status(keys).contains(words), "{keys}: {}", status(keys));
    }
}

#[test]
fn both_key_files_edit_the_stack() {
    let mut at = work("grey");
    at.app.keymap = load(source("left-hand").unwrap(), &xamine::cli::keys::names()).keymap;
    at.keys("t g t e t T d tab A W space");
    assert_eq!(at.state(), "stack 0 grey ~edge=1.6,1.49+gamma");
    at.keys("x q g q g Q");
    assert_eq!(at.state(), "browse 0 grey gamma");
    assert_eq!(at.view().rotation, 180);
}

// Presets.

/// Names the preset, takes what is to be saved.
fn saving(at: &mut AtWork, keys: &str) -> Option<(Preset, String)> {
    at.answers = true;
    let before = at.asked.len();
    at.keys(keys);
    let saved = at.saved.pop();
    assert_eq!(at.asked.len(), before, "{:?}", at.asked);
    saved
}

#[test]
fn the_stack_is_saved_under_a_name_and_a_free_key() {
    let mut at = after("grey", "t l t g S + space q");
    let (preset, told) = saving(&mut at, "ctrl-s 'My dense look' <cr> <cr>").unwrap();
    assert_eq!(preset.name, "my-dense-look");
    assert_eq!((preset.key, preset.is_shipped), (Some('a'), false));
    let filters: Vec<String> = preset.filters.iter().map(ToString::to_string).collect();
    assert_eq!(filters, ["log", "~gamma=1.9"]);
    assert_eq!((preset.window, preset.function), ([0.0, 1.0], None));
    assert!(
        told.contains("my-dense-look") && told.contains('a'),
        "{told}"
    );
    // A window set by hand is kept as a part of the automatic one.
    let mut at = after("grey", "} } ] w f");
    let (preset, _) = saving(&mut at, "ctrl-s 'wide' <cr> ctrl-u 'w' <cr>").unwrap();
    assert_eq!(preset.key, Some('w'));
    assert!(
        preset.window[0] < 0.1 && preset.window[1] > 1.1,
        "{:?}",
        preset.window
    );
    let again = at
        .view()
        .with_preset(at.app.desk.radiograph().unwrap(), &preset, None)
        .unwrap();
    let (a, b) = (again.window, at.view().window);
    assert!((a.centre - b.centre).abs() < 1e-6 && (a.width - b.width).abs() < 1e-6);
    assert_eq!(a.function, b.function);
    // What was read off one scan stays with it.
    let mut at = after("dual", "b m 'steel 2' <cr> t l");
    let (preset, told) = saving(&mut at, "ctrl-s 'peeled' <cr> <cr>").unwrap();
    assert_eq!(preset.filters.len(), 1);
    assert!(told.contains("read off"), "{told}");
}

#[test]
fn nothing_is_saved_by_accident_or_written_over_unasked() {
    for keys in [
        "ctrl-s esc",
        "ctrl-s <cr>",
        "ctrl-s 'x' <cr>",
        "ctrl-s 'mine' <cr> esc",
        "ctrl-s 'mine' <cr> ctrl-u '0' <cr>",
        "ctrl-s 'mine' <cr> ctrl-u 'ab' <cr>",
        "ctrl-s 'edge' <cr> <cr> <cr>",
        "ctrl-s 'edge' <cr> <cr> esc",
        "ctrl-s 'edge' <cr> <cr> 'n' <cr>",
        "ctrl-s 'mine' <cr> ctrl-u '5' <cr> <cr>",
    ] {
        let mut at = work("grey");
        assert_eq!(saving(&mut at, keys), None, "{keys}");
        assert_eq!(
            (at.app.mode, at.app.saving.is_some()),
            (Mode::Browse, false),
            "{keys}"
        );
    }
    let mut at = work("grey");
    at.keys("ctrl-s 'mine' <cr> ctrl-u '5' <cr>");
    assert!(
        at.screen().contains("5 is the key of sen"),
        "{}",
        at.screen()
    );
    let (preset, _) = saving(&mut at, "'y' <cr>").unwrap();
    assert_eq!((preset.name.as_str(), preset.key), ("mine", Some('5')));
    let (preset, _) = saving(&mut at, "ctrl-s 'edge' <cr> <cr> 'y' <cr>").unwrap();
    // It keeps the key that the name had.
    assert_eq!((preset.name.as_str(), preset.key), ("edge", Some('7')));
    // Without a key it is chosen by its name.
    let (preset, _) = saving(&mut at, "ctrl-s 'keyless' <cr> ctrl-u <cr>").unwrap();
    assert_eq!(preset.key, None);
}

/// A preset of one's own as the console has it after it was saved.
fn own(at: &mut AtWork, name: &str, key: Option<char>, filters: &[&str]) {
    let preset = Preset {
        name: name.into(),
        key,
        filters: filters.iter().map(|text| text.parse().unwrap()).collect(),
        is_shipped: false,
        ..at.app.presets.named("bw").unwrap().clone()
    };
    let presets = at.app.presets.with(vec![preset]);
    at.event(Event::PresetKept {
        presets: Some(presets),
        told: Ok(Safe::word("saved")),
    });
}

#[test]
fn presets_are_applied_by_key_by_name_and_from_the_list() {
    let mut at = work("grey grey");
    own(&mut at, "drugs", Some('d'), &["density-band=0.3,0.4"]);
    own(&mut at, "mine", Some('5'), &["log", "~edge"]);
    for (keys, state) in [
        ("5", "browse 0 grey log+~edge"),
        ("; d", "browse 0 grey density-band=0.3,0.4"),
        ("; 7", "browse 0 grey edge=3"),
        ("; ; 'd' <cr>", "browse 0 grey density-band=0.3,0.4"),
        ("; ; 'mine' <cr>", "browse 0 grey log+~edge"),
        ("; ; 'neg' <cr>", "browse 0 grey invert"),
        ("; ; 'zzzz' <cr>", "browse 0 grey invert"),
        ("; ; down <cr>", "browse 0 grey invert"),
        (
            ": 'apply_preset' <cr> 'drugs' <cr>",
            "browse 0 grey density-band=0.3,0.4",
        ),
        // Its numbers go with it to the next scan.
        (".", "browse 1 grey density-band=0.3,0.4"),
        ("u", "browse 1 grey density-band=0.3,0.4"),
        ("1 S ; d", "stack 1 grey density-band=0.3,0.4"),
    ] {
        at.keys(keys);
        assert_eq!(at.state(), state, "{keys}");
    }
    at.keys("q ; ;");
    assert!(
        at.screen()
            .contains("Your own: grey + density-band=0.3,0.4"),
        "{}",
        at.screen()
    );
    at.keys("esc ;");
    assert!(
        at.screen().contains("Looks as the preset drugs says"),
        "{}",
        at.screen()
    );
    at.keys("esc ; - 'drugs' <cr>");
    assert_eq!(at.removed.pop().as_deref(), Some("drugs"));
    at.keys("; - 'mi' <cr>");
    assert_eq!(at.removed.pop().as_deref(), Some("mine"));
    let command = xamine::command::find("remove_preset").unwrap();
    at.run(command, &xamine::keymap::Value::Text("edge".into()));
    assert!(at.notice().contains("came with xamine"), "{}", at.notice());
    assert!(at.removed.is_empty());
    // Once it is gone, so is its key.
    let presets = at.app.presets.clone();
    at.event(Event::PresetKept {
        presets: Some(xamine::view::Presets::default()),
        told: Ok(Safe::word("removed")),
    });
    assert_ne!(at.app.presets, presets);
    at.keys("; d");
    assert!(at.notice().contains("does nothing here"), "{}", at.notice());
}

fn folders(home: &Path) -> PresetFolders {
    PresetFolders::beside(&Places {
        system: Some(home.join("etc/config.toml")),
        user: Some(home.join("config/xamine/config.toml")),
        named: None,
        home: None,
    })
}

fn preset(name: &str, key: Option<char>, filters: &[&str]) -> Preset {
    Preset {
        name: name.into(),
        key,
        display: xamine::view::Display::parse("palette:blue-yellow").unwrap(),
        filters: filters.iter().map(|text| text.parse().unwrap()).collect(),
        window: [-0.125, 0.7],
        function: xamine::view::WindowFunction::parse("sigmoid"),
        is_shipped: false,
    }
}

#[test]
fn saved_presets_come_back_as_they_were() {
    let home = tempfile::tempdir().unwrap();
    let folders = folders(home.path());
    let (shipped, problems) = folders.load();
    assert!(problems.is_empty());
    let band = preset("band", Some('b'), &["density-band=0.05,0.125", "~edge=2,3"]);
    let plain = preset("edge", None, &[]);
    folders.save(&band).unwrap();
    folders.save(&plain).unwrap();
    let (all, problems) = folders.load();
    assert_eq!(problems, []);
    assert_eq!(all.named("band"), Some(&band));
    assert_eq!(all.keyed('b'), Some(&band));
    // It stands in the place of the shipped one until it is removed.
    assert_eq!(all.named("edge"), Some(&plain));
    assert_eq!(all.iter().count(), shipped.iter().count() + 1);
    let again = preset("band", Some('c'), &["log"]);
    folders.save(&again).unwrap();
    assert_eq!(folders.load().0.named("band"), Some(&again));
    folders.remove("edge").unwrap();
    folders.remove("band").unwrap();
    assert_eq!(folders.load().0, shipped);
    let gone = folders.remove("band").unwrap_err().to_string();
    assert!(gone.contains("not among your own"), "{gone}");
    let nowhere = PresetFolders::default();
    assert!(nowhere.save(&band).is_err());
    assert_eq!(nowhere.load().0, shipped);
}

#[test]
fn the_machines_lie_over_the_shipped_and_the_analysts_over_both() {
    let home = tempfile::tempdir().unwrap();
    let folders = folders(home.path());
    let write = |folder: &str, text: &str| {
        let folder = home.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("site.toml"), text).unwrap();
    };
    write(
        "etc/presets",
        "[[preset]]\nname = \"site\"\nkey = \"9\"\nfilters = [\"log\"]\n\
         [[preset]]\nname = \"bw\"\nfilters = [\"gamma\"]\n",
    );
    let (all, _) = folders.load();
    assert_eq!(all.keyed('9').unwrap().name, "site");
    assert_eq!(all.named("bw").unwrap().filters[0].name, "gamma");
    write(
        "config/xamine/presets",
        "[[preset]]\nname = \"bw\"\nfilters = [\"invert\"]\n",
    );
    let (all, problems) = folders.load();
    assert_eq!(all.named("bw").unwrap().filters[0].name, "invert");
    assert!(problems.is_empty());
    // What the machine has is not the analyst's to remove.
    assert!(folders.remove("site").is_err());
    // What was written by hand is not written over.
    let refused = folders
        .save(&preset("bw", None, &[]))
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("site.toml") && refused.contains("by hand"),
        "{refused}"
    );
}

#[test]
fn wrong_presets_are_told_with_line_and_column_and_the_others_serve() {
    let text = "\
[[preset]]
name = \"sound\"
filters = [\"log\"]

[[preset]]
name = \"wrong\"
key = \"10\"
display = \"gray-ish\"
filters = [\"log\", \"gama\"]
window = [1.0, 0.0]
function = \"cubic\"
widow = 3
";
    let (presets, problems) = parse_presets(text);
    assert_eq!(presets.len(), 1);
    let told: Vec<String> = problems
        .iter()
        .map(|p| format!("{}:{} {}", p.line, p.column, p.text))
        .collect();
    let wanted = [
        ("7:7 ", "one digit"),
        ("8:11 ", "'gray-ish' is no display"),
        ("9:19 ", "gamma"),
        ("10:10 ", "the lower first"),
        ("11:12 ", "'cubic' is no curve"),
        ("12:1 ", "no 'widow'"),
    ];
    assert_eq!(told.len(), wanted.len(), "{told:?}");
    for (told, (place, words)) in told.iter().zip(wanted) {
        assert!(told.starts_with(place) && told.contains(words), "{told}");
    }
    for (text, place) in [
        ("[[preset]]\nfilters = []\n", (1, 1)),
        ("preset = 3\n", (1, 10)),
        ("[[presets]]\nname = \"ab\"\n", (1, 3)),
        ("[[preset]]\nname = \"a/b\"\n", (2, 8)),
        ("[[preset]]\nname = 3\n", (2, 8)),
        ("[[preset]]\nname = \"ab\"\nfilters = [3]\n", (3, 12)),
        ("[[preset]]\nname = \"ab\"\nwindow = [0.0]\n", (3, 10)),
        ("[[preset]]\nname = \"ab\n", (2, 11)),
    ] {
        let (presets, problems) = parse_presets(text);
        assert!(presets.is_empty() && !problems.is_empty(), "{text}");
        let first = &problems[0];
        assert_eq!((first.line, first.column), place, "{text}: {}", first.text);
    }
    let written = written_preset(&preset("ab", Some('x'), &["density-band=0.1,0.2"]));
    assert_eq!(parse_presets(&written).1, []);
}

#[test]
fn a_broken_file_stops_neither_render_nor_the_others() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("xamine/presets");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("broken.toml"), "[[preset]]\nname = \"b\n").unwrap();
    let own = "[[preset]]\nname = \"flat\"\nkey = \"f\"\nfilters = [\"density-band=0.9,0.95\"]\n";
    std::fs::write(folder.join("flat.toml"), own).unwrap();
    let render = |arguments: &[&str], code: i32| {
        let out = home.path().join("out.png");
        let scan = "samples/png";
        let scan = std::fs::read_dir(scan)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "png"))
            .unwrap();
        let (scan, out) = (scan.to_str().unwrap(), out.to_str().unwrap());
        let all = [&["render", scan, "-o", out], arguments].concat();
        let run = xamine(all.iter().copied());
        let run = run.env("XDG_CONFIG_HOME", home.path().to_str().unwrap());
        let (_, err) = run.exits(code);
        (err, std::fs::read(home.path().join("out.png")).ok())
    };
    let (err, plain) = render(&[], 0);
    assert!(err.contains("broken.toml:2:"), "{err}");
    let (_, by_name) = render(&["--preset", "flat"], 0);
    let (_, by_key) = render(&["--preset", "f"], 0);
    assert_ne!(plain, by_name);
    assert_eq!(by_name, by_key);
    let (err, _) = render(&["--preset", "flatt"], 2);
    assert!(err.contains("flat"), "{err}");
}

#[test]
fn lent_keys_never_take_one_that_a_file_binds() {
    let names = xamine::cli::keys::names();
    let mut map = xamine::keymap::built_in(&names);
    let before = map.clone();
    let keys = |keys: &[(&str, &str)]| -> Vec<(String, String)> {
        keys.iter()
            .map(|(a, b)| ((*a).into(), (*b).into()))
            .collect()
    };
    map.lend(
        "apply_preset",
        &keys(&[(";", "mine"), ("d", "drugs"), ("-", "minus")]),
    );
    let pressed = |chord: &str| {
        let chord = xamine::keymap::Chord::parse(chord).unwrap();
        match map.press(Mode::Browse, &chord.0) {
            xamine::keymap::Step::Run(bounds) => bounds.iter().map(Bound::line).collect(),
            _ => Vec::new(),
        }
    };
    assert_eq!(pressed("; ;"), ["apply_preset"]);
    assert_eq!(pressed("; -"), ["remove_preset"]);
    assert_eq!(pressed("; d"), ["apply_preset drugs"]);
    map.lend("apply_preset", &[]);
    assert_eq!(map, before);
}
