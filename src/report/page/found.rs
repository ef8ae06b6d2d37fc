//! What was found where: the scan with its marks, and each marked region with its figures.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::super::cases::{Case, Effective, list, object, text};
use super::super::html::{Facts, escaped, joined, number, outside, told};
use super::super::pictures::{Easel, outline};
use super::figures::{WIDEST, figure};
use crate::decisions::{MarkedRegion, ScanBlock, ViewSeen};
use crate::messages::{arg, has, say};
use crate::radiograph::Outline;
use crate::text::Safe;
use crate::view::{Drawn, Stress, View};

/// Outlines with their numbers.
type Numbered = Vec<(usize, Outline)>;

/// Size of the picture of a region, pixels at most.
const REGION: [usize; 2] = [WIDEST, 400];

/// The part of a case about its marks.
pub(super) fn of(
    case: &Case,
    now: &Effective,
    scan: Option<&ScanBlock>,
    easel: &mut Easel,
) -> String {
    let mut out = format!("<h3>{}</h3>\n", told("report-found"));
    let regions = regions(now);
    let views = seen(&case.members);
    if let Some(scan) = scan {
        out += &marked_picture(case, now, scan, easel);
    }
    if regions.is_empty() {
        let _ = writeln!(out, "<p>{}</p>", told("report-no-regions"));
    }
    for (at, region) in regions.iter().enumerate() {
        let raw = now.regions[at].as_object();
        out += &one(at + 1, region.as_ref(), raw, (scan, &views), easel);
    }
    out
}

/// The regions that this version can read, in their places.
fn regions(now: &Effective) -> Vec<Option<MarkedRegion>> {
    let read = |region: &Value| serde_json::from_value(region.clone()).ok();
    now.regions.iter().map(read).collect()
}

/// The whole scan in grey with its marks by number.
pub(in super::super) fn marked_picture(
    case: &Case,
    now: &Effective,
    scan: &ScanBlock,
    easel: &mut Easel,
) -> String {
    let views = seen(&case.members);
    let last = views.last().map(|seen| seen.view.view.clone());
    // The views of the scan that regions lie on, in their order; the one looked at last without any.
    let mut pictures: Vec<(Option<String>, Numbered)> = Vec::new();
    let mut named = false;
    for (at, region) in regions(now).into_iter().enumerate() {
        let Some((region, outline)) = region.and_then(|one| outline(&one).map(|o| (one, o))) else {
            continue;
        };
        named |= region.view.is_some();
        let name = region.view.or_else(|| last.clone());
        match pictures.iter_mut().find(|(known, _)| *known == name) {
            Some((_, outlines)) => outlines.push((at + 1, outline)),
            None => pictures.push((name, vec![(at + 1, outline)])),
        }
    }
    if pictures.is_empty() {
        pictures.push((last, Vec::new()));
    }
    let picture = |(name, outlines): (Option<String>, Numbered)| {
        let marks: Vec<Drawn> = outlines.iter().map(|(_, outline)| drawn(outline)).collect();
        let whole = easel.whole(scan, name.as_deref(), WIDEST, &marks);
        let view = name.as_deref().filter(|_| named).and_then(on_view);
        let caption = [Some(told("report-whole")), view];
        figure(
            whole,
            &joined(caption.into_iter().flatten(), " "),
            &outlines,
        )
    };
    pictures.into_iter().map(picture).collect()
}

/// The views of a record that this version can read.
pub(super) fn seen(members: &Map<String, Value>) -> Vec<ViewSeen> {
    let views = list(members, "views").iter();
    views
        .filter_map(|view| serde_json::from_value(view.clone()).ok())
        .collect()
}

/// An outline as a plain line.
fn drawn(outline: &Outline) -> Drawn {
    Drawn {
        outline: outline.clone(),
        stress: Stress::Plain,
    }
}

/// One region.
fn one(
    number_of: usize,
    region: Option<&MarkedRegion>,
    raw: Option<&Map<String, Value>>,
    (scan, views): (Option<&ScanBlock>, &[ViewSeen]),
    easel: &mut Easel,
) -> String {
    let Some(raw) = raw else {
        return String::new();
    };
    let label = text(raw, "label");
    let title = say("report-region", &[arg("number", &number_of)]);
    let mut out = format!("<h4>{} {}</h4>\n", escaped(&title), outside(label));
    let outline = region.and_then(outline);
    if let (Some(outline), Some(scan)) = (&outline, scan) {
        let name = region.and_then(|region| region.view.as_deref());
        let like = looked_like(outline, name, views);
        let caption = match like {
            Some(_) => told("report-region-as-seen"),
            None => told("report-region-plain"),
        };
        let picture = easel.region(scan, (like, name), outline, REGION);
        out += &figure(picture, &caption, &[]);
    }
    let mut facts = Facts::default();
    facts.add("report-place", &place(raw, outline.as_ref()));
    facts.add("report-material", &material(object(raw, "material")));
    out += &facts.html();
    out + &statistics(object(raw, "stats"))
}

/// The longest look at the middle of an outline on the view `name`.
fn looked_like<'a>(
    outline: &Outline,
    name: Option<&str>,
    views: &'a [ViewSeen],
) -> Option<&'a View> {
    let bounds = outline.bounds();
    let middle = [
        bounds.x as f64 + bounds.width as f64 / 2.0,
        bounds.y as f64 + bounds.height as f64 / 2.0,
    ];
    let holds = |view: &View| {
        if name.is_some_and(|name| name != view.view) {
            return false;
        }
        let [x, y, w, h] = view.region;
        (x..x + w).contains(&middle[0]) && (y..y + h).contains(&middle[1])
    };
    views
        .iter()
        .filter(|seen| seen.view.comparison.is_none() && holds(&seen.view))
        .max_by_key(|seen| seen.dwell_ms)
        .map(|seen| &seen.view)
}

/// On which of several views of the scan; a scan of one does not name it.
fn on_view(name: &str) -> Option<String> {
    let seen = || say("sheet-view", &[arg("view", &Safe::from_outside(name))]);
    (!name.is_empty()).then(|| escaped(&seen()))
}

/// Where a region is, and how large.
fn place(raw: &Map<String, Value>, outline: Option<&Outline>) -> String {
    let shape = text(raw, "shape");
    let id = format!("report-shape-{shape}");
    let mut out = vec![if has(&id) { told(&id) } else { outside(shape) }];
    out.extend(on_view(text(raw, "view")));
    if let Some(outline) = outline {
        let bounds = outline.bounds();
        let at = say(
            "report-pixels",
            &[
                arg("x", &Safe::number(bounds.x as f64, 0)),
                arg("y", &Safe::number(bounds.y as f64, 0)),
                arg("width", &Safe::number(bounds.width as f64, 0)),
                arg("height", &Safe::number(bounds.height as f64, 0)),
            ],
        );
        out.push(escaped(&at));
    }
    if let [Some(width), Some(height)] = [0, 1].map(|i| list(raw, "mm").get(i)?.as_f64()) {
        let (width, height) = (number(width, 0), number(height, 0));
        let size = say("report-mm", &[arg("width", &width), arg("height", &height)]);
        out.push(escaped(&size));
    }
    joined(out.into_iter(), "<br>")
}

/// The material estimate in words; nothing where none was made.
fn material(of: &Map<String, Value>) -> String {
    let words = material_words(of).into_iter().enumerate();
    let line = |(at, word): (usize, Safe)| {
        let word = escaped(&word);
        if at == 0 {
            format!("<b>{word}</b>")
        } else {
            word
        }
    };
    joined(words.map(line), "<br>")
}

/// The material estimate: the class first, then what else is known.
pub(in super::super) fn material_words(of: &Map<String, Value>) -> Vec<Safe> {
    let value = |name: &str| of.get(name).and_then(Value::as_f64);
    let class = text(of, "class");
    if class.is_empty() {
        return Vec::new();
    }
    let id = format!("class-{class}");
    let label = if has(&id) {
        say(&id, &[])
    } else {
        Safe::from_outside(class)
    };
    let mut out = vec![label];
    let spread = [0, 1].map(|i| list(of, "z_iqr").get(i)?.as_f64());
    if let (Some(z), [Some(low), Some(high)]) = (value("z"), spread) {
        let (z, low, high) = (number(z, 1), number(low, 1), number(high, 1));
        let z = [arg("z", &z), arg("low", &low), arg("high", &high)];
        out.push(say("report-z", &z));
    }
    for (name, id, decimals) in [
        ("mass_thickness_g_cm2", "report-mass-thickness", 1),
        ("steel_mm", "report-steel", 0),
        ("mass_kg", "report-mass", 1),
    ] {
        if let Some(value) = value(name) {
            out.push(say(id, &[arg("value", &number(value, decimals))]));
        }
    }
    if let Some(confidence) = value("confidence") {
        let percent = number(confidence * 100.0, 0);
        out.push(say("report-sure", &[arg("percent", &percent)]));
    }
    if of.get("background_subtracted").and_then(Value::as_bool) == Some(true) {
        out.push(say("report-subtracted", &[]));
    }
    out
}

/// The figures of each plane.
fn statistics(planes: &Map<String, Value>) -> String {
    if planes.is_empty() {
        return String::new();
    }
    let heads = [
        "plane",
        "mean",
        "sd",
        "min",
        "max",
        "transmission",
        "attenuation",
    ];
    let mut out = String::from("<table class=\"list\"><thead><tr>");
    for (at, head) in heads.into_iter().enumerate() {
        let class = if at == 0 { "" } else { " class=\"n\"" };
        let _ = write!(
            out,
            "<th{class}>{}</th>",
            told(&format!("report-stat-{head}"))
        );
    }
    out += "</tr></thead><tbody>";
    for (plane, stats) in planes {
        let _ = write!(out, "<tr><td>{}</td>", outside(plane));
        for (name, decimals) in [
            ("mean", 1),
            ("sd", 1),
            ("min", 0),
            ("max", 0),
            ("transmission", 3),
            ("attenuation", 3),
        ] {
            let value = stats.get(name).and_then(Value::as_f64);
            let cell = value.map_or(Safe::word("–"), |value| number(value, decimals));
            let _ = write!(out, "<td class=\"n\">{}</td>", escaped(&cell));
        }
        out += "</tr>";
    }
    out + "</tbody></table>\n"
}
