//! The directories of a TIFF: which tags a page has, read by ourselves and under limits.
//!
//! Classic and `BigTIFF`, both byte orders. At most 64 pages of 4,096 tags; a loop of pages, a tag
//! that lies outside the file, or one that claims more values than the file has bytes is an error.

use std::collections::BTreeMap;
use std::io::SeekFrom;

use super::Input;

/// Pages of one file.
const PAGES: usize = 64;
/// Tags of one page.
const TAGS: u64 = 4096;
/// Values of one tag; one with more is none that is asked for.
const VALUES: u64 = 1 << 24;

/// Tags that the reader asks for.
pub(super) mod tag {
    pub(in super::super) const NEW_SUBFILE_TYPE: u16 = 254;
    pub(in super::super) const WIDTH: u16 = 256;
    pub(in super::super) const HEIGHT: u16 = 257;
    pub(in super::super) const BITS: u16 = 258;
    pub(in super::super) const COMPRESSION: u16 = 259;
    pub(in super::super) const PHOTOMETRIC: u16 = 262;
    pub(in super::super) const DESCRIPTION: u16 = 270;
    pub(in super::super) const MAKE: u16 = 271;
    pub(in super::super) const MODEL: u16 = 272;
    pub(in super::super) const STRIP_OFFSETS: u16 = 273;
    pub(in super::super) const SAMPLES: u16 = 277;
    pub(in super::super) const ROWS_PER_STRIP: u16 = 278;
    pub(in super::super) const STRIP_COUNTS: u16 = 279;
    pub(in super::super) const PLANAR: u16 = 284;
    pub(in super::super) const PAGE_NAME: u16 = 285;
    pub(in super::super) const SOFTWARE: u16 = 305;
    pub(in super::super) const DATE_TIME: u16 = 306;
    pub(in super::super) const TILE_WIDTH: u16 = 322;
    pub(in super::super) const TILE_HEIGHT: u16 = 323;
    pub(in super::super) const TILE_OFFSETS: u16 = 324;
    pub(in super::super) const TILE_COUNTS: u16 = 325;
    pub(in super::super) const EXTRA_SAMPLES: u16 = 338;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 339;
}

/// The tags of one page that are numbers or text.
#[derive(Debug, Default)]
pub(super) struct Directory {
    numbers: BTreeMap<u16, Vec<u64>>,
    texts: BTreeMap<u16, Vec<u8>>,
}

/// What is wrong with the directories; each is one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// The file ends inside its directories, or a tag points outside it.
    Short,
    /// A page refers to an earlier one.
    Loop,
    /// Too many pages or tags.
    Many,
    /// No page at all.
    Empty,
    /// The disk did not give its bytes.
    Disk,
}

impl Directory {
    /// The first number of a tag.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        self.numbers.get(&tag)?.first().copied()
    }

    /// All numbers of a tag.
    pub(super) fn numbers(&self, tag: u16) -> &[u64] {
        self.numbers.get(&tag).map_or(&[], Vec::as_slice)
    }

    /// The text of a tag, without its end mark.
    pub(super) fn text(&self, tag: u16) -> Option<&[u8]> {
        let text = self.texts.get(&tag)?;
        let end = text.iter().position(|byte| *byte == 0);
        Some(text[..end.unwrap_or(text.len())].trim_ascii())
    }
}

/// Reads every page's directory of a file of `length` bytes.
pub(super) fn directories(input: &mut dyn Input, length: u64) -> Result<Vec<Directory>, Broken> {
    let mut file = Walker::new(input, length)?;
    let mut offsets = Vec::new();
    let mut pages = Vec::new();
    let mut next = file.offset_at(if file.big { 8 } else { 4 })?;
    while next != 0 {
        if offsets.contains(&next) {
            return Err(Broken::Loop);
        }
        if pages.len() == PAGES {
            return Err(Broken::Many);
        }
        offsets.push(next);
        let (page, after) = file.directory(next)?;
        pages.push(page);
        next = after;
    }
    if pages.is_empty() {
        return Err(Broken::Empty);
    }
    Ok(pages)
}

/// Reads numbers of the file's byte order and width.
struct Walker<'a> {
    input: &'a mut dyn Input,
    length: u64,
    big_endian: bool,
    big: bool,
}

impl<'a> Walker<'a> {
    /// Reads the header.
    fn new(input: &'a mut dyn Input, length: u64) -> Result<Self, Broken> {
        let mut walker = Self {
            input,
            length,
            big_endian: false,
            big: false,
        };
        let start = walker.bytes(0, 4)?;
        walker.big_endian = start[0] == b'M';
        walker.big = walker.number(&start[2..4]) == 43;
        Ok(walker)
    }

    /// `count` bytes at `offset`, which must lie inside the file.
    fn bytes(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Broken> {
        if offset
            .checked_add(count)
            .is_none_or(|end| end > self.length)
        {
            return Err(Broken::Short);
        }
        let mut bytes = vec![0; count as usize];
        self.input
            .seek(SeekFrom::Start(offset))
            .and_then(|_| self.input.read_exact(&mut bytes))
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::UnexpectedEof => Broken::Short,
                _ => Broken::Disk,
            })?;
        Ok(bytes)
    }

    /// A number of 1 to 8 bytes.
    fn number(&self, bytes: &[u8]) -> u64 {
        let fold = |all: u64, byte: &u8| all << 8 | u64::from(*byte);
        if self.big_endian {
            bytes.iter().fold(0, fold)
        } else {
            bytes.iter().rev().fold(0, fold)
        }
    }

    /// The file offset stored at `at`.
    fn offset_at(&mut self, at: u64) -> Result<u64, Broken> {
        let bytes = self.bytes(at, if self.big { 8 } else { 4 })?;
        Ok(self.number(&bytes))
    }

    /// One directory and the offset of the next.
    fn directory(&mut self, at: u64) -> Result<(Directory, u64), Broken> {
        let (count_size, entry_size) = if self.big { (8, 20) } else { (2, 12) };
        let count = self.bytes(at, count_size)?;
        let count = self.number(&count);
        if count > TAGS {
            return Err(Broken::Many);
        }
        let entries = self.bytes(at + count_size, count * entry_size)?;
        let mut page = Directory::default();
        for entry in entries.chunks_exact(entry_size as usize) {
            self.entry(entry, &mut page)?;
        }
        let next = self.offset_at(at + count_size + count * entry_size)?;
        Ok((page, next))
    }

    /// One tag; types that hold neither whole numbers nor text are passed over.
    fn entry(&mut self, entry: &[u8], page: &mut Directory) -> Result<(), Broken> {
        let tag = self.number(&entry[..2]);
        let kind = self.number(&entry[2..4]);
        let size: u64 = match kind {
            1 | 2 => 1,
            3 => 2,
            4 | 13 => 4,
            16 | 18 => 8,
            _ => return Ok(()),
        };
        let split = if self.big { 12 } else { 8 };
        let count = self.number(&entry[4..split]);
        let length = count.checked_mul(size).ok_or(Broken::Short)?;
        if count > VALUES && length <= self.length {
            return Ok(());
        }
        let inline = &entry[split..];
        let bytes = if length <= inline.len() as u64 {
            inline[..length as usize].to_vec()
        } else {
            self.bytes(self.number(inline), length)?
        };
        if kind == 2 {
            page.texts.insert(tag as u16, bytes);
        } else {
            let values = bytes.chunks_exact(size as usize);
            let values = values.map(|value| self.number(value)).collect();
            page.numbers.insert(tag as u16, values);
        }
        Ok(())
    }
}
