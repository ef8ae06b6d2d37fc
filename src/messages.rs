//! The message catalogue: every word on screen comes from the Fluent files under `assets/messages`.
//!
//! [`say`] formats one message. Its arguments are [`Safe`] text or numbers, so nothing from outside
//! can reach the screen unchecked, and its answer is [`Safe`] again.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::text::Safe;

/// The English catalogue, one file per topic.
const ENGLISH: &[&str] = &[
    include_str!("../assets/messages/en/app.ftl"),
    include_str!("../assets/messages/en/cli.ftl"),
    include_str!("../assets/messages/en/command.ftl"),
    include_str!("../assets/messages/en/config.ftl"),
    include_str!("../assets/messages/en/decisions.ftl"),
    include_str!("../assets/messages/en/doctor.ftl"),
    include_str!("../assets/messages/en/error.ftl"),
    include_str!("../assets/messages/en/filter.ftl"),
    include_str!("../assets/messages/en/graphics.ftl"),
    include_str!("../assets/messages/en/keymap.ftl"),
    include_str!("../assets/messages/en/measure.ftl"),
    include_str!("../assets/messages/en/physics.ftl"),
    include_str!("../assets/messages/en/scan.ftl"),
    include_str!("../assets/messages/en/simulation.ftl"),
    include_str!("../assets/messages/en/ui.ftl"),
    include_str!("../assets/messages/en/view.ftl"),
];

/// One named argument of a message.
pub type Argument<'a> = (&'static str, FluentValue<'a>);

/// What may stand in a message: safe text or a number.
pub trait Sayable {
    /// The value as Fluent takes it.
    fn value(&self) -> FluentValue<'_>;
}

impl Sayable for Safe {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

macro_rules! sayable_numbers {
    ($($number:ty),*) => {$(
        impl Sayable for $number {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
sayable_numbers!(u8, u16, u32, u64, usize, i32, i64, f32, f64);

/// Names an argument of a message.
pub fn arg<'a>(name: &'static str, value: &'a impl Sayable) -> Argument<'a> {
    (name, value.value())
}

/// The message `id` with its arguments; an unknown `id` shows itself in angle brackets, so that a
/// gap is seen and not silent.
pub fn say(id: &str, arguments: &[Argument<'_>]) -> Safe {
    let bundle = catalogue();
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        return Safe::from_outside(&format!("<{id}>"));
    };
    let arguments: FluentArgs = arguments.iter().cloned().collect();
    let mut problems = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&arguments), &mut problems);
    Safe::from_message(&text)
}

/// Whether the catalogue has the message `id`.
pub fn has(id: &str) -> bool {
    catalogue().has_message(id)
}

/// Parses the catalogue once.
fn catalogue() -> &'static FluentBundle<FluentResource> {
    static CATALOGUE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut bundle = FluentBundle::new_concurrent(vec![LanguageIdentifier::default()]);
        // Isolation marks are control characters that terminals draw as rubbish.
        bundle.set_use_isolating(false);
        for source in ENGLISH {
            // A resource with errors still serves its sound messages; a test refuses the rest.
            let resource = match FluentResource::try_new((*source).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        bundle
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_catalogue_parses() {
        for source in ENGLISH {
            if let Err((_, problems)) = FluentResource::try_new((*source).to_owned()) {
                panic!("{problems:?} in\n{source}");
            }
        }
    }

    #[test]
    fn a_gap_is_seen() {
        assert_eq!(say("no-such-message", &[]).as_str(), "<no-such-message>");
    }
}
