//! Templates of forms that people write: `templates.toml` beside a configuration file.

use crate::config::{self, Places};
use crate::decisions::{Template, parse_templates, templates};
use crate::messages::{arg, say};
use crate::text::Safe;

/// Their file.
const FILE: &str = "templates.toml";

/// The templates in effect, the analyst's over the machine's over the shipped ones, and a sentence for
/// each file that is wrong.
pub fn load_templates(places: &Places) -> (Vec<Template>, Vec<Safe>) {
    let (mut all, mut problems) = (templates().to_vec(), Vec::new());
    for place in [&places.system, &places.user].into_iter().flatten() {
        let path = place.with_file_name(FILE);
        if !path.exists() {
            continue;
        }
        let read = config::read_text(&path).map_err(|error| error.message());
        match read.and_then(|text| parse_templates(&text)) {
            Ok(own) => {
                all.retain(|known| own.iter().all(|template| template.name != known.name));
                all.extend(own);
            }
            Err(why) => {
                let named = [arg("file", &Safe::from_path(&path)), arg("why", &why)]
                    .map(|(name, value)| (name, value.into_owned()));
                problems.push(say("template-file", &named));
            }
        }
    }
    (all, problems)
}
