//! The table of filters. A new filter is one row here and its sentences in `filter.ftl`.

use super::{
    Afar, Change, Filter, Gives, Neighbourhood, Parameter, ParameterUnit, Reach, Work, bilateral,
    clahe, gauss, gradient, local, morphology, point, rank, stripe, super_enhancement, tone,
};
use crate::physics::Class;
use crate::radiograph::Field;

use ParameterUnit::{Displayed, One, ScanPixels};

/// Every filter, in the order of the help.
pub const FILTERS: &[Filter] = &[
    changing("invert", &[], point::invert),
    changing("log", &[], point::log),
    drawn(changing(
        "gamma",
        &[parameter("gamma", One, 1.8, [0.1, 5.0])],
        point::gamma,
    )),
    drawn(changing(
        "high-penetration",
        &[parameter("knee", One, 0.02, [0.0001, 1.0])],
        point::high_penetration,
    )),
    drawn(changing(
        "low-penetration",
        &[parameter("knee", One, 0.1, [0.0001, 1.0])],
        point::low_penetration,
    )),
    drawn(looking(
        "equalize",
        &[],
        Neighbourhood {
            reach: Reach::Seen,
            apply: tone::equalize,
            range: tone::equalized_range,
            picks: None,
        },
    )),
    drawn(looking(
        "clahe",
        &[
            parameter("tiles", One, 8.0, [1.0, clahe::MOST_TILES]),
            parameter("limit", One, 3.0, [1.0, 40.0]),
        ],
        Neighbourhood {
            reach: Reach::Seen,
            apply: clahe::clahe,
            range: clahe::range,
            picks: None,
        },
    )),
    drawn(looking(
        "sen",
        &[
            parameter("detail", One, 6.0, [1.0, 8.0]),
            parameter("ground", One, 0.8, [0.1, 1.0]),
            parameter("radius", ScanPixels, 32.0, [2.0, 256.0]),
        ],
        Neighbourhood {
            reach: Reach::Raster(super_enhancement::reach),
            apply: super_enhancement::super_enhancement,
            range: super_enhancement::range,
            picks: None,
        },
    )),
    Filter {
        name: "density-band",
        parameters: &[
            parameter("lo", Displayed, 0.0, [-65535.0, 65535.0]),
            parameter("hi", Displayed, 0.1, [-65535.0, 65535.0]),
        ],
        work: Work::Band(point::density_band),
        afar: Afar::Preview,
        gives: Gives::Quantity,
    },
    Filter {
        name: "density-alert",
        parameters: &[parameter("attenuation", One, 4.0, [0.0, OPAQUE])],
        work: Work::DensityAlert,
        afar: Afar::Preview,
        gives: Gives::Quantity,
    },
    Filter {
        afar: Afar::Agrees,
        ..looking(
            "smooth",
            &[parameter("sigma", ScanPixels, 1.0, [0.3, 20.0])],
            kernel(|args| gauss::reach(args[0]), gauss::smooth),
        )
    },
    Filter {
        afar: Afar::Agrees,
        ..looking(
            "edge",
            &[
                parameter("amount", One, 1.5, [0.1, 10.0]),
                parameter("sigma", ScanPixels, 1.5, [0.3, 20.0]),
            ],
            kernel(|args| gauss::reach(args[1]), gauss::edge),
        )
    },
    Filter {
        afar: Afar::AgreesWithout(2),
        ..looking(
            "unsharp",
            &[
                parameter("amount", One, 1.0, [0.1, 10.0]),
                parameter("sigma", ScanPixels, 2.0, [0.3, 20.0]),
                parameter("threshold", One, 0.0, [0.0, 1.0]),
            ],
            kernel(|args| gauss::reach(args[1]), gauss::unsharp),
        )
    },
    drawn(looking(
        "edge-only",
        &[parameter("amount", One, 4.0, [0.1, 100.0])],
        Neighbourhood {
            range: gradient::edge_range,
            ..kernel(one_pixel, gradient::edge_only)
        },
    )),
    drawn(looking(
        "relief",
        &[
            parameter("direction", One, 135.0, [0.0, 360.0]),
            parameter("amount", One, 2.0, [0.1, 100.0]),
        ],
        Neighbourhood {
            range: gradient::relief_range,
            ..kernel(one_pixel, gradient::relief)
        },
    )),
    drawn(looking(
        "local-contrast",
        &[
            parameter("radius", ScanPixels, 24.0, [2.0, 200.0]),
            parameter("limit", One, 6.0, [1.0, 20.0]),
        ],
        Neighbourhood {
            reach: Reach::Raster(|args| args[0] + 1.0),
            ..kernel(one_pixel, local::local_contrast)
        },
    )),
    looking(
        "median",
        &[parameter("radius", ScanPixels, 1.0, [1.0, 3.0])],
        Neighbourhood {
            picks: Some(rank::median_of_samples),
            ..kernel(|args| args[0], rank::median)
        },
    ),
    looking(
        "bilateral",
        &[
            parameter("sigma", ScanPixels, 2.0, [0.3, 10.0]),
            parameter("contrast", One, 0.05, [0.0001, 1.0]),
        ],
        kernel(bilateral::reach, bilateral::bilateral),
    ),
    looking(
        "destripe",
        &[
            parameter("direction", One, 0.0, [0.0, 1.0]),
            parameter("radius", ScanPixels, 3.0, [1.0, stripe::FARTHEST as f64]),
        ],
        Neighbourhood {
            reach: Reach::Seen,
            ..kernel(one_pixel, stripe::destripe)
        },
    ),
    looking(
        "open",
        &[parameter("radius", ScanPixels, 2.0, [1.0, 30.0])],
        kernel(morphology::reach, morphology::open),
    ),
    looking(
        "close",
        &[parameter("radius", ScanPixels, 2.0, [1.0, 30.0])],
        kernel(morphology::reach, morphology::close),
    ),
    strip("organic-only", |class| class == Class::Organic),
    strip("inorganic-only", |class| class == Class::Inorganic),
    strip("metal-only", is_metal),
    strip("organic-stripped", |class| class != Class::Organic),
    strip("metal-stripped", |class| !is_metal(class)),
    Filter {
        name: "z-band",
        parameters: &[
            parameter("lo", One, 1.0, [1.0, 100.0]),
            parameter("hi", One, 10.0, [1.0, 100.0]),
        ],
        work: Work::ZBand,
        afar: Afar::Preview,
        gives: Gives::Quantity,
    },
    Filter {
        name: "high-z-alert",
        parameters: &[],
        work: Work::Alert(|class| matches!(class, Class::Heavy | Class::Dense)),
        afar: Afar::Preview,
        gives: Gives::Quantity,
    },
    Filter {
        name: "peel",
        parameters: &[
            parameter("high", One, 0.0, [0.0, OPAQUE]),
            parameter("low", One, 0.0, [0.0, OPAQUE]),
            parameter("x", ScanPixels, 0.0, [0.0, FAR]),
            parameter("y", ScanPixels, 0.0, [0.0, FAR]),
            parameter("width", ScanPixels, 0.0, [0.0, FAR]),
            parameter("height", ScanPixels, 0.0, [0.0, FAR]),
        ],
        work: Work::Peel,
        afar: Afar::Agrees,
        gives: Gives::Quantity,
    },
    Filter {
        name: "cancel",
        parameters: &[parameter("weight", One, 1.0, [0.0, 5.0])],
        work: Work::Cancel,
        afar: Afar::Agrees,
        gives: Gives::Quantity,
    },
];

/// The highest attenuation that can be taken off.
const OPAQUE: f64 = 12.0;
/// The farthest scan pixel.
const FAR: f64 = 1e6;

/// The row of that name.
pub fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|row| row.name == name)
}

/// Three colours for ever: heavy counts as metal.
fn is_metal(class: Class) -> bool {
    matches!(class, Class::Metal | Class::Heavy)
}

const fn parameter(
    name: &'static str,
    unit: ParameterUnit,
    default: f64,
    range: [f64; 2],
) -> Parameter {
    Parameter {
        name,
        unit,
        default,
        range,
    }
}

/// A row of a filter that changes each value by itself.
const fn changing(name: &'static str, parameters: &'static [Parameter], work: Change) -> Filter {
    Filter {
        name,
        parameters,
        work: Work::Point(work),
        afar: Afar::Agrees,
        gives: Gives::Quantity,
    }
}

/// A row of a filter that looks at neighbours.
const fn looking(
    name: &'static str,
    parameters: &'static [Parameter],
    work: Neighbourhood,
) -> Filter {
    Filter {
        name,
        parameters,
        work: Work::Neighbourhood(work),
        afar: Afar::Preview,
        gives: Gives::Quantity,
    }
}

/// A row of a filter after which values are no quantity.
const fn drawn(row: Filter) -> Filter {
    Filter {
        gives: Gives::Brightness,
        ..row
    }
}

/// What leaves the range as it is.
const fn kernel(reach: fn(&[f64]) -> f64, apply: super::Apply) -> Neighbourhood {
    Neighbourhood {
        reach: Reach::Pixels(reach),
        apply,
        range: keep_range,
        picks: None,
    }
}

fn keep_range(_: &mut Field, _: &[f64]) {}

/// A pixel of the raster is at most one of the scan; a zoom makes none smaller.
fn one_pixel(_: &[f64]) -> f64 {
    gradient::REACH as f64
}

const fn strip(name: &'static str, keep: fn(Class) -> bool) -> Filter {
    Filter {
        name,
        parameters: &[],
        work: Work::Strip(keep),
        afar: Afar::Preview,
        gives: Gives::Quantity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::has;

    #[test]
    fn every_row_is_unique_documented_and_in_its_own_range() {
        for (i, row) in FILTERS.iter().enumerate() {
            assert!(has(&format!("filter-{}", row.name)), "{}", row.name);
            assert!(FILTERS[..i].iter().all(|other| other.name != row.name));
            for p in row.parameters {
                assert!(
                    has(&format!("filter-{}-{}", row.name, p.name)),
                    "{}",
                    p.name
                );
                assert!((p.range[0]..=p.range[1]).contains(&p.default));
            }
        }
    }
}
