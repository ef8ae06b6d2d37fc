//! The data elements of a DICOM file, read as a stream of tokens.
//!
//! The stream never recurses, so deep nesting cannot overflow the stack; it is refused beyond 64
//! levels or a million elements, and no value may claim more bytes than there are. Values of the
//! top level are kept, and those of functional groups where the top level has none.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::rc::Rc;

use dicom_core::header::Header as _;
use dicom_core::{PrimitiveValue, Tag};
use dicom_dictionary_std::tags;
use dicom_encoding::Codec;
use dicom_encoding::transfer_syntax::{TransferSyntax, TransferSyntaxIndex as _};
use dicom_parser::dataset::{DataSetReader, DataToken};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use crate::Result;
use crate::messages::arg;
use crate::scan::source::Source;
use crate::text::Safe;

/// Levels of nesting.
const DEPTH: usize = 64;
/// Elements of a file.
const ELEMENTS: usize = 1_000_000;
/// Bytes of the file meta group.
const META: usize = 1 << 20;
/// The tag of an item.
const ITEM: Tag = Tag(0xfffe, 0xe000);
/// Where `DICM` stands.
const PREAMBLE: usize = 128;
/// The syntax that only DICOS has: pixel data with a 64-bit length.
const DICOS_64_BIT: &str = "1.2.840.10008.1.2.1.64";

/// Whether the pixel data is read or only measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Everything.
    All,
    /// Everything before the pixel data.
    Header,
}

/// Pixel data.
#[derive(Debug, Default)]
pub(super) enum Pixels {
    /// There is none.
    #[default]
    None,
    /// Of this many bytes, not read.
    Unread(u64),
    /// Compressed, of a length that is not known before it is read.
    UnreadFragments,
    /// As stored.
    Native(PrimitiveValue),
    /// Compressed, by fragments.
    Fragments {
        /// Start of each frame among the fragments.
        offsets: Vec<u32>,
        /// The fragments.
        fragments: Vec<Vec<u8>>,
    },
}

/// The elements of a file.
#[derive(Debug, Default)]
pub(super) struct Elements {
    /// Transfer syntax UID.
    pub(super) syntax: String,
    /// SOP class UID.
    pub(super) class: String,
    /// Pixel data.
    pub(super) pixels: Pixels,
    values: BTreeMap<Tag, PrimitiveValue>,
    grouped: BTreeMap<Tag, PrimitiveValue>,
}

impl Elements {
    /// Reads a file of `length` bytes that starts with the preamble and `DICM`.
    pub(super) fn read(
        input: &mut dyn Read,
        source: &Source<'_>,
        length: u64,
        want: Want,
    ) -> Result<Self> {
        let (meta, rest) = meta_group(input, source)?;
        let mut elements = Self {
            syntax: meta.syntax,
            class: meta.class,
            ..Self::default()
        };
        if elements.syntax == DICOS_64_BIT {
            return Err(source.unsupported("scan-dicos-64-bit", &[]));
        }
        let syntax = transfer_syntax(&elements.syntax, source)?;
        let data = Cursor::new(rest).chain(input);
        match syntax.codec() {
            Codec::Dataset(Some(codec)) => {
                let limit = source.limits.bytes;
                let mut inflated = Vec::new();
                codec
                    .adapt_reader(Box::new(data))
                    .take(limit + 1)
                    .read_to_end(&mut inflated)
                    .map_err(|error| source.library(&error))?;
                if inflated.len() as u64 > limit {
                    let limit = limit / (1 << 20);
                    return Err(source.limit("scan-inflated-over-bytes", &[arg("limit", &limit)]));
                }
                let length = inflated.len() as u64;
                elements.stream(Cursor::new(inflated), syntax, source, (length, want))?;
            }
            _ => elements.stream(data, syntax, source, (length, want))?,
        }
        if elements.class.is_empty() {
            elements.class = elements
                .text(tags::SOP_CLASS_UID)
                .map(|u| uid(&u))
                .unwrap_or_default();
        }
        Ok(elements)
    }

    /// Reads the data set.
    fn stream(
        &mut self,
        data: impl Read,
        syntax: &TransferSyntax,
        source: &Source<'_>,
        (length, want): (u64, Want),
    ) -> Result<()> {
        let position = Rc::new(Cell::new(0));
        let data = Counted {
            inner: data,
            count: Rc::clone(&position),
        };
        let reader = DataSetReader::new_with_ts(data, syntax).map_err(|e| source.library(&e))?;
        let mut walk = Walk {
            length,
            position,
            open: Vec::new(),
            tag: None,
            count: 0,
            in_pixels: false,
        };
        for token in reader {
            let token = token.map_err(|error| source.library(&error))?;
            if self.take(token, &mut walk, source, want)? {
                return Ok(());
            }
        }
        if walk.open.is_empty() {
            Ok(())
        } else {
            Err(source.bad("scan-dicom-ends", &[]))
        }
    }

    /// Takes one token; `true` when enough was read.
    fn take(
        &mut self,
        token: DataToken,
        walk: &mut Walk,
        source: &Source<'_>,
        want: Want,
    ) -> Result<bool> {
        if walk.count.is_multiple_of(4096) {
            source.cancel.check()?;
        }
        match token {
            DataToken::ElementHeader(header) => {
                walk.element(source)?;
                walk.fits(header.len.get(), source)?;
                walk.tag = Some(header.tag());
                if header.tag() == tags::PIXEL_DATA && walk.open.is_empty() && want == Want::Header
                {
                    self.pixels = Pixels::Unread(u64::from(header.len.get().unwrap_or(0)));
                    return Ok(true);
                }
            }
            DataToken::PrimitiveValue(value) => {
                if let Some(tag) = walk.tag.take() {
                    self.keep(tag, value, walk);
                }
            }
            DataToken::SequenceStart { tag, len } => {
                walk.element(source)?;
                walk.fits(len.get(), source)?;
                walk.enter(tag, source)?;
            }
            DataToken::PixelSequenceStart => {
                if want == Want::Header && walk.open.is_empty() {
                    self.pixels = Pixels::UnreadFragments;
                    return Ok(true);
                }
                walk.enter(tags::PIXEL_DATA, source)?;
                if walk.open.len() == 1 {
                    walk.in_pixels = true;
                    self.pixels = Pixels::Fragments {
                        offsets: Vec::new(),
                        fragments: Vec::new(),
                    };
                }
            }
            DataToken::ItemStart { len } => {
                walk.element(source)?;
                walk.fits(len.get(), source)?;
                walk.enter(ITEM, source)?;
            }
            DataToken::OffsetTable(table) => {
                if let (true, Pixels::Fragments { offsets, .. }) =
                    (walk.in_pixels, &mut self.pixels)
                {
                    *offsets = table;
                }
            }
            DataToken::ItemValue(bytes) => {
                if let (true, Pixels::Fragments { fragments, .. }) =
                    (walk.in_pixels, &mut self.pixels)
                {
                    fragments.push(bytes);
                }
            }
            DataToken::ItemEnd | DataToken::SequenceEnd => {
                walk.open.pop();
                walk.in_pixels &= !walk.open.is_empty();
            }
        }
        Ok(false)
    }

    /// Keeps a value of the top level, or of a functional group.
    fn keep(&mut self, tag: Tag, value: PrimitiveValue, walk: &Walk) {
        match walk.open.first() {
            None if tag == tags::PIXEL_DATA => self.pixels = Pixels::Native(value),
            None => {
                self.values.insert(tag, value);
            }
            Some(group) if group.group() == 0x5200 => {
                self.grouped.entry(tag).or_insert(value);
            }
            Some(_) => {}
        }
    }

    /// A value of the top level or of a functional group.
    fn value(&self, tag: Tag) -> Option<&PrimitiveValue> {
        self.values.get(&tag).or_else(|| self.grouped.get(&tag))
    }

    /// A value as text, trimmed; `None` when it is empty or the filler `unknown`.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let value = self.value(tag)?;
        let text = value.to_str();
        let text = text.trim_matches([' ', '\0', '\\']);
        let filler = text.is_empty() || text.eq_ignore_ascii_case("unknown");
        (!filler).then(|| text.to_owned())
    }

    /// A value as text that is safe to draw.
    pub(super) fn safe(&self, tag: Tag) -> Option<Safe> {
        self.text(tag).map(|text| Safe::from_outside(&text))
    }

    /// The numbers of a value, however they are written.
    pub(super) fn numbers(&self, tag: Tag) -> Vec<f64> {
        self.value(tag)
            .and_then(|value| value.to_multi_float64().ok())
            .unwrap_or_default()
    }

    /// The first number of a value.
    pub(super) fn number(&self, tag: Tag) -> Option<f64> {
        self.numbers(tag).first().copied().filter(|n| n.is_finite())
    }

    /// A count: a whole number from 0.
    pub(super) fn count(&self, tag: Tag) -> Option<u64> {
        self.number(tag).filter(|n| *n >= 0.0).map(|n| n as u64)
    }
}

/// Where the stream is.
struct Walk {
    length: u64,
    position: Rc<Cell<u64>>,
    open: Vec<Tag>,
    tag: Option<Tag>,
    count: usize,
    in_pixels: bool,
}

impl Walk {
    /// Counts an element.
    fn element(&mut self, source: &Source<'_>) -> Result<()> {
        self.count += 1;
        if self.count > ELEMENTS {
            return Err(source.limit("scan-dicom-elements", &[arg("limit", &ELEMENTS)]));
        }
        Ok(())
    }

    /// Enters a sequence or an item.
    fn enter(&mut self, tag: Tag, source: &Source<'_>) -> Result<()> {
        // A sequence and its item are one level for the writer of the file.
        if self.open.len() >= 2 * DEPTH {
            return Err(source.limit("scan-dicom-depth", &[arg("limit", &DEPTH)]));
        }
        self.open.push(tag);
        Ok(())
    }

    /// Refuses a length that goes beyond the end of the data.
    fn fits(&self, length: Option<u32>, source: &Source<'_>) -> Result<()> {
        let needed = self.position.get() + u64::from(length.unwrap_or(0));
        if needed <= self.length {
            return Ok(());
        }
        let words = [arg("needed", &needed), arg("data", &self.length)];
        Err(source.bad("scan-cut-short", &words))
    }
}

/// Counts the bytes that pass.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// The syntax of that UID, when its data set can be parsed.
pub(super) fn transfer_syntax(uid: &str, source: &Source<'_>) -> Result<&'static TransferSyntax> {
    let syntax = TransferSyntaxRegistry.get(uid);
    syntax
        .filter(|syntax| !matches!(syntax.codec(), Codec::Dataset(None)))
        .ok_or_else(|| {
            let uid = Safe::from_outside(uid);
            source.unsupported("scan-dicom-syntax", &[arg("uid", &uid)])
        })
}

/// What the file meta group says.
#[derive(Default)]
struct Meta {
    syntax: String,
    class: String,
}

/// Reads the file meta group, and gives the first bytes after it.
///
/// It is read by ourselves, because its version element is not the standard's in DICOS files.
fn meta_group(input: &mut dyn Read, source: &Source<'_>) -> Result<(Meta, Vec<u8>)> {
    let short = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => source.bad("scan-dicom-ends", &[]),
        _ => crate::Error::io(source.path, &error),
    };
    let mut preamble = [0; PREAMBLE + 4];
    input.read_exact(&mut preamble).map_err(short)?;
    let mut meta = Meta::default();
    loop {
        let mut head = [0; 8];
        input.read_exact(&mut head).map_err(short)?;
        if head[..2] != [2, 0] {
            if meta.syntax.is_empty() {
                return Err(source.bad("scan-dicom-meta", &[]));
            }
            return Ok((meta, head.to_vec()));
        }
        let long = matches!(&head[4..6], b"OB" | b"OW" | b"UN" | b"UT" | b"SQ");
        let length = if long {
            let mut length = [0; 4];
            input.read_exact(&mut length).map_err(short)?;
            u32::from_le_bytes(length) as usize
        } else {
            usize::from(u16::from_le_bytes([head[6], head[7]]))
        };
        if length > META {
            return Err(source.bad("scan-dicom-meta", &[]));
        }
        let mut value = vec![0; length];
        input.read_exact(&mut value).map_err(short)?;
        match [head[2], head[3]] {
            [0x02, 0] => meta.class = uid(&String::from_utf8_lossy(&value)),
            [0x10, 0] => meta.syntax = uid(&String::from_utf8_lossy(&value)),
            _ => {}
        }
    }
}

/// A UID without padding and without the leading zeros that some writers put into its parts.
fn uid(text: &str) -> String {
    let parts = text.trim_matches([' ', '\0']).split('.');
    let trimmed = parts.map(|part| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0",
        rest => rest,
    });
    trimmed.collect::<Vec<_>>().join(".")
}
