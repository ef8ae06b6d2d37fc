//! Backgrounds taken off, and one material cancelled.

use super::{Argument, Command, Group, LOOKING, Need, amount, nothing, number, row, words};
use crate::app::{App, Effect, Level, Purpose};
use crate::filter::FilterUse;
use crate::keymap::Value;
use crate::messages::{arg, say};
use crate::text::Safe;
use crate::view::View;

/// Thousandths of the weight that one key moves it.
const THOUSANDTHS: Argument = number(1.0, 1000.0, 20.0, "unit-thousandths");
/// The heaviest weight.
const HEAVIEST: f64 = 5.0;

/// The rows.
pub(super) const COMMANDS: &[Command] = &[
    row(
        "peel_region",
        Group::Filter,
        LOOKING,
        Need::Dual,
        peel_region,
    ),
    row("peel_wall", Group::Filter, LOOKING, Need::Dual, peel_wall),
    row(
        "peel_material",
        Group::Filter,
        LOOKING,
        Need::Dual,
        peel_material,
    )
    .takes(Argument::Text),
    row(
        "peel_within",
        Group::Filter,
        LOOKING,
        Need::Dual,
        peel_within,
    ),
    row("unpeel", Group::Filter, LOOKING, Need::Dual, unpeel),
    row(
        "cancel_material",
        Group::Filter,
        LOOKING,
        Need::Dual,
        cancel_material,
    )
    .takes(Argument::Text),
    row(
        "raise_weight",
        Group::Filter,
        LOOKING,
        Need::Dual,
        |app, value| weigh(app, amount(value)),
    )
    .takes(THOUSANDTHS),
    row(
        "lower_weight",
        Group::Filter,
        LOOKING,
        Need::Dual,
        |app, value| weigh(app, -amount(value)),
    )
    .takes(THOUSANDTHS),
];

/// The name of a filter of this family.
const PEEL: &str = "peel";
const CANCEL: &str = "cancel";

/// Takes the mean attenuation of the last marked region off the whole picture.
fn peel_region(app: &mut App, _: &Value) -> Vec<Effect> {
    let Some(region) = app.desk.marked_area() else {
        app.tell(Level::Info, say("notice-peel-mark", &[]));
        return nothing();
    };
    let region = <[usize; 4]>::from(region).map(|n| n.to_string()).join(",");
    peel(app, &format!("{PEEL}=region,{region}"));
    nothing()
}

/// Takes the container's walls off.
fn peel_wall(app: &mut App, _: &Value) -> Vec<Effect> {
    peel(app, &format!("{PEEL}=wall"));
    nothing()
}

/// Takes a mass thickness of a named material off: `steel 2.5`.
fn peel_material(app: &mut App, value: &Value) -> Vec<Effect> {
    match words(value) {
        Some(text) => {
            // The number comes last; names have spaces, too.
            let (material, mass) = text.trim().rsplit_once([' ', ',']).unwrap_or((text, ""));
            let material = material.trim_end_matches([' ', ',']);
            peel(app, &format!("{PEEL}={material},{mass}"));
        }
        None => app.ask_line(Purpose::Peel, ""),
    }
    nothing()
}

/// One background at a time: a new one takes the place of the one before.
fn peel(app: &mut App, text: &str) {
    let mut taken = None;
    let done = app.restack(|view, radiograph| {
        let used = without(view, PEEL).filter(radiograph, text)?;
        taken = Some(used.args.clone());
        Ok(with(without(view, PEEL).filters, used))
    });
    if let Some([high, low]) = taken.as_deref().filter(|_| done) {
        let (high, low) = (Safe::number(*high, 3), Safe::number(*low, 3));
        app.tell(
            Level::Info,
            say("notice-peeled", &[arg("high", &high), arg("low", &low)]),
        );
    }
}

/// Keeps the background that is taken off to the last marked region, or lets it go everywhere.
fn peel_within(app: &mut App, _: &Value) -> Vec<Effect> {
    let mark = app.desk.marked_area();
    let Some(mut used) = app.used(PEEL) else {
        app.tell(Level::Info, say("notice-no-peel", &[]));
        return nothing();
    };
    match mark.filter(|_| used.args.len() <= 2) {
        Some(region) => {
            let area = <[usize; 4]>::from(region).map(|n| n as f64);
            used.args.extend(area);
        }
        None if used.args.len() > 2 => used.args.truncate(2),
        None => {
            app.tell(Level::Info, say("notice-peel-mark", &[]));
            return nothing();
        }
    }
    app.restack(|view, _| Ok(with(without(view, PEEL).filters, used)));
    nothing()
}

/// Takes nothing off and cancels nothing.
fn unpeel(app: &mut App, _: &Value) -> Vec<Effect> {
    if app.used(PEEL).is_none() && app.used(CANCEL).is_none() {
        app.tell(Level::Info, say("notice-no-peel", &[]));
        return nothing();
    }
    app.restack(|view, _| Ok(without(&without(view, PEEL), CANCEL).filters));
    nothing()
}

/// Cancels a named material, or what stands under the crosshair.
fn cancel_material(app: &mut App, value: &Value) -> Vec<Effect> {
    let weight = app.ratio_at_crosshair();
    match (words(value), weight) {
        (Some(name), _) => cancel(app, |view, radiograph| {
            view.filter(radiograph, &format!("{CANCEL}={name}"))
        }),
        (None, Some(weight)) => cancel(app, |_, _| Ok(weighted(weight))),
        (None, None) => app.ask_line(Purpose::Cancel, ""),
    }
    nothing()
}

/// Moves the weight by thousandths; the first step begins at 1.
fn weigh(app: &mut App, thousandths: f64) -> Vec<Effect> {
    let before = app.used(CANCEL).and_then(|used| used.args.first().copied());
    let after = before.unwrap_or(1.0) + thousandths / 1000.0;
    cancel(app, |_, _| Ok(weighted(after)));
    nothing()
}

/// Puts a cancellation in the place of the one before and says its weight.
fn cancel(
    app: &mut App,
    make: impl FnOnce(&View, &crate::radiograph::Radiograph) -> crate::Result<FilterUse>,
) {
    let mut weight = None;
    let done = app.restack(|view, radiograph| {
        let used = make(view, radiograph)?;
        weight = used.args.first().copied();
        Ok(with(without(view, CANCEL).filters, used))
    });
    if let Some(weight) = weight.filter(|_| done) {
        let weight = Safe::number(weight, 3);
        app.tell(Level::Info, say("notice-weight", &[arg("weight", &weight)]));
    }
}

/// A cancellation by weight.
fn weighted(weight: f64) -> FilterUse {
    FilterUse {
        bypassed: false,
        name: CANCEL.into(),
        args: vec![(weight.clamp(0.0, HEAVIEST) * 1e4).round() / 1e4],
    }
}

/// The view without the filters of one name.
fn without(view: &View, name: &str) -> View {
    let mut view = view.clone();
    view.filters.retain(|used| used.name != name);
    view
}

/// A stack with a filter in front: what is taken off is taken off first.
fn with(mut filters: Vec<FilterUse>, used: FilterUse) -> Vec<FilterUse> {
    filters.insert(0, used);
    filters
}
