//! The command line: what may be typed, and which command serves it.
//!
//! Names and JSON fields are a contract (`docs/commands.md`). Help texts come from the message
//! catalogue: `cli-NAME` for a command, `cli-NAME-arg-ARG` or `cli-NAME-ARG` for its argument,
//! `cli-arg-ARG` for one that several commands share, `cli-NAME-example` for its example.

mod calibrate;
mod console;
mod dicos;
mod doctor;
mod info;
pub mod keys;
mod list;
mod log;
mod measure;
mod opening;
mod papers;
pub mod profile;
mod render;
mod show;
mod simulate;
mod text_file;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::graphics::Rung;
use crate::messages::{arg, has, say};
use crate::text::Safe;
use crate::{Error, Result};

/// Exit codes of the one-shot commands.
pub mod exit {
    /// Done.
    pub const DONE: u8 = 0;
    /// The work found a problem.
    pub const PROBLEM: u8 = 1;
    /// Wrong usage.
    pub const USAGE: u8 = 2;
}

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "xamine",
    version,
    disable_help_subcommand = true,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// The command; without one the console opens.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The console's own arguments.
    #[command(flatten)]
    pub console: ConsoleArgs,
}

/// Arguments of the console.
#[derive(Debug, Clone, Args)]
pub struct ConsoleArgs {
    /// A scan or a folder.
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Folder of the decision log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// Who decides.
    #[arg(long, value_name = "ID")]
    pub analyst: Option<String>,
    /// Graphics protocol, without probing.
    #[arg(long, value_name = "PROTOCOL")]
    pub protocol: Option<String>,
    /// Key file.
    #[arg(long, value_name = "FILE")]
    pub keymap: Option<PathBuf>,
    /// Kilobytes a second at most.
    #[arg(long, value_name = "KB_PER_S")]
    pub byte_budget: Option<String>,
    /// The highest rung of pictures.
    #[arg(long, value_name = "Q0..Q5")]
    pub max_quality: Option<String>,
    /// Where every event is written down.
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Nothing is recorded.
    #[arg(long)]
    pub read_only: bool,
    /// How the first scan is looked at.
    #[command(flatten)]
    pub view: ViewArgs,
}

/// How a scan is looked at, shared by the console, `show` and `render`.
#[derive(Debug, Clone, Default, Args)]
pub struct ViewArgs {
    /// Name of the view of the scan.
    #[arg(long = "view", value_name = "NAME")]
    pub view_name: Option<String>,
    /// Name of the plane.
    #[arg(long, value_name = "NAME")]
    pub plane: Option<String>,
    /// What is drawn.
    #[arg(long, value_name = "DISPLAY")]
    pub display: Option<String>,
    /// A way of looking by name, which the other options override.
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// `CENTRE,WIDTH`, `auto`, `auto-local` or `auto-content`.
    #[arg(long, value_name = "CENTRE,WIDTH|auto", allow_hyphen_values = true)]
    pub window: Option<String>,
    /// The curve of the window.
    #[arg(long, value_name = "FUNCTION")]
    pub window_function: Option<String>,
    /// `NAME` or `NAME=ARG`, in order.
    #[arg(long = "filter", value_name = "NAME[=ARG]")]
    pub filters: Vec<String>,
    /// Scan pixels.
    #[arg(long, value_name = "X,Y,W,H", allow_hyphen_values = true)]
    pub region: Option<String>,
    /// Scanner profile, which tells materials.
    #[arg(long, value_name = "SCANNER_PROFILE")]
    pub profile: Option<PathBuf>,
}

/// One scan on the command line.
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
    /// Any file of the scan, or a folder that holds one.
    #[arg(value_name = "SCAN")]
    pub scan: PathBuf,
    /// Just that file, not its group.
    #[arg(long)]
    pub alone: bool,
}

/// The one-shot commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The scans of a folder tree.
    List {
        /// The folder.
        #[arg(value_name = "PATH")]
        path: PathBuf,
        /// Rows for other files too.
        #[arg(long)]
        all: bool,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Everything known about a scan.
    Info {
        /// The scan.
        #[command(flatten)]
        scan: ScanArgs,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Prints one picture.
    Show {
        /// The scan.
        #[command(flatten)]
        scan: ScanArgs,
        /// How it is looked at.
        #[command(flatten)]
        view: ViewArgs,
        /// Graphics protocol.
        #[arg(long, default_value = "auto")]
        protocol: String,
        /// Size in cells.
        #[arg(long, value_name = "COLSxROWS")]
        size: Option<String>,
        /// Size of a cell in pixels.
        #[arg(long, value_name = "WxH")]
        cell: Option<String>,
        /// Most bytes.
        #[arg(long, value_name = "N")]
        max_bytes: Option<String>,
        /// Best quality.
        #[arg(long, value_name = "Q0..Q5")]
        max_quality: Option<String>,
    },
    /// Writes the picture.
    Render {
        /// The scan.
        #[command(flatten)]
        scan: ScanArgs,
        /// How it is looked at.
        #[command(flatten)]
        view: ViewArgs,
        /// `.png`, `.tif` or `.npy`.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Size in pixels.
        #[arg(long, value_name = "WxH")]
        size: Option<String>,
        /// The legend under the picture.
        #[arg(long)]
        legend: bool,
        /// Milliseconds per stage on standard error.
        #[arg(long)]
        time: bool,
    },
    /// Statistics of a region.
    Measure {
        /// The scan.
        #[command(flatten)]
        scan: ScanArgs,
        /// What is asked for.
        #[command(flatten)]
        asked: measure::MeasureArgs,
    },
    /// Makes a scan out of a scene.
    Simulate {
        /// The scene file.
        #[arg(value_name = "SCENE.toml")]
        scene: PathBuf,
        /// The folder.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
        /// Seed in place of the scene's.
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
    },
    /// The decision log.
    Log {
        /// What to do with it.
        #[command(subcommand)]
        command: LogCommand,
    },
    /// The keys in effect.
    Keys {
        /// Checks this key file.
        #[arg(long, value_name = "FILE")]
        check: Option<PathBuf>,
        /// `text`, `md` or `json`.
        #[arg(long, default_value = "text", value_parser = ["text", "md", "json"])]
        format: String,
        /// The key file in effect.
        #[arg(long, value_name = "FILE")]
        keymap: Option<PathBuf>,
    },
    /// What this terminal, line, locale and folder can do.
    Doctor {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Fits a scanner profile.
    Calibrate {
        /// The calibration.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// The profile; its table is written beside it.
        #[arg(short, long, value_name = "PROFILE.toml")]
        output: PathBuf,
    },
    /// Shell completions.
    Completions {
        /// The shell.
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// The manual page.
    Man,
}

/// The log's commands.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// The records.
    Show {
        /// Folder of the log.
        #[arg(long, value_name = "DIR")]
        log: Option<PathBuf>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Recomputes every hash.
    Verify {
        /// Folder of the log.
        #[arg(long, value_name = "DIR")]
        log: Option<PathBuf>,
        /// The scan files too.
        #[arg(long)]
        files: bool,
        /// A checkpoint kept elsewhere: its file, or its groups of digits.
        #[arg(long, value_name = "FILE|GROUPS")]
        against: Option<std::ffi::OsString>,
        /// Who must have signed it.
        #[arg(long, value_name = "KEY", requires = "against")]
        signer: Option<String>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// One hash over the whole log.
    Checkpoint {
        /// Folder of the log.
        #[arg(long, value_name = "DIR")]
        log: Option<PathBuf>,
        /// Whose log it is.
        #[arg(long, value_name = "NAME")]
        origin: Option<String>,
        /// Who takes it.
        #[arg(long, value_name = "ID")]
        analyst: Option<String>,
        /// The key that signs it.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// The union of logs.
    Merge {
        /// Folders to bring in.
        #[arg(value_name = "SRC", required = true)]
        sources: Vec<PathBuf>,
        /// The folder to bring them into.
        #[arg(value_name = "DEST")]
        destination: PathBuf,
    },
    /// The decisions in the form of other programs.
    Export(log::ExportArgs),
    /// Keys that sign checkpoints.
    Key {
        /// What to do with them.
        #[command(subcommand)]
        command: log::KeyCommand,
    },
    /// Proofs that need no log.
    Prove(log::ProveArgs),
    /// A scan and a question for another post.
    Bundle(log::BundleArgs),
    /// A page for the team that opens the unit.
    Sheet(log::SheetArgs),
    /// Numbers of the log.
    Stats(log::StatsArgs),
    /// What was seen, step by step.
    Replay(log::ReplayArgs),
}

/// The command with its help texts from the catalogue.
pub fn definition() -> clap::Command {
    describe(Cli::command(), "cli")
}

/// Gives a command, its arguments and its subcommands their words.
fn describe(command: clap::Command, id: &str) -> clap::Command {
    let mut command = with_own_flags(command.about(say(id, &[]).to_string()), id);
    let example = format!("{id}-example");
    if has(&example) {
        command = command.after_help(say(&example, &[]).to_string());
    }
    let subcommands: Vec<String> = command
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    let arguments: Vec<String> = command
        .get_arguments()
        .map(|a| a.get_id().to_string())
        .collect();
    for name in arguments {
        let help = argument_help(id, &name.replace('_', "-"), &subcommands);
        command = command.mut_arg(name, |argument| argument.help(help.to_string()));
    }
    for name in subcommands {
        let id = format!("{id}-{name}");
        command = command.mut_subcommand(name, |sub| describe(sub, &id));
    }
    command
}

/// The words of an argument: `cli-COMMAND-arg-ARG`, `cli-COMMAND-ARG` unless that is a subcommand
/// (`--log` of the console and the command `log`), else the shared `cli-arg-ARG`.
fn argument_help(id: &str, word: &str, subcommands: &[String]) -> Safe {
    let own = format!("{id}-arg-{word}");
    let plain = format!("{id}-{word}");
    let is_command = subcommands.iter().any(|name| name == word);
    if has(&own) {
        say(&own, &[])
    } else if has(&plain) && !is_command {
        say(&plain, &[])
    } else {
        say(&format!("cli-arg-{word}"), &[])
    }
}

/// `--help` and `--version` with words of the catalogue.
fn with_own_flags(command: clap::Command, id: &str) -> clap::Command {
    let help = Arg::new("help").short('h').long("help");
    let mut command = command
        .disable_help_flag(true)
        .arg(help.action(ArgAction::Help));
    if id == "cli" {
        let version = Arg::new("version").short('V').long("version");
        command = command
            .disable_version_flag(true)
            .arg(version.action(ArgAction::Version));
    }
    command
}

/// Runs what was typed and gives the exit code. A closed pipe is success.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    crate::scan::keep_decoder_panics_quiet();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = match definition().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(problem) => {
            if let Some(error) = wrong_command(&problem, &arguments) {
                let _ = writeln!(err, "xamine: {error}");
                return exit::USAGE;
            }
            let text = problem.render().to_string();
            return if problem.use_stderr() {
                // Nothing is left to tell when standard error itself is gone.
                let _ = writeln!(err, "{}", text.trim_end());
                exit::USAGE
            } else {
                let _ = writeln!(out, "{}", text.trim_end());
                exit::DONE
            };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(problem) => {
            let _ = write!(err, "{}", problem.render());
            return exit::USAGE;
        }
    };
    match dispatch(cli, out, err) {
        Ok(code) => code,
        Err(Failure::Told(error)) => {
            let _ = writeln!(err, "xamine: {error}");
            error.exit_code()
        }
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => exit::DONE,
        Err(Failure::Output(error)) => {
            let _ = writeln!(
                err,
                "xamine: {}",
                Error::io(std::path::Path::new("standard output"), &error)
            );
            exit::PROBLEM
        }
    }
}

/// The error of a first word that is neither a command nor there, where more words follow it that
/// the console does not take.
fn wrong_command(problem: &clap::Error, arguments: &[OsString]) -> Option<Error> {
    use clap::error::ErrorKind;
    let unknown = matches!(
        problem.kind(),
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand | ErrorKind::ArgumentConflict
    );
    let first = arguments.get(1).filter(|_| unknown)?;
    let option = first.as_encoded_bytes().starts_with(b"-");
    let command = definition()
        .get_subcommands()
        .any(|sub| first == sub.get_name());
    let path = std::path::Path::new(first);
    (!option && !command && !console::is_there(path)).then(|| console::nothing_there(path))
}

/// Why a command ended early: an error to tell, or an output that takes no more.
#[derive(Debug)]
pub enum Failure {
    /// One sentence for standard error.
    Told(Error),
    /// Writing the answer failed.
    Output(std::io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

/// The rung of `--max-quality`, in either case.
fn quality(word: &str) -> Result<Rung> {
    Rung::parse(word).ok_or_else(|| {
        let value = Safe::from_outside(word);
        Error::request(say("show-bad-quality", &[arg("value", &value)]))
    })
}

/// A number of bytes that was typed.
fn bytes(word: &str) -> Result<usize> {
    word.parse().map_err(|_| {
        let value = Safe::from_outside(word);
        Error::request(say("show-bad-bytes", &[arg("value", &value)]))
    })
}

/// The command that was typed.
fn dispatch(cli: Cli, out: &mut dyn Write, err: &mut dyn Write) -> Result<u8, Failure> {
    match cli.command {
        None => console::run(cli.console),
        Some(Command::List { path, all, json }) => list::run(&path, all, json, out, err),
        Some(Command::Info { scan, json }) => info::run(&scan, json, out, err),
        Some(Command::Show {
            scan,
            view,
            protocol,
            size,
            cell,
            max_bytes,
            max_quality,
        }) => show::run(
            &show::Request {
                scan,
                view,
                protocol,
                size,
                cell,
                max_bytes: max_bytes.as_deref().map(bytes).transpose()?,
                max_quality,
            },
            out,
            err,
        ),
        Some(Command::Render {
            scan,
            view,
            output,
            size,
            legend,
            time,
        }) => render::run(
            &render::Request {
                scan,
                view,
                output,
                size,
                legend,
                time,
            },
            out,
            err,
        ),
        Some(Command::Measure { scan, asked }) => measure::run(&scan, &asked, out, err),
        Some(Command::Calibrate { file, output }) => calibrate::run(&file, &output, out),
        Some(Command::Simulate {
            scene,
            output,
            seed,
        }) => simulate::run(&scene, &output, seed, out, err),
        Some(Command::Log { command }) => log::run(command, out, err),
        Some(Command::Keys {
            check,
            format,
            keymap,
        }) => keys::run(check.as_deref(), keymap.as_deref(), &format, out, err),
        Some(Command::Doctor { json }) => doctor::run(json, out, err),
        Some(Command::Completions { shell }) => papers::completions(shell, out),
        Some(Command::Man) => papers::manual(out),
    }
}
