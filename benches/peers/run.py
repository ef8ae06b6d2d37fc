#!/usr/bin/env python3
"""xamine and its peers on the same pictures: bytes on the wire, and what the terminal shows of them.

Usage: benches/peers/run.py [--views NAME,..] [--no-build] [--write docs/benchmarks.md] [--json FILE]
By hand: needs numpy, Pillow, scikit-image, zopfli (PyPI) and the test pictures in ../shared/data/views.
Peers are taken from the PATH (Debian: chafa timg libsixel-bin kitty ncplayer) and built by cargo in
the cache folder (viu, ratatui-image, oxipng); what is missing is said. XAMINE names the program.
Every tool runs on a pty of 100 x 30 cells of 8 x 16 that answers like the terminal of the protocol;
the terminal in memory (tests/line) decodes what it sends. SSIM is against the picture itself.
"""
import argparse, datetime, json, os, platform, shutil, subprocess, sys, tempfile, time

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HOME, "tests", "line"))
import sitting
import terminal
from sitting import Sitting, likeness
from terminal import Terminal

import floors

DATA = os.path.join(HOME, "../shared/data/views")
CACHE = os.environ.get("PEERS", os.path.join(tempfile.gettempdir(), "xamine-peers"))
VIEWS = {"A": "A_fit_gray.png", "B": "B_zoom2_gray.png", "C": "C_1to1_gray.png",
         "C_rgb": "C_1to1_rgb.png", "cxr480": "cxr480.png", "cargo16": "cargo16.png"}
RUNGS = ("Q0", "Q1", "Q2", "Q3", "Q4", "Q5")
PROTOCOLS = ("kitty", "iterm2", "sixel", "half-block")
# The terminal of each protocol; a terminal of none is sent cells.
KINDS = {"half-block": "none"}
CARGO = {"viu": ["viu", "--version", "1.6.1"], "oxipng": ["oxipng", "--version", "9.1.5"]}


class Tall(Terminal):
    """Says 30 rows and has 90: what a picture pushes up is not lost."""

    def __init__(self, kind, columns, rows, cell):
        super().__init__(kind, columns, 90, cell)

    def query(self, key, numbers):
        self.rows, real = 30, self.rows
        try:
            return super().query(key, numbers)
        finally:
            self.rows = real


sitting.Terminal = Tall


def smooth(filter):
    """Scaling up by a filter of Pillow's, for a terminal that does not take the nearest pixel."""
    def scaled(image, width, height):
        if image.shape[:2] == (height, width):
            return image
        return np.asarray(Image.fromarray(image).resize((width, height), filter))
    return scaled


SCALINGS = {"linear": smooth(Image.BILINEAR), "cubic": smooth(Image.BICUBIC)}


def program():
    return os.path.abspath(os.environ.get("XAMINE", os.path.join(HOME, "target/release/xamine")))


def built(name):
    """A program made by cargo in the cache, or the one on the PATH."""
    path = os.path.join(CACHE, "cargo", "bin", name)
    return path if os.path.exists(path) else shutil.which(name)


def build():
    """Builds what cargo can, out of the way of other work."""
    for name, words in CARGO.items():
        if not built(name):
            subprocess.run(["nice", "cargo", "install", "--quiet", *words, "--root", os.path.join(CACHE, "cargo")])
    folder = os.path.join(CACHE, "ratatui-image")
    if not os.path.exists(once()):
        os.makedirs(folder, exist_ok=True)
        shutil.copy(os.path.join(HERE, "ratatui-image", "main.rs"), folder)
        shutil.copy(os.path.join(HERE, "ratatui-image", "Cargo.toml.in"), os.path.join(folder, "Cargo.toml"))
        subprocess.run(["nice", "cargo", "build", "--quiet", "--release", "--target-dir", "target"], cwd=folder)


def once():
    return os.path.join(CACHE, "ratatui-image", "target", "release", "ratatui-image-once")


def peers():
    """(name, protocol, program, words, environment) of every peer; FILE stands for the picture."""
    ssh = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", "SSH_TTY": "/dev/pts/0", "SSH_CLIENT": "10.0.0.1 1 22"}
    viu = {"kitty": {"TERM": "xterm-kitty", **ssh}, "iterm2": {"TERM_PROGRAM": "iTerm.app"}}
    rows = [(f"viu", name, "viu", ["FILE", "-w", "100"], more) for name, more in viu.items()]
    rows += [("viu -b", "half-block", "viu", ["FILE", "-b", "-w", "100"], {"COLORTERM": "truecolor"})]
    rows += [("ratatui-image", name, once(), ["FILE", name], {}) for name in PROTOCOLS]
    for form, name in (("kitty", "kitty"), ("iterm", "iterm2"), ("sixels", "sixel")):
        rows.append(("chafa", name, "chafa", ["-f", form, "-s", "100x30", "FILE"], {}))
    for colours in ("full", "256"):
        rows.append((f"chafa {colours}", "half-block", "chafa",
                     ["-f", "symbols", "--symbols", "vhalf", "-c", colours, "-s", "100x30", "FILE"], {}))
    for letter, name in (("k", "kitty"), ("i", "iterm2")):
        rows.append(("timg", name, "timg", [f"-p{letter}", "--compress", "-g100x30", "FILE"], {}))
    rows.append(("timg", "half-block", "timg", ["-ph", "-g100x30", "FILE"], {"COLORTERM": "truecolor"}))
    rows.append(("icat", "kitty", "kitty", ["+kitten", "icat", "--transfer-mode=stream", "--align=left", "FILE"], ssh))
    for colours in ("16", "64", "256"):
        rows.append((f"img2sixel {colours}", "sixel", "img2sixel", ["-p", colours, "-w", "WIDTH", "FILE"], {}))
    for form, name in (("pixel", "kitty"), ("pixel", "sixel"), ("half", "half-block")):
        rows.append(("ncplayer", name, "ncplayer", ["-k", "-t0", "-b", form, "FILE"], {}))
    return rows


def versions():
    """What was measured, by its own word."""
    asked = {"chafa": ["chafa", "--version"], "timg": ["timg", "--version"], "img2sixel": ["img2sixel", "--version"],
             "kitty icat": ["kitty", "--version"], "viu": [built("viu") or "viu", "--version"],
             "oxipng": [built("oxipng") or "oxipng", "--version"], "ncplayer": ["ncplayer", "--version"]}
    found = {}
    for name, words in asked.items():
        try:
            run = subprocess.run(words, capture_output=True, text=True, timeout=20)
            said = (run.stdout + run.stderr).strip().split("\n")[0].split()
            found[name] = next((w.rstrip(",") for w in said if w[:1].isdigit() or w[1:2].isdigit()), "?")
        except (OSError, subprocess.TimeoutExpired):
            found[name] = "cannot be had here"
    found["ratatui-image"] = "12.0.0-rc.3" if os.path.exists(once()) else "not built"
    return found


class View:
    """A picture: its file, what is compared with, and the options that make xamine show just that."""

    def __init__(self, name, folder):
        self.name, self.file = name, os.path.join(DATA, VIEWS[name])
        self.options = []
        if name == "cargo16":
            self.reference = self.render(folder, "--size", "800x200")
            # What a viewer makes of 16 bits without a window: the upper eight.
            plain = (np.asarray(Image.open(self.file)) >> 8).astype(np.uint8)
            small = Image.fromarray(plain).resize((800, 200), Image.BOX)
            self.plain = np.asarray(small.convert("RGB"))
        else:
            self.reference = self.plain = np.asarray(Image.open(self.file).convert("RGB"))
            self.options = ["--window", self.window()]
            if not (self.render(folder) == self.reference).all():
                raise RuntimeError(f"{name}: render is not the file itself")

    def window(self):
        """The window that shows eight bits as they are."""
        said = subprocess.run([program(), "info", "--json", self.file], check=True, capture_output=True)
        air = json.loads(said.stdout)["views"][0]["planes"][0]["air"]
        air = air["mean"] if isinstance(air, dict) else air
        return f"{127.5 / air!r},{255 / air!r}" if air else "128,256"

    def render(self, folder, *more):
        to = os.path.join(folder, "reference.png")
        subprocess.run([program(), "render", self.file, *self.options, *more, "-o", to], check=True,
                       capture_output=True)
        return np.asarray(Image.open(to).convert("RGB"))


def shown(pixels, reference):
    """The picture on the screen: from the top left to the last thing drawn; nearest to the reference's size."""
    lit = np.argwhere((pixels != 0).any(axis=2))
    if not len(lit):
        return None
    height, width = reference.shape[:2]
    part = pixels[:height, :width]
    best = (likeness(part, reference), f"{width}x{height}")
    (top, left), (bottom, right) = lit.min(0), lit.max(0) + 1
    if abs(bottom - top - height) > 2 or abs(right - left - width) > 2 or top or left:
        from terminal import scaled
        other = likeness(scaled(pixels[top:bottom, left:right], width, height), reference)
        best = max(best, (other, f"{right - left}x{bottom - top}"))
    return best


def run(words, kind, environment, bound=60):
    """Bytes that a command sends and the screen after it."""
    base = {k: v for k, v in os.environ.items() if k not in (
        "TMUX", "STY", "COLORTERM", "TERM_PROGRAM", "KITTY_WINDOW_ID", "SSH_TTY", "SSH_CONNECTION", "NO_COLOR")}
    base |= {"TERM": {"kitty": "xterm-kitty"}.get(kind, "xterm-256color"), "LC_ALL": "C.UTF-8"}
    seat = Sitting(words, base | environment, kind)
    # Nobody looks before the end.
    seat.changes = None
    seat.area = (0, 0, 1, 1)
    last = time.monotonic() + bound
    while not seat.ended and time.monotonic() < last:
        seat.read(0.5)
    pixels = seat.terminal.compose()
    seat.close()
    return seat.terminal.bytes, pixels, seat.terminal


def measure_peers(views, found):
    for name, protocol, path, words, more in peers():
        path = path if os.path.isabs(path) else built(path)
        if not path or not os.path.exists(path):
            print(f"skipped: {name} {protocol}", flush=True)
            continue
        for view in views:
            width = view.reference.shape[1]
            given = [w.replace("FILE", view.file).replace("WIDTH", str(width)) for w in words]
            size, pixels, terminal = run([path, *given], KINDS.get(protocol, protocol), more)
            wrong = protocol != "half-block" and not terminal.by_kind[protocol]
            result = None if wrong else shown(pixels, view.plain)
            put(found, protocol, name, view.name, size, result)


def put(found, protocol, name, view, size, result):
    value = {"bytes": size, "ssim": round(result[0], 4), "size": result[1]} if result else None
    found.setdefault(protocol, {}).setdefault(name, {})[view] = value
    print(f"{protocol:10} {name:20} {view:8} {value}", flush=True)


def measure_xamine(views, found):
    known = subprocess.run([program(), "show", "--help"], capture_output=True, text=True).stdout
    rungs = RUNGS if "--max-quality" in known else (None,)
    for rows in found.values():
        for name in [name for name in rows if name.startswith("**xamine")]:
            del rows[name]
    for protocol in PROTOCOLS:
        for rung in rungs:
            # Cells are thrifty ones (Q0) or as good as cells go (Q5).
            if (protocol == "half-block") != (rung == "Q0") and not (protocol == "half-block" and rung == "Q5"):
                continue
            for view in views:
                words = [program(), "show", view.file, *view.options, "--protocol", protocol, "--size", "100x30",
                         "--cell", "8x16", *(["--max-quality", rung] if rung else [])]
                out = subprocess.run(words, capture_output=True, check=True).stdout
                name = f"**xamine {rung}**" if rung else "**xamine**"
                put(found, protocol, name, view.name, len(out), seen(protocol, out, view.reference))
                if protocol == "kitty" and rung in ("Q1", "Q2", "Q3"):
                    for scaling in SCALINGS:
                        result = seen(protocol, out, view.reference, scaling)
                        put(found, "scaling", f"{rung}, {scaling}", view.name, len(out), result)
    measure_tiles(views, found)


def seen(protocol, out, reference, scaling=None):
    """What a terminal shows of a picture that was printed."""
    nearest = terminal.scaled
    terminal.scaled = SCALINGS.get(scaling, nearest)
    try:
        there = Tall(KINDS.get(protocol, protocol), 100, 30, (8, 16))
        there.feed(out.replace(b"\n", b"\r\n"))
        return shown(there.compose(), reference)
    finally:
        terminal.scaled = nearest


def measure_tiles(views, found):
    """Lossless in tiles as the console sends them on a slow line, by the program of benches/peers/rungs.rs."""
    rungs = os.environ.get("RUNGS", os.path.join(HOME, "target/release/examples/rungs"))
    if not os.path.exists(rungs):
        print("skipped: tiles; cargo build --release --example rungs", flush=True)
        return
    for protocol in ("kitty", "iterm2"):
        for view in views:
            with tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "x.png")
                grey = (view.reference == view.reference[..., :1]).all()
                Image.fromarray(view.reference[..., 0] if grey else view.reference).save(path)
                run = subprocess.run([rungs, "--protocol", protocol, path], capture_output=True, text=True,
                                     check=True, env={**os.environ, "RUNG": "tiles"})
            words = run.stdout.split()
            many, size = int(words[2]), int(words[3])
            put(found, protocol, "**xamine Q5 in tiles**", view.name, size, (1.0, f"{many} tiles"))


def measure_floors(views, found):
    wanted = (0.80, 0.95, 0.98)
    for view in views:
        if view.name not in found.get("kitty", {}).get("floor: PNG, zopfli", {}):
            put(found, "kitty", "floor: PNG, zopfli", view.name, floors.lossless(view.reference), (1.0, ""))
        for want, value in floors.reduced(view.reference, likeness, wanted).items():
            put(found, "kitty", f"floor: reduced PNG at {want}", view.name, value[0] if value else 0,
                (value[2], value[1]) if value else None)
        for want, value in floors.jpeg(view.reference, likeness, wanted).items():
            put(found, "iterm2", f"floor: JPEG at {want}", view.name, value[0] if value else 0,
                (value[2], value[1]) if value else None)


def measure_oxipng(views, found):
    """The best PNG of pure Rust."""
    oxipng = built("oxipng")
    for view in views if oxipng else ():
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.png")
            grey = (view.reference == view.reference[..., :1]).all()
            Image.fromarray(view.reference[..., 0] if grey else view.reference).save(path)
            subprocess.run([oxipng, "-q", "-o4", "--strip", "all", path], check=True)
            put(found, "kitty", "floor: PNG, oxipng -o4", view.name, floors.on_wire(os.path.getsize(path)), (1.0, ""))


def page(found, names):
    """The document."""
    rev = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=HOME, capture_output=True, text=True).stdout.strip()
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    lines = ["# Bytes on the wire, beside the peers", "",
             "Made by `benches/peers/run.py`, which is run by hand. Bytes of one screen of 100 x 30 cells of 8 x 16",
             "pixels, escape sequences and base64 included; in brackets the SSIM (scikit-image, window 7, data range",
             "255, luminance, nearest scaling) of what a terminal shows of them, against the picture itself. Every",
             "tool ran on a pty that answers like the terminal of the protocol, as over ssh: no files, no shared",
             "memory. A to C and cxr480 are shown pixel by pixel; cargo16 is the whole 6000 x 1500 file of 16 bits",
             "at 800 x 200.", "",
             f"{datetime.date.today()}, xamine {rev}, {os.cpu_count()} x {cpu}, {platform.system()} {platform.release()}.",
             "Peers: " + ", ".join(f"{k} {v}" for k, v in versions().items()) + ".", ""]
    for protocol in PROTOCOLS:
        lines += [f"## {protocol}", "", "| tool | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
        rows = found.get(protocol, {})
        for tool in sorted(rows, key=lambda t: (t.startswith("floor"), not t.startswith("**"), t)):
            cells = []
            for name in names:
                value = rows[tool].get(name)
                cells.append(f"{value['bytes']:,} ({value['ssim']:.3f})" if value else "-")
            lines.append(f"| {tool} | " + " | ".join(cells) + " |")
        lines.append("")
    lines += scaling(found, names)
    lines += NOTES
    return "\n".join(lines) + "\n"


def scaling(found, names):
    """The same files under other scalings."""
    rows = found.get("scaling", {})
    lines = ["## The same kitty files where the terminal scales smoothly", "", *SCALING, "",
             "| rung, scaling | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for rung in ("Q1", "Q2", "Q3"):
        for way, values in (("nearest", found.get("kitty", {}).get(f"**xamine {rung}**", {})),
                            *((way, rows.get(f"{rung}, {way}", {})) for way in SCALINGS)):
            cells = [f"{values[n]['bytes']:,} ({values[n]['ssim']:.3f})" if values.get(n) else "-" for n in names]
            lines.append(f"| {rung}, {way} | " + " | ".join(cells) + " |")
    return [*lines, ""]


SCALING = [
    "The design's bytes for kitty at .98 (4 kB for B, 8 kB for C, 40 kB for the chest) come from a table",
    "of floors (3,068, 7,428 and 38,456) that the search below does not reach with the nearest pixel, which",
    "is what kitty 0.26 shows and what our rungs are judged by: there, its floors are 6,020, 26,129 and",
    "55,304 bytes. Ours calm noise besides, and stay below these. The rows here say what the same files",
    "are worth under linear and cubic scaling; they were not made for it.",
]

NOTES = [
    "## How to read it", "",
    "- `-`: the tool sent no picture of that protocol, or no coding of the search reaches the likeness.",
    "- Peers show cargo16 without a window; they are compared with the upper eight bits of the file, xamine",
    "  with its own automatic window. The bytes are of different pictures, then, and the SSIM is each one's own.",
    "- A tool that leaves the last row free, or that fills the width, scales the picture; what it shows is",
    "  scaled back to the nearest pixel before it is compared, which lowers its SSIM.",
    "- Floors: reduced PNG is a search over 1/1 to 1/6 of the size and 3 to 256 levels, evenly spaced and where",
    "  the pixels are, coded by zopfli; JPEG is Pillow's, optimized, the smaller of baseline and progressive,",
    "  quality in steps of 3. They are what this search found, not a proof that nothing is smaller.",
    "- viu now and then shows a reply of the terminal as text beside its picture: the SSIM falls.",
    "- xamine's rows are `show` into a pipe, which spends the greatest effort on bytes; the console codes what",
    "  is waited for with less effort, which costs some 10 % more. In tiles: the sum of what the console sends",
    "  on a slow line, 12 tiles of 800 x 480, each with its own escape sequences, at the greatest effort.",
    "- SSIM hardly sees faint contrast. It ranks codings; it does not say that a picture can be decided on.",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--views", type=lambda text: text.split(","), default=list(VIEWS))
    parser.add_argument("--parts", type=lambda text: text.split(","), default=["xamine", "peers", "oxipng", "floors"])
    parser.add_argument("--no-build", action="store_true")
    parser.add_argument("--write")
    parser.add_argument("--json", help="keeps the numbers; what was kept before is added to")
    options = parser.parse_args()
    if not os.path.isdir(DATA):
        print("skipped: ../shared/data/views is not beside this checkout")
        return
    if not options.no_build and "peers" in options.parts:
        build()
    found = {}
    if options.json and os.path.exists(options.json):
        with open(options.json) as file:
            found = json.load(file)
    folder = tempfile.mkdtemp(prefix="xamine-bench-")
    views = [View(name, folder) for name in options.views]
    for part in options.parts:
        {"xamine": measure_xamine, "peers": measure_peers, "oxipng": measure_oxipng,
         "floors": measure_floors}[part](views, found)
        if options.json:
            with open(options.json, "w") as file:
                json.dump(found, file, indent=1)
    shutil.rmtree(folder)
    if options.write:
        with open(os.path.join(HOME, options.write), "w") as file:
            file.write(page(found, [name for name in VIEWS if name in options.views]))


main()
