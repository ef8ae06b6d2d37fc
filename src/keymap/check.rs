//! What only shows when the lines of a key file are seen together.

use super::chord::twin;
use super::lookup::{Keymap, is_reserved};
use super::read::{KeyFile, Line, Section};
use super::{Chord, key_text};
use crate::app::Mode;
use crate::config::{Problem, position};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Commands that must have a key, and the modes in which they must.
const INDISPENSABLE: [(&str, &[Mode]); 3] = [
    ("quit", &[Mode::Browse]),
    (
        "help",
        &[
            Mode::Browse,
            Mode::Inspect,
            Mode::Stack,
            Mode::Compare,
            Mode::Decide,
            Mode::Log,
            Mode::Outcome,
        ],
    ),
    (
        "leave",
        &[
            Mode::Inspect,
            Mode::Stack,
            Mode::Compare,
            Mode::Decide,
            Mode::Log,
            Mode::Outcome,
            Mode::Replay,
            Mode::Prompt,
            Mode::Help,
        ],
    ),
];

/// The problems between the lines of `file`, which lies over the map `beneath`.
pub(super) fn lines(text: &str, file: &KeyFile, beneath: &Keymap) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in file.lines.iter().enumerate() {
        problems.extend(reserved(text, line));
        problems.extend(nowhere(text, line));
        problems.extend(twins(text, line));
        for earlier in &file.lines[..at] {
            problems.extend(twice(text, earlier, line));
            problems.extend(hidden(text, earlier, line));
        }
    }
    problems.extend(unlabelled(text, file, beneath));
    problems.extend(idle_labels(text, file, beneath));
    problems
}

/// Commands without which nobody gets out or finds the way, when the whole map lacks them.
pub(super) fn indispensable(text: &str, map: &Keymap) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (name, modes) in INDISPENSABLE {
        for mode in modes {
            let bound = map
                .trie(*mode)
                .chords()
                .iter()
                .any(|(_, bounds)| bounds.iter().any(|bound| bound.command.name == name));
            if !bound {
                problems.push(Problem::error(
                    text,
                    header(text, *mode),
                    say(
                        "keymap-no-key",
                        &[
                            arg("name", &Safe::word(name)),
                            arg("mode", &Safe::word(mode.as_str())),
                        ],
                    ),
                ));
            }
        }
    }
    problems
}

/// Where a mode's section starts; the first byte when the file has none.
fn header(text: &str, mode: Mode) -> usize {
    text.find(&format!("[{}]", mode.as_str())).unwrap_or(0)
}

/// A reserved key that is to do something else than it always does.
fn reserved(text: &str, line: &Line) -> Option<Problem> {
    let key = *line.chord.0.iter().find(|key| is_reserved(**key))?;
    let always = super::lookup::reserved(Mode::Browse, &[key])?;
    let same = |mode: Mode| super::lookup::reserved(mode, &line.chord.0);
    let allowed = match (line.section, line.bounds.as_slice()) {
        (Section::Of(mode), [bound]) => same(mode).as_ref() == Some(bound),
        (Section::All, [bound]) => same(Mode::Browse).as_ref() == Some(bound),
        _ => false,
    };
    (!allowed).then(|| {
        Problem::error(
            text,
            line.at,
            say(
                "keymap-reserved",
                &[
                    arg("key", &Safe::from_outside(&key_text(key))),
                    arg("name", &Safe::word(always.command.name)),
                ],
            ),
        )
    })
}

/// Commands of `[all]` that share no mode.
fn nowhere(text: &str, line: &Line) -> Option<Problem> {
    let somewhere = Mode::ALL.iter().any(|mode| line.serves(*mode));
    (!somewhere).then(|| {
        Problem::error(
            text,
            line.at,
            say("keymap-nowhere", &[arg("chord", &line.chord.safe())]),
        )
    })
}

/// Keys that terminals cannot tell from others.
fn twins(text: &str, line: &Line) -> Option<Problem> {
    let (key, twin) = line
        .chord
        .0
        .iter()
        .find_map(|key| Some((*key, twin(*key)?)))?;
    Some(Problem::warning(
        text,
        line.at,
        say(
            "keymap-twin",
            &[
                arg("key", &Safe::from_outside(&key_text(key))),
                arg("twin", &Safe::from_outside(&key_text(twin))),
            ],
        ),
    ))
}

/// The same chord twice in one section.
fn twice(text: &str, earlier: &Line, line: &Line) -> Option<Problem> {
    let same = earlier.section == line.section && earlier.chord == line.chord;
    same.then(|| clash(text, "keymap-twice", earlier, line))
}

/// A chord that is the beginning of another of the same mode: the longer could never be finished.
fn hidden(text: &str, earlier: &Line, line: &Line) -> Option<Problem> {
    let begins = earlier.chord.begins(&line.chord) || line.chord.begins(&earlier.chord);
    let meet = Mode::ALL
        .iter()
        .any(|mode| earlier.serves(*mode) && line.serves(*mode));
    let both_bind = !earlier.bounds.is_empty() && !line.bounds.is_empty();
    (begins && meet && both_bind).then(|| clash(text, "keymap-hides", earlier, line))
}

fn clash(text: &str, id: &str, earlier: &Line, line: &Line) -> Problem {
    Problem::error(
        text,
        line.at,
        say(
            id,
            &[
                arg("chord", &line.chord.safe()),
                arg("other", &earlier.chord.safe()),
                arg("line", &position(text, earlier.at).0),
            ],
        ),
    )
}

/// Prefixes that open a pop-up without a title.
fn unlabelled(text: &str, file: &KeyFile, beneath: &Keymap) -> Vec<Problem> {
    let mut seen: Vec<Chord> = Vec::new();
    let mut problems = Vec::new();
    for line in file.lines.iter().filter(|line| !line.bounds.is_empty()) {
        for length in 1..line.chord.0.len() {
            let prefix = Chord(line.chord.0[..length].to_vec());
            let labelled = file.labels.iter().any(|label| label.chord == prefix);
            let inherited = !beneath.label(&prefix.0).is_empty();
            if labelled || inherited || seen.contains(&prefix) {
                continue;
            }
            problems.push(Problem::warning(
                text,
                line.at,
                say("keymap-unlabelled", &[arg("chord", &prefix.safe())]),
            ));
            seen.push(prefix);
        }
    }
    problems
}

/// Labels of what is no prefix.
fn idle_labels(text: &str, file: &KeyFile, beneath: &Keymap) -> Vec<Problem> {
    let opens = |chord: &Chord| {
        file.lines.iter().any(|line| chord.begins(&line.chord))
            || !beneath.label(&chord.0).is_empty()
    };
    file.labels
        .iter()
        .filter(|label| !opens(&label.chord))
        .map(|label| {
            Problem::warning(
                text,
                label.at,
                say("keymap-idle-label", &[arg("chord", &label.chord.safe())]),
            )
        })
        .collect()
}
