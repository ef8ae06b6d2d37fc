//! `xamine log bundle`: a scan and a question for another post, without what was decided here.
//!
//! A tar file, because it goes by stick and by mail and every system unpacks it. The reader is to be
//! blind: neither decision nor marks are in it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::super::Failure;
use super::output::written;
use super::records;
use crate::decisions::{ScanBlock, sha256_hex};
use crate::messages::{arg, say};
use crate::report::{self, Case, png};
use crate::scan;
use crate::store::QUESTION;
use crate::text::Safe;
use crate::{Error, Result};

/// Widest picture instead of the scan, pixels.
const WIDEST: usize = 1600;

/// Which case, and for whom.
#[derive(Debug, Clone, Args)]
pub struct BundleArgs {
    /// The decision, or a beginning of its id.
    #[arg(value_name = "RECORD")]
    pub record: String,
    /// What is asked.
    #[arg(long, value_name = "TEXT")]
    pub question: Option<String>,
    /// A picture instead of the scan's files.
    #[arg(long)]
    pub picture: bool,
    /// Folder of the log.
    #[arg(long, value_name = "DIR")]
    pub log: Option<PathBuf>,
    /// The file; `bundle-RECORD.tar` without one.
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// A file of the bundle.
struct Part {
    name: String,
    bytes: Vec<u8>,
}

/// Runs the command.
pub(super) fn run(
    asked: &BundleArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> Result<u8, Failure> {
    let folder = super::folder(asked.log.as_deref())?;
    let cases = report::gather(&folder)?;
    let (id, _) = records::one(&cases, &asked.record)?;
    let found = cases.find(&id)?;
    let scan = found.as_ref().and_then(|case| case.members.get("scan"));
    let scan = scan.and_then(|scan| serde_json::from_value::<ScanBlock>(scan.clone()).ok());
    let (Some(case), Some(scan)) = (found, scan) else {
        let why = say("report-picture-no-file", &[]);
        return Err(Error::NotPossible { why }.into());
    };
    let mut parts = if asked.picture {
        let mut easel = records::easel(&cases, &[], err)?;
        let drawn = easel.whole(&scan, None, WIDEST, &[]);
        let drawn = drawn.map_err(|why| Error::NotPossible { why })?;
        let bytes = png(drawn.frame).map_err(|error| Error::NotPossible {
            why: Safe::from_outside(&error.to_string()),
        })?;
        vec![Part {
            name: "picture.png".into(),
            bytes,
        }]
    } else {
        files(&scan)?
    };
    parts.extend(declaration(&case, err)?);
    let question = question(&case, &scan, asked, &parts);
    parts.insert(
        0,
        Part {
            name: QUESTION.into(),
            bytes: serde_json::to_vec_pretty(&question).map_err(std::io::Error::from)?,
        },
    );
    let short: String = case.id.chars().take(12).collect();
    let target = match &asked.output {
        Some(path) => path.clone(),
        None => PathBuf::from(format!("bundle-{short}.tar")),
    };
    written(Some(&target), &folder, out, &mut |out| {
        tar(&format!("bundle-{short}"), &parts, out)
    })?;
    let told = [
        arg("file", &Safe::from_path(&target)),
        arg("count", &parts.len()),
    ]
    .map(|(name, value)| (name, value.into_owned()));
    writeln!(out, "{}", say("log-bundled", &told))?;
    Ok(super::export::whole(cases.state(), err)?)
}

/// The scan's files as they were decided upon, and the sidecar beside them.
fn files(block: &ScanBlock) -> Result<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    for file in &block.files {
        let path = file.exact_path();
        let bytes = read(&path)?;
        if sha256_hex(&bytes) != file.sha256 {
            let why = say("log-bundle-changed", &[]);
            return Err(Error::bad_file(&path, why));
        }
        parts.push(Part {
            name: plain(&path),
            bytes,
        });
    }
    let first = block
        .files
        .first()
        .map(crate::decisions::ScanFile::exact_path);
    let found = first.map(|path| scan::resolve(&path, false)).transpose();
    // A scan that cannot be grouped any more is sent as its files.
    if let Ok(Some((found, _))) = found
        && let Some(sidecar) = &found.sidecar
    {
        parts.push(Part {
            name: plain(sidecar),
            bytes: read(sidecar)?,
        });
    }
    tell_apart(&mut parts, block.files.len());
    Ok(parts)
}

/// Numbers the scan's `files` where names are the same, or a stick takes them for the same; a sidecar,
/// which comes after them, goes by the name of the first.
fn tell_apart(parts: &mut [Part], files: usize) {
    let names: BTreeSet<String> = parts.iter().map(|part| part.name.to_lowercase()).collect();
    if names.len() == parts.len() && !names.contains(QUESTION) {
        return;
    }
    for (at, part) in parts.iter_mut().enumerate() {
        let at = if at < files { at } else { 0 };
        part.name = format!("{at}-{}", part.name);
    }
}

/// The declaration that was looked at, where it is still what it was.
fn declaration(case: &Case, err: &mut dyn Write) -> Result<Vec<Part>, Failure> {
    let of = case.members.get("declaration").and_then(Value::as_object);
    let text = |name: &str| of.and_then(|of| of.get(name)?.as_str());
    let (Some(path), Some(hash)) = (text("path"), text("sha256")) else {
        return Ok(Vec::new());
    };
    let path = Path::new(path);
    match read(path) {
        Ok(bytes) if sha256_hex(&bytes) == hash => Ok(vec![Part {
            name: format!("declaration-{}", plain(path)),
            bytes,
        }]),
        _ => {
            let named = [arg("file", &Safe::from_path(path))].map(|(k, v)| (k, v.into_owned()));
            writeln!(err, "xamine: {}", say("log-bundle-no-declaration", &named))?;
            Ok(Vec::new())
        }
    }
}

/// What the other post is asked, and about which bytes; nothing of what was decided.
fn question(case: &Case, scan: &ScanBlock, asked: &BundleArgs, parts: &[Part]) -> Value {
    let files: Vec<Value> = parts
        .iter()
        .map(|part| {
            json!({"name": part.name, "bytes": part.bytes.len(), "sha256": sha256_hex(&part.bytes)})
        })
        .collect();
    json!({
        "v": 1,
        "of": case.id,
        "scan_id": scan.scan_id,
        "container": scan.container,
        "kind": scan.kind,
        "host": case.host,
        "question": asked.question,
        "files": files,
    })
}

/// A file as a whole; more than a scan may have is refused.
fn read(path: &Path) -> Result<Vec<u8>> {
    let problem = |problem: std::io::Error| Error::io(path, &problem);
    let limit = scan::Limits::default().bytes;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(problem)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(problem)?;
    if bytes.len() as u64 > limit {
        let why = say("store-draft-limit", &[arg("bytes", &limit)]);
        return Err(Error::limit(path, why));
    }
    Ok(bytes)
}

/// A file's name without anything that leads elsewhere.
fn plain(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let sound = |c: char| {
        if matches!(c, '/' | '\\') { '_' } else { c }
    };
    // What a terminal would not show as itself is spelled out.
    let name = Safe::from_outside(&name).to_string();
    let name: String = name.chars().map(sound).collect();
    match name.as_str() {
        "" | "." | ".." => "file".to_owned(),
        _ => name,
    }
}

/// Writes the parts below one folder.
fn tar(folder: &str, parts: &[Part], out: &mut dyn Write) -> Result<(), Failure> {
    let mut archive = tar::Builder::new(out);
    for part in parts {
        let mut header = tar::Header::new_gnu();
        header.set_size(part.bytes.len() as u64);
        header.set_mode(0o600);
        let name = format!("{folder}/{}", part.name);
        archive.append_data(&mut header, name, &part.bytes[..])?;
    }
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told_apart(names: &[&str], files: usize) -> String {
        let part = |name: &&str| Part {
            name: plain(Path::new(name)),
            bytes: Vec::new(),
        };
        let mut parts: Vec<Part> = names.iter().map(part).collect();
        tell_apart(&mut parts, files);
        let names: Vec<String> = parts.into_iter().map(|part| part.name).collect();
        names.join(" ")
    }

    #[test]
    fn names_in_a_bundle_are_told_apart_and_shown_as_they_are() {
        assert_eq!(told_apart(&["a/x.tif", "a/x.toml"], 1), "x.tif x.toml");
        assert_eq!(
            told_apart(&["a/x.tif", "b/X.tif", "a/x.toml"], 2),
            "0-x.tif 1-X.tif 0-x.toml"
        );
        assert_eq!(told_apart(&["question.json"], 1), "0-question.json");
        let bidi = told_apart(&["a\u{202e}fit.x"], 1);
        assert!(
            !bidi.contains('\u{202e}') && bidi.ends_with("fit.x"),
            "{bidi}"
        );
    }
}
