"""A program at the far end of a line, and a terminal in memory at this end.

Every read is a moment: its time, the bytes so far and, when a picture changed, what the picture area
showed then. Numbers are taken from these moments, "from the key written to the last byte read".
"""
import fcntl, os, pty, select, signal, struct, termios, time
from dataclasses import dataclass

import numpy as np

from terminal import Terminal


@dataclass
class Moment:
    """After a read: seconds, bytes since the start, and the picture area when it changed."""
    time: float
    bytes: int
    picture: object


def luminance(pixels):
    return np.rint(pixels.astype(float) @ (0.299, 0.587, 0.114)).astype(np.uint8)


def likeness(a, b):
    """SSIM of the luminance: window 7, data range 255 (scikit-image)."""
    from skimage.metrics import structural_similarity
    if a.shape != b.shape:
        return 0.0
    return float(structural_similarity(luminance(a), luminance(b), win_size=7, data_range=255))


class Sitting:
    def __init__(self, command, environment, kind="kitty", columns=100, rows=30, cell=(8, 16)):
        self.terminal = Terminal(kind, columns, rows, cell)
        self.area = (0, 0, columns, rows - 2)
        self.moments, self.ended = [], False
        size = struct.pack("HHHH", rows, columns, columns * cell[0], rows * cell[1])
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], command, environment)
        fcntl.ioctl(self.tty, termios.TIOCSWINSZ, size)
        self.changes = (0, 0)

    def read(self, wait):
        """One read within `wait` seconds; the moment, or None."""
        if self.ended or not select.select([self.tty], [], [], max(0, wait))[0]:
            return None
        try:
            some = os.read(self.tty, 65536)
        except OSError:
            some = b""
        now = time.monotonic()
        if not some:
            self.ended = True
            return None
        answers = self.terminal.feed(some)
        if answers:
            os.write(self.tty, answers)
        # Half of a synchronized update is not on the screen yet.
        changes = (self.terminal.changes, self.terminal.cell_changes)
        picture = None
        if changes != self.changes:
            self.changes = changes
            picture = self.terminal.area(*self.area)
        moment = Moment(now, self.terminal.bytes, picture)
        self.moments.append(moment)
        return moment

    def press(self, keys):
        """Writes keys; the time and the bytes so far."""
        os.write(self.tty, keys)
        return time.monotonic(), self.terminal.bytes

    def until(self, test, bound):
        """Reads until `test(moment)` holds, at most `bound` seconds; the moment, or None."""
        last = time.monotonic() + bound
        while not self.ended and time.monotonic() < last:
            moment = self.read(min(0.25, last - time.monotonic()))
            if moment and test(moment):
                return moment
        return None

    def quiet(self, silence, bound):
        """Reads until nothing came for `silence` seconds; the last moment."""
        last, bound = time.monotonic() + silence, time.monotonic() + bound
        while not self.ended and time.monotonic() < min(last, bound):
            if self.read(min(last, bound) - time.monotonic()):
                last = time.monotonic() + silence
        return self.moments[-1] if self.moments else None

    def shows(self, reference, least):
        """A test: the picture area is like the reference; 1.0 means every pixel."""
        def test(moment):
            if moment.picture is None or moment.picture.shape != reference.shape:
                return False
            if least >= 1.0:
                return bool((moment.picture == reference).all())
            return likeness(moment.picture, reference) >= least
        return test

    def close(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                break
            last = time.monotonic() + 3
            while time.monotonic() < last:
                self.read(0.05)
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self.tty)
                    return
        os.close(self.tty)
