//! The message catalogue: every word on screen comes from the Fluent files under `assets/messages`.
//!
//! [`say`] formats one message. Its arguments are [`Safe`] text or numbers, so nothing from outside
//! can reach the screen unchecked, and its answer is [`Safe`] again.

use std::cell::Cell;
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
    include_str!("../assets/messages/en/report.ftl"),
    include_str!("../assets/messages/en/scan.ftl"),
    include_str!("../assets/messages/en/simulation.ftl"),
    include_str!("../assets/messages/en/ui.ftl"),
    include_str!("../assets/messages/en/view.ftl"),
];

/// The French catalogue: what reports say. Anything else stays English.
const FRENCH: &[&str] = &[include_str!("../assets/messages/fr/report.ftl")];

/// The languages of reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the language of everything else.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// The two letters of ISO 639-1, as in `lang` of a page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

thread_local! {
    /// The language of this thread's messages.
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The language of this thread's messages.
pub fn language() -> Language {
    SPOKEN.get()
}

/// Does `work` with this thread's messages in `language`; what has no words in it stays English.
pub fn in_language<T>(language: Language, work: impl FnOnce() -> T) -> T {
    /// Puts the language of before back, however the work ends.
    struct Before(Language);
    impl Drop for Before {
        fn drop(&mut self) {
            SPOKEN.set(self.0);
        }
    }
    let _before = Before(SPOKEN.replace(language));
    work()
}

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
    let bundle = match language() {
        Language::French if french().has_message(id) => french(),
        Language::French | Language::English => catalogue(),
    };
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
    CATALOGUE.get_or_init(|| parsed(LanguageIdentifier::default(), ENGLISH))
}

/// Parses the French catalogue once.
fn french() -> &'static FluentBundle<FluentResource> {
    static CATALOGUE: OnceLock<FluentBundle<FluentResource>> = OnceLock::new();
    CATALOGUE.get_or_init(|| parsed("fr".parse().unwrap_or_default(), FRENCH))
}

/// Parses the files of one language.
fn parsed(language: LanguageIdentifier, sources: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks are control characters that terminals draw as rubbish.
    bundle.set_use_isolating(false);
    for source in sources {
        // A resource with errors still serves its sound messages; a test refuses the rest.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_catalogue_parses() {
        for source in ENGLISH.iter().chain(FRENCH) {
            if let Err((_, problems)) = FluentResource::try_new((*source).to_owned()) {
                panic!("{problems:?} in\n{source}");
            }
        }
    }

    #[test]
    fn reports_speak_french_and_nothing_stays_french() {
        let word = || say("conclusion-suspicious", &[]);
        let english = word();
        assert_ne!(in_language(Language::French, word), english);
        assert_eq!(word(), english);
        for source in FRENCH {
            for line in source
                .lines()
                .filter(|line| !line.starts_with([' ', '#', '}']))
            {
                let id = line.split(" =").next().unwrap_or_default();
                assert!(id.is_empty() || has(id), "'{id}' is French only");
            }
        }
        // Every message of reports has its French.
        let own = include_str!("../assets/messages/en/report.ftl");
        for line in own.lines().filter(|line| line.starts_with("report-")) {
            let id = line.split(" =").next().unwrap_or_default();
            assert!(french().has_message(id), "'{id}' has no French");
        }
    }

    #[test]
    fn a_gap_is_seen() {
        assert_eq!(say("no-such-message", &[]).as_str(), "<no-such-message>");
    }
}
