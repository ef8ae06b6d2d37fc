//! The terminal's answers.

use super::StringKind;
use crate::text::Safe;

/// An answer of the terminal, or something that it says unasked.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// Kitty's graphics: `OK` or an error such as `ENOENT:...`.
    Kitty {
        /// The picture's number, where said.
        id: Option<u32>,
        /// The placement's number, where said.
        placement: Option<u32>,
        /// Whether it went well.
        ok: bool,
        /// The words.
        message: Safe,
    },
    /// XTVERSION: name and version of the terminal.
    Version(Safe),
    /// DECRPM of a private mode: 0 unknown, 1 set, 2 reset, 3 always set, 4 always reset.
    Mode {
        /// Which.
        mode: u32,
        /// Its state.
        state: u32,
    },
    /// DSR: 0 is well. Asked last, it is the fence after all other answers.
    Status(u32),
    /// Where the cursor is, from 1.
    Cursor {
        /// Row.
        row: u16,
        /// Column.
        column: u16,
    },
    /// DA1: what it can do; 4 is sixel.
    Attributes(Vec<u32>),
    /// DA2: kind and version.
    SecondaryAttributes(Vec<u32>),
    /// The text area in pixels (`CSI 14 t`).
    AreaPixels {
        /// Down.
        height: u32,
        /// Across.
        width: u32,
    },
    /// A cell in pixels (`CSI 16 t`).
    CellPixels {
        /// Down.
        height: u32,
        /// Across.
        width: u32,
    },
    /// The text area in cells (`CSI 18 t`).
    AreaCells {
        /// Down.
        rows: u32,
        /// Across.
        columns: u32,
    },
    /// XTSMGRAPHICS: item 1 registers, 2 sixel size; status 0 is success.
    Graphics {
        /// Which item.
        item: u32,
        /// Success or not.
        status: u32,
        /// Its values.
        values: Vec<u32>,
    },
    /// XTGETTCAP: something that the terminal says of itself.
    Capability {
        /// Its name.
        name: Safe,
        /// Its value; empty where it has none.
        value: Safe,
    },
    /// Flags of kitty's keyboard protocol.
    KeyboardFlags(u32),
    /// OSC 10: colour of text.
    Foreground([u8; 3]),
    /// OSC 11: colour behind text.
    Background([u8; 3]),
    /// A cell in points and their scale, by iTerm2's OSC 1337.
    CellPoints {
        /// Down.
        height: f64,
        /// Across.
        width: f64,
        /// Pixels a point.
        scale: f64,
    },
    /// An answer that nothing here asked for.
    Other(Vec<u8>),
}

/// Whether a string that begins so may be an answer; with an empty one anything may.
pub(super) fn begins(kind: StringKind, body: &[u8]) -> bool {
    let digits = body.iter().take_while(|b| b.is_ascii_digit()).count();
    let rest = &body[digits..];
    match kind {
        StringKind::Apc => body.first().is_none_or(|b| *b == b'G'),
        StringKind::Osc => rest.first().is_none_or(|b| digits > 0 && *b == b';') && digits <= 5,
        StringKind::Dcs => match rest {
            [] => digits <= 2,
            [b'>' | b'!', more @ ..] => digits == 0 && more.first().is_none_or(|b| *b == b'|'),
            [b'$', more @ ..] => digits > 0 && more.first().is_none_or(|b| *b == b'r'),
            [b'+', more @ ..] => digits > 0 && more.first().is_none_or(|b| *b == b'r'),
            _ => false,
        },
    }
}

/// Reads a whole string; `None` when it is no answer.
pub(super) fn read(kind: StringKind, body: &[u8]) -> Option<Reply> {
    match kind {
        StringKind::Apc => kitty(body.strip_prefix(b"G")?),
        StringKind::Osc => osc(std::str::from_utf8(body).ok()?),
        StringKind::Dcs => {
            if let Some(version) = body.strip_prefix(b">|") {
                return Some(Reply::Version(Safe::from_bytes(version)));
            }
            let known = body.strip_prefix(b"1+r").and_then(capability);
            known.or_else(|| (!body.is_empty()).then(|| Reply::Other(body.to_vec())))
        }
    }
}

/// `NAME=VALUE`, both in hex.
fn capability(body: &[u8]) -> Option<Reply> {
    let mut parts = body.splitn(2, |b| *b == b'=');
    let text = |hex: &[u8]| Some(Safe::from_bytes(&from_hex(hex)?));
    Some(Reply::Capability {
        name: text(parts.next()?)?,
        value: text(parts.next().unwrap_or_default())?,
    })
}

fn from_hex(hex: &[u8]) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    hex.chunks(2).map(pair).collect()
}

/// `i=7,p=1;OK`.
fn kitty(body: &[u8]) -> Option<Reply> {
    let end = body.iter().position(|b| *b == b';')?;
    let keys = std::str::from_utf8(&body[..end]).ok()?;
    let message = &body[end + 1..];
    let number = |name: &str| {
        let mut pairs = keys.split(',');
        pairs.find_map(|pair| pair.strip_prefix(name)?.parse().ok())
    };
    Some(Reply::Kitty {
        id: number("i="),
        placement: number("p="),
        ok: message == b"OK",
        message: Safe::from_bytes(message),
    })
}

fn osc(body: &str) -> Option<Reply> {
    let (number, rest) = body.split_once(';')?;
    match number {
        "10" => colour(rest).map(Reply::Foreground),
        "11" => colour(rest).map(Reply::Background),
        "1337" => match rest.strip_prefix("ReportCellSize=") {
            Some(size) => cell_points(size),
            None => Some(Reply::Other(body.as_bytes().to_vec())),
        },
        _ => Some(Reply::Other(body.as_bytes().to_vec())),
    }
}

/// `HEIGHT;WIDTH` or `HEIGHT;WIDTH;SCALE` in points.
fn cell_points(text: &str) -> Option<Reply> {
    let mut numbers = text
        .split(';')
        .map(|n| n.parse::<f64>().ok().filter(|n| n.is_finite()));
    let (height, width) = (numbers.next()??, numbers.next()??);
    let scale = numbers.next().flatten().unwrap_or(1.0);
    Some(Reply::CellPoints {
        height,
        width,
        scale,
    })
}

/// `rgb:RRRR/GGGG/BBBB` in one to four hex digits each, by X11's `XParseColor`.
fn colour(text: &str) -> Option<[u8; 3]> {
    let mut parts = text.strip_prefix("rgb:")?.split('/').map(|part| {
        let digits = u32::try_from(part.len())
            .ok()
            .filter(|n| (1..=4).contains(n))?;
        let value = u32::from_str_radix(part, 16).ok()?;
        let most = 16_u32.pow(digits) - 1;
        Some(((value * 255 + most / 2) / most) as u8)
    });
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read() {
        assert_eq!(
            read(StringKind::Apc, b"Gi=31;OK"),
            Some(Reply::Kitty {
                id: Some(31),
                placement: None,
                ok: true,
                message: Safe::word("OK")
            })
        );
        assert_eq!(
            read(StringKind::Osc, b"11;rgb:ffff/8080/0000"),
            Some(Reply::Background([255, 128, 0]))
        );
        assert_eq!(
            read(StringKind::Osc, b"10;rgb:f/0/8"),
            Some(Reply::Foreground([255, 0, 136]))
        );
        assert_eq!(
            read(StringKind::Dcs, b">|kitty(0.26.5)"),
            Some(Reply::Version(Safe::word("kitty(0.26.5)")))
        );
        assert_eq!(
            read(StringKind::Dcs, b"1+r544e=787465726d2d6b69747479"),
            Some(Reply::Capability {
                name: Safe::word("TN"),
                value: Safe::word("xterm-kitty")
            })
        );
        assert_eq!(read(StringKind::Apc, b"G"), None);
    }

    #[test]
    fn typing_after_alt_is_not_taken_for_a_reply() {
        assert!(begins(StringKind::Dcs, b"1+r") && begins(StringKind::Dcs, b">|x"));
        assert!(!begins(StringKind::Dcs, b"h") && !begins(StringKind::Dcs, b">x"));
        assert!(!begins(StringKind::Osc, b"a") && !begins(StringKind::Osc, b";"));
        assert!(!begins(StringKind::Apc, b"x"));
    }
}
