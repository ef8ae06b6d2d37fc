//! The tty reader tells keys from replies, in fragments and in any order.

use proptest::prelude::*;
use xamine::keymap::{Code, Key};
use xamine::terminal::reader::{Button, Input, Mouse, MouseKind, Parser, Reply, Waiting};

/// What is sent and what must come of it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) bytes: Vec<u8>,
    pub(crate) means: Input,
    /// The bytes mean this only when nothing follows in time: the Esc key.
    pub(crate) then_silence: bool,
}

pub(crate) fn key(bytes: &[u8], code: Code, [ctrl, alt, shift]: [bool; 3]) -> Sent {
    let means = Input::Key {
        key: Key::new(code, ctrl, alt, shift),
        repeat: false,
    };
    Sent {
        bytes: bytes.to_vec(),
        means,
        then_silence: false,
    }
}

pub(crate) fn typed() -> impl Strategy<Value = Sent> {
    prop_oneof![
        prop::char::range(' ', '~').prop_map(|c| key(&[c as u8], Code::Char(c), [false; 3])),
        prop::sample::select(vec!['é', 'ß', '漢', '字', '🚢', 'Ж']).prop_map(|c| key(
            c.to_string().as_bytes(),
            Code::Char(c),
            [false; 3]
        )),
        prop::char::range('a', 'z')
            .prop_filter("tab and enter are keys of their own", |c| !"im"
                .contains(*c))
            .prop_map(|c| key(&[c as u8 & 0x1f], Code::Char(c), [true, false, false])),
        prop::sample::select(vec!['a', 'z', '1', '.', 'q', 'é']).prop_map(|c| key(
            format!("\x1b{c}").as_bytes(),
            Code::Char(c),
            [false, true, false]
        )),
    ]
}

pub(crate) fn named() -> impl Strategy<Value = Sent> {
    let none = [false; 3];
    let shift = [false, false, true];
    let ctrl = [true, false, false];
    prop::sample::select(vec![
        key(b"\r", Code::Enter, none),
        key(b"\t", Code::Tab, none),
        key(b"\x7f", Code::Backspace, none),
        key(b"\x00", Code::Char(' '), ctrl),
        key(b"\x1b[A", Code::Up, none),
        key(b"\x1bOD", Code::Left, none),
        key(b"\x1bOP", Code::F(1), none),
        key(b"\x1b[[C", Code::F(3), none),
        key(b"\x1b[3~", Code::Delete, none),
        key(b"\x1b[15;5~", Code::F(5), ctrl),
        key(b"\x1b[1;2C", Code::Right, shift),
        key(b"\x1b[1;5S", Code::F(4), ctrl),
        key(b"\x1b[Z", Code::Tab, shift),
        key(b"\x1b[27;5;105~", Code::Char('i'), ctrl),
        key(b"\x1b[27u", Code::Esc, none),
        key(b"\x1b[109;5u", Code::Char('m'), ctrl),
        key(b"\x1b[47:63;6u", Code::Char('?'), ctrl),
        key(b"\x1b[97u", Code::Char('a'), none),
        key(b"\x1b[233;3u", Code::Char('é'), [false, true, false]),
        key(b"\x1b[1;3A", Code::Up, [false, true, false]),
        key(b"\x1b[57399u", Code::Char('0'), none),
        Sent {
            then_silence: true,
            ..key(b"\x1b", Code::Esc, none)
        },
    ])
}

pub(crate) fn reply() -> impl Strategy<Value = Sent> {
    let number = 0_u32..70_000;
    let answer = |bytes: String, reply: Reply| Sent {
        bytes: bytes.into_bytes(),
        means: Input::Reply(reply),
        then_silence: false,
    };
    prop_oneof![
        (number.clone(), any::<bool>()).prop_map(move |(id, ok)| {
            let message = if ok {
                "OK"
            } else {
                "ENOENT:Put command refers to non-existent image"
            };
            answer(
                format!("\x1b_Gi={id};{message}\x1b\\"),
                Reply::Kitty {
                    id: Some(id),
                    placement: None,
                    ok,
                    message: xamine::text::Safe::from_outside(message),
                },
            )
        }),
        "[a-zA-Z]{2,9}[( ][0-9.]{1,8}[)]".prop_map(move |name| {
            let version = Reply::Version(xamine::text::Safe::from_outside(&name));
            answer(format!("\x1bP>|{name}\x1b\\"), version)
        }),
        (number.clone(), 0_u32..5).prop_map(move |(mode, state)| {
            answer(
                format!("\x1b[?{mode};{state}$y"),
                Reply::Mode { mode, state },
            )
        }),
        prop::collection::vec(number.clone(), 1..8).prop_map(move |list| {
            let text: Vec<String> = list.iter().map(u32::to_string).collect();
            answer(
                format!("\x1b[?{}c", text.join(";")),
                Reply::Attributes(list),
            )
        }),
        prop::collection::vec(number.clone(), 3..4).prop_map(move |list| {
            let text: Vec<String> = list.iter().map(u32::to_string).collect();
            answer(
                format!("\x1b[>{}c", text.join(";")),
                Reply::SecondaryAttributes(list),
            )
        }),
        Just(answer("\x1b[0n".into(), Reply::Status(0))),
        (2_u16..200, 1_u16..300).prop_map(move |(row, column)| {
            answer(
                format!("\x1b[{row};{column}R"),
                Reply::Cursor { row, column },
            )
        }),
        (number.clone(), number.clone()).prop_map(move |(height, width)| {
            answer(
                format!("\x1b[4;{height};{width}t"),
                Reply::AreaPixels { height, width },
            )
        }),
        (number.clone(), number.clone()).prop_map(move |(height, width)| {
            answer(
                format!("\x1b[6;{height};{width}t"),
                Reply::CellPixels { height, width },
            )
        }),
        (number.clone(), number.clone()).prop_map(move |(rows, columns)| {
            answer(
                format!("\x1b[8;{rows};{columns}t"),
                Reply::AreaCells { rows, columns },
            )
        }),
        (1_u32..3, 0_u32..4, number).prop_map(move |(item, status, value)| {
            let reply = Reply::Graphics {
                item,
                status,
                values: vec![value, value],
            };
            answer(format!("\x1b[?{item};{status};{value};{value}S"), reply)
        }),
        any::<[u8; 3]>().prop_map(move |[r, g, b]| {
            let text = format!("\x1b]11;rgb:{r:02x}{r:02x}/{g:02x}{g:02x}/{b:02x}{b:02x}\x07");
            answer(text, Reply::Background([r, g, b]))
        }),
        any::<[u8; 3]>().prop_map(move |[r, g, b]| {
            answer(
                format!("\x1b]10;rgb:{r:02x}/{g:02x}/{b:02x}\x1b\\"),
                Reply::Foreground([r, g, b]),
            )
        }),
        Just(answer(
            "\x1b]1337;ReportCellSize=17.0;8.5;2.0\x1b\\".into(),
            Reply::CellPoints {
                height: 17.0,
                width: 8.5,
                scale: 2.0
            }
        )),
        (any::<u32>(), any::<u32>()).prop_map(move |(id, placement)| {
            answer(
                format!("\x1b_Gi={id},p={placement};EINVAL:no\x1b\\"),
                Reply::Kitty {
                    id: Some(id),
                    placement: Some(placement),
                    ok: false,
                    message: xamine::text::Safe::word("EINVAL:no"),
                },
            )
        }),
        "[0-9]{1,3}[.][0-9]{1,3}".prop_map(move |version| {
            let hex = version
                .bytes()
                .fold(String::new(), |hex, b| format!("{hex}{b:02x}"));
            answer(
                format!("\x1bP1+r544e={hex}\x1b\\"),
                Reply::Capability {
                    name: xamine::text::Safe::word("TN"),
                    value: xamine::text::Safe::from_outside(&version),
                },
            )
        }),
        (0_u32..32)
            .prop_map(move |flags| answer(format!("\x1b[?{flags}u"), Reply::KeyboardFlags(flags))),
    ]
}

pub(crate) fn other() -> impl Strategy<Value = Sent> {
    prop_oneof![
        any::<bool>().prop_map(|gained| Sent {
            bytes: if gained {
                b"\x1b[I".to_vec()
            } else {
                b"\x1b[O".to_vec()
            },
            means: Input::Focus(gained),
            then_silence: false,
        }),
        (0_usize..4, 0_u16..300, 0_u16..300).prop_map(|(kind, column, row)| {
            let (code, end, kind) = [
                (0, 'M', MouseKind::Press(Button::Left)),
                (2, 'm', MouseKind::Release(Button::Right)),
                (32, 'M', MouseKind::Drag(Button::Left)),
                (65, 'M', MouseKind::WheelDown),
            ][kind];
            Sent {
                bytes: format!("\x1b[<{code};{};{}{end}", column + 1, row + 1).into_bytes(),
                means: Input::Mouse(Mouse {
                    kind,
                    column,
                    row,
                    ctrl: false,
                    alt: false,
                    shift: false,
                }),
                then_silence: false,
            }
        }),
        "[ -~é\n]{0,30}".prop_map(|text| Sent {
            bytes: format!("\x1b[200~{text}\x1b[201~").into_bytes(),
            means: Input::Paste(text),
            then_silence: false,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Keys and replies in any order, cut anywhere, give exactly what was sent in that order.
    #[test]
    fn no_reply_becomes_a_key_and_no_key_is_swallowed(
        sent in prop::collection::vec(prop_oneof![4 => typed(), 3 => named(), 4 => reply(), 1 => other()], 0..24),
        cuts in prop::collection::vec(1_usize..6, 1..40),
    ) {
        let mut parser = Parser::default();
        let mut found = Vec::new();
        let mut pending: Vec<u8> = Vec::new();
        let mut cuts = cuts.into_iter().cycle();
        let mut feed = |parser: &mut Parser, bytes: &mut Vec<u8>| {
            let mut found = Vec::new();
            while !bytes.is_empty() {
                let cut = cuts.next().unwrap_or(1).min(bytes.len());
                let part: Vec<u8> = bytes.drain(..cut).collect();
                found.extend(parser.feed(&part));
            }
            found
        };
        let mut after_escape = false;
        for one in &sent {
            pending.extend(&one.bytes);
            // A hand that types an introducer right after Esc does so slower than a line would.
            let slow = after_escape && matches!(one.bytes[..], [b'[' | b'P' | b']' | b'_']);
            after_escape = one.then_silence;
            if one.then_silence || slow {
                found.extend(feed(&mut parser, &mut pending));
                prop_assert_eq!(parser.waiting(), Waiting::Key);
                found.extend(parser.flush_timeout());
            }
        }
        found.extend(feed(&mut parser, &mut pending));
        let expected: Vec<Input> = sent.into_iter().map(|one| one.means).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(parser.waiting(), Waiting::Nothing);
    }

    /// A reply whose beginning was given up as the Esc key by a stalled line is still no typing.
    #[test]
    fn a_reply_torn_by_a_stall_is_not_typed(sent in reply(), more in typed()) {
        let mut parser = Parser::default();
        let mut found = parser.feed(&sent.bytes[..1]);
        found.extend(parser.flush_timeout());
        found.extend(parser.feed(&sent.bytes[1..]));
        found.extend(parser.feed(&more.bytes));
        let escape = key(b"", Code::Esc, [false; 3]).means;
        prop_assert_eq!(found, vec![escape, sent.means, more.means]);
    }

    /// Whatever comes, nothing panics, and typing after a silence is typing again.
    #[test]
    fn rubbish_does_no_harm(bytes in prop::collection::vec(prop_oneof![Just(0x1b_u8), Just(b'['), any::<u8>()], 0..200)) {
        let mut parser = Parser::default();
        parser.feed(&bytes);
        parser.flush_timeout();
        parser.flush_timeout();
        prop_assert_eq!(parser.waiting(), Waiting::Nothing);
        let mut found = parser.feed(b"q");
        found.extend(parser.flush_timeout());
        // An escape that might have ended a reply is known for a key by what comes after it.
        let escape = key(b"", Code::Esc, [false; 3]).means;
        found.retain(|input| *input != escape);
        prop_assert_eq!(found, vec![key(b"", Code::Char('q'), [false; 3]).means]);
    }
}

fn codes(inputs: &[Input]) -> Vec<Code> {
    inputs
        .iter()
        .map(|input| match input {
            Input::Key { key, .. } => key.code,
            other => panic!("{other:?} is not a key"),
        })
        .collect()
}

#[test]
fn escape_and_typing_are_keys_however_alike_a_sequence_they_look() {
    let mut parser = Parser::default();
    for (text, keys) in [
        ("[", vec![Code::Char('[')]),
        ("P", vec![Code::Char('P')]),
        ("_", vec![Code::Char('_')]),
        ("]1", vec![Code::Char(']'), Code::Char('1')]),
        ("Px", vec![Code::Char('P'), Code::Char('x')]),
        (
            "[?6",
            vec![Code::Char('['), Code::Char('?'), Code::Char('6')],
        ),
    ] {
        parser.feed(b"\x1b");
        assert_eq!(codes(&parser.flush_timeout()), [Code::Esc]);
        let mut found = parser.feed(text.as_bytes());
        found.extend(parser.flush_timeout());
        assert_eq!(codes(&found), keys, "{text}");
    }
}

#[test]
fn alt_with_an_introducer_and_typing_after_it_are_keys() {
    for (text, second) in [
        ("\x1bPh", 'h'),
        ("\x1b]x", 'x'),
        ("\x1b_y", 'y'),
        ("\x1bOz", 'z'),
    ] {
        let mut parser = Parser::default();
        let found = parser.feed(text.as_bytes());
        let Input::Key { key, .. } = &found[0] else {
            panic!("{found:?}")
        };
        if second != 'z' {
            assert!(key.alt, "{text:?}");
            assert_eq!(codes(&found)[1], Code::Char(second));
        }
    }
    let mut parser = Parser::default();
    assert!(parser.feed(b"\x1b[").is_empty());
    let Input::Key { key, .. } = &parser.flush_timeout()[0] else {
        panic!("a key")
    };
    assert_eq!(*key, Key::new(Code::Char('['), false, true, false));
}

#[test]
fn a_string_without_an_end_is_given_up_by_time_and_by_control_keys() {
    let mut parser = Parser::default();
    assert!(parser.feed(b"\x1bP>|kitty").is_empty());
    assert_eq!(parser.waiting(), Waiting::Rest);
    assert!(parser.flush_timeout().is_empty());
    assert_eq!(parser.waiting(), Waiting::Nothing);
    // Perhaps its end comes yet: a key waits a moment for it.
    assert!(parser.feed(b"a").is_empty());
    assert_eq!(parser.waiting(), Waiting::Key);
    assert_eq!(codes(&parser.flush_timeout()), [Code::Char('a')]);
    assert_eq!(codes(&parser.feed(b"b")), [Code::Char('b')]);

    parser.feed(b"\x1b_Gi=1;O");
    let found = parser.feed(b"\x03");
    assert!(
        matches!(found[..], [Input::Unknown(_), Input::Key { .. }]),
        "{found:?}"
    );
}

#[test]
fn an_overlong_reply_is_thrown_away_whole_and_typing_goes_on() {
    for (begin, end) in [
        ("\x1b_Gi=1;", "\x1b\\"),
        ("\x1b]11;", "\x07"),
        ("\x1b[?1;2", "c"),
    ] {
        let filler = if end == "c" { b'3' } else { b'x' };
        let mut parser = Parser::default();
        let mut found = parser.feed(begin.as_bytes());
        found.extend(parser.feed(&vec![filler; 300_000]));
        assert_eq!(parser.waiting(), Waiting::Rest, "{begin:?}");
        found.extend(parser.feed(end.as_bytes()));
        found.extend(parser.feed(b"q"));
        assert_eq!(codes(&found), [Code::Char('q')], "{begin:?}");

        // Without an end: silence gives it up.
        parser.feed(begin.as_bytes());
        parser.feed(&vec![filler; 300_000]);
        assert!(parser.flush_timeout().is_empty());
        let mut found = parser.feed(b"q");
        found.extend(parser.flush_timeout());
        found.extend(parser.feed(b"\x1b[A"));
        assert_eq!(codes(&found), [Code::Char('q'), Code::Up], "{begin:?}");
    }
}

#[test]
fn a_paste_that_stalls_is_never_typed() {
    let mut parser = Parser::default();
    parser.feed(b"\x1b[200~first\x1b[20");
    assert_eq!(parser.waiting(), Waiting::Rest);
    assert_eq!(parser.flush_timeout(), [Input::Paste("first".into())]);
    assert_eq!(parser.waiting(), Waiting::Nothing);
    assert!(parser.feed(b"1~").contains(&Input::Paste(String::new())));
    assert_eq!(codes(&parser.feed(b"q")), [Code::Char('q')]);

    parser.feed(b"\x1b[200~some");
    parser.flush_timeout();
    parser.feed(b" more text");
    assert_eq!(parser.flush_timeout(), [Input::Paste(" more text".into())]);
    assert_eq!(
        parser.feed(b"and the end\x1b[201~"),
        [Input::Paste("and the end".into())]
    );

    // Its end was lost: one key ends it.
    for (bytes, code) in [("q", Code::Char('q')), ("\x1b[A", Code::Up)] {
        parser.feed(b"\x1b[200~lost end");
        assert_eq!(parser.flush_timeout(), [Input::Paste("lost end".into())]);
        parser.feed(bytes.as_bytes());
        assert_eq!(parser.waiting(), Waiting::Key);
        assert_eq!(codes(&parser.flush_timeout()), [code]);
    }
}
