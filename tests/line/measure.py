#!/usr/bin/env python3
"""What an analyst at the end of a slow line waits for, over real ssh, measured on what is on the screen.

Usage: tests/line/measure.py [--line tun|relay|none] [--terminal kitty|iterm2|sixel|none] [--count 30]
       [--scans views|noise] [--only text|firsts|pans|repeats]... [--rate 64000] [--rtt 600] [--loss 0.02] [--compression] [--json FILE]
       [-- CONSOLE OPTIONS]
The scans are the design's views B and C, cut and mirrored, which a first look of a kilobyte can show,
or noise: parts of the 6000 x 1500 file at half its size, of which no kilobyte can show enough. Pans
and repeats are over a scan of many screens made of the same.
XAMINE names the program. tun needs root, relay does not. Prints medians with p95 beside them.
"""
import argparse, json, os, shutil, signal, statistics, subprocess, sys, tempfile, time

import numpy as np
from PIL import Image

from line import Line, missing
from sitting import Sitting, likeness

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RECOGNISABLE = 0.80
# What an empty pane or another scan does not reach.
LOOK = 0.5
COLUMNS, ROWS, CELL = 100, 30, (8, 16)
SIZE = (COLUMNS * CELL[0], (ROWS - 2) * CELL[1])
KEYS = {"wide": b"F", "next": b".", "one": b"o", "left": b"H", "right": b"L", "help": b"?", "leave": b"\x1b",
        "last": b"G", "closer": b"+", "quit": b"q"}


def program():
    named = os.environ.get("XAMINE")
    if named:
        return os.path.abspath(named)
    built = [os.path.join(HOME, "target", kind, "xamine") for kind in ("release", "debug")]
    built = [path for path in built if os.path.exists(path)]
    if not built:
        sys.exit("XAMINE names no program and none is built")
    return max(built, key=os.path.getmtime)


def cargo():
    """The 6000 x 1500 test picture, or one made here when it is not beside the checkout."""
    for up in ("../shared/data/views/cargo16.png",):
        path = os.path.join(HOME, up)
        if os.path.exists(path):
            return np.asarray(Image.open(path))
    rng = np.random.default_rng(5)
    y, x = np.mgrid[0:1500, 0:6000].astype(float)
    depth = 0.0002 * x
    for _ in range(300):
        cx, cy, r = rng.random() * 6000, rng.random() * 1500, 10 + 90 * rng.random()
        depth += (np.hypot(x - cx, y - cy) < r) * (0.1 + 0.5 * rng.random())
    return np.clip(52_000 * np.exp(-depth) + rng.normal(0, 250, depth.shape), 0, 65_535).astype(np.uint16)


def views():
    """Views B and C, or none when they are not beside the checkout."""
    paths = [os.path.join(HOME, "../shared/data/views", name)
             for name in ("B_zoom2_gray.png", "C_1to1_gray.png")]
    return [np.asarray(Image.open(path).convert("L")) for path in paths if os.path.exists(path)]


class Desk:
    """The far end: scans cut from known pictures, a home of its own."""

    def __init__(self, count, kind):
        self.folder = tempfile.mkdtemp(prefix="xamine-far-")
        self.count = count
        os.mkdir(self.path("scans"))
        whole = cargo()
        rng = np.random.default_rng(2)
        self.scans = []
        known = views() if kind == "views" else []
        for number in range(count + 1):
            if known:
                self.scans.append(self.save(f"{number:03d}.png", self.cut(known, number, rng)))
                continue
            x, y = int(rng.integers(300, 6000 - 2000)), int(rng.integers(150, 1500 - 1100))
            self.scans.append(self.save(f"{number:03d}.png", whole[y:y + 896, x:x + 1600]))
        self.big = self.save("999.png", self.wide(known) if known else whole)
        # The console starts at the first scan of its folder.

    @staticmethod
    def cut(known, number, rng):
        """A part of one of the views that fills the pane pixel by pixel, mirrored or not."""
        view = known[number % len(known)]
        y = int(rng.integers(0, view.shape[0] - SIZE[1] + 1))
        part = view[y:y + SIZE[1], :SIZE[0]]
        return np.ascontiguousarray(part[::(1, -1)[number // 2 % 2], ::(1, -1)[number // 4 % 2]])

    @staticmethod
    def wide(known):
        """A scan of many screens: the views side by side, mirrored so that they join."""
        rows = min(view.shape[0] for view in known)
        pair = np.hstack([view[:rows] for view in known])
        band = np.hstack([pair, pair[:, ::-1]] * 2)
        return np.ascontiguousarray(np.vstack([band, band[::-1], band]))

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, samples):
        path = self.path("scans/" + name)
        Image.fromarray(samples).save(path, compress_level=1)
        return path

    def variables(self):
        return {"HOME": self.folder, "XDG_STATE_HOME": self.path("state"), "LC_ALL": "C.UTF-8",
                "XDG_CONFIG_HOME": self.path("config")}

    def render(self, scan, region=None):
        to = self.path("reference.png")
        part = ["--region", ",".join(map(str, region))] if region else []
        subprocess.run([program(), "render", scan, *part, "--size", f"{SIZE[0]}x{SIZE[1]}", "-o", to],
                       check=True, env={**os.environ, **self.variables()}, capture_output=True)
        return np.asarray(Image.open(to).convert("RGB"))

    def trace(self):
        try:
            with open(self.path("trace")) as file:
                return [json.loads(line) for line in file.read().split("\n")[:-1]]
        except FileNotFoundError:
            return []

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def spread(values):
    """Median and 95th percentile."""
    return [round(statistics.median(values), 3), round(float(np.percentile(values, 95)), 3)]


class Measure:
    def __init__(self, options):
        self.options = options
        self.found = {}
        self.silence = max(2.5 * options.rtt / 1000, 0.5)
        # Long enough for a lossless picture without any compression by ssh.
        self.bound = 20 + 8 * 400_000 / options.rate
        self.line = Line(options.line, options)
        self.desk = Desk(options.count, options.scans)
        far = [f"{k}={v}" for k, v in self.desk.variables().items()]
        trace = ["--trace", self.desk.path("trace")] if self.knows("--trace") else []
        words = ["env", "-u", "COLORTERM", *far, program(), "--log", self.desk.path("log"), *trace,
                 *options.console, self.desk.path("scans")]
        term = {"kitty": "xterm-kitty"}.get(options.terminal, "xterm-256color")
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("TMUX", "STY", "NO_COLOR", "COLORTERM", "SSH_TTY", "SSH_AUTH_SOCK")}
        self.start = time.monotonic()
        self.sitting = Sitting(self.line.command(words), {**environment, "TERM": term},
                               options.terminal, COLUMNS, ROWS, CELL)

    @staticmethod
    def knows(option):
        run = subprocess.run([program(), "--help"], capture_output=True, text=True)
        return option in run.stdout

    def put(self, name, value):
        self.found[name] = value
        print(f"  {name:44} {value}", flush=True)

    def measure(self):
        self.opening()
        parts = {"text": self.text, "firsts": self.firsts, "pans": self.pans, "repeats": self.repeats}
        for name in self.options.only or parts:
            parts[name]()
        self.traced()
        said = self.sitting.terminal.complaints
        self.put("what the terminal did not understand", said or "nothing")
        return self.found

    def opening(self):
        """From the start of ssh to text, and to a lossless picture."""
        s = self.sitting
        first = s.until(lambda m: s.terminal.pictures(), self.bound)
        if not first:
            raise RuntimeError("no picture: " + "\n".join(s.terminal.text()))
        self.put("start of ssh to a picture, s", round(first.time - self.start, 2))
        s.quiet(self.silence, self.bound)
        s.press(KEYS["wide"])
        s.quiet(self.silence, self.bound)

    def text(self):
        """The line's own round trip: a key whose answer is a little text."""
        s, times = self.sitting, []
        for _ in range(5):
            at, had = s.press(b":")
            end = s.until(lambda m: True, 20)
            times.append(end.time - at)
            s.quiet(self.silence, 20)
            s.press(KEYS["leave"])
            s.quiet(self.silence, self.bound)
        self.put("round trip by a key that changes text, s", spread(times))

    def after(self, keys, reference=None):
        """Presses keys and reads until the reference stands there, or nothing comes any more.

        Gives the time and the bytes at the key, and the moments since that show another picture. How
        alike they are is found out afterwards: while reading, answers must go back at once.
        """
        s = self.sitting
        first, before = len(s.moments), s.terminal.area(*s.area)
        at, had = s.press(keys)
        other = lambda m: m.picture is not None and not np.array_equal(m.picture, before)
        s.until(other, self.bound)
        exact = s.shows(reference, 1.0) if reference is not None else None
        done = exact and any(exact(m) for m in s.moments[first:])
        end = time.monotonic() + self.bound
        while not done and not s.ended and time.monotonic() < end:
            moment = s.until((lambda m: exact(m)) if exact else (lambda m: False), 2 * self.silence)
            done = moment is not None
            recent = s.moments and time.monotonic() - s.moments[-1].time < 2 * self.silence
            if not done and not recent:
                break
        s.quiet(self.silence, self.bound)
        moments = [m for m in s.moments[first:] if m.picture is not None]
        for old in s.moments[:first]:
            old.picture = None
        return at, had, moments

    def firsts(self):
        """A picture that the terminal has not: the next scan."""
        seconds, sizes, whole, total, likes, looks = [], [], [], [], [], []
        for number in range(1, self.options.count + 1):
            reference = self.desk.render(self.desk.scans[number])
            at, had, moments = self.after(KEYS["next"], reference)
            scored = [(m, likeness(m.picture, reference)) for m in moments]
            look = next(((m, v) for m, v in scored if v >= LOOK), None)
            looks += [(look[0].time - at, look[0].bytes - had, look[1])] if look else []
            seen, alike = next(((m, v) for m, v in scored if v >= RECOGNISABLE), (None, 0))
            if not seen:
                self.put(f"scan {number}", "not recognisable")
                continue
            seconds.append(seen.time - at)
            sizes.append(seen.bytes - had)
            likes.append(alike)
            end = next((m for m in moments if np.array_equal(m.picture, reference)), None)
            if end:
                whole.append(end.time - at)
                total.append(end.bytes - had)
        for name, values in zip(("s", "bytes", "SSIM"), zip(*looks)):
            self.put(f"first look of any likeness, {name} (median, p95)", spread(values))
        if seconds:
            self.put("first recognisable picture, s (median, p95)", spread(seconds))
            self.put("first recognisable picture, bytes", spread(sizes))
            self.put("first recognisable picture, SSIM", spread(likes))
        if whole:
            self.put("lossless, s", spread(whole))
            self.put("lossless, bytes of all rungs", spread(total))
        self.put("recognised and lossless, of", [len(seconds), len(whole), self.options.count])

    def pans(self):
        """Back and forth at 1:1 over what the terminal holds after the first time."""
        s = self.sitting
        self.after(KEYS["last"], self.desk.render(self.desk.big))
        self.after(KEYS["one"])
        known = {}
        for key in ("right", "left", "right", "left"):
            self.after(KEYS[key], known.get(key))
            known[key] = s.terminal.area(*s.area)
        if (known["right"] == known["left"]).all():
            self.put("pan", "the picture does not move")
            return
        seconds, sizes, exact = [], [], 0
        for number in range(self.options.count):
            key = ("right", "left")[number % 2]
            at, had, moments = self.after(KEYS[key], known[key])
            seen = next((m for m in moments if likeness(m.picture, known[key]) >= 0.98), None)
            if seen:
                seconds.append(seen.time - at)
                sizes.append(seen.bytes - had)
                exact += bool((seen.picture == known[key]).all())
        if seconds:
            self.put("pan over what is held, s (median, p95)", spread(seconds))
            self.put("pan over what is held, bytes", spread(sizes))
        self.put("pans seen and exact, of", [len(seconds), exact, self.options.count])

    def repeats(self):
        """A held key: 30 pans in a second, and what comes after the last."""
        s = self.sitting
        # From the left edge, a little enlarged: thirty pans do not reach the right one.
        if self.options.only:
            self.after(KEYS["last"])
            self.after(KEYS["one"])
        self.after(KEYS["left"] * 30)
        self.after(KEYS["closer"])
        begin = time.monotonic()
        for number in range(30):
            first = len(s.moments)
            at, had = s.press(KEYS["right"])
            while time.monotonic() < begin + (number + 1) / 30:
                s.read(begin + (number + 1) / 30 - time.monotonic())
        s.quiet(max(2 * self.silence, 3.0), 3 * self.bound)
        after = [m for m in s.moments[first:] if m.picture is not None]
        if not after:
            self.put("30 repeats", "nothing comes after the last key")
            return
        # The end is what stands there when nothing more comes.
        end = after[-1].picture
        settled = next(m for m in after if s.shows(end, RECOGNISABLE)(m))
        whole = next(m for m in after if s.shows(end, 1.0)(m))
        self.put("30 repeats: settled after the last key, s", round(settled.time - at, 2))
        self.put("30 repeats: bytes from the last key to that", settled.bytes - had)
        self.put("30 repeats: at rest after, s", round(whole.time - at, 2))
        keys = [e for e in self.desk.trace() if e.get("event") == "key"]
        if keys and "under_way" in keys[-1]:
            self.put("30 repeats: bytes under way at the last key, and the credit",
                     [keys[-1]["under_way"], keys[-1]["credit"]])
            self.put("30 repeats: most bytes under way at any of them",
                     max(e["under_way"] for e in keys[-30:]))

    def traced(self):
        """The program's own account of it."""
        events = self.desk.trace()
        if not events:
            self.put("trace", "this program writes none")
            return
        frames = [e for e in events if e.get("event") == "frame"]
        acks = [e for e in events if e.get("event") == "ack"]
        counts = {}
        for frame in frames:
            key = f"{frame.get('quality')} {frame.get('kind')}"
            number, size = counts.get(key, (0, 0))
            counts[key] = (number + 1, size + (frame.get("bytes") or 0))
        self.put("trace: frames and bytes by quality and kind", counts)
        for name in ("rtt_ms", "on_screen_ms"):
            values = [a[name] for a in acks if a.get(name) is not None]
            if values:
                self.put(f"trace: {name} (median, p95)", spread(values))

    def close(self):
        self.sitting.close()
        self.line.close()
        self.desk.close()


def main():
    # Ended from outside, it still takes everything down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--line", choices=["tun", "relay", "none"], default="tun" if not os.geteuid() else "relay")
    parser.add_argument("--terminal", choices=["kitty", "iterm2", "sixel", "none"], default="kitty")
    parser.add_argument("--scans", choices=["views", "noise"], default="views")
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--only", action="append", choices=["text", "firsts", "pans", "repeats"])
    for name, value in (("rate", 64000), ("rtt", 600), ("loss", 0.02)):
        parser.add_argument("--" + name, type=float, default=value)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--compression", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args(words[:at])
    options.console = words[at + 1:]
    absent = missing(options.line)
    try:
        import skimage
    except ImportError:
        absent = absent or "scikit-image"
    if absent:
        print(f"skipped: {absent}")
        return 0
    if options.line == "none":
        options.rtt, options.rate, options.loss = 0, 8e6, 0
    measure = Measure(options)
    print(f"{options.line}, {options.terminal}, {options.rate / 1000:g} kbit/s, {options.rtt:g} ms, "
          f"{100 * options.loss:g} % loss{', ssh -C' if options.compression else ''}", flush=True)
    try:
        found = measure.measure()
    finally:
        measure.close()
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"line": vars(options), "found": found}, file, indent=1)
    return 0


sys.exit(main())
