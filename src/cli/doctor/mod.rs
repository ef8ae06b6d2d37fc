//! `xamine doctor`: what this terminal, line, locale and folder can do, what was chosen and why, and
//! what to change.
//!
//! The terminal is asked even when the report goes into a file; the pictures, and the question which
//! greys are told apart, are only for an analyst at a terminal.

mod report;
mod wedge;

use std::io::{IsTerminal as _, Write};
use std::time::Duration;

use jiff::Zoned;

use self::report::{Link, Log, Report};
use super::{Failure, exit};
use crate::Result;
use crate::config::{self, Config, Overrides, Places};
use crate::decisions::DisplayCheck;
use crate::graphics::Protocol;
use crate::keymap::Code;
use crate::messages::{arg, say};
use crate::store;
use crate::terminal::choice::{Choice, choose};
use crate::terminal::{Environment, Findings, OneShot, WindowSize};
use crate::text::Safe;

/// Round trips whose median is told.
const TRIPS: usize = 5;
/// Of a line this slow a few are enough.
const SLOW: Duration = Duration::from_secs(1);
/// How long one exchange may take.
const PATIENCE: Duration = Duration::from_secs(6);
/// Bytes that the rate is measured with, more while they pass in no time.
const LOADS: [usize; 3] = [1_000, 8_000, 64_000];
/// A load that takes longer than this beyond the round trip tells the rate well enough.
const ENOUGH: Duration = Duration::from_millis(50);
/// Steps of the wedge.
const STEPS: u8 = 32;

/// Runs the command.
pub(super) fn run(json: bool, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    let loaded = config::load(&Places::of_this_machine(), &Overrides::default())?;
    for problem in &loaded.problems {
        writeln!(err, "xamine: {problem}")?;
    }
    // Without a terminal the rest of the report still is of use.
    let mut terminal = OneShot::examine().ok();
    let report = examine(&loaded.config, terminal.as_mut())?;
    if json {
        serde_json::to_writer_pretty(&mut *out, &report.document())
            .map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(report.exit());
    }
    for line in report.lines() {
        writeln!(out, "{line}")?;
    }
    if let Some(terminal) = terminal.filter(|_| std::io::stdout().is_terminal()) {
        look(terminal, &report, out)?;
    }
    Ok(report.exit())
}

/// Finds everything out.
fn examine(config: &Config, mut terminal: Option<&mut OneShot>) -> Result<Report> {
    let forced = Protocol::parse(&config.console.protocol)?;
    let link = match terminal.as_deref_mut() {
        Some(terminal) => time(terminal)?,
        None => Link::default(),
    };
    let (findings, environment, size) = match terminal {
        Some(one) => (
            one.findings().clone(),
            one.environment().clone(),
            Some(one.size()),
        ),
        None => (Findings::default(), Environment::of_process(), None),
    };
    let environment = Environment {
        depth: config.display.colours.depth(),
        ..environment
    };
    let window = size.unwrap_or(WindowSize {
        columns: 80,
        rows: 24,
        pixels: None,
    });
    let choice = choose(&findings, &environment, forced, window);
    let state = store::state_folder().ok();
    Ok(Report {
        choice,
        findings,
        environment,
        size,
        link,
        log: Log::of(store::log_folder(config.log.folder.as_deref()).ok()),
        locale: report::Locale::of_process(),
        display_check: state.and_then(|state| store::display_check(&state)),
    })
}

/// Times the line: the median of some round trips, then the rate of text that leaves no trace.
fn time(terminal: &mut OneShot) -> Result<Link> {
    let mut trips = Vec::new();
    while trips.len() < TRIPS {
        let Some(trip) = terminal.exchange(b"", PATIENCE)? else {
            break;
        };
        trips.push(trip.took);
        if trip.took >= SLOW && trips.len() >= 3 {
            break;
        }
    }
    trips.sort_unstable();
    let Some(median) = trips.get(trips.len() / 2).copied() else {
        return Ok(Link::default());
    };
    let mut rate = None;
    for load in LOADS {
        let Some(exchange) = terminal.exchange(&harmless(load), PATIENCE)? else {
            break;
        };
        let beyond = exchange.took.saturating_sub(trips[0]);
        rate = Some(exchange.bytes as f64 / beyond.as_secs_f64().max(0.001));
        if beyond >= ENOUGH {
            break;
        }
    }
    Ok(Link {
        rtt: Some(median),
        rate,
        ..Link::default()
    })
}

/// Colours that no text is written in, at least so many bytes.
fn harmless(bytes: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes + 16);
    let mut number = 12_345_u32;
    while text.len() < bytes {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text.extend_from_slice(format!("\x1b[38;5;{}m", number >> 24).as_bytes());
    }
    text.extend_from_slice(b"\x1b[m");
    text
}

/// Shows the test picture and the wedge, and asks what is seen.
fn look(mut terminal: OneShot, report: &Report, out: &mut dyn Write) -> Result<(), Failure> {
    let choice = &report.choice;
    if choice.protocol == Protocol::None {
        return Ok(());
    }
    writeln!(out, "\n{}", say("doctor-test-picture", &[]))?;
    wedge::print(wedge::Picture::Test, choice, out)?;
    writeln!(out, "{}", say("doctor-wedge", &[arg("steps", &STEPS)]))?;
    wedge::print(wedge::Picture::Wedge, choice, out)?;
    if !wedge::is_drawn_whole(choice) {
        // What the eye cannot be shown says nothing of the display.
        let greys = wedge::greys(choice);
        writeln!(out, "{}", say("doctor-wedge-part", &[arg("greys", &greys)]))?;
        return Ok(());
    }
    let Some(check) = ask(&mut terminal, choice, out)? else {
        writeln!(out, "{}", say("doctor-not-kept", &[]))?;
        return Ok(());
    };
    store::keep_display_check(&store::state_folder()?, &check)?;
    writeln!(out, "{}", say("doctor-kept", &[]))?;
    Ok(())
}

/// Asks which greys are told apart; `None` when the analyst does not say.
fn ask(
    terminal: &mut OneShot,
    choice: &Choice,
    out: &mut dyn Write,
) -> Result<Option<DisplayCheck>, Failure> {
    let mut answers = [0; 3];
    let questions = [
        ("doctor-ask-steps", STEPS),
        ("doctor-ask-black", 4),
        ("doctor-ask-white", 4),
    ];
    for (answer, (question, most)) in answers.iter_mut().zip(questions) {
        let text = say(question, &[arg("most", &most)]);
        match number(terminal, &text, most, out)? {
            Some(number) => *answer = number,
            None => return Ok(None),
        }
    }
    let seen = |number: u8| (number > 0).then_some(number);
    Ok(Some(DisplayCheck {
        date: Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        protocol: choice.protocol.as_str().to_owned(),
        steps: STEPS,
        steps_told_apart: answers[0],
        near_black: seen(answers[1]),
        near_white: seen(answers[2]),
    }))
}

/// Reads a number of at most `most`, ended by Enter; `None` for Esc, Ctrl-C or a terminal that went.
fn number(
    terminal: &mut OneShot,
    question: &Safe,
    most: u8,
    out: &mut dyn Write,
) -> Result<Option<u8>, Failure> {
    let mut typed = String::new();
    loop {
        write!(out, "\r\x1b[K{question} {typed}")?;
        out.flush()?;
        let Some(key) = terminal.key() else {
            return Ok(None);
        };
        // The terminal's settings make a line feed of Enter.
        let code = match key.code {
            Code::Char('j') if key.ctrl => Code::Enter,
            code => code,
        };
        match code {
            Code::Esc => break,
            Code::Char('c' | 'd') if key.ctrl => break,
            Code::Char(c) if c.is_ascii_digit() && !key.alt && typed.len() < 2 => typed.push(c),
            Code::Backspace => drop(typed.pop()),
            Code::Enter => {
                if let Some(number) = typed.parse().ok().filter(|number| *number <= most) {
                    writeln!(out)?;
                    return Ok(Some(number));
                }
                typed.clear();
            }
            _ => {}
        }
    }
    writeln!(out)?;
    Ok(None)
}

impl Report {
    /// Done, or a problem that keeps scans from being seen or decisions from being recorded.
    fn exit(&self) -> u8 {
        if self.is_sound() {
            exit::DONE
        } else {
            exit::PROBLEM
        }
    }
}
