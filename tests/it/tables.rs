//! Every command, filter and message is documented and unique.

use std::collections::{BTreeMap, BTreeSet};

use xamine::app::Mode;
use xamine::cli::keys::names;
use xamine::command::{self, Argument, Group, Need};
use xamine::keymap::built_in;
use xamine::messages::{has, say};

use crate::kept::{folder, root};

/// The Rust sources of the library, without comments and tests, by path.
pub(crate) fn sources() -> Vec<(String, String)> {
    let top = root("src");
    let mut found: Vec<(String, String)> = walkdir::WalkDir::new(&top)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"))
        .map(|entry| {
            let name = entry.path().strip_prefix(&top).unwrap();
            let text = std::fs::read_to_string(entry.path()).unwrap();
            (name.to_string_lossy().into_owned(), code(&text))
        })
        .collect();
    found.sort();
    found
}

/// `text` without comment lines and without what follows `#[cfg(test)]`; lines keep their number.
pub(crate) fn code(text: &str) -> String {
    text.lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .flat_map(|line| {
            let is_comment = line.trim_start().starts_with("//");
            let line = if is_comment { "" } else { line };
            // A comment behind code.
            let line = line.split(" // ").next().unwrap_or_default().trim_end();
            [line, "\n"]
        })
        .collect()
}

/// Every message id of the catalogue with the file that has it.
fn ids() -> Vec<(String, String)> {
    let mut ids = Vec::new();
    for (path, text) in folder("assets/messages/en", "ftl") {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for line in text.lines() {
            let starts = line.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
            if let (true, Some((id, _))) = (starts, line.split_once('=')) {
                ids.push((id.trim().to_owned(), file.clone()));
            }
        }
    }
    ids
}

#[test]
fn every_command_has_its_line() {
    let mut names = BTreeSet::new();
    for command in command::all() {
        assert!(names.insert(command.name), "'{}' twice", command.name);
        let id = format!("command-{}", command.name);
        assert!(has(&id), "{id}");
        let line = say(&id, &[]);
        let sound = line.as_str().starts_with(|c: char| c.is_ascii_uppercase())
            && !line.as_str().ends_with('.')
            && !line.as_str().contains('\n');
        assert!(sound, "{id}: {line}");
        assert!(!command.modes.is_empty(), "{}", command.name);
        if let Argument::Number {
            min,
            max,
            default,
            unit,
        } = command.argument
        {
            assert!(has(unit), "{unit}");
            assert!((min..=max).contains(&default), "{}", command.name);
        }
        let plain = command
            .name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_');
        assert!(plain, "{}", command.name);
    }
    assert!(names.len() >= 60, "{} commands", names.len());
}

#[test]
fn every_group_mode_and_need_has_its_words() {
    let used: BTreeSet<&str> = command::all().map(|c| c.group.as_str()).collect();
    for group in Group::ALL {
        assert!(has(&format!("group-{}", group.as_str())));
        assert!(used.contains(group.as_str()), "{group:?} is empty");
    }
    for mode in Mode::ALL {
        assert!(has(&format!("mode-{}", mode.as_str())));
    }
    for need in [
        Need::Nothing,
        Need::Scan,
        Need::Picture,
        Need::Dual,
        Need::Form,
        Need::Undo,
        Need::Redo,
        Need::Mark,
    ] {
        let word = format!("{need:?}").to_lowercase();
        assert!(has(&format!("need-{word}")), "need-{word}");
    }
}

#[test]
fn every_filter_and_reason_has_its_words_and_a_key() {
    let mut lines = String::new();
    for mode in Mode::ALL {
        for (_, bounds) in built_in(&names()).chords(mode) {
            let words = bounds.iter().map(xamine::keymap::Bound::line);
            lines.extend(words.flat_map(|line| [line, "\n".into()]));
        }
    }
    for filter in names().filters {
        assert!(has(&format!("filter-{filter}")), "filter-{filter}");
        // What these two take off is read off the scan or typed: commands of their own do that.
        let line = match *filter {
            "peel" => "peel_region".to_owned(),
            "cancel" => "cancel_material".to_owned(),
            filter => format!("toggle_filter {filter}"),
        };
        assert!(lines.contains(&format!("{line}\n")), "no key runs '{line}'");
    }
    for reason in names().reasons {
        assert!(has(&format!("reason-{reason}")), "reason-{reason}");
        let bound = lines.contains(&format!("toggle_reason {reason}\n"));
        assert!(bound, "no key runs 'toggle_reason {reason}'");
    }
    assert!(names().filters.len() >= 11 && names().reasons.len() >= 12);
}

#[test]
fn message_ids_are_unique() {
    let mut homes: BTreeMap<String, String> = BTreeMap::new();
    for (id, file) in ids() {
        if let Some(other) = homes.insert(id.clone(), file.clone()) {
            panic!("'{id}' is in {other} and in {file}");
        }
    }
    assert!(homes.len() > 150, "{} messages were read", homes.len());
}

#[test]
fn every_message_that_the_code_says_is_there() {
    let mut said = 0;
    for (path, text) in sources() {
        for id in literals_of(&text, "say(") {
            said += 1;
            assert!(has(&id), "src/{path} says '{id}'");
        }
    }
    assert!(said > 50, "{said} literals were found");
}

/// The string literals that follow `call` directly.
fn literals_of(text: &str, call: &str) -> Vec<String> {
    text.split(call)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"'))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(id, _)| id.to_owned())
        .collect()
}

#[test]
fn every_message_is_said_somewhere() {
    let mut text: String = sources().into_iter().map(|(_, text)| text).collect();
    for (_, keymap) in folder("keymaps", "toml") {
        text.push_str(&keymap);
    }
    let families = families(&text);
    let mut silent = Vec::new();
    for (id, file) in ids() {
        let literal = text.contains(&format!("\"{id}\""));
        let generated = families
            .iter()
            .any(|family| id.starts_with(family.as_str()));
        if !literal && !generated {
            silent.push(format!("nothing says '{id}' of {file}"));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

/// The beginnings of ids that the code puts together: `"command-{}"` gives `command-`.
fn families(text: &str) -> BTreeSet<String> {
    let mut families: BTreeSet<String> = text
        .split('"')
        .filter_map(|literal| literal.split_once('{'))
        .map(|(begin, _)| begin.to_owned())
        .filter(|begin| begin.ends_with('-') && begin.len() > 2)
        .collect();
    // Help texts of the command line; the ids start with what the function is called with.
    families.insert("cli-".into());
    // Why a command is not possible now.
    families.insert("need-".into());
    // What each palette is good for: told where palettes are listed.
    families.insert("palette-".into());
    // Settings and their documentation page.
    families.insert("config-".into());
    families
}
