"""What the terminal shows against what `render` makes, pixel by pixel."""
import re
from dataclasses import dataclass

import numpy as np

from display import until

# Rows of text below a picture that has the whole screen: status and line.
TEXT_ROWS = 2
PATIENCE = 45.0
INTRODUCERS = {"kitty": rb"\x1b_G[^;\x1b]*a=[tTp]", "iterm2": rb"\x1b\]1337;(?:Multipart)?File",
               "sixel": rb"\x1bP[0-9;]*q"}


@dataclass
class Result:
    """One row of the table."""
    terminal: str
    version: str
    step: str
    protocol: str
    difference: int
    exact: float
    good: bool
    note: str = ""

    def line(self):
        verdict = "pass" if self.good else "FAIL"
        return (f"{self.terminal:9} {self.version:14} {self.step:22} {self.protocol:8} "
                f"{self.difference:4d} {100 * self.exact:8.3f} %  {verdict} {self.note}")


HEAD = f"{'terminal':9} {'version':14} {'step':22} {'protocol':8} {'diff':>4} {'exact':>10}"


def protocol(output):
    """The protocol of the last picture in the bytes of the program."""
    ends = {name: max((m.end() for m in re.finditer(pattern, output)
                       if b"a=q" not in m.group()), default=-1)
            for name, pattern in INTRODUCERS.items()}
    name = max(ends, key=ends.get)
    return name if ends[name] >= 0 else "cells"


def compare(shot, reference, origin):
    """The largest difference of a component, and the share of pixels that are equal."""
    (x, y), (h, w) = origin, reference.shape[:2]
    seen = shot[y:y + h, x:x + w].astype(int)
    if seen.shape != reference.shape:
        return 255, 0.0
    off = np.abs(seen - reference.astype(int)).max(axis=2)
    return int(off.max()), float((off == 0).mean())


def locate(part, whole):
    """Where `part` lies in `whole` (x, y), by the correlation of their edges."""
    def edges(image, shape):
        grey = image.astype(np.float64).mean(axis=2)
        field = np.zeros(shape)
        field[:grey.shape[0], 1:grey.shape[1]] = np.diff(grey, axis=1)
        field[:, :1] = 0
        return np.fft.rfft2(np.clip(field, -40, 40))
    shape = [int(2 ** np.ceil(np.log2(a + b))) for a, b in zip(part.shape[:2], whole.shape[:2])]
    found = np.fft.irfft2(edges(whole, shape) * np.conj(edges(part, shape)), shape)
    y, x = np.unravel_index(np.argmax(found), found.shape)
    return int(x), int(y)


class Sitting:
    """A console in a terminal, its picture over the whole screen, and its known geometry."""

    def __init__(self, window, desk):
        self.window, self.desk = window, desk
        if not until(lambda: desk.geometry() or not window.alive(), PATIENCE) or not desk.geometry():
            raise RuntimeError("the terminal does not start")
        self.geometry = desk.geometry()
        self.see(lambda output: protocol(output) != "cells", "no picture")
        self.origin = None
        self.whole = desk.render((0, 0, 1600, 1000), (1600, 1000))

    def see(self, test, otherwise):
        if not until(lambda: test(self.desk.output()) or not self.window.alive(), PATIENCE):
            raise RuntimeError(otherwise)

    def cell(self):
        """The cell in pixels, as the terminal said it before the program ran."""
        rows, columns = self.geometry["rows"], self.geometry["columns"]
        width, height = self.geometry["cell"] or (0, 0)
        for area in (self.geometry["area"], self.geometry["kernel"]):
            if not width and area and area[0]:
                width, height = area[0] // columns, area[1] // rows
        return width, height

    def size(self):
        """The picture's pixels when it has the whole screen."""
        width, height = self.cell()
        rows = self.geometry["rows"] - TEXT_ROWS
        return self.geometry["columns"] * width, rows * height

    def settle(self, reference, tolerance):
        """Waits until the screen shows the reference, at most PATIENCE; the last comparison."""
        best = [255, 0.0]

        def same():
            shot = self.window.shot()
            if self.origin is None:
                origin = locate(reference, shot)
                found = compare(shot, reference, origin)
                if found[0] <= tolerance:
                    self.origin = origin
            else:
                found = compare(shot, reference, self.origin)
            best[:] = found
            return found[0] <= tolerance
        until(same, PATIENCE, 0.1)
        return tuple(best)

    def centre(self):
        width, height = self.size()
        return (800 - width // 2, 500 - height // 2, width, height)

    def follow(self, tolerance):
        """After a pan at 1:1: finds the part of the scan that is shown, and compares it."""
        width, height = self.size()
        best = [255, 0.0, None]

        def same():
            x, y = self.origin
            seen = self.window.shot()[y:y + height, x:x + width]
            left, top = locate(seen, self.whole)
            part = self.whole[top:top + height, left:left + width]
            if part.shape == seen.shape:
                best[:] = [*compare(seen, part, (0, 0)), (left, top)]
            return best[0] <= tolerance and (left, top) != self.centre()[:2]
        until(same, PATIENCE, 0.1)
        return tuple(best)


def steps(sitting, kind, quick):
    """Drives one console; gives (step, difference, exact share, note)."""
    window, size = sitting.window, sitting.size()
    whole = sitting.desk.render(sitting.centre(), size)
    # The capital first: it gives the picture the whole screen.
    window.keys("F", "o")
    yield "1:1", *sitting.settle(whole, kind.tolerance), ""
    if sitting.origin is None:
        return
    yield from mutants(sitting, kind, whole)
    # Sideways: a tenth of the height need not be whole pixels.
    window.keys("L")
    difference, exact, found = sitting.follow(kind.tolerance)
    yield "pan", difference, exact, f"by {found[0] - sitting.centre()[0]} px" if found else ""
    window.keys("H")
    yield "pan back", *sitting.settle(whole, kind.tolerance), ""
    window.keys("question")
    seen = until(lambda: compare(window.shot(), whole, sitting.origin)[1] < 0.9, PATIENCE)
    window.keys("Escape")
    yield "help over it and away", *sitting.settle(whole, kind.tolerance), "" if seen else "not seen"
    if quick:
        return
    window.keys("f")
    yield "fit", *sitting.settle(sitting.desk.render((0, 0, 1600, 1000), size), kind.tolerance), ""
    window.keys("i")
    turned = sitting.desk.render((0, 0, 1600, 1000), size, "--filter", "invert")
    yield "invert", *sitting.settle(turned, kind.tolerance), ""


def mutants(sitting, kind, whole):
    """The rig must catch wrong pictures: another window, another place, one wrong tile."""
    shot = sitting.window.shot()
    x, y, w, h = sitting.centre()
    wrong_tile = whole.copy()
    wrong_tile[64:80, 64:72] = np.roll(whole[64:80, 64:72], 1, axis=1)
    narrow = sitting.desk.render((x, y, w, h), (w, h), "--window", "35000,30000")
    moved = sitting.desk.render((x + 1, y, w, h), (w, h))
    for name, wrong in (("window", narrow), ("one pixel aside", moved), ("one tile", wrong_tile)):
        difference, exact = compare(shot, wrong, sitting.origin)
        if difference <= kind.tolerance:
            yield f"mutant: {name}", difference, exact, "the rig does not see a wrong picture"
