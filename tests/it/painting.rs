//! The painter against a terminal that is modelled here: what is visible is what was meant.
//!
//! The model keeps text cells and pictures as real terminals do: sixel and iTerm2 pictures are part
//! of the cells and gone where text is written, placements of kitty's hide what is under them. It
//! refuses every sequence that the console has no business to send.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use proptest::prelude::*;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};
use ratatui::widgets::{Clear, Widget as _};
use termwiz::escape::apc::{KittyImage, KittyImageData, KittyImageDelete};
use termwiz::escape::csi::{
    CSI, Cursor, DecPrivateMode, DecPrivateModeCode, Edit, EraseInDisplay, Mode,
};
use termwiz::escape::osc::{ITermDimension, ITermProprietary, OperatingSystemCommand};
use termwiz::escape::{Action, Esc, EscCode, parser::Parser};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
use xamine::graphics::{
    Answers, Body, CellSize, Depth, Draw, Effort, Encoded, Placement, Protocol, Stage, Target,
    encode,
};
use xamine::terminal::Screen;
use xamine::view::{Frame, Pixels};

const WIDTH: u16 = 30;
const HEIGHT: u16 = 12;
const CELL: CellSize = CellSize {
    width: 4,
    height: 6,
};

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Text(String),
    /// The size of the picture in cells, which the tests make its name.
    Picture(u16, u16),
}

#[derive(Debug, Clone, Default)]
struct ModelCell {
    text: String,
    picture: Option<(u16, u16)>,
    /// The second half of a wide character.
    second: bool,
}

/// Where parts of a picture are on the screen, and which parts, by name.
type Placements = BTreeMap<u32, [Rect; 2]>;

/// A terminal.
struct Model {
    cells: Vec<ModelCell>,
    at: (u16, u16),
    /// Pictures of kitty by number: their size in cells, and their placements by name with the part
    /// that each shows.
    images: BTreeMap<u32, ((u16, u16), Placements)>,
    synchronized: bool,
    cursor: bool,
}

impl Model {
    fn new() -> Self {
        Self {
            cells: vec![ModelCell::default(); usize::from(WIDTH) * usize::from(HEIGHT)],
            at: (0, 0),
            images: BTreeMap::new(),
            synchronized: false,
            cursor: false,
        }
    }

    fn feed(&mut self, bytes: &[u8]) {
        for action in Parser::new().parse_as_vec(bytes) {
            self.act(action);
        }
        assert!(!self.synchronized, "every group is closed");
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Print(c) => self.print(c),
            Action::PrintString(text) => text.chars().for_each(|c| self.print(c)),
            Action::CSI(csi) => self.csi(csi),
            Action::Sixel(sixel) => {
                let (width, height) = sixel.dimensions();
                self.burn(width.div_ceil(4) as u16, height.div_ceil(6) as u16);
            }
            Action::OperatingSystemCommand(command) => {
                let OperatingSystemCommand::ITermProprietary(ITermProprietary::File(file)) =
                    *command
                else {
                    panic!("{command:?}")
                };
                let (ITermDimension::Cells(width), ITermDimension::Cells(height)) =
                    (file.width, file.height)
                else {
                    panic!("sizes in cells")
                };
                self.burn(width as u16, height as u16);
            }
            Action::KittyImage(image) => self.kitty(*image),
            Action::Esc(Esc::Code(EscCode::StringTerminator)) => {}
            other => panic!("{other:?} is nothing the console sends"),
        }
    }

    fn csi(&mut self, csi: CSI) {
        match csi {
            CSI::Cursor(Cursor::Position { line, col }) => {
                self.at = (col.as_zero_based() as u16, line.as_zero_based() as u16);
            }
            CSI::Cursor(Cursor::Right(n)) => self.at.0 += n as u16,
            CSI::Edit(Edit::EraseInDisplay(EraseInDisplay::EraseDisplay)) => {
                self.cells.fill(ModelCell::default());
            }
            CSI::Edit(Edit::EraseCharacter(count)) => self.erase(count as u16),
            CSI::Sgr(_) => {}
            CSI::Mode(Mode::SetDecPrivateMode(DecPrivateMode::Code(code))) => {
                self.mode(&code, true);
            }
            CSI::Mode(Mode::ResetDecPrivateMode(DecPrivateMode::Code(code))) => {
                self.mode(&code, false);
            }
            other => panic!("{other:?} is nothing the console sends"),
        }
    }

    fn mode(&mut self, code: &DecPrivateModeCode, on: bool) {
        match code {
            DecPrivateModeCode::SynchronizedOutput => self.synchronized = on,
            DecPrivateModeCode::ShowCursor => self.cursor = on,
            other => panic!("{other:?} is nothing the painter sends"),
        }
    }

    fn cell(&mut self, x: u16, y: u16) -> &mut ModelCell {
        assert!(x < WIDTH && y < HEIGHT, "inside the screen: {x} {y}");
        &mut self.cells[usize::from(y * WIDTH + x)]
    }

    fn print(&mut self, c: char) {
        let (x, y) = self.at;
        let width = c.width().unwrap() as u16;
        // Half a wide character does not stay.
        if self.cell(x, y).second {
            *self.cell(x - 1, y) = ModelCell::default();
        }
        if x + width < WIDTH && self.cell(x + width, y).second {
            *self.cell(x + width, y) = ModelCell::default();
        }
        *self.cell(x, y) = ModelCell {
            text: c.to_string(),
            ..ModelCell::default()
        };
        for more in 1..width {
            *self.cell(x + more, y) = ModelCell {
                second: true,
                ..ModelCell::default()
            };
        }
        self.at.0 += width;
    }

    /// Blanks cells of text; whether a drawn picture goes with them is the terminal's own.
    fn erase(&mut self, count: u16) {
        let at = self.at;
        for x in at.0..at.0 + count {
            assert!(self.cell(x, at.1).picture.is_none(), "not over a drawn one");
            self.at = (x, at.1);
            self.print(' ');
        }
        self.at = at;
    }

    /// A picture that becomes part of the cells.
    fn burn(&mut self, columns: u16, rows: u16) {
        let (left, top) = self.at;
        for y in top..top + rows {
            for x in left..left + columns {
                self.cell(x, y).picture = Some((columns, rows));
            }
        }
    }

    fn kitty(&mut self, image: KittyImage) {
        let (x, y) = self.at;
        match image {
            KittyImage::TransmitData { transmit, .. } => {
                // Only the first chunk of a picture has its number, and its size in PNG's header.
                let Some(id) = transmit.image_id else { return };
                assert!(!self.images.contains_key(&id), "a number of its own");
                let KittyImageData::Direct(text) = transmit.data else {
                    panic!("direct")
                };
                let png = base64::engine::general_purpose::STANDARD
                    .decode(text)
                    .unwrap();
                let size = (
                    u16::from(png[19]) / CELL.width,
                    u16::from(png[23]) / CELL.height,
                );
                self.images.insert(id, (size, BTreeMap::new()));
            }
            KittyImage::Display {
                image_id,
                placement,
                ..
            } => {
                let of = |n: Option<u32>, cell: u16| n.unwrap_or(0) as u16 / cell;
                let from = [of(placement.x, CELL.width), of(placement.y, CELL.height)];
                let (whole, placements) =
                    self.images.get_mut(&image_id.unwrap()).expect("it is held");
                let side = |n: Option<u32>, cell: u16, all| n.map_or(all, |n| of(Some(n), cell));
                let size = [
                    side(placement.w, CELL.width, whole.0),
                    side(placement.h, CELL.height, whole.1),
                ];
                let cells = placement.columns.zip(placement.rows);
                assert_eq!(cells, Some((size[0].into(), size[1].into())));
                let part = Rect::new(from[0], from[1], size[0], size[1]);
                let shown = [Rect { x, y, ..part }, part];
                placements.insert(placement.placement_id.unwrap(), shown);
            }
            KittyImage::Delete {
                what: KittyImageDelete::All { delete: false },
                ..
            } => {
                for (_, placements) in self.images.values_mut() {
                    placements.clear();
                }
            }
            KittyImage::Delete { what, .. } => {
                let KittyImageDelete::ByImageId {
                    image_id,
                    placement_id,
                    delete,
                } = what
                else {
                    panic!("{what:?}")
                };
                match placement_id {
                    None => assert!(delete && self.images.remove(&image_id).is_some()),
                    Some(p) => {
                        let (_, placements) = self.images.get_mut(&image_id).unwrap();
                        assert!(placements.remove(&p).is_some());
                    }
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn seen(&self, x: u16, y: u16) -> Seen {
        let cell = &self.cells[usize::from(y * WIDTH + x)];
        if let Some((columns, rows)) = cell.picture {
            return Seen::Picture(columns, rows);
        }
        let position = Position { x, y };
        for ((columns, rows), placements) in self.images.values() {
            let mut over = placements
                .values()
                .filter(|[shown, _]| shown.contains(position));
            if over.next().is_some() {
                assert!(over.next().is_none(), "no part is shown twice");
                return Seen::Picture(*columns, *rows);
            }
        }
        Seen::Text(cell.text.trim().to_owned())
    }
}

/// One state of the console.
#[derive(Debug, Clone)]
struct State {
    /// Place, size and number of the picture.
    picture: Option<(Rect, u32)>,
    popup: Option<(Rect, String)>,
    text: String,
    cursor: Option<(u16, u16)>,
}

fn area(height: u16) -> impl Strategy<Value = Rect> {
    (0..WIDTH - 1, 0..height - 1)
        .prop_flat_map(move |(x, y)| (Just(x), Just(y), 1..=WIDTH - x, 1..=height - y))
        .prop_map(|(x, y, width, height)| Rect::new(x, y, width, height))
}

fn states() -> impl Strategy<Value = Vec<State>> {
    // Few places and popups, so that the same come again.
    (
        prop::collection::vec(area(HEIGHT - 1), 2),
        prop::collection::vec(area(HEIGHT), 2),
    )
        .prop_flat_map(|(places, popups)| {
            let state = (
                prop::option::weighted(0.8, prop::sample::select(places)),
                prop::option::of((prop::sample::select(popups), "[a-z漢é ]{0,12}")),
                "[A-Z字 ]{0,20}",
                prop::option::of((0..WIDTH, 0..HEIGHT)),
            );
            let state = state.prop_map(|(picture, popup, text, cursor)| State {
                picture: picture.map(|area| (area, 0)),
                popup,
                text,
                cursor,
            });
            prop::collection::vec(state, 1..10)
        })
}

fn encoded(area: Rect, id: u32, protocol: Protocol) -> Arc<Encoded> {
    let (width, height) = (
        usize::from(area.width * CELL.width),
        usize::from(area.height * CELL.height),
    );
    let frame = Frame {
        width,
        height,
        pixels: Pixels::Grey(vec![(id * 51 % 256) as u8; width * height]),
    };
    let target = Target {
        protocol,
        cell: CELL,
        depth: Depth::True,
        registers: 256,
        id,
        effort: Effort::Fast,
        answers: Answers::Silent,
    };
    Arc::new(encode(&frame, &target).unwrap())
}

/// Draws a state as the console's panes do.
fn draw(state: &State) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
    for y in 0..HEIGHT {
        buffer.set_string(0, y, &state.text, Style::new().fg(Color::Red));
    }
    if let Some((area, _)) = state.picture {
        for position in area.positions() {
            buffer[position].reset();
            buffer[position].set_diff_option(CellDiffOption::Skip);
        }
    }
    if let Some((area, text)) = &state.popup {
        Clear.render(*area, &mut buffer);
        for y in area.top()..area.bottom() {
            buffer.set_stringn(area.x, y, text, area.width.into(), Style::new());
        }
    }
    buffer
}

/// Whether the cell is the picture's.
fn is_free(buffer: &Buffer, position: Position) -> bool {
    let cell = &buffer[position];
    cell.diff_option == CellDiffOption::Skip && cell.symbol() == " "
}

/// Stages whole pictures: kitty's are sent once and placed a run of free cells at a time, others are
/// drawn whenever a cell of theirs lacks them.
#[derive(Default)]
struct Stager {
    /// The picture that kitty keeps.
    kept: Option<u32>,
    /// The picture that each cell shows, where pictures are drawn.
    drawn: BTreeMap<(u16, u16), u32>,
}

impl Stager {
    fn stage(&mut self, state: &State, buffer: &Buffer, protocol: Protocol) -> Stage {
        let mut stage = Stage::default();
        let Some((area, id)) = state.picture else {
            stage.deletes.extend(self.kept.take());
            self.drawn.clear();
            return stage;
        };
        let bytes = || match &encoded(area, id, protocol).body {
            Body::Bytes(bytes) => bytes.clone(),
            Body::Cells(_) => panic!("cells where bytes belong"),
        };
        if protocol == Protocol::Kitty {
            if self.kept != Some(id) {
                stage.sends.push(bytes());
                stage.deletes.extend(self.kept.replace(id));
            }
            stage.placements = runs(area, id, buffer);
            return stage;
        }
        self.drawn
            .retain(|at, _| area.contains((*at).into()) && is_free(buffer, (*at).into()));
        let free: Vec<Position> = area.positions().filter(|at| is_free(buffer, *at)).collect();
        if free
            .iter()
            .any(|at| self.drawn.get(&(*at).into()) != Some(&id))
        {
            self.drawn.extend(free.iter().map(|at| ((*at).into(), id)));
            stage.draws.push(Draw {
                cells: area,
                bytes: Arc::new(bytes()),
            });
        }
        stage
    }
}

/// The free cells of a picture's area, a placement a run.
fn runs(area: Rect, id: u32, buffer: &Buffer) -> Vec<Placement> {
    let mut placements: Vec<Placement> = Vec::new();
    for Position { x, y } in area.positions().filter(|at| is_free(buffer, *at)) {
        match placements.last_mut() {
            Some(last) if (last.cells.right(), last.cells.y) == (x, y) => last.cells.width += 1,
            _ => placements.push(Placement {
                id,
                source: [0; 4],
                of: [area.width * CELL.width, area.height * CELL.height].map(usize::from),
                cells: Rect::new(x, y, 1, 1),
                layer: 0,
            }),
        }
    }
    for placement in &mut placements {
        let (cells, cell) = (placement.cells, [CELL.width, CELL.height]);
        placement.source = [
            (cells.x - area.x) * cell[0],
            (cells.y - area.y) * cell[1],
            cells.width * cell[0],
            cells.height * cell[1],
        ]
        .map(usize::from);
    }
    placements
}

/// Whether something else has the second half of a wide character.
fn meant_over(state: &State, buffer: &Buffer, x: u16, y: u16) -> bool {
    matches!(meant(state, buffer, x, y), Seen::Picture(..)) || buffer[(x, y)].symbol() != " "
}

/// What should be seen.
fn meant(state: &State, buffer: &Buffer, x: u16, y: u16) -> Seen {
    let position = Position { x, y };
    let over = state
        .popup
        .as_ref()
        .is_some_and(|(area, _)| area.contains(position));
    match state.picture {
        Some((area, _)) if area.contains(position) && !over => {
            Seen::Picture(area.width, area.height)
        }
        _ => {
            let symbol = buffer[position].symbol().trim();
            let cut =
                symbol.width() == 2 && (x + 1 == WIDTH || meant_over(state, buffer, x + 1, y));
            Seen::Text(if cut {
                String::new()
            } else {
                symbol.to_owned()
            })
        }
    }
}

fn run(mut states: Vec<State>, protocol: Protocol, synchronized: bool) {
    let mut screen = Screen::new(Depth::True);
    screen.set(Depth::True, synchronized);
    let mut model = Model::new();
    let mut stager = Stager::default();
    let mut last: Option<(Rect, u32)> = None;
    for (number, state) in states.iter_mut().enumerate() {
        if let Some((area, id)) = &mut state.picture {
            // Every other time the picture stays the same.
            *id = match last {
                Some((before, id)) if before == *area && number % 2 == 0 => id,
                _ => number as u32 + 1,
            };
        }
        last = state.picture.or(last);
        let buffer = draw(state);
        let cursor = state.cursor.map(Position::from);
        let stage = stager.stage(state, &buffer, protocol);
        model.feed(&screen.paint(&buffer, &stage, cursor));
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let meant = meant(state, &buffer, x, y);
                assert_eq!(
                    model.seen(x, y),
                    meant,
                    "{protocol} at {x} {y} of {state:?}"
                );
            }
        }
        assert!(
            model.images.len() <= 1,
            "nothing is left over in the terminal"
        );
        for [shown, part] in model
            .images
            .values()
            .flat_map(|(_, placements)| placements.values())
        {
            let (area, _) = state.picture.unwrap();
            assert_eq!(
                (shown.x - part.x, shown.y - part.y),
                (area.x, area.y),
                "each part in its place"
            );
        }
        assert_eq!(model.cursor, cursor.is_some());
        if let Some(Position { x, y }) = cursor {
            assert_eq!(model.at, (x, y));
        }
        let again = stager.stage(state, &buffer, protocol);
        let again = screen.paint(&buffer, &again, cursor);
        assert!(again.is_empty(), "painting the same again costs nothing");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_seen_is_what_was_meant(states in states(), synchronized in any::<bool>()) {
        for protocol in [Protocol::Kitty, Protocol::Sixel, Protocol::Iterm2] {
            run(states.clone(), protocol, synchronized);
        }
    }
}

fn text(state: &str) -> State {
    State {
        picture: None,
        popup: None,
        text: state.into(),
        cursor: None,
    }
}

#[test]
fn a_picture_is_sent_once_and_a_popup_costs_kitty_only_its_cells() {
    let area = Rect::new(2, 1, 20, 8);
    let open = |popup| State {
        picture: Some((area, 5)),
        popup,
        ..text("X")
    };
    let popup = Some((Rect::new(5, 3, 6, 3), "popup".to_owned()));
    for (protocol, sends) in [
        (Protocol::Kitty, 0),
        (Protocol::Sixel, 1),
        (Protocol::Iterm2, 1),
    ] {
        let (mut screen, mut stager) = (Screen::new(Depth::True), Stager::default());
        let picture = encoded(area, 5, protocol);
        let mut paint = |state: &State| {
            let buffer = draw(state);
            let stage = stager.stage(state, &buffer, protocol);
            screen.paint(&buffer, &stage, None)
        };
        let count = |bytes: &[u8]| {
            let Body::Bytes(body) = &picture.body else {
                panic!("bytes")
            };
            bytes.windows(body.len()).filter(|w| w == body).count()
        };
        assert_eq!(count(&paint(&open(None))), 1);
        assert_eq!(
            count(&paint(&open(popup.clone()))),
            0,
            "{protocol}: opening"
        );
        assert_eq!(count(&paint(&open(None))), sends, "{protocol}: closing");
    }
}

#[test]
fn hostile_symbols_do_not_reach_the_terminal() {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
    buffer[(0, 0)].set_symbol("\u{1b}[2J");
    buffer[(1, 0)].set_symbol("\u{9b}1m");
    buffer[(2, 0)].set_symbol("a\n");
    let bytes = Screen::new(Depth::True).paint(&buffer, &Stage::default(), None);
    let after = bytes.strip_prefix(b"\x1b[m\x1b[2J").unwrap();
    assert!(
        after
            .iter()
            .all(|b| (b' '..=b'~').contains(b) || *b == 0x1b)
    );
    assert!(
        after.split(|b| *b == 0x1b).count() <= 3,
        "{:?}",
        String::from_utf8_lossy(after)
    );
}

#[test]
fn text_is_what_vt100_shows_at_every_depth() {
    for depth in [
        Depth::True,
        Depth::Colours256,
        Depth::Colours16,
        Depth::Monochrome,
    ] {
        let mut screen = Screen::new(depth);
        let mut terminal =
            vt100::Parser::new(HEIGHT.try_into().unwrap(), WIDTH.try_into().unwrap(), 0);
        for words in ["", "first 漢字 text", "second", "é 字 wide again", "x"] {
            let mut buffer = draw(&text(words));
            buffer.set_style(
                Rect::new(0, 0, 9, 2),
                Style::new().bg(Color::Rgb(10, 200, 30)).bold(),
            );
            terminal.process(&screen.paint(&buffer, &Stage::default(), None));
            let shown = terminal.screen().contents();
            assert_eq!(
                shown.lines().next().unwrap_or("").trim_end(),
                words.trim_end(),
                "{depth:?}"
            );
            let background = terminal.screen().cell(0, 8).unwrap().bgcolor();
            match depth {
                Depth::True => assert_eq!(background, vt100::Color::Rgb(10, 200, 30)),
                Depth::Monochrome => assert_eq!(background, vt100::Color::Default),
                _ => assert!(matches!(background, vt100::Color::Idx(_))),
            }
        }
    }
}
