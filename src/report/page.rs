//! The HTML report: one file that needs nothing else, from which a supervisor can answer who, when,
//! which scan, what was looked at and how, what was found where, and why.

mod facts;
mod figures;
mod found;
mod later;
mod looks;

pub(super) use found::{marked_picture, material_words};

use std::fmt::Write as _;
use std::path::Path;

use super::cases::{Case, State, object, text};
use super::html::{escaped, time, told};
use super::pictures::Easel;
use crate::decisions::{Conclusion, Report, ScanBlock, Verdict, conclusion_label};
use crate::messages::{arg, language, say};
use crate::text::Safe;

/// The style of every page; there are no scripts and nothing is fetched.
const STYLE: &str = include_str!("../../assets/report/report.css");

/// What stands above the cases.
#[derive(Debug)]
pub struct Front<'a> {
    /// Folder of the log.
    pub folder: &'a Path,
    /// What could be read.
    pub state: &'a State,
    /// What `verify` says.
    pub verified: &'a Report,
    /// When the report is made, RFC 3339.
    pub now: &'a str,
    /// Decision, time, scan and id of each case, for the list.
    pub cases: &'a [(String, String, String, String)],
}

/// The line of a case in the list of [`Front`].
pub fn listed(case: &Case) -> (String, String, String, String) {
    let now = case.effective();
    (
        now.decision,
        case.at.clone(),
        scan_name(case),
        case.id.clone(),
    )
}

/// The beginning of a page that needs nothing else: `title` is HTML, `class` that of its body.
pub(super) fn begun(title: &str, class: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; \
         style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body class=\"{class}\">\n<h1>{title}</h1>\n",
        language().as_str(),
    )
}

/// Everything above the first case.
pub fn page_head(front: &Front<'_>) -> String {
    let mut out = begun(&told("report-title"), "");
    let made = say(
        "report-made",
        &[
            arg("cases", &front.cases.len()),
            arg("folder", &Safe::from_path(front.folder)),
            arg("version", &Safe::word(env!("CARGO_PKG_VERSION"))),
        ],
    );
    let _ = writeln!(
        out,
        "<p>{} <span class=\"small\">{}</span></p>",
        escaped(&made),
        time(front.now)
    );
    let _ = writeln!(out, "<p class=\"small\">{}</p>", told("report-no-evidence"));
    out.push_str(&verdict(front));
    if front.cases.len() > 1 {
        let _ = writeln!(out, "<nav><h3>{}</h3><ol>", told("report-list"));
        for (decision, at, scan, id) in front.cases {
            let _ = writeln!(
                out,
                "<li><a href=\"#{}\">{}</a> <span class=\"small\">{}</span></li>",
                anchor(id),
                named(&conclusion_label(decision), &Safe::from_typed(scan)),
                time(at)
            );
        }
        out.push_str("</ol></nav>\n");
    }
    out
}

/// What closes the page.
pub fn page_foot() -> &'static str {
    "</body>\n</html>\n"
}

/// One case.
pub fn page_case(case: &Case, easel: &mut Easel) -> String {
    let now = case.effective();
    let scan: Option<ScanBlock> = case
        .members
        .get("scan")
        .and_then(|scan| serde_json::from_value(scan.clone()).ok());
    let mut out = String::new();
    let known = Conclusion::parse(&now.decision).map_or("other", Conclusion::as_str);
    let _ = writeln!(
        out,
        "<section class=\"case {known}\" id=\"{}\">\n<h2>{}</h2>",
        anchor(&case.id),
        named(
            &conclusion_label(&now.decision),
            &Safe::from_typed(&scan_name(case))
        ),
    );
    out.push_str(&facts::of(case, &now));
    out.push_str(&found::of(case, &now, scan.as_ref(), easel));
    out.push_str(&looks::of(&case.members, scan.as_ref(), "h3", easel));
    out.push_str(&later::of(case, easel));
    out.push_str("</section>\n");
    out
}

/// The verdict on the log, and what of it could not be read.
fn verdict(front: &Front<'_>) -> String {
    let report = front.verified;
    let word = report.verdict.as_str();
    let sound = matches!(report.verdict, Verdict::Clean | Verdict::Open) && front.state.is_whole();
    let class = if sound { "good" } else { "bad" };
    let mut out = format!(
        "<div class=\"box {class}\"><p><b>{}</b> {}</p>",
        told("report-verified"),
        named(
            &say(&format!("verdict-{word}"), &[]),
            &say(&format!("verdict-means-{word}"), &[])
        ),
    );
    let counts = say(
        "report-counts",
        &[
            arg("records", &report.records),
            arg("segments", &report.segments),
        ],
    );
    let _ = write!(out, "<p class=\"small\">{}</p>", escaped(&counts));
    let State {
        damaged, orphans, ..
    } = front.state;
    if *damaged > 0 {
        let told = say("log-export-damaged", &[arg("lines", damaged)]);
        let _ = write!(out, "<p><b>{}</b></p>", escaped(&told));
    }
    if *orphans > 0 {
        let told = say("log-export-orphans", &[arg("records", orphans)]);
        let _ = write!(out, "<p>{}</p>", escaped(&told));
    }
    if !report.problems.is_empty() {
        out.push_str("<ul class=\"small\">");
        for problem in &report.problems {
            let line = problem
                .line
                .map_or(String::new(), |line| format!(":{line}"));
            let _ = write!(
                out,
                "<li><code>{}{line}</code> {}</li>",
                escaped(&problem.segment),
                escaped(&problem.detail)
            );
        }
        out.push_str("</ul>");
    }
    out.push_str("</div>\n");
    out
}

/// A name for links within the page; ids of records are hex, whatever else a log may say.
fn anchor(id: &str) -> String {
    let plain = id.chars().filter(char::is_ascii_alphanumeric);
    format!("case-{}", plain.take(32).collect::<String>())
}

/// Two words with a colon between them, as the language has it.
pub(super) fn named(what: &Safe, name: &Safe) -> String {
    escaped(&say(
        "report-named",
        &[arg("what", what), arg("name", name)],
    ))
}

/// How a reader knows the scan: container and unit, or the names of its files.
pub(super) fn scan_name(case: &Case) -> String {
    let scan = object(&case.members, "scan");
    let unit = [text(scan, "container"), text(&case.members, "unit")];
    let named: Vec<&str> = unit.into_iter().filter(|name| !name.is_empty()).collect();
    if !named.is_empty() {
        return named.join(" / ");
    }
    let files = super::cases::list(scan, "files").iter();
    let names = files.filter_map(|file| {
        let path = file.get("path")?.as_str()?;
        path.rsplit('/').next()
    });
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return text(&case.members, "scan_id").to_owned();
    }
    names.join(", ")
}
