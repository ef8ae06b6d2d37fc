//! The table of filters. A new filter is one row here and its sentences in `filter.ftl`.

use super::neighbourhood::{edge, local_contrast, reach_of_gauss, smooth};
use super::point::{density_band, gamma, invert, log};
use super::{Filter, Neighbourhood, Parameter, ParameterUnit, Work};
use crate::physics::Class;

use ParameterUnit::{Displayed, One, ScanPixels};

/// Every filter, in the order of the help.
pub const FILTERS: &[Filter] = &[
    point("invert", &[], invert),
    point("log", &[], log),
    point("gamma", &[parameter("gamma", One, 1.8, [0.1, 5.0])], gamma),
    Filter {
        name: "density-band",
        parameters: &[
            parameter("lo", Displayed, 0.0, [-65535.0, 65535.0]),
            parameter("hi", Displayed, 0.1, [-65535.0, 65535.0]),
        ],
        work: Work::Band(density_band),
    },
    neighbourhood(
        "smooth",
        &[parameter("sigma", ScanPixels, 1.0, [0.3, 20.0])],
        Neighbourhood {
            reach: |args| reach_of_gauss(args[0]),
            apply: smooth,
        },
    ),
    neighbourhood(
        "edge",
        &[
            parameter("amount", One, 1.5, [0.1, 10.0]),
            parameter("sigma", ScanPixels, 1.5, [0.3, 20.0]),
        ],
        Neighbourhood {
            reach: |args| reach_of_gauss(args[1]),
            apply: edge,
        },
    ),
    neighbourhood(
        "local-contrast",
        &[
            parameter("radius", ScanPixels, 24.0, [2.0, 200.0]),
            parameter("limit", One, 6.0, [1.0, 20.0]),
        ],
        Neighbourhood {
            reach: |args| args[0] + 1.0,
            apply: local_contrast,
        },
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
    },
    Filter {
        name: "high-z-alert",
        parameters: &[],
        work: Work::Alert(|class| matches!(class, Class::Heavy | Class::Dense)),
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
    },
    Filter {
        name: "cancel",
        parameters: &[parameter("weight", One, 1.0, [0.0, 5.0])],
        work: Work::Cancel,
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

const fn point(
    name: &'static str,
    parameters: &'static [Parameter],
    work: fn(&mut crate::radiograph::Field, &[f64]),
) -> Filter {
    Filter {
        name,
        parameters,
        work: Work::Point(work),
    }
}

const fn neighbourhood(
    name: &'static str,
    parameters: &'static [Parameter],
    work: Neighbourhood,
) -> Filter {
    Filter {
        name,
        parameters,
        work: Work::Neighbourhood(work),
    }
}

const fn strip(name: &'static str, keep: fn(Class) -> bool) -> Filter {
    Filter {
        name,
        parameters: &[],
        work: Work::Strip(keep),
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
