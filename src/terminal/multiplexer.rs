//! Programs between ours and the terminal, and the way through them.
//!
//! tmux hands strings on that stand inside `ESC P tmux; ... ESC \` with every escape doubled, where
//! its user allows that (`set -g allow-passthrough on`). GNU screen and mosh let no picture through.

/// A program between ours and the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multiplexer {
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
    /// mosh.
    Mosh,
    /// zellij.
    Zellij,
}

impl Multiplexer {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tmux => "tmux",
            Self::Screen => "screen",
            Self::Mosh => "mosh",
            Self::Zellij => "zellij",
        }
    }
}

/// The way of pictures to the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Passage {
    /// As they are.
    #[default]
    Direct,
    /// Through tmux.
    Tmux,
}

const ESCAPE: u8 = 0x1b;

impl Passage {
    /// The bytes as they must be written: through tmux each application string (`ESC _ ... ESC \`)
    /// is wrapped on its own, so that no unit grows beyond its chunk, and all else, which is for
    /// tmux itself, stays as it is. A string without its end is left as it is too.
    pub fn wrap(self, bytes: &[u8]) -> Vec<u8> {
        if self == Self::Direct {
            return bytes.to_vec();
        }
        let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 256 + 32);
        let mut rest = bytes;
        while let Some(begin) = find(rest, b"\x1b_") {
            let Some(length) = find(&rest[begin..], b"\x1b\\") else {
                break;
            };
            let end = begin + length + 2;
            out.extend_from_slice(&rest[..begin]);
            wrap_one(&mut out, &rest[begin..end]);
            rest = &rest[end..];
        }
        out.extend_from_slice(rest);
        out
    }
}

/// Whether these bytes end between two parts of one of kitty's pictures (`m=1`): all that may follow is
/// the rest of it, and a query in between would break it.
pub fn breaks_off(bytes: &[u8]) -> bool {
    let mut open = false;
    let mut rest = bytes;
    while let Some(begin) = find(rest, b"\x1b_G") {
        rest = &rest[begin + 3..];
        let end = rest.iter().position(|b| matches!(b, b';' | &ESCAPE));
        let keys = &rest[..end.unwrap_or(rest.len())];
        open = keys.split(|b| *b == b',').any(|key| key == b"m=1");
    }
    open
}

/// Wraps a whole string of any kind for tmux.
pub(super) fn through_tmux(string: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(string.len() + 16);
    wrap_one(&mut out, string);
    out
}

fn wrap_one(out: &mut Vec<u8>, string: &[u8]) {
    out.extend_from_slice(b"\x1bPtmux;");
    for byte in string {
        if *byte == ESCAPE {
            out.push(ESCAPE);
        }
        out.push(*byte);
    }
    out.extend_from_slice(b"\x1b\\");
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|w| w == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What tmux hands on.
    fn unwrapped(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut rest = bytes;
        while let Some(begin) = find(rest, b"\x1bPtmux;") {
            out.extend_from_slice(&rest[..begin]);
            rest = &rest[begin + 7..];
            loop {
                match rest {
                    [0x1b, 0x1b, more @ ..] => {
                        out.push(0x1b);
                        rest = more;
                    }
                    [0x1b, b'\\', more @ ..] => {
                        rest = more;
                        break;
                    }
                    [byte, more @ ..] => {
                        out.push(*byte);
                        rest = more;
                    }
                    [] => panic!("without an end"),
                }
            }
        }
        out.extend_from_slice(rest);
        out
    }

    #[test]
    fn a_picture_of_which_more_follows_breaks_off() {
        for (bytes, open) in [
            (&b""[..], false),
            (b"text\x1b[m", false),
            (b"\x1b_Gf=100,i=7;AAAA\x1b\\", false),
            (b"\x1b_Gf=100,i=7,m=1;AAAA\x1b\\", true),
            (b"\x1b_Gf=100,i=7,m=1;AAAA\x1b\\\x1b_Gm=1;BBBB\x1b\\", true),
            (b"\x1b_Gf=100,i=7,m=1;AAAA\x1b\\\x1b_Gm=0;BBBB\x1b\\", false),
            (b"\x1b_Ga=p,i=7,m=1\x1b\\\x1b_Ga=d,d=I,i=7\x1b\\", false),
        ] {
            assert_eq!(
                breaks_off(bytes),
                open,
                "{}",
                String::from_utf8_lossy(bytes)
            );
            assert_eq!(breaks_off(&Passage::Tmux.wrap(bytes)), open);
        }
    }

    #[test]
    fn each_string_is_wrapped_on_its_own_and_comes_out_whole() {
        let bytes = b"\x1b[2;3Htext\x1b_Gi=1,m=1;AAAA\x1b\\\x1b_Gm=0;BBBB\x1b\\\x1b[?2026l";
        let wrapped = Passage::Tmux.wrap(bytes);
        assert_eq!(unwrapped(&wrapped), bytes);
        assert_eq!(wrapped.windows(7).filter(|w| w == b"\x1bPtmux;").count(), 2);
        assert!(wrapped.starts_with(b"\x1b[2;3Htext\x1bPtmux;\x1b\x1b_Gi=1"));
        assert_eq!(Passage::Direct.wrap(bytes), bytes);
        assert_eq!(Passage::Tmux.wrap(b"\x1b_Gi=1"), b"\x1b_Gi=1");
    }
}
