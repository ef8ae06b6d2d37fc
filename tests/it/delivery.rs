//! The scheduler over slow lines in virtual time, against a terminal that shows every pixel: it ends
//! exact, is never behind the keys, sends nothing twice, and claims nothing that is not on the screen.

use proptest::prelude::*;
use ratatui::layout::Rect;
use xamine::delivery::{Level, Settings, Waits};
use xamine::graphics::{Protocol, Rung};

use crate::slow_line::{Coder, Over, Pace, SLOW, Sitting, ms};

const PIXELS: [Protocol; 3] = [Protocol::Kitty, Protocol::Sixel, Protocol::Iterm2];
/// A pane of a few thousand pixels.
const SMALL: [u16; 2] = [24, 8];
/// A pane of 480 x 320 pixels.
const LARGE: [u16; 2] = [60, 20];

/// Something that happens to the console.
#[derive(Debug, Clone)]
enum Act {
    Pan(i64, i64),
    ZoomIn,
    ZoomOut,
    Fit,
    Turn,
    Window(u8),
    Scan(u8),
    Popup(Option<Rect>),
    Crosshair(Option<(u16, u16)>),
    Resize(u16, u16),
    Hide(bool),
    Redraw,
    Evict(usize),
    Stick,
    Wait(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (-9..=9_i64, -4..=4_i64).prop_map(|(x, y)| Act::Pan(x, y)),
        1 => Just(Act::ZoomIn),
        1 => Just(Act::ZoomOut),
        1 => Just(Act::Fit),
        1 => Just(Act::Turn),
        2 => (0..3_u8).prop_map(Act::Window),
        2 => (1..3_u8).prop_map(Act::Scan),
        3 => prop::option::of((0..20_u16, 0..7_u16, 1..12_u16, 1..6_u16))
            .prop_map(|area| Act::Popup(area.map(|(x, y, w, h)| Rect::new(x, y, w, h)))),
        2 => prop::option::of((0..190_u16, 0..120_u16)).prop_map(Act::Crosshair),
        1 => (10..30_u16, 4..10_u16).prop_map(|(w, h)| Act::Resize(w, h)),
        1 => any::<bool>().prop_map(Act::Hide),
        1 => Just(Act::Redraw),
        2 => (0..9_usize).prop_map(Act::Evict),
        1 => Just(Act::Stick),
        12 => prop::sample::select(vec![1, 30, 200, 700, 2_000, 9_000]).prop_map(Act::Wait),
    ]
}

impl Sitting {
    fn act(&mut self, act: &Act) {
        match act {
            Act::Pan(x, y) => self.pan([*x, *y]),
            Act::ZoomIn | Act::ZoomOut => {
                let factor = if matches!(act, Act::ZoomIn) { 2.0 } else { 0.5 };
                let middle = self.middle();
                self.change(|view, canvas| view.zoom_about(canvas, middle, factor));
            }
            Act::Fit => self.change(xamine::view::View::fit),
            Act::Turn => self.change(|view, canvas| view.turned(canvas, 1)),
            Act::Window(centre) => self.window(*centre),
            Act::Scan(number) => self.scan(*number),
            Act::Popup(popup) => self.lay(Over {
                popup: *popup,
                ..self.over
            }),
            Act::Crosshair(at) => {
                let point = at.map(|(x, y)| [f64::from(x), f64::from(y)]);
                let crosshair = point.map(|at| self.scene.view.to_scan(self.scene.screen(), at));
                self.lay(Over {
                    crosshair,
                    ..self.over
                });
            }
            Act::Resize(columns, rows) => self.resize([*columns, *rows]),
            Act::Hide(hidden) => self.lay(Over {
                hidden: *hidden,
                ..self.over
            }),
            Act::Redraw => self.redraw(),
            Act::Evict(which) => drop(self.evict(*which)),
            Act::Stick => self.stick(ms(5_000)),
            Act::Wait(time) => self.wait(ms(*time)),
        }
    }

    fn middle(&self) -> [f64; 2] {
        let screen = self.scene.screen();
        [screen.width as f64 / 2.0, screen.height as f64 / 2.0]
    }
}

fn paces() -> impl Strategy<Value = Pace> {
    let pace = |rate, rtt, late| Pace {
        rate,
        rtt: ms(rtt),
        late,
    };
    prop::sample::select(vec![
        SLOW,
        pace(8_000.0, 600, 2),
        pace(32_000.0, 200, 0),
        pace(5e6, 1, 0),
        pace(2_000.0, 900, 5),
    ])
}

/// Few cases, unless `PROPTEST_CASES` says more.
fn config() -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: said.and_then(|cases| cases.parse().ok()).unwrap_or(24),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_happens_it_ends_exact_and_claims_nothing_before(
        acts in prop::collection::vec(act(), 1..24),
        pace in paces(),
    ) {
        for protocol in PIXELS {
            let mut sitting = Sitting::new(protocol, SMALL, pace);
            sitting.turn();
            for act in &acts {
                sitting.act(act);
            }
            sitting.lay(Over { hidden: false, ..sitting.over });
            sitting.idle();
            sitting.check_end(Rung::Q5);
            prop_assert_eq!(sitting.under_way(), 0);
        }
    }

    #[test]
    fn nothing_is_left_behind_whenever_it_ends(
        acts in prop::collection::vec(act(), 1..24),
        pace in paces(),
    ) {
        let mut sitting = Sitting::new(Protocol::Kitty, SMALL, pace);
        sitting.turn();
        for act in &acts {
            sitting.act(act);
        }
        prop_assert_eq!(sitting.end().keeps(), 0);
    }

    #[test]
    fn what_is_kept_is_not_sent_again(
        acts in prop::collection::vec(act(), 1..24),
        pace in paces(),
    ) {
        let mut sitting = Sitting::new(Protocol::Kitty, SMALL, pace);
        sitting.turn();
        // What clears the screen may take everything away.
        let clears = |act: &&Act| matches!(act, Act::Resize(..) | Act::Redraw);
        for act in acts.iter().filter(|act| !clears(act)) {
            sitting.act(act);
        }
        sitting.idle();
        prop_assert_eq!(sitting.terminal.repeated, 0);
    }
}

#[test]
fn what_was_dropped_for_a_newer_frame_is_sent_again() {
    for protocol in PIXELS {
        let mut sitting = Sitting::new(protocol, SMALL, SLOW);
        sitting.turn();
        let hidden = Over {
            hidden: true,
            ..Over::default()
        };
        sitting.lay(hidden);
        sitting.wait(ms(30));
        // Until it is drawn with its crosshair, two rungs without one are ready.
        sitting.act(&Act::Crosshair(Some((0, 0))));
        sitting.wait(ms(30));
        sitting.lay(Over {
            hidden: false,
            ..sitting.over
        });
        sitting.idle();
        sitting.check_end(Rung::Q5);
    }
}

#[test]
fn one_lost_picture_in_many_places_is_one_loss() {
    let pace = Pace {
        rate: 5e6,
        rtt: ms(1),
        late: 0,
    };
    let mut sitting = Sitting::new(Protocol::Kitty, SMALL, pace);
    sitting.turn();
    for act in [
        Act::Wait(200),
        Act::Window(1),
        Act::ZoomIn,
        Act::Wait(200),
        Act::Pan(1, 1),
        Act::ZoomOut,
        Act::Evict(0),
    ] {
        sitting.act(&act);
    }
    sitting.idle();
    sitting.check_end(Rung::Q5);
}

#[test]
fn limits_hold_until_the_rest_is_asked_for() {
    for protocol in PIXELS {
        for (settings, rung, waits) in [
            (
                Settings {
                    ceiling: Rung::Q2,
                    ..Settings::default()
                },
                Rung::Q2,
                Waits::Ceiling,
            ),
            (
                Settings {
                    metered: true,
                    ..Settings::default()
                },
                Rung::Q3,
                Waits::Metered,
            ),
        ] {
            let mut sitting = Sitting::new(protocol, SMALL, SLOW)
                .with_settings(settings)
                .settled();
            sitting.check_end(rung);
            let facts = sitting.delivery.facts(sitting.now);
            assert_eq!(facts.waits, Some(waits), "{protocol}");
            assert_eq!(
                facts.level,
                Level::At {
                    rung,
                    lossless: false
                }
            );
            assert_eq!(facts.left, None);
            // The next picture as well.
            sitting.pan([3, 0]);
            sitting.idle();
            sitting.check_end(rung);
            sitting.delivery.finish();
            sitting.turn();
            sitting.idle();
            sitting.check_end(Rung::Q5);
            assert_eq!(sitting.delivery.facts(sitting.now).waits, None);
        }
    }
}

#[test]
fn a_new_view_is_recognisable_after_its_way_there() {
    for protocol in PIXELS {
        // A sixel picture of its first rung is several times as large.
        let pane = if protocol == Protocol::Sixel {
            [40, 10]
        } else {
            LARGE
        };
        let mut sitting = Sitting::new(protocol, pane, SLOW).settled();
        for scan in [2, 3, 4] {
            sitting.scan(scan);
            let key = sitting.now;
            let at = sitting.until(|sitting| sitting.on_screen().is_some());
            let took = at - key;
            // The key's way up is the other half of the round trip.
            assert!(
                took <= SLOW.rtt / 2 + ms(300) + ms(35),
                "{protocol}: {took:?}"
            );
            sitting.idle();
        }
    }
}

#[test]
fn held_keys_leave_little_behind() {
    for protocol in PIXELS {
        let mut sitting = Sitting::new(protocol, LARGE, SLOW).settled();
        let window = sitting.delivery.link().window();
        for _ in 0..30 {
            sitting.pan([3, 1]);
            sitting.wait(ms(33));
        }
        let behind = sitting.under_way();
        assert!(
            behind <= window,
            "{protocol}: {behind} bytes are stale, {window} may be"
        );
        let last = sitting.now;
        let settled = sitting.until(|sitting| sitting.on_screen().is_some()) - last;
        assert!(settled <= SLOW.rtt + ms(1_000), "{protocol}: {settled:?}");
        sitting.idle();
        sitting.check_end(Rung::Q5);
    }
}

#[test]
fn what_is_kept_moves_at_once_for_a_few_bytes() {
    let mut sitting = Sitting::new(Protocol::Kitty, LARGE, SLOW).settled();
    sitting.pan([7, 2]);
    sitting.idle();
    let (sent, transmissions) = (sitting.writes.len(), sitting.terminal.transmissions);
    for steps in [[-7, -2], [7, 2], [-7, -2]] {
        sitting.pan(steps);
        let key = sitting.now;
        let at = sitting.until(|sitting| sitting.on_screen() == Some(Rung::Q5));
        assert!(
            at - key <= SLOW.rtt / 2 + ms(100),
            "{steps:?}: {:?}",
            at - key
        );
        sitting.idle();
        sitting.check_end(Rung::Q5);
    }
    assert_eq!(sitting.writes.len(), sent, "places only");
    assert_eq!(sitting.terminal.transmissions, transmissions);
}

#[test]
fn the_way_back_costs_places_only() {
    let mut sitting = Sitting::new(Protocol::Kitty, SMALL, SLOW).settled();
    // Another window and back, another scan and back, a popup, a turn.
    type Change = fn(&mut Sitting);
    let ways: [(&str, Change, Change); 4] = [
        ("window", |s| s.window(2), |s| s.window(0)),
        ("scan", |s| s.scan(2), |s| s.scan(1)),
        (
            "popup",
            |s| {
                s.lay(Over {
                    popup: Some(Rect::new(3, 2, 9, 4)),
                    ..s.over
                });
            },
            |s| s.lay(Over::default()),
        ),
        (
            "turn",
            |s| s.change(|view, canvas| view.turned(canvas, 1)),
            |s| s.change(|view, canvas| view.turned(canvas, -1)),
        ),
    ];
    for (name, there, back) in ways {
        there(&mut sitting);
        sitting.idle();
        sitting.check_end(Rung::Q5);
        let sent = sitting.terminal.transmissions;
        back(&mut sitting);
        sitting.idle();
        sitting.check_end(Rung::Q5);
        assert_eq!(sitting.terminal.transmissions, sent, "{name}");
    }
}

#[test]
fn a_crosshair_costs_its_own_bytes_only() {
    let mut sitting = Sitting::new(Protocol::Kitty, LARGE, SLOW).settled();
    let middle = sitting.scene.view.centre();
    let before: usize = sitting.writes.iter().map(|(_, bytes)| bytes).sum();
    for step in 0..8 {
        let crosshair = Some([middle[0] + f64::from(step), middle[1]]);
        sitting.lay(Over {
            crosshair,
            ..Over::default()
        });
        sitting.idle();
        sitting.check_end(Rung::Q5);
    }
    let after: usize = sitting.writes.iter().map(|(_, bytes)| bytes).sum();
    assert!(after - before < 8 * 600, "{}", after - before);
}

#[test]
fn what_the_terminal_lost_is_sent_again() {
    let mut sitting = Sitting::new(Protocol::Kitty, SMALL, SLOW).settled();
    sitting.scan(2);
    sitting.idle();
    let sent = sitting.terminal.transmissions;
    while sitting.terminal.evict(0) {}
    sitting.scan(1);
    sitting.idle();
    sitting.check_end(Rung::Q5);
    assert!(sitting.terminal.transmissions > sent);
    for _ in 0..3 {
        sitting.redraw();
        sitting.wait(ms(900));
    }
    sitting.idle();
    sitting.check_end(Rung::Q5);
}

#[test]
fn a_line_that_is_stuck_is_said_and_left_alone() {
    for protocol in PIXELS {
        let mut sitting = Sitting::new(protocol, LARGE, SLOW).settled();
        sitting.scan(2);
        sitting.wait(ms(400));
        sitting.stick(ms(40_000));
        sitting.until(|s| s.delivery.facts(s.now).stalled);
        let pixels = |s: &Sitting| s.writes.iter().filter(|(_, bytes)| *bytes > 40).count();
        let writes = pixels(&sitting);
        sitting.wait(ms(8_000));
        // Keys do not help.
        sitting.pan([2, 0]);
        sitting.wait(ms(4_000));
        assert_eq!(pixels(&sitting), writes, "{protocol}: no more pixels");
        sitting.idle();
        assert!(!sitting.delivery.facts(sitting.now).stalled);
        sitting.check_end(Rung::Q5);
    }
}

#[test]
fn a_budget_is_kept_over_every_second() {
    for (protocol, answers) in PIXELS.into_iter().flat_map(|p| [(p, true), (p, false)]) {
        let budget = 3_000.0;
        let settings = Settings {
            budget: answers.then_some(budget),
            ..Settings::default()
        };
        let pace = Pace {
            rate: 1e6,
            rtt: ms(20),
            late: 0,
        };
        let mut sitting = Sitting::new(protocol, LARGE, pace).with_settings(settings);
        sitting.answers = answers;
        sitting.turn();
        sitting.wait(ms(3_000));
        sitting.pan([5, 0]);
        sitting.idle();
        let most = if answers { budget } else { 8_000.0 };
        let unit = sitting
            .writes
            .iter()
            .map(|(_, bytes)| *bytes)
            .max()
            .unwrap_or(0);
        for (from, _) in &sitting.writes {
            let second = sitting
                .writes
                .iter()
                .filter(|(at, _)| at >= from && *at < *from + ms(1_000));
            let bytes: usize = second.map(|(_, bytes)| bytes).sum();
            assert!(
                bytes as f64 <= most + unit as f64,
                "{protocol}: {bytes} in a second, unit {unit}"
            );
        }
        sitting.check_end(Rung::Q5);
    }
}

#[test]
fn the_real_coder_ends_exact_too() {
    for protocol in PIXELS {
        let mut sitting = Sitting::new(protocol, SMALL, SLOW)
            .with_coder(Coder::Real)
            .settled();
        sitting.check_end(Rung::Q5);
        sitting.pan([5, 2]);
        sitting.wait(ms(500));
        sitting.window(1);
        sitting.idle();
        sitting.check_end(Rung::Q5);
    }
}
