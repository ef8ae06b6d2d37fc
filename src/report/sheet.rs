//! The case sheet: one page for the team that opens the unit. Where to look, in metres from the doors
//! where that can be said, and for what.

use std::fmt::Write as _;

use serde_json::Value;

use super::cases::{Case, Effective, object, text};
use super::html::{escaped, number, told};
use super::page::{begun, marked_picture, material_words, scan_name};
use super::pictures::{Easel, outline};
use crate::decisions::{MarkedRegion, ScanBlock, conclusion_label, control_label, reason_label};
use crate::messages::{arg, has, say};
use crate::radiograph::{Outline, Radiograph, Size};
use crate::scan::End;
use crate::text::Safe;

/// What the sheet says, before it is a page or text.
struct Sheet {
    unit: Safe,
    facts: Vec<(&'static str, Vec<Safe>)>,
    regions: Vec<Found>,
    look_for: Vec<Safe>,
    notes: Vec<Safe>,
}

/// One marked region.
struct Found {
    number: usize,
    label: Safe,
    lines: Vec<Safe>,
}

/// How pixels of the scan become places in the unit.
struct Geometry {
    view: String,
    size: Size,
    pixel_mm: Option<[f64; 2]>,
    doors: Option<End>,
}

/// The page of a case, one side of A4 when it is printed.
pub fn sheet_html(case: &Case, easel: &mut Easel) -> String {
    let now = case.effective();
    let scan = scan_of(case);
    let sheet = Sheet::of(case, &now, scan.as_ref(), easel);
    let title = escaped(&say("sheet-title", &[arg("unit", &sheet.unit)]));
    let mut out = begun(&title, "sheet") + "<table class=\"facts\"><tbody>\n";
    for (id, lines) in &sheet.facts {
        let _ = writeln!(
            out,
            "<tr><th>{}</th><td>{}</td></tr>",
            told(id),
            html_lines(lines)
        );
    }
    out += "</tbody></table>\n";
    if let Some(scan) = &scan {
        out += &marked_picture(case, &now, scan, easel);
    }
    if !sheet.regions.is_empty() {
        let _ = writeln!(
            out,
            "<h3>{}</h3>\n<table class=\"list\"><tbody>",
            told("sheet-where")
        );
        for region in &sheet.regions {
            let _ = writeln!(
                out,
                "<tr><td class=\"n\"><b>{}</b></td><td><b>{}</b></td><td>{}</td></tr>",
                region.number,
                escaped(&region.label),
                html_lines(&region.lines)
            );
        }
        out += "</tbody></table>\n";
    }
    if !sheet.look_for.is_empty() {
        let _ = writeln!(out, "<h3>{}</h3>\n<ul>", told("sheet-look-for"));
        for line in &sheet.look_for {
            let _ = writeln!(out, "<li>{}</li>", escaped(line));
        }
        out += "</ul>\n";
    }
    for note in &sheet.notes {
        let _ = writeln!(out, "<p class=\"small\">{}</p>", escaped(note));
    }
    out + "</body>\n</html>\n"
}

/// The same as text.
pub fn sheet_text(case: &Case, easel: &mut Easel) -> String {
    let now = case.effective();
    let scan = scan_of(case);
    let sheet = Sheet::of(case, &now, scan.as_ref(), easel);
    let mut out = format!("{}\n\n", say("sheet-title", &[arg("unit", &sheet.unit)]));
    for (id, lines) in &sheet.facts {
        let name = say(id, &[]);
        for (at, line) in lines.iter().enumerate() {
            let head = if at == 0 { name.as_str() } else { "" };
            let gap = " ".repeat(22usize.saturating_sub(Safe::from_outside(head).width()));
            let _ = writeln!(out, "{head}{gap}{line}");
        }
    }
    if !sheet.regions.is_empty() {
        let _ = writeln!(out, "\n{}", say("sheet-where", &[]));
    }
    for region in &sheet.regions {
        let _ = writeln!(out, "  {}  {}", region.number, region.label);
        for line in &region.lines {
            let _ = writeln!(out, "     {line}");
        }
    }
    if !sheet.look_for.is_empty() {
        let _ = writeln!(out, "\n{}", say("sheet-look-for", &[]));
    }
    for line in &sheet.look_for {
        let _ = writeln!(out, "  - {line}");
    }
    out.push('\n');
    for note in &sheet.notes {
        let _ = writeln!(out, "{note}");
    }
    out
}

/// Lines below each other.
fn html_lines(lines: &[Safe]) -> String {
    lines.iter().map(escaped).collect::<Vec<_>>().join("<br>")
}

/// The scan of a case.
fn scan_of(case: &Case) -> Option<ScanBlock> {
    let scan = case.members.get("scan")?;
    serde_json::from_value(scan.clone()).ok()
}

impl Sheet {
    fn of(case: &Case, now: &Effective, scan: Option<&ScanBlock>, easel: &mut Easel) -> Self {
        let opened = scan.map(|scan| easel.scan(scan));
        let mut notes = Vec::new();
        let views: Vec<Geometry> = match opened {
            Some(Ok(opened)) => {
                if opened.simulated {
                    notes.push(say("report-simulated", &[]));
                }
                let of = |view: &Radiograph| Geometry {
                    view: view.view.clone(),
                    size: view.size(),
                    pixel_mm: view.pixel_mm,
                    doors: opened.doors,
                };
                opened.views.iter().map(of).collect()
            }
            Some(Err(why)) => {
                notes.push(Safe::join(&[say("report-no-picture", &[]), why], " "));
                Vec::new()
            }
            None => Vec::new(),
        };
        let regions: Vec<Found> = now
            .regions
            .iter()
            .enumerate()
            .map(|(at, region)| found(at + 1, region, &views))
            .collect();
        if let Some(geometry) = views.first().filter(|_| !regions.is_empty()) {
            notes.extend(geometry.told());
        }
        Self {
            unit: Safe::from_outside(&scan_name(case)),
            facts: facts(case, now),
            regions,
            look_for: now
                .reasons
                .iter()
                .filter_map(|code| look_for(code))
                .collect(),
            notes,
        }
    }
}

/// What was decided, by whom, what is asked for, what was declared.
fn facts(case: &Case, now: &Effective) -> Vec<(&'static str, Vec<Safe>)> {
    let lines = |text: &str| -> Vec<Safe> {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(Safe::from_typed).collect()
    };
    let control = |code: &u64| {
        let label = u16::try_from(*code).map(control_label).unwrap_or_default();
        say("form-control", &[arg("code", code), arg("label", &label)])
    };
    let declared = object(&case.members, "declaration");
    let time = |at: &str| Safe::from_outside(&at.replacen('T', " ", 1));
    let (when, by) = (time(&now.at), Safe::from_outside(&now.analyst));
    // Another's conclusion, or a corrected one, tells what was decided first.
    let first = (now.at != case.at).then(|| {
        say(
            "sheet-first-value",
            &[
                arg(
                    "decision",
                    &conclusion_label(text(&case.members, "decision")),
                ),
                arg("who", &Safe::from_outside(&case.analyst)),
                arg("when", &time(&case.at)),
            ],
        )
    });
    let facts = [
        ("report-decision", vec![conclusion_label(&now.decision)]),
        (
            "report-reasons",
            now.reasons.iter().map(|code| reason_label(code)).collect(),
        ),
        ("report-note", lines(&now.note)),
        (
            "report-controls",
            now.controls.iter().map(control).collect(),
        ),
        ("report-declaration", lines(text(declared, "path"))),
        ("report-who", vec![by]),
        ("report-when", vec![when]),
        ("sheet-first", first.into_iter().collect()),
        ("report-record", lines(&case.id)),
    ];
    let said = |(_, lines): &(&str, Vec<Safe>)| lines.iter().any(|line| !line.is_empty());
    facts.into_iter().filter(said).collect()
}

/// The sentence about what a reason lets one look for.
fn look_for(code: &str) -> Option<Safe> {
    let id = format!("sheet-look-{code}");
    has(&id).then(|| say(&id, &[]))
}

/// A region with its place, its size and its material.
fn found(number: usize, region: &Value, views: &[Geometry]) -> Found {
    let read: Option<MarkedRegion> = serde_json::from_value(region.clone()).ok();
    let mut lines = Vec::new();
    let mut label = Safe::default();
    if let Some(read) = &read {
        label = Safe::from_typed(&read.label);
        if let Some(outline) = outline(read) {
            let named = |view: &&Geometry| read.view.as_ref() == Some(&view.view);
            let own = views.iter().find(named);
            lines.extend(place(&outline, own.or(views.first())));
            if let Some(name) = read.view.as_deref() {
                let name = Safe::from_outside(name);
                lines.push(say("sheet-view", &[arg("view", &name)]));
            }
        }
    }
    if let Some(material) = region.get("material").and_then(Value::as_object) {
        let words = material_words(material);
        if !words.is_empty() {
            lines.push(Safe::join(&words, ", "));
        }
    }
    if label.is_empty() {
        label = say("report-region", &[arg("number", &number)]);
    }
    Found {
        number,
        label,
        lines,
    }
}

/// Where an outline is: metres from the doors and above the lower edge, else shares of the picture.
fn place(outline: &Outline, geometry: Option<&Geometry>) -> Vec<Safe> {
    let bounds = outline.bounds();
    let (left, right) = (bounds.x as f64, (bounds.x + bounds.width) as f64);
    let (top, bottom) = (bounds.y as f64, (bounds.y + bounds.height) as f64);
    let Some(geometry) = geometry else {
        return Vec::new();
    };
    let (width, height) = (geometry.size.width as f64, geometry.size.height as f64);
    let span = |id: &str, [low, high]: [f64; 2], decimals| {
        let (low, high) = (number(low, decimals), number(high, decimals));
        say(id, &[arg("low", &low), arg("high", &high)])
    };
    let Some([across, down]) = geometry.pixel_mm else {
        let share = |of: f64, all: f64| of / all * 100.0;
        return vec![
            span(
                "sheet-share-left",
                [share(left, width), share(right, width)],
                0,
            ),
            span(
                "sheet-share-low",
                [share(height - bottom, height), share(height - top, height)],
                0,
            ),
        ];
    };
    let metres = |pixels: f64, mm: f64| pixels * mm / 1000.0;
    let along = match geometry.doors {
        Some(End::Right) => span(
            "sheet-from-doors",
            [metres(width - right, across), metres(width - left, across)],
            2,
        ),
        Some(End::Left) => span(
            "sheet-from-doors",
            [metres(left, across), metres(right, across)],
            2,
        ),
        None => span(
            "sheet-from-left",
            [metres(left, across), metres(right, across)],
            2,
        ),
    };
    let above = span(
        "sheet-above",
        [metres(height - bottom, down), metres(height - top, down)],
        2,
    );
    let size = [metres(right - left, across), metres(bottom - top, down)];
    let [wide, high] = size.map(|side| number(side, 2));
    let size = say("sheet-size", &[arg("wide", &wide), arg("high", &high)]);
    vec![along, above, size]
}

impl Geometry {
    /// What a reader must know about the places.
    fn told(&self) -> Vec<Safe> {
        let mut told = Vec::new();
        if self.pixel_mm.is_none() {
            told.push(say("sheet-no-scale", &[]));
        } else {
            told.push(say("sheet-plane", &[]));
        }
        if self.doors.is_none() {
            told.push(say("sheet-no-doors", &[]));
        }
        told.push(say("sheet-no-side", &[]));
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radiograph::Region;

    fn told(doors: Option<End>, pixel_mm: Option<[f64; 2]>) -> Vec<String> {
        let geometry = Geometry {
            view: String::new(),
            size: Size {
                width: 1000,
                height: 500,
            },
            pixel_mm,
            doors,
        };
        let outline = Outline::Rectangle(Region {
            x: 100,
            y: 300,
            width: 200,
            height: 100,
        });
        let lines = place(&outline, Some(&geometry));
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_region_is_placed_in_its_own_view() {
        let view = |name: &str, mm: f64| Geometry {
            view: name.to_owned(),
            size: Size {
                width: 1000,
                height: 500,
            },
            pixel_mm: Some([mm, mm]),
            doors: Some(End::Left),
        };
        let region = serde_json::json!({"shape": "rect", "points": [[100, 300], [300, 400]],
            "label": "", "view": "top"});
        let lines = found(1, &region, &[view("side", 6.0), view("top", 2.0)]).lines;
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert!(
            lines[0].contains("0.20") && lines[0].contains("0.60"),
            "{lines:?}"
        );
        assert!(lines.iter().any(|line| line.contains("top")), "{lines:?}");
    }

    #[test]
    fn places_are_metres_from_the_doors_where_they_are_known() {
        let mm = Some([6.0, 5.0]);
        let right = told(Some(End::Right), mm);
        assert!(
            right[0].contains("4.20") && right[0].contains("5.40"),
            "{right:?}"
        );
        assert!(
            right[1].contains("0.50") && right[1].contains("1.00"),
            "{right:?}"
        );
        assert!(
            right[2].contains("1.20") && right[2].contains("0.50"),
            "{right:?}"
        );
        let left = told(Some(End::Left), mm);
        assert!(
            left[0].contains("0.60") && left[0].contains("1.80"),
            "{left:?}"
        );
        assert!(left[0].contains("door end"));
        let neither = told(None, mm);
        assert!(
            neither[0].contains("left end") && !neither[0].contains("door"),
            "{neither:?}"
        );
        let shares = told(None, None);
        assert!(
            shares[0].contains("10 to 30 %") && shares[1].contains("20 to 40 %"),
            "{shares:?}"
        );
    }
}
