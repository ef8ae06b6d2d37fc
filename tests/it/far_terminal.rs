//! A terminal in memory that shows pictures pixel by pixel: kitty's transmissions and placements,
//! sixels and iTerm2's files, read by termwiz and put together as terminals do.
//!
//! It refuses every sequence that the console has no business to send, and what would break a
//! transmission that is under way.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::RgbaImage;
use ratatui::layout::Rect;
use termwiz::escape::apc::{
    KittyImage, KittyImageData, KittyImageDelete, KittyImagePlacement, KittyImageTransmit,
};
use termwiz::escape::csi::{
    CSI, Cursor, DecPrivateMode, DecPrivateModeCode, Device, Edit, EraseInDisplay, Mode,
};
use termwiz::escape::osc::{
    ITermDimension, ITermFileData, ITermProprietary, OperatingSystemCommand,
};
use termwiz::escape::{Action, Esc, EscCode, Sixel, SixelData, parser::Parser};
use xamine::graphics::CellSize;

/// The cell of every test.
pub(crate) const CELL: CellSize = CellSize {
    width: 8,
    height: 16,
};
const W: usize = CELL.width as usize;
/// Pixels of a picture that is reduced to a quarter.
const SMALL: u32 = 48 * 32;
const H: usize = CELL.height as usize;

/// The pixels of a cell, row by row; `None` where no picture is.
pub(crate) type CellPixels = Vec<Option<[u8; 3]>>;

/// What it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// To a fence.
    Status,
    /// It does not have this picture.
    Missing(u32),
}

/// A picture that it keeps.
#[derive(Debug)]
struct Kept {
    picture: RgbaImage,
    hash: u64,
}

/// A part of a kept picture on the screen.
#[derive(Debug, Clone, Copy)]
struct Placed {
    source: [u32; 4],
    cells: Rect,
    layer: i32,
}

/// A transmission of which more follows.
#[derive(Debug)]
struct Arriving {
    id: u32,
    text: String,
}

/// The terminal.
pub(crate) struct FarTerminal {
    size: [u16; 2],
    parser: Parser,
    at: [u16; 2],
    text: Vec<char>,
    /// Drawn pictures, a pixel each.
    canvas: Vec<Option<[u8; 3]>>,
    kept: BTreeMap<u32, Kept>,
    placed: BTreeMap<(u32, u32), Placed>,
    arriving: Option<Arriving>,
    pub(crate) answers: Vec<Answer>,
    /// It shows what was there before until the update is whole.
    pub(crate) updating: bool,
    /// Grows with everything that changes what is seen.
    pub(crate) changes: usize,
    /// Pictures that came whole.
    pub(crate) transmissions: usize,
    /// Pictures that it kept already when the same came again.
    pub(crate) repeated: usize,
    /// Pictures that were drawn.
    pub(crate) draws: usize,
}

impl FarTerminal {
    pub(crate) fn new(size: [u16; 2]) -> Self {
        let mut this = Self {
            size,
            parser: Parser::new(),
            at: [0, 0],
            text: Vec::new(),
            canvas: Vec::new(),
            kept: BTreeMap::new(),
            placed: BTreeMap::new(),
            arriving: None,
            answers: Vec::new(),
            updating: false,
            changes: 0,
            transmissions: 0,
            repeated: 0,
            draws: 0,
        };
        this.resize(size);
        this
    }

    /// The window has this many columns and rows; drawn pictures are gone.
    pub(crate) fn resize(&mut self, size: [u16; 2]) {
        let cells = usize::from(size[0]) * usize::from(size[1]);
        self.changes += 1;
        self.size = size;
        self.text = vec![' '; cells];
        self.canvas = vec![None; cells * W * H];
    }

    /// Takes bytes, wherever they are cut.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        let mut actions = Vec::new();
        self.parser.parse(bytes, |action| actions.push(action));
        for action in actions {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Print(c) => self.print(c),
            Action::PrintString(text) => text.chars().for_each(|c| self.print(c)),
            Action::CSI(csi) => self.csi(csi),
            Action::Sixel(sixel) => self.sixel(&sixel),
            Action::OperatingSystemCommand(command) => {
                let OperatingSystemCommand::ITermProprietary(ITermProprietary::File(file)) =
                    *command
                else {
                    panic!("{command:?}")
                };
                self.file(&file);
            }
            Action::KittyImage(image) => self.kitty(*image),
            Action::Esc(Esc::Code(EscCode::StringTerminator)) => {}
            other => panic!("{other:?} is nothing the console sends"),
        }
    }

    fn csi(&mut self, csi: CSI) {
        match csi {
            CSI::Cursor(Cursor::Position { line, col }) => {
                self.at = [col.as_zero_based() as u16, line.as_zero_based() as u16];
            }
            CSI::Cursor(Cursor::Right(n)) => self.at[0] += n as u16,
            CSI::Edit(Edit::EraseInDisplay(EraseInDisplay::EraseDisplay)) => self.clear(),
            CSI::Edit(Edit::EraseCharacter(count)) => {
                let [x, y] = self.at;
                (0..count).for_each(|_| self.print(' '));
                self.at = [x, y];
            }
            CSI::Device(device) => match *device {
                Device::StatusReport => self.answers.push(Answer::Status),
                other => panic!("{other:?}"),
            },
            CSI::Sgr(_) => {}
            CSI::Mode(Mode::SetDecPrivateMode(mode)) => self.mode(&mode, true),
            CSI::Mode(Mode::ResetDecPrivateMode(mode)) => self.mode(&mode, false),
            other => panic!("{other:?} is nothing the console sends"),
        }
    }

    fn mode(&mut self, mode: &DecPrivateMode, on: bool) {
        match mode {
            DecPrivateMode::Code(DecPrivateModeCode::SynchronizedOutput) => self.updating = on,
            DecPrivateMode::Code(DecPrivateModeCode::ShowCursor) => {}
            other => panic!("{other:?} is nothing the painter sends"),
        }
    }

    /// Everything goes, and what was seen of kept pictures goes with it.
    fn clear(&mut self) {
        self.resize(self.size);
        let seen: Vec<u32> = self.placed.keys().map(|(id, _)| *id).collect();
        self.placed.clear();
        self.kept.retain(|id, _| !seen.contains(id));
    }

    fn print(&mut self, c: char) {
        let [x, y] = self.at;
        self.at[0] += 1;
        self.changes += 1;
        if x < self.size[0] && y < self.size[1] {
            let at = usize::from(y) * usize::from(self.size[0]) + usize::from(x);
            self.text[at] = c;
            for pixel in self.pixels_of(x, y) {
                self.canvas[pixel] = None;
            }
        }
    }

    /// Where the pixels of a cell are on the canvas.
    fn pixels_of(&self, x: u16, y: u16) -> impl Iterator<Item = usize> + use<> {
        let stride = usize::from(self.size[0]) * W;
        let first = usize::from(y) * H * stride + usize::from(x) * W;
        (0..H).flat_map(move |row| (0..W).map(move |column| first + row * stride + column))
    }

    /// Draws at the cursor.
    fn draw(&mut self, [width, height]: [usize; 2], pixel: impl Fn(usize, usize) -> [u8; 3]) {
        self.draws += 1;
        self.changes += 1;
        let (left, top) = (usize::from(self.at[0]) * W, usize::from(self.at[1]) * H);
        let [across, down] = [usize::from(self.size[0]) * W, usize::from(self.size[1]) * H];
        for y in 0..height.min(down.saturating_sub(top)) {
            for x in 0..width.min(across.saturating_sub(left)) {
                self.canvas[(top + y) * across + left + x] = Some(pixel(x, y));
            }
        }
    }

    fn sixel(&mut self, sixel: &Sixel) {
        let (width, height) = sixel.dimensions();
        let (width, height) = (width as usize, height as usize);
        let mut pixels = vec![None; width * height];
        let mut registers = BTreeMap::new();
        let (mut colour, mut x, mut top) = (0, 0, 0);
        let mut put = |x: usize, top: usize, value: u8, colour: [u8; 3]| {
            for bit in (0..6).filter(|bit| value >> bit & 1 == 1) {
                assert!(x < width && top + bit < height, "inside the raster");
                pixels[(top + bit) * width + x] = Some(colour);
            }
        };
        for data in &sixel.data {
            match data {
                SixelData::Data(value) => {
                    put(x, top, *value, registers[&colour]);
                    x += 1;
                }
                SixelData::Repeat { repeat_count, data } => {
                    for _ in 0..*repeat_count {
                        put(x, top, *data, registers[&colour]);
                        x += 1;
                    }
                }
                SixelData::DefineColorMapRGB { color_number, rgb } => {
                    let (r, g, b) = rgb.to_tuple_rgb8();
                    registers.insert(*color_number, [r, g, b]);
                    colour = *color_number;
                }
                SixelData::SelectColorMapEntry(number) => colour = *number,
                SixelData::CarriageReturn => x = 0,
                SixelData::NewLine => (x, top) = (0, top + 6),
                other => panic!("{other:?}"),
            }
        }
        let pixels: Vec<[u8; 3]> = pixels.into_iter().map(|p| p.expect("opaque")).collect();
        self.draw([width, height], |x, y| pixels[y * width + x]);
    }

    fn file(&mut self, file: &ITermFileData) {
        let picture = image::load_from_memory(&file.data)
            .expect("a picture")
            .to_rgb8();
        let (ITermDimension::Cells(columns), ITermDimension::Cells(rows)) =
            (file.width, file.height)
        else {
            panic!("sizes in cells")
        };
        let (width, height) = (columns as usize * W, rows as usize * H);
        let near = |at: usize, of: usize, pixels: u32| (at * pixels as usize / of) as u32;
        self.draw([width, height], |x, y| {
            picture[(
                near(x, width, picture.width()),
                near(y, height, picture.height()),
            )]
                .0
        });
    }

    fn kitty(&mut self, image: KittyImage) {
        if let KittyImage::TransmitData { transmit, .. } = image {
            self.transmit(transmit);
            return;
        }
        assert!(
            self.arriving.is_none(),
            "nothing comes between the parts of a picture: {image:?}"
        );
        match image {
            KittyImage::Display {
                image_id: Some(id),
                placement,
                ..
            } => self.place(id, &placement),
            KittyImage::Delete { what, .. } => self.delete(&what),
            other => panic!("{other:?}"),
        }
    }

    fn transmit(&mut self, transmit: KittyImageTransmit) {
        let KittyImageData::Direct(text) = transmit.data else {
            panic!("direct")
        };
        let mut arriving = match (self.arriving.take(), transmit.image_id) {
            (None, Some(id)) => Arriving {
                id,
                text: String::new(),
            },
            (Some(arriving), None) => arriving,
            (Some(_), Some(id)) => panic!("{id} begins inside another picture"),
            // The end of nothing.
            (None, None) => return,
        };
        arriving.text.push_str(&text);
        if transmit.more_data_follows {
            self.arriving = Some(arriving);
            return;
        }
        let png = STANDARD.decode(&arriving.text).unwrap_or_default();
        // What was cut off is refused.
        if let Ok(picture) = image::load_from_memory(&png) {
            self.keep(arriving.id, picture.to_rgba8());
        }
    }

    fn keep(&mut self, id: u32, picture: RgbaImage) {
        assert!(!self.kept.contains_key(&id), "{id} is a number of its own");
        let mut hasher = DefaultHasher::new();
        (picture.dimensions(), picture.as_raw()).hash(&mut hasher);
        let hash = hasher.finish();
        // Small pictures of different things may be alike.
        let telling = picture.width() * picture.height() > SMALL;
        let known = telling && self.kept.values().any(|kept| kept.hash == hash);
        self.repeated += usize::from(known);
        self.transmissions += 1;
        self.kept.insert(id, Kept { picture, hash });
    }

    fn place(&mut self, id: u32, placement: &KittyImagePlacement) {
        assert!(placement.do_not_move_cursor);
        let Some(kept) = self.kept.get(&id) else {
            self.answers.push(Answer::Missing(id));
            return;
        };
        let (width, height) = kept.picture.dimensions();
        let (x, y) = (placement.x.unwrap_or(0), placement.y.unwrap_or(0));
        let (w, h) = (placement.w.unwrap_or(width), placement.h.unwrap_or(height));
        assert!(x + w <= width && y + h <= height, "a part of the picture");
        let cells = Rect::new(
            self.at[0],
            self.at[1],
            placement.columns.expect("columns") as u16,
            placement.rows.expect("rows") as u16,
        );
        let placed = Placed {
            source: [x, y, w, h],
            cells,
            layer: placement.z_index.unwrap_or(0),
        };
        self.changes += 1;
        let name = placement.placement_id.expect("a name");
        self.placed.insert((id, name), placed);
    }

    fn delete(&mut self, what: &KittyImageDelete) {
        if matches!(what, KittyImageDelete::All { delete: false }) {
            self.changes += 1;
            self.placed.clear();
            return;
        }
        let KittyImageDelete::ByImageId {
            image_id,
            placement_id,
            delete,
        } = what
        else {
            panic!("{what:?}")
        };
        self.changes += 1;
        match placement_id {
            Some(name) => {
                self.placed.remove(&(*image_id, *name));
            }
            None => {
                assert!(delete);
                self.forget(*image_id);
            }
        }
    }

    /// Loses a picture and its places.
    fn forget(&mut self, id: u32) {
        self.kept.remove(&id);
        self.placed.retain(|(of, _), _| *of != id);
    }

    /// Loses a kept picture that is not on the screen, as terminals do that need the room.
    pub(crate) fn evict(&mut self, which: usize) -> bool {
        let shown = |id: &u32| self.placed.keys().any(|(of, _)| of == id);
        let idle: Vec<u32> = self.kept.keys().filter(|id| !shown(id)).copied().collect();
        let Some(id) = idle.get(which % idle.len().max(1)) else {
            return false;
        };
        self.forget(*id);
        true
    }

    /// How many pictures it keeps.
    pub(crate) fn keeps(&self) -> usize {
        self.kept.len() + usize::from(self.arriving.is_some())
    }

    /// The character of a cell.
    pub(crate) fn letter(&self, x: u16, y: u16) -> char {
        self.text[usize::from(y) * usize::from(self.size[0]) + usize::from(x)]
    }

    /// What a cell shows of pictures up to a layer.
    pub(crate) fn shows(&self, x: u16, y: u16, layer: i32) -> CellPixels {
        let mut shown: CellPixels = self.pixels_of(x, y).map(|at| self.canvas[at]).collect();
        let mut over: Vec<_> = self
            .placed
            .iter()
            .filter(|(_, placed)| placed.layer <= layer && placed.cells.contains((x, y).into()))
            .collect();
        over.sort_by_key(|(name, placed)| (placed.layer, **name));
        for ((id, _), placed) in over {
            let picture = &self.kept[id].picture;
            for (at, pixel) in shown.iter_mut().enumerate() {
                let (px, py) = (
                    usize::from(x - placed.cells.x) * W + at % W,
                    usize::from(y - placed.cells.y) * H + at / W,
                );
                let near = |at: usize, cells: u16, cell: usize, first: u32, pixels: u32| {
                    first + (at * pixels as usize / (usize::from(cells) * cell)) as u32
                };
                let [sx, sy, sw, sh] = placed.source;
                let from = (
                    near(px, placed.cells.width, W, sx, sw),
                    near(py, placed.cells.height, H, sy, sh),
                );
                let [r, g, b, alpha] = picture[from].0;
                if alpha > 127 {
                    *pixel = Some([r, g, b]);
                }
            }
        }
        shown
    }
}
