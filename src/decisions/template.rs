//! Templates: a form filled in at once, as data.

use std::sync::OnceLock;

use serde::Deserialize;

use super::vocabulary::{Conclusion, controls, reasons};
use crate::messages::{arg, say};
use crate::text::Safe;

/// The shipped ones.
const SHIPPED: &str = include_str!("../../assets/templates.toml");

/// What a form is filled in with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// The conclusion, where it has one.
    #[serde(default)]
    pub decision: Option<Conclusion>,
    /// Reason codes to add.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Types of control to add.
    #[serde(default)]
    pub controls: Vec<u16>,
    /// What is added to the note.
    #[serde(default)]
    pub note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    template: Vec<Template>,
}

/// The shipped templates; a test refuses a file that does not parse.
pub fn templates() -> &'static [Template] {
    static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| parse_templates(SHIPPED).unwrap_or_default())
}

/// Reads a file of templates.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse_templates(text: &str) -> Result<Vec<Template>, Safe> {
    let file: File =
        toml::from_str(text).map_err(|error| Safe::from_outside(error.to_string().trim()))?;
    for template in &file.template {
        let unknown = |code: &&String| !reasons().contains(code);
        if let Some(code) = template.reasons.iter().find(unknown) {
            return Err(wrong("template-reason", template, code));
        }
        let unknown = |code: &&u16| !controls().contains(code);
        if let Some(code) = template.controls.iter().find(unknown) {
            return Err(wrong("template-control", template, &code.to_string()));
        }
    }
    Ok(file.template)
}

/// The sentence about a code that is none.
fn wrong(id: &str, template: &Template, code: &str) -> Safe {
    let name = Safe::from_outside(&template.name);
    let code = Safe::from_outside(code);
    say(id, &[arg("name", &name), arg("code", &code)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_templates_are_sound_and_wrong_ones_are_named() {
        assert_eq!(templates().len(), 6);
        let wrong = |body: &str| {
            let text = format!("[[template]]\nname = \"mine\"\n{body}\n");
            parse_templates(&text).err().unwrap_or_default().to_string()
        };
        assert_eq!(wrong("reasons = [\"other\"]"), "");
        assert!(wrong("reasons = [\"othr\"]").contains("othr"));
        assert!(wrong("controls = [43, 99]").contains("99"));
        assert!(wrong("decision = \"guilty\"").contains("guilty"));
        assert!(wrong("noet = \"x\"").contains("noet"));
    }
}
