//! Opening the scan that a command names, under the limits of the configuration.

use std::io::Write;

use super::{Failure, ScanArgs};
use crate::Result;
use crate::cancel::Cancel;
use crate::config::{self, Overrides, Places};
use crate::radiograph::{Radiograph, Region};
use crate::scan::{self, Limits, Opened};

/// The limits in effect; what is wrong with a configuration file is told, and the rest serves.
pub(super) fn limits(err: &mut dyn Write) -> Result<Limits, Failure> {
    let loaded = config::load(&Places::of_this_machine(), &Overrides::default())?;
    for problem in loaded.problems {
        writeln!(err, "xamine: {problem}")?;
    }
    let config::Limits { megapixels, bytes } = loaded.config.limits;
    Ok(Limits { megapixels, bytes })
}

/// Opens the scan that was named; the page or slice of `PATH#N` is part of it.
pub(super) fn open(args: &ScanArgs, err: &mut dyn Write) -> Result<Opened, Failure> {
    let (scan, _) = scan::resolve(&args.scan, args.alone)?;
    Ok(scan::open(&scan, &limits(err)?, &Cancel::never())?)
}

/// The part of a scan in its own pixels that is wanted where it is held reduced.
///
/// # Errors
/// As [`scan::detail`]: a part that is larger than the limits is refused.
pub(super) fn near(
    opened: &Opened,
    radiograph: &Radiograph,
    wanted: Option<Region>,
) -> Result<Option<Radiograph>> {
    let never = Cancel::never();
    let read = |region| scan::detail(opened, &radiograph.view, region, &never);
    wanted.map(read).transpose()
}
