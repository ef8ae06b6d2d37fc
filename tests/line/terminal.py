"""A terminal in memory that shows pictures: kitty, iTerm2, sixel and cells, pixel by pixel.

`feed` takes what a program writes and gives what the terminal answers; `compose` is the screen in
pixels at that moment. Scaling is to the nearest pixel, as kitty 0.26 does it. Letters are not drawn,
only their background; characters that are pictures (half-blocks to octants, braille) are. What this
terminal does not know it keeps in `complaints`, so that nothing is passed over in silence.
"""
import base64, io, re, unicodedata, zlib
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

import glyphs, sixels

CSI = re.compile(rb"\x1b\[([<-?]*)([\d;:]*)([ -/]*)([@-~])")
PARTIAL = re.compile(rb"\x1b(\[[<-?]*[\d;:]*[ -/]*)?$")
STRINGS = {b"_": "apc", b"P": "dcs", b"]": "osc", b"^": "pm", b"X": "sos"}
FOREGROUND, BACKGROUND = (221, 221, 221), (0, 0, 0)
BASIC = [(0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205),
         (0, 205, 205), (229, 229, 229), (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0),
         (92, 92, 255), (255, 0, 255), (0, 255, 255), (255, 255, 255)]
LEVELS = (0, 95, 135, 175, 215, 255)
PALETTE = BASIC + [(r, g, b) for r in LEVELS for g in LEVELS for b in LEVELS] + [
    (8 + 10 * n,) * 3 for n in range(24)]
# Combining marks that say row, column and high byte of a placeholder: kitty's table of 297, as runs of
# class 230 without decomposition in Unicode 6.0; "483+4" is five of them.
MARKS = (
    "305 30d+1 310 312 33d+2 346 34a+2 350+2 357 35b 363+12 483+4 592+3 597+2 59c+5 5a8+1 5ab+1 "
    "5af 5c4 610+7 657+4 65d+1 6d6+6 6df+3 6e4 6e7+1 6eb+1 730 732+1 735+1 73a 73d 73f+2 743 745 "
    "747 749+1 7eb+6 7f3 816+3 81b+8 825+2 829+4 951 953+1 f82+1 f86+1 135d+2 17dd 193a 1a17 "
    "1a75+7 1b6b 1b6d+6 1cd0+2 1cda+1 1ce0 1dc0+1 1dc3+6 1dcb+1 1dd1+21 1dfe 20d0+1 20d4+3 20db+1 "
    "20e1 20e7 20e9 20f0 2cef+2 2de0+31 a66f a67c+1 a6f0+1 a8e0+17 aab0 aab2+1 aab7+1 aabe+1 aac1 "
    "fe20+6 10a0f 10a38 1d185+4 1d1aa+3 1d242+2 ")
DIACRITICS = [at for first, _, more in (word.partition("+") for word in MARKS.split())
              for at in range(int(first, 16), int(first, 16) + int(more or 0) + 1)]
PLACEHOLDER = "\U0010EEEE"


@dataclass
class Cell:
    text: str = " "
    fore: tuple = FOREGROUND
    back: tuple = BACKGROUND
    # What its foreground says as the number of an image.
    number: int = 0


@dataclass
class Placement:
    """A part of a picture on the screen; row and column of its top left cell."""
    image: int
    number: int
    row: int
    column: int
    crop: tuple
    cells: tuple
    offset: tuple
    depth: int
    virtual: bool = False
    order: int = 0


@dataclass
class Screen:
    """One of the two screens."""
    cells: list
    raster: np.ndarray
    shown: np.ndarray
    # The cells in pixels, and those of them that changed since they were last drawn.
    layer: np.ndarray = None
    stale: set = field(default_factory=set)
    images: dict = field(default_factory=dict)
    placements: list = field(default_factory=list)
    row: int = 0
    column: int = 0
    saved: tuple = (0, 0)
    wrap: bool = False


def scaled(image, width, height):
    """To the nearest pixel."""
    if image.shape[:2] == (height, width):
        return image
    rows = ((np.arange(height) + 0.5) * image.shape[0] / height).astype(int)
    columns = ((np.arange(width) + 0.5) * image.shape[1] / width).astype(int)
    return image[rows][:, columns]


class Terminal:
    """`kind` is kitty, iterm2, sixel or none: what it answers, and so what it is sent."""

    def __init__(self, kind="kitty", columns=100, rows=30, cell=(8, 16)):
        self.kind, self.columns, self.rows = kind, columns, rows
        self.width, self.height = cell
        self.screens = [self.empty(), self.empty()]
        self.now = 0
        self.fore = self.back = None
        self.number = 0
        self.reverse = False
        self.pending = b""
        self.scanned = 0
        self.answers = b""
        self.loading = None
        self.multipart = None
        self.count = 0
        self.bytes = 0
        self.by_kind = {"kitty": 0, "iterm2": 0, "sixel": 0}
        # Goes up with each change of what pictures show.
        self.changes = 0
        self.cell_changes = 0
        self.modes = set()
        self.complaints = []
        self.title = ""

    def empty(self):
        shape = (self.rows * self.height, self.columns * self.width)
        return Screen([[Cell() for _ in range(self.columns)] for _ in range(self.rows)],
                      np.zeros((*shape, 3), np.uint8), np.zeros(shape, bool),
                      np.zeros((*shape, 3), np.uint8))

    @property
    def screen(self):
        return self.screens[self.now]

    def complain(self, what):
        if what not in self.complaints:
            self.complaints.append(what)

    # The stream.

    def feed(self, some):
        """Takes bytes of the program; gives the terminal's answers to them."""
        self.bytes += len(some)
        data = self.pending + some
        at, size = 0, len(data)
        self.answers = b""
        while at < size:
            if data[at] != 0x1B:
                stop = data.find(b"\x1b", at)
                stop = size if stop < 0 else stop
                used = self.print(data[at:stop], stop == size)
                at += used
                if at < stop:
                    break
                continue
            used = self.escape(data, at)
            if not used:
                break
            at += used
        self.pending = data[at:]
        answers, self.answers = self.answers, b""
        return answers

    def escape(self, data, at):
        """One escape sequence; the bytes it takes, 0 while it is not whole."""
        kind = data[at + 1:at + 2]
        if kind in STRINGS and kind:
            start = max(at + 2, at + self.scanned - 1)
            end = data.find(b"\x1b", start)
            bell = data.find(b"\x07", start, end if end >= 0 else len(data)) if kind == b"]" else -1
            if bell >= 0:
                self.scanned = 0
                self.string(STRINGS[kind], data[at + 2:bell])
                return bell + 1 - at
            if end < 0 or end + 1 >= len(data):
                self.scanned = (end if end >= 0 else len(data)) - at
                return 0
            self.scanned = 0
            if data[end + 1:end + 2] != b"\\":
                self.complain(f"a string that is not ended: {data[at:at + 20]}")
                return end - at
            self.string(STRINGS[kind], data[at + 2:end])
            return end + 2 - at
        if PARTIAL.match(data[at:at + 64]) and len(data) - at < 64:
            return 0
        csi = CSI.match(data, at)
        if csi:
            self.control(*csi.groups())
            return csi.end() - at
        if kind in b"()*+" and kind:
            return 3 if len(data) - at >= 3 else 0
        self.single(kind)
        return 2

    def string(self, kind, body):
        if kind == "apc" and body.startswith(b"G"):
            self.by_kind["kitty"] += len(body) + 4
            self.kitty(body[1:])
        elif kind == "osc":
            self.osc(body)
        elif kind == "dcs":
            self.dcs(body)
        else:
            self.complain(f"{kind} {body[:20]}")

    def single(self, kind):
        screen = self.screen
        if kind == b"7":
            screen.saved = (screen.row, screen.column)
        elif kind == b"8":
            screen.row, screen.column = screen.saved
        elif kind == b"M":
            screen.row = max(0, screen.row - 1)
        elif kind == b"D":
            self.line_feed()
        elif kind == b"c":
            self.__init__(self.kind, self.columns, self.rows, (self.width, self.height))
        elif kind not in (b"=", b">", b"\\"):
            self.complain(f"ESC {kind}")

    # Text.

    def print(self, data, last):
        """Prints text; the bytes taken, fewer where a character is cut at the end."""
        cut = 0
        if last:
            for back in range(1, min(4, len(data)) + 1):
                byte = data[-back]
                if byte >= 0xC0:
                    need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
                    cut = back if back < need else 0
                    break
                if byte < 0x80:
                    break
        whole = data[:len(data) - cut]
        for character in whole.decode("utf-8", "replace"):
            self.put(character)
        return len(whole)

    def put(self, character):
        screen = self.screen
        code = ord(character)
        if code < 32 or code == 127:
            if character == "\r":
                screen.column, screen.wrap = 0, False
            elif character in "\n\v\f":
                self.line_feed()
            elif character == "\b":
                screen.column = max(0, screen.column - 1)
            elif character == "\t":
                screen.column = min(self.columns - 1, (screen.column // 8 + 1) * 8)
            return
        if unicodedata.combining(character) or code in (0x200D, 0xFE0F):
            row, column = screen.row, screen.column - (0 if screen.wrap else 1)
            if column >= 0:
                screen.cells[row][column].text += character
                screen.stale.add((row, column))
            return
        wide = unicodedata.east_asian_width(character) in "WF" and character != PLACEHOLDER
        if screen.wrap or (wide and screen.column == self.columns - 1):
            screen.column, screen.wrap = 0, False
            self.line_feed()
        self.paint(screen.row, screen.column, character)
        if wide and screen.column + 1 < self.columns:
            self.paint(screen.row, screen.column + 1, "")
            screen.column += 1
        if screen.column + 1 < self.columns:
            screen.column += 1
        else:
            screen.wrap = True

    def paint(self, row, column, character):
        """Writes one cell; iTerm2's and sixel's pictures go where text is written."""
        screen = self.screen
        fore, back = self.fore or FOREGROUND, self.back or BACKGROUND
        if self.reverse:
            fore, back = back, fore
        screen.cells[row][column] = Cell(character, fore, back, self.number)
        screen.stale.add((row, column))
        top, left = row * self.height, column * self.width
        screen.shown[top:top + self.height, left:left + self.width] = False
        self.cell_changes += 1

    def line_feed(self):
        screen = self.screen
        screen.wrap = False
        if screen.row + 1 < self.rows:
            screen.row += 1
        else:
            self.scroll()

    def scroll(self, lines=1):
        screen = self.screen
        for _ in range(lines):
            screen.cells.pop(0)
            screen.cells.append([Cell() for _ in range(self.columns)])
        by = lines * self.height
        screen.stale = {(row, column) for row in range(self.rows) for column in range(self.columns)}
        screen.raster = np.roll(screen.raster, -by, axis=0)
        screen.shown = np.roll(screen.shown, -by, axis=0)
        screen.shown[-by:] = False
        for placement in screen.placements:
            placement.row -= lines

    # Control sequences.

    def control(self, private, text, middle, final):
        key = (private + middle + final).decode()
        numbers = [int(n) if n else 0 for n in re.split(rb"[;:]", text)] if text else [0]
        n, screen = max(1, numbers[0]), self.screen
        if final in b"ABCDEFGHfd`" and not private:
            screen.wrap = False
        if key in ("H", "f"):
            screen.row = min(self.rows, n) - 1
            second = numbers[1] if len(numbers) > 1 else 1
            screen.column = min(self.columns, max(1, second)) - 1
        elif key == "A":
            screen.row = max(0, screen.row - n)
        elif key == "B":
            screen.row = min(self.rows - 1, screen.row + n)
        elif key == "C":
            screen.column = min(self.columns - 1, screen.column + n)
        elif key == "D":
            screen.column = max(0, screen.column - n)
        elif key in ("G", "`"):
            screen.column = min(self.columns, n) - 1
        elif key == "d":
            screen.row = min(self.rows, n) - 1
        elif key == "m":
            self.style(text)
        elif key == "J":
            self.erase_screen(numbers[0])
        elif key == "K":
            first = screen.column if numbers[0] == 0 else 0
            end = screen.column + 1 if numbers[0] == 1 else self.columns
            self.blank(screen.row, first, end)
        elif key == "X":
            self.blank(screen.row, screen.column, min(self.columns, screen.column + n))
        elif key in ("?h", "?l"):
            for number in numbers:
                self.mode(number, key == "?h")
        elif not self.query(key, numbers):
            if key not in ("r", ">u", "<u", "=u", " q", "h", "l", ">m", "t", "s", "u", "?s", "?r"):
                self.complain(f"CSI {private.decode()}{text.decode()}{middle.decode()}{final.decode()}")

    def mode(self, number, on):
        (self.modes.add if on else self.modes.discard)(number)
        if number in (47, 1047, 1049):
            if on and self.now == 0:
                self.screens[1] = self.empty()
            self.now = 1 if on else 0
            self.changes += 1

    def blank(self, row, first, end):
        fore, reverse = self.fore, self.reverse
        self.reverse = False
        for column in range(first, end):
            self.paint(row, column, " ")
        self.fore, self.reverse = fore, reverse

    def erase_screen(self, part):
        screen = self.screen
        if part == 0:
            self.blank(screen.row, screen.column, self.columns)
        if part == 1:
            self.blank(screen.row, 0, screen.column + 1)
        rows = {0: range(screen.row + 1, self.rows), 1: range(screen.row)}.get(part, range(self.rows))
        for row in rows:
            self.blank(row, 0, self.columns)
        if part >= 2:
            # As kitty: clearing the screen takes its pictures away.
            screen.placements = [p for p in screen.placements if p.virtual]
            self.changes += 1

    def style(self, text):
        parts = [p.split(b":") for p in text.split(b";")] if text else [[b"0"]]
        flat = [int(n or 0) for p in parts for n in p]
        at = 0
        while at < len(flat):
            code = flat[at]
            at += 1
            if code == 0:
                self.fore = self.back = None
                self.reverse = False
            elif code in (7, 27):
                self.reverse = code == 7
            elif code in (38, 48):
                colour, number = None, 0
                if flat[at:at + 1] == [5]:
                    number = flat[at + 1] & 255
                    colour, at = PALETTE[number], at + 2
                elif flat[at:at + 1] == [2]:
                    colour, at = tuple(flat[at + 1:at + 4]), at + 4
                    number = colour[0] << 16 | colour[1] << 8 | colour[2]
                if code == 38:
                    self.fore, self.number = colour, number
                else:
                    self.back = colour
            elif 30 <= code <= 37 or 90 <= code <= 97:
                self.number = code - 30 if code < 90 else code - 82
                self.fore = PALETTE[self.number]
            elif 40 <= code <= 47 or 100 <= code <= 107:
                self.back = PALETTE[code - 40 if code < 100 else code - 92]
            elif code == 39:
                self.fore = None
            elif code == 49:
                self.back = None

    # Questions.

    def query(self, key, numbers):
        """Answers a question; false when it is none."""
        names = {"kitty": b"kitty(0.26.5)", "iterm2": b"iTerm2 3.5.0", "sixel": b"XTerm(379)"}
        width, height = self.columns * self.width, self.rows * self.height
        if key == "c":
            self.say(b"\x1b[?62;4;22c" if self.kind == "sixel" else b"\x1b[?62;22c")
        elif key == ">c":
            self.say(b"\x1b[>1;4000;26c" if self.kind == "kitty" else b"\x1b[>41;379;0c")
        elif key == ">q":
            if self.kind in names:
                self.say(b"\x1bP>|" + names[self.kind] + b"\x1b\\")
        elif key == "n" and numbers[0] in (5, 6):
            here = f"\x1b[{self.screen.row + 1};{self.screen.column + 1}R".encode()
            self.say(b"\x1b[0n" if numbers[0] == 5 else here)
        elif key == "t" and numbers[0] in (14, 16, 18):
            sizes = {14: (4, height, width), 16: (6, self.height, self.width), 18: (8, self.rows, self.columns)}
            if self.kind in ("kitty", "iterm2") or numbers[0] == 18:
                self.say("\x1b[{};{};{}t".format(*sizes[numbers[0]]).encode())
        elif key == "?$p":
            known = numbers[0] == 2026 and self.kind in ("kitty", "iterm2")
            self.say(f"\x1b[?{numbers[0]};{2 if known else 0}$y".encode())
        elif key == "?S" and self.kind == "sixel":
            self.say(b"\x1b[?1;0;256S" if numbers[0] == 1 else f"\x1b[?2;0;{width};{height}S".encode())
        elif key == "?u":
            if self.kind == "kitty":
                self.say(b"\x1b[?0u")
        else:
            return key == "?S"
        return True

    def say(self, words):
        self.answers += words

    def osc(self, body):
        number, _, rest = body.partition(b";")
        if number in (b"10", b"11") and rest == b"?":
            colour = FOREGROUND if number == b"10" else BACKGROUND
            said = "/".join(f"{v:02x}{v:02x}" for v in colour)
            self.say(b"\x1b]" + number + b";rgb:" + said.encode() + b"\x1b\\")
        elif number == b"1337":
            self.by_kind["iterm2"] += len(body) + 3
            self.iterm2(rest)
        elif number in (b"0", b"1", b"2"):
            self.title = rest.decode("utf-8", "replace")
        elif number not in (b"4", b"7", b"8", b"22", b"104", b"112", b"133"):
            self.complain(f"OSC {body[:20]}")

    def dcs(self, body):
        head = re.match(rb"([\d;]*)q", body)
        if head:
            self.by_kind["sixel"] += len(body) + 4
            self.sixel(head[1], body[head.end():])
        elif body.startswith((b"+q", b"$q")):
            self.say(b"\x1bP0" + body[:1] + b"r" + body[2:] + b"\x1b\\")
        else:
            self.complain(f"DCS {body[:20]}")

    # Pictures that live in the cells.

    def stamp(self, pixels, shown, scrolls):
        """Draws at the cursor into the cells."""
        screen = self.screen
        tall = -(-pixels.shape[0] // self.height)
        over = screen.row + tall - self.rows
        if scrolls and over > 0:
            self.scroll(over)
            screen.row -= over
        top, left = screen.row * self.height, screen.column * self.width
        height = min(pixels.shape[0], screen.raster.shape[0] - top)
        width = min(pixels.shape[1], screen.raster.shape[1] - left)
        part = (slice(top, top + height), slice(left, left + width))
        shown = shown[:height, :width]
        screen.raster[part][shown] = pixels[:height, :width][shown]
        screen.shown[part] |= shown
        self.changes += 1
        return tall

    def sixel(self, parameters, data):
        if self.kind != "sixel":
            self.complain("a sixel picture for a terminal that has none")
        pixels, shown = sixels.decode(parameters, data)
        if pixels.size:
            tall = self.stamp(pixels, shown, True)
            self.screen.row = min(self.rows - 1, self.screen.row + tall - 1)

    def iterm2(self, body):
        if body == b"ReportCellSize":
            if self.kind == "iterm2":
                self.say(f"\x1b]1337;ReportCellSize={self.height}.0;{self.width}.0;1.0\x1b\\".encode())
            return
        if body.startswith(b"MultipartFile="):
            self.multipart = [body.removeprefix(b"MultipartFile="), b""]
        elif body.startswith(b"FilePart=") and self.multipart:
            self.multipart[1] += body.removeprefix(b"FilePart=")
        elif body == b"FileEnd" and self.multipart:
            (head, data), self.multipart = self.multipart, None
            self.file(head, data)
        elif body.startswith(b"File="):
            head, _, data = body.removeprefix(b"File=").partition(b":")
            self.file(head, data)
        else:
            self.complain(f"OSC 1337 {body[:20]}")

    def file(self, head, data):
        if self.kind != "iterm2":
            self.complain("an iTerm2 picture for a terminal that has none")
        keys = dict(pair.partition(b"=")[::2] for pair in head.split(b";"))
        raw = base64.b64decode(data)
        if b"size" in keys and int(keys[b"size"]) != len(raw):
            self.complain("iTerm2: size is not that of the file")
        image = np.asarray(Image.open(io.BytesIO(raw)).convert("RGB"))
        sizes = []
        for name, own, cell, cells in ((b"width", image.shape[1], self.width, self.columns),
                                       (b"height", image.shape[0], self.height, self.rows)):
            said = keys.get(name, b"auto")
            sizes.append(None if said == b"auto" else int(said[:-2]) if said.endswith(b"px") else
                         int(said[:-1]) * cells * cell // 100 if said.endswith(b"%") else int(said) * cell)
        width, height = sizes
        if width is None and height is None:
            width, height = image.shape[1], image.shape[0]
        width = width or round(image.shape[1] * height / image.shape[0])
        height = height or round(image.shape[0] * width / image.shape[1])
        if keys.get(b"preserveAspectRatio", b"1") != b"0":
            share = min(width / image.shape[1], height / image.shape[0])
            width, height = round(image.shape[1] * share), round(image.shape[0] * share)
        still = keys.get(b"doNotMoveCursor") == b"1"
        pixels = scaled(image, width, height)
        tall = self.stamp(pixels, np.ones(pixels.shape[:2], bool), not still)
        if not still:
            self.screen.row = min(self.rows - 1, self.screen.row + tall - 1)

    # Kitty.

    def kitty(self, body):
        head, _, data = body.partition(b";")
        keys = dict(pair.partition(b"=")[::2] for pair in head.split(b",") if pair)
        if self.loading is not None and b"a" in keys:
            # The protocol forbids it. kitty places and deletes all the same, and takes the data of
            # another picture for more of this one.
            self.complain(f"kitty: a={keys[b'a'].decode()} inside a picture that is being sent")
            if keys[b"a"] in (b"p", b"d"):
                self.command(keys, [data])
                return
        if self.loading is not None:
            first, parts = self.loading
            parts.append(data)
            if keys.get(b"m") == b"1":
                return
            self.loading = None
            first = {**first, **{k: v for k, v in keys.items() if k == b"q"}}
            self.command(first, parts)
        elif keys.get(b"m") == b"1":
            self.loading = (keys, [data])
        else:
            self.command(keys, [data])

    def command(self, keys, parts):
        number = lambda name, otherwise=0: int(keys.get(name, otherwise))
        action = keys.get(b"a", b"t")
        identity, quiet = number(b"i"), number(b"q")
        if self.kind != "kitty":
            if action != b"q":
                self.complain("a kitty picture for a terminal that has none")
            return
        try:
            if action in (b"t", b"T", b"q"):
                image = self.load(keys, parts)
                if action != b"q":
                    # Sending a number again takes its pictures away (kitty#8701).
                    self.forget(identity)
                    self.screen.images[identity] = image
                    self.count += 1
                if action == b"T":
                    self.place(keys)
            elif action == b"p":
                self.place(keys)
            elif action == b"d":
                self.delete(keys)
                return
            else:
                raise ValueError(f"EINVAL:action {action.decode()}")
            word = "OK"
        except (ValueError, OSError, KeyError, zlib.error) as error:
            word = str(error.args[0]) if error.args else "EINVAL"
            word = word if re.match(r"E[A-Z]+:", word) else f"EBADPNG:{word}"
            self.complain(f"kitty: {word}")
        if identity and quiet < (1 if word == "OK" else 2):
            part = f",p={number(b'p')}" if number(b"p") else ""
            self.say(f"\x1b_Gi={identity}{part};{word}\x1b\\".encode())

    def load(self, keys, parts):
        if keys.get(b"t", b"d") != b"d":
            raise ValueError("EBADF:files of this machine cannot be read from afar")
        # Each part is base64 of its own, padded or not.
        raw = b"".join(base64.b64decode(part, validate=True) for part in parts)
        if keys.get(b"o") == b"z":
            raw = zlib.decompress(raw)
        form = int(keys.get(b"f", 32))
        if form == 100:
            if not raw.startswith(b"\x89PNG"):
                raise ValueError("EBADPNG:not a PNG")
            return np.asarray(Image.open(io.BytesIO(raw)).convert("RGBA"))
        width, height, depth = int(keys[b"s"]), int(keys[b"v"]), form // 8
        if len(raw) < width * height * depth:
            raise ValueError("ENODATA:too little data")
        pixels = np.frombuffer(raw, np.uint8)[:width * height * depth].reshape(height, width, depth)
        if depth == 3:
            pixels = np.dstack([pixels, np.full((height, width), 255, np.uint8)])
        return pixels

    def place(self, keys):
        number = lambda name, otherwise=0: int(keys.get(name, otherwise))
        screen = self.screen
        identity = number(b"i")
        if identity not in screen.images:
            raise ValueError("ENOENT:no such image")
        image = screen.images[identity]
        x, y = number(b"x"), number(b"y")
        width = min(number(b"w") or image.shape[1], image.shape[1] - x)
        height = min(number(b"h") or image.shape[0], image.shape[0] - y)
        if width <= 0 or height <= 0:
            raise ValueError("EINVAL:nothing of the image is shown")
        which = number(b"p")
        if which:
            screen.placements = [p for p in screen.placements
                                 if (p.image, p.number) != (identity, which)]
        cells = (number(b"c"), number(b"r"))
        self.count += 1
        placed = Placement(identity, which, screen.row, screen.column, (x, y, width, height), cells,
                           (number(b"X"), number(b"Y")), number(b"z"), number(b"U") == 1, self.count)
        screen.placements.append(placed)
        if number(b"C") != 1 and not placed.virtual:
            across = cells[0] or -(-width // self.width)
            down = cells[1] or -(-height // self.height)
            over = screen.row + down - self.rows
            if over > 0:
                self.scroll(over)
                screen.row -= over
            screen.row += down - 1
            screen.column = min(self.columns - 1, screen.column + across)
        self.changes += 1

    def forget(self, identity, number=0):
        screen = self.screen
        before = len(screen.placements)
        screen.placements = [p for p in screen.placements
                             if p.image != identity or (number and p.number != number)]
        self.changes += before != len(screen.placements)

    def delete(self, keys):
        screen, what = self.screen, keys.get(b"d", b"a")
        identity, number = int(keys.get(b"i", 0)), int(keys.get(b"p", 0))
        if what in b"aA":
            screen.placements = [p for p in screen.placements if p.virtual]
        elif what in b"iI":
            self.forget(identity, number)
        elif what in b"rR":
            low, high = int(keys.get(b"x", 0)), int(keys.get(b"y", 0))
            screen.placements = [p for p in screen.placements if not low <= p.image <= high]
        elif what in b"zZ":
            screen.placements = [p for p in screen.placements if p.depth != int(keys.get(b"z", 0))]
        else:
            self.complain(f"kitty: delete {what.decode()}")
        if what.isupper():
            used = {p.image for p in screen.placements}
            chosen = {b"I": {identity}, b"R": {n for n in screen.images
                                               if int(keys.get(b"x", 0)) <= n <= int(keys.get(b"y", 0))}}
            for gone in chosen.get(what, set(screen.images)) - used:
                screen.images.pop(gone, None)
        self.changes += 1

    @property
    def held(self):
        """Bytes of pixels that the terminal holds for the program."""
        return sum(image.size for screen in self.screens for image in screen.images.values())

    # The screen.

    def compose(self):
        """The screen in pixels: cells, then the pictures in them, then kitty's above or below."""
        screen = self.screen
        width, height = self.width, self.height
        for row, column in screen.stale:
            cell = screen.cells[row][column]
            top, left = row * height, column * width
            part = screen.layer[top:top + height, left:left + width]
            share = glyphs.mask(cell.text[0], width, height) if cell.text and cell.text != " " else None
            if share is None:
                part[:] = cell.back
            else:
                part[:] = np.rint(np.array(cell.back) + share[..., None]
                                  * np.subtract(cell.fore, cell.back)).astype(np.uint8)
        screen.stale.clear()
        picture = screen.layer.copy()
        plain = None
        if any(p.depth < 0 for p in screen.placements):
            plain = np.array([[c.back == BACKGROUND and c.text in (" ", "") for c in cells]
                              for cells in screen.cells])
        picture[screen.shown] = screen.raster[screen.shown]
        for placed in sorted(screen.placements, key=lambda p: (p.depth, p.order)):
            if not placed.virtual:
                self.blend(picture, placed, plain)
        self.placeholders(picture)
        return picture

    def blend(self, picture, placed, plain):
        image = self.screen.images.get(placed.image)
        if image is None:
            return
        x, y, w, h = placed.crop
        columns, rows = placed.cells
        width = columns * self.width if columns else w
        height = rows * self.height if rows else h
        if columns and not rows:
            height = round(h * width / w)
        if rows and not columns:
            width = round(w * height / h)
        part = scaled(image[y:y + h, x:x + w], width, height)
        top = placed.row * self.height + placed.offset[1]
        left = placed.column * self.width + placed.offset[0]
        part = part[max(0, -top):, max(0, -left):]
        top, left = max(0, top), max(0, left)
        part = part[:picture.shape[0] - top, :picture.shape[1] - left]
        where = picture[top:top + part.shape[0], left:left + part.shape[1]]
        if placed.depth >= 0 and (part[..., 3] == 255).all():
            where[:] = part[..., :3]
            return
        share = part[..., 3:].astype(float) / 255
        if placed.depth < 0:
            # Under the text: seen through cells of the default background alone.
            full = np.repeat(np.repeat(plain, self.height, 0), self.width, 1)
            share = share * full[top:top + part.shape[0], left:left + part.shape[1], None]
        where[:] = np.rint(where + share * (part[..., :3].astype(float) - where)).astype(np.uint8)

    def placeholders(self, picture):
        """Unicode placeholders: the colour is the image's number, diacritics say row and column."""
        screen = self.screen
        for row, cells in enumerate(screen.cells):
            before = None
            for column, cell in enumerate(cells):
                if not cell.text.startswith(PLACEHOLDER):
                    before = None
                    continue
                marks = [DIACRITICS.index(ord(c)) for c in cell.text[1:] if ord(c) in DIACRITICS]
                # What a mark does not say is that of the cell to the left, one column on.
                r, c, high = (before[0], before[1] + 1, before[2]) if before else (0, 0, 0)
                r, c, high = (marks + [r, c, high][len(marks):])[:3]
                identity = cell.number | high << 24
                before = (r, c, high)
                virtual = next((p for p in screen.placements if p.virtual and p.image == identity), None)
                if virtual is None:
                    continue
                whole = scaled(screen.images[identity], virtual.cells[0] * self.width,
                               virtual.cells[1] * self.height)
                part = whole[r * self.height:(r + 1) * self.height, c * self.width:(c + 1) * self.width]
                top, left = row * self.height, column * self.width
                picture[top:top + part.shape[0], left:left + part.shape[1]] = part[..., :3]

    def pictures(self):
        """Whether any picture is on the screen, of cells too."""
        screen = self.screen
        cells = sum("▀" in cell.text for row in screen.cells for cell in row)
        return bool(screen.placements) or bool(screen.shown.any()) or cells > 100

    def text(self):
        """The screen as lines of text."""
        return ["".join(cell.text or "" for cell in cells).rstrip() for cells in self.screen.cells]

    def area(self, x, y, width, height):
        """A part of the screen in cells, as pixels."""
        return self.compose()[y * self.height:(y + height) * self.height,
                              x * self.width:(x + width) * self.width]
