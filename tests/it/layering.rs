//! The allowed directions between modules, and what may stand where.
//!
//! The table mirrors the map of `ARCHITECTURE.md`. Comments and test modules are not looked at.

use crate::tables::{code, sources};

/// What every module may use: text, messages, the nearest name, errors, cancellation, row bands, wide loops.
const COMMON: [&str; 9] = [
    "text", "messages", "nearest", "error", "cancel", "bands", "lanes", "Error", "Result",
];

/// A module and what it may use besides [`COMMON`] and itself.
const DIRECTIONS: &[(&str, &[&str])] = &[
    // The middle: pixels and physics.
    ("radiograph", &[]),
    ("physics", &["radiograph"]),
    ("filter", &["radiograph", "physics"]),
    ("simulation", &["radiograph", "physics"]),
    ("view", &["radiograph", "physics", "filter"]),
    // The edges: files, records, settings, the terminal.
    ("scan", &["radiograph"]),
    ("decisions", &["radiograph", "scan", "view"]),
    ("store", &["config", "decisions", "filter", "scan", "view"]),
    // What a log says as a whole.
    (
        "report",
        &["decisions", "filter", "radiograph", "scan", "view"],
    ),
    ("config", &["graphics"]),
    ("graphics", &["view"]),
    ("terminal", &["graphics", "keymap"]),
    // What goes down the line, and when.
    ("delivery", &["graphics", "radiograph", "view"]),
    // The console: keys and commands change the state, drawing reads it.
    ("keymap", &["app", "command", "config"]),
    (
        "command",
        &["app", "decisions", "filter", "keymap", "radiograph", "view"],
    ),
    (
        "app",
        &[
            "command",
            "config",
            "decisions",
            "delivery",
            "filter",
            "graphics",
            "keymap",
            "radiograph",
            "scan",
            "terminal",
            "view",
        ],
    ),
    (
        "ui",
        &[
            "app",
            "command",
            "decisions",
            "delivery",
            "filter",
            "graphics",
            "keymap",
            "radiograph",
            "scan",
            "view",
        ],
    ),
    (
        "worker",
        &[
            "app",
            "decisions",
            "delivery",
            "filter",
            "graphics",
            "physics",
            "radiograph",
            "scan",
            "view",
        ],
    ),
    (
        "run",
        &[
            "app",
            "config",
            "decisions",
            "delivery",
            "filter",
            "graphics",
            "keymap",
            "radiograph",
            "report",
            "scan",
            "store",
            "terminal",
            "ui",
            "view",
            "worker",
        ],
    ),
    (
        "cli",
        &[
            "app",
            "config",
            "decisions",
            "delivery",
            "filter",
            "graphics",
            "keymap",
            "physics",
            "radiograph",
            "report",
            "run",
            "scan",
            "simulation",
            "store",
            "terminal",
            "view",
            "worker",
        ],
    ),
    ("text", &[]),
    ("messages", &[]),
    ("nearest", &[]),
    ("error", &[]),
    ("cancel", &[]),
    ("bands", &[]),
    ("lanes", &[]),
];

/// Words that only some places may use.
struct Reserved {
    /// What is looked for.
    words: &'static [&'static str],
    /// The modules or files that may use it; with `NOT` in front of the list's meaning turned.
    places: Places,
    /// Why.
    why: &'static str,
}

/// Where something may or may not stand.
enum Places {
    /// Only there.
    Only(&'static [&'static str]),
    /// Everywhere but there.
    NotIn(&'static [&'static str]),
}

const RESERVED: &[Reserved] = &[
    Reserved {
        words: &["ratatui", "crossterm"],
        places: Places::Only(&[
            "ui",
            "graphics",
            "delivery",
            "terminal",
            "run",
            "keymap/key.rs",
        ]),
        why: "only the edges know the screen library",
    },
    Reserved {
        words: &[
            "std::fs",
            "File::open",
            "File::create",
            "OpenOptions",
            "walkdir",
        ],
        places: Places::Only(&[
            "scan",
            "decisions",
            "store",
            "config",
            "cli",
            "terminal/tty.rs",
            "run/trace.rs",
        ]),
        why: "the file system is touched at the edges only",
    },
    Reserved {
        words: &[
            "std::time",
            "Instant::",
            "SystemTime",
            "jiff::",
            "std::env",
            "std::thread",
            "std::process",
            "std::io",
        ],
        places: Places::NotIn(&["radiograph", "physics", "filter", "simulation", "view"]),
        why: "the middle knows no clock, no environment and no device",
    },
    Reserved {
        words: &[
            ".unwrap()",
            ".expect(",
            "println!",
            "eprintln!",
            "print!(",
            "dbg!(",
            "todo!(",
            "unimplemented!(",
            "panic!(",
            "static mut",
        ],
        places: Places::Only(&[]),
        why: "nothing panics and nothing prints past its writer",
    },
    Reserved {
        words: &[
            "raw(format!",
            "styled(format!",
            "from(format!",
            "raw(&format!",
            "set_string(",
        ],
        places: Places::NotIn(&["ui"]),
        why: "only safe text is drawn",
    },
];

/// Everything that `text` of `src/PATH` may not say, one line each.
fn violations(path: &str, text: &str) -> Vec<String> {
    let module = path.split(['/', '.']).next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let told = |why: String| format!("src/{path}:{}: {why}: {}", at + 1, line.trim());
        for used in modules_used(line) {
            if !may_use(module, used) {
                found.push(told(format!("'{module}' may not use '{used}'")));
            }
        }
        for rule in RESERVED {
            let said = rule.words.iter().any(|word| line.contains(word));
            if said && !allowed(&rule.places, module, path) {
                found.push(told(rule.why.to_owned()));
            }
        }
    }
    found
}

fn allowed(places: &Places, module: &str, path: &str) -> bool {
    let among = |list: &[&str]| list.contains(&module) || list.contains(&path);
    match places {
        Places::Only(list) => among(list),
        Places::NotIn(list) => !among(list),
    }
}

/// The modules of the crate that a line names: `crate::MODULE` and every name of
/// `use crate::{A, B}`.
fn modules_used(line: &str) -> Vec<&str> {
    let name = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let mut used = Vec::new();
    for rest in line.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            let names = list.split(['}', ';']).next().unwrap_or_default();
            for one in names
                .split(',')
                .map(str::trim)
                .filter(|one| !one.is_empty())
            {
                used.push(&one[..name(one).unwrap_or(one.len())]);
            }
        } else {
            used.push(&rest[..name(rest).unwrap_or(rest.len())]);
        }
    }
    used
}

fn may_use(module: &str, used: &str) -> bool {
    // The library's root and the binary only declare and hand over.
    if ["lib", "main"].contains(&module) || used == module || COMMON.contains(&used) {
        return true;
    }
    DIRECTIONS
        .iter()
        .any(|(name, uses)| *name == module && uses.contains(&used))
}

#[test]
fn directions_hold() {
    let sources = sources();
    assert!(sources.len() >= 60, "{} files were walked", sources.len());
    let found: Vec<String> = sources
        .iter()
        .flat_map(|(path, text)| violations(path, text))
        .collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn every_module_has_its_row() {
    for (path, _) in sources() {
        let module = path.split(['/', '.']).next().unwrap();
        let known = DIRECTIONS.iter().any(|(name, _)| *name == module);
        assert!(known || ["lib", "main"].contains(&module), "src/{path}");
    }
}

#[test]
fn forbidden_lines_are_found() {
    for (path, line) in [
        ("radiograph/plane.rs", "use crate::scan::Opened;"),
        ("view/mod.rs", "use crate::{scan, text};"),
        ("physics/mod.rs", "    crate::terminal::probe::ask();"),
        ("graphics/sixel.rs", "use crate::app::App;"),
        ("app/mod.rs", "use ratatui::style::Color;"),
        ("keymap/load.rs", "use crossterm::event::KeyCode;"),
        ("keymap/load.rs", "    std::fs::read_to_string(path)"),
        ("view/mod.rs", "use std::time::Instant;"),
        ("filter/mod.rs", "let home = std::env::var(\"HOME\");"),
        ("scan/open.rs", "    let x = y.unwrap();"),
        ("cli/list.rs", "    println!(\"{row}\");"),
        ("ui/queue.rs", "    Span::raw(format!(\"{name}\"))"),
        ("ui/queue.rs", "    Line::from(format!(\"{name}\"))"),
        ("config/merge.rs", "use crate::keymap::Keymap;"),
        ("config.rs", "use crate::keymap::Keymap;"),
    ] {
        assert_eq!(violations(path, line).len(), 1, "{path}: {line}");
    }
    for (path, line) in [
        ("ui/queue.rs", "use ratatui::text::Span;"),
        ("keymap/key.rs", "use crossterm::event::KeyCode;"),
        ("scan/open.rs", "use std::fs::File;"),
        ("view/mod.rs", "use crate::{Error, Result, text::Safe};"),
        ("main.rs", "    xamine::cli::run()"),
    ] {
        assert_eq!(violations(path, line), [""; 0], "{path}: {line}");
    }
}

#[test]
fn comments_and_tests_are_left_out() {
    let text = "//! crate::app\nlet x = 1; // crate::ui\n#[cfg(test)]\nmod tests { y.unwrap() }\n";
    assert_eq!(code(text), "\nlet x = 1;\n");
}
