//! The configuration loader: one file per case with the expected message beside each, the layers
//! on a disk, and the page that documents the settings.

use std::path::Path;

use xamine::config::{
    Base, Colours, Config, KeymapChoice, Layer, Origin, Overrides, Places, SETTINGS, load, merge,
};
use xamine::messages::{has, say};
use xamine::text::Safe;

use crate::kept::{folder, matches_kept, root};

fn parse(text: &str, path: &Path) -> (Layer, Vec<xamine::config::Problem>) {
    let base = Base {
        folder: path.parent(),
        home: Some(Path::new("/home/officer")),
    };
    Layer::parse(text, Some(path), base)
}

#[test]
fn valid_files_have_no_problem() {
    let files = folder("tests/config/valid", "toml");
    assert_eq!(files.len(), 2);
    for (path, text) in files {
        let (_, problems) = parse(&text, &path);
        assert_eq!(problems, [], "{}", path.display());
    }
}

#[test]
fn every_setting_reaches_the_configuration() {
    let path = root("tests/config/valid/everything.toml");
    let (layer, _) = parse(&std::fs::read_to_string(&path).unwrap(), &path);
    let config = merge(&[layer]);
    assert_eq!(
        config.console.keymap,
        KeymapChoice::Named("left-hand".into())
    );
    assert_eq!(config.console.protocol, "sixel");
    assert!(!config.console.inspector && !config.console.queue);
    assert_eq!(config.log.analyst.as_deref(), Some("A123"));
    assert_eq!(config.log.folder, Some(root("tests/config/valid/log")));
    assert_eq!(
        (config.limits.megapixels, config.limits.bytes),
        (100, 1 << 30)
    );
    assert!(!config.window.sticky);
    assert_eq!(config.display.colours, Colours::Indexed256);
    assert_eq!(config.checklist.rule, "required");
    assert_eq!(config.checklist.unit, "truck");
    assert_eq!(config.second_reading.clear_percent, 5);
    assert!(config.second_reading.suspicious && !config.second_reading.inconclusive);
    assert_eq!(config.line.byte_budget, Some(8));
    assert_eq!(config.line.max_quality, "Q3");
    assert!(config.line.metered);
    for setting in SETTINGS {
        let origin = config.origin(setting.name);
        assert!(
            matches!(origin, Some(Origin::File { .. })),
            "{}: {origin:?}",
            setting.name
        );
    }
}

#[test]
fn invalid_files_give_every_problem() {
    let files = folder("tests/config/invalid", "toml");
    assert_eq!(files.len(), 4);
    for (path, text) in files {
        let (_, problems) = parse(&text, &path);
        let file = Safe::word("file");
        let told: String = problems
            .iter()
            .flat_map(|problem| [problem.sentence(&file).to_string(), "\n".into()])
            .collect();
        matches_kept(&path.with_extension("txt"), &told);
    }
}

#[test]
fn what_is_wrong_falls_back_and_what_is_sound_counts() {
    let (layer, problems) = parse(
        "[console]\nqueue = 3\ninspector = false\n",
        Path::new("/x/config.toml"),
    );
    assert_eq!(problems.len(), 1);
    let config = merge(&[layer]);
    assert!(config.console.queue && !config.console.inspector);
    // A text that is not TOML sets nothing at all: its sections cannot be trusted.
    let (layer, problems) = parse(
        "[console]\nqueue = false\n[log",
        Path::new("/x/config.toml"),
    );
    assert!(!problems.is_empty());
    assert_eq!(merge(&[layer]), Config::built_in());
}

#[test]
fn paths_start_at_the_file_or_at_home() {
    let keymap_of = |line: &str| {
        let text = format!("[console]\nkeymap = '{line}'\n");
        let (layer, problems) = parse(&text, Path::new("/etc/xamine/config.toml"));
        assert_eq!(problems, []);
        merge(&[layer]).console.keymap
    };
    for (written, path) in [
        ("keys.toml", "/etc/xamine/keys.toml"),
        ("./keys", "/etc/xamine/keys"),
        ("~/keys.toml", "/home/officer/keys.toml"),
        ("/srv/keys.toml", "/srv/keys.toml"),
    ] {
        match keymap_of(written) {
            KeymapChoice::File(found) => assert_eq!(found, Path::new(path)),
            KeymapChoice::Named(name) => panic!("'{name}' is a path"),
        }
    }
    assert_eq!(
        keymap_of("left-hand"),
        KeymapChoice::Named("left-hand".into())
    );
}

#[test]
fn layers_lie_over_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        Some(path)
    };
    let places = Places {
        system: file(
            "system.toml",
            "[console]\nprotocol = 'sixel'\nqueue = false\n",
        ),
        user: file(
            "user.toml",
            "[console]\nprotocol = 'kitty'\nqueu = true\n[log]\nanalyst = 'A1'\n",
        ),
        named: file("named.toml", "[log]\nanalyst = 'A2'\n"),
        home: None,
    };
    let typed = Overrides {
        analyst: Some("A3"),
        ..Overrides::default()
    };
    let loaded = load(&places, &typed).unwrap();
    assert_eq!(loaded.config.console.protocol, "kitty");
    assert!(!loaded.config.console.queue);
    assert_eq!(loaded.config.log.analyst.as_deref(), Some("A3"));
    assert_eq!(
        loaded.config.origin("log.analyst"),
        Some(&Origin::CommandLine)
    );
    assert_eq!(loaded.problems.len(), 1);
    let told = loaded.problems[0].as_str();
    assert!(
        told.contains("user.toml:3:1: ") && told.ends_with("did you mean 'queue'?"),
        "{told}"
    );
}

#[test]
fn files_that_cannot_be_read_are_reported_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let bytes = dir.path().join("bytes.toml");
    std::fs::write(&bytes, b"\xff\xfe").unwrap();
    let long = dir.path().join("long.toml");
    std::fs::write(&long, vec![b'#'; (1 << 20) + 1]).unwrap();
    let places = Places {
        system: Some(dir.path().to_path_buf()),
        user: Some(bytes),
        named: Some(dir.path().join("missing.toml")),
        home: None,
    };
    let loaded = load(&places, &Overrides::default()).unwrap();
    assert_eq!(loaded.problems.len(), 3, "{:?}", loaded.problems);
    assert_eq!(loaded.config, Config::built_in());
    let places = Places {
        system: Some(dir.path().join("not-there.toml")),
        user: Some(long),
        ..Places::default()
    };
    let loaded = load(&places, &Overrides::default()).unwrap();
    assert_eq!(loaded.problems.len(), 1, "only the long one");
}

#[test]
fn a_wrong_word_on_the_command_line_is_wrong_usage() {
    let typed = Overrides {
        protocol: Some("kity"),
        ..Overrides::default()
    };
    let error = load(&Places::default(), &typed).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(
        error.to_string().ends_with("did you mean 'kitty'?"),
        "{error}"
    );
}

#[test]
fn every_setting_is_documented() {
    let page = std::fs::read_to_string(root("docs/configuration.md")).unwrap();
    for setting in SETTINGS {
        let id = format!("config-{}", setting.name.replace('.', "-"));
        assert!(has(&id), "{id}");
        let row = format!("| `{}` | {} |", setting.name, say(&id, &[]));
        assert!(page.contains(&row), "docs/configuration.md lacks: {row}");
    }
}
