"""A desk of its own: home, state, configuration and scans in a folder that goes away; the program."""
import json, os, shutil, subprocess, sys, tempfile

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
HOME = os.path.dirname(os.path.dirname(HERE))


def program():
    """The program under test: $XAMINE, else the newest build of this checkout."""
    named = os.environ.get("XAMINE")
    if named:
        return os.path.abspath(named)
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(HOME, "target"))
    built = [os.path.join(target, kind, "xamine") for kind in ("release", "debug")]
    built = [path for path in built if os.path.exists(path)]
    if built:
        return max(built, key=os.path.getmtime)
    subprocess.run(["cargo", "build"], cwd=HOME, check=True)
    return os.path.join(target, "debug", "xamine")


def knows(option, *command):
    """Whether the program has this option: options of later versions are used where they are."""
    run = subprocess.run([program(), *command, "--help"], capture_output=True, text=True)
    return option in run.stdout


def scan(width=1600, height=1000):
    """A 16-bit scan with edges, ramps, discs and noise, the same every time."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    depth = 0.4 * x / width + 0.3 * y / height
    for at in range(40):
        cx, cy, r = rng.random() * width, rng.random() * height, 10 + 90 * rng.random()
        depth += (np.hypot(x - cx, y - cy) < r) * (0.1 + 0.5 * rng.random())
    depth[:, ::97] += 0.2
    depth[::61, :] += 0.1
    sample = 55_000 * np.exp(-depth) + rng.normal(0, 300, depth.shape)
    return np.clip(sample, 0, 65_535).astype(np.uint16)


class Desk:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="xamine-desk-")
        for name in ("home", "state", "config", "scans"):
            os.mkdir(self.path(name))
        self.scan = self.path("scans/view.png")
        Image.fromarray(scan()).save(self.scan, compress_level=1)

    def path(self, name):
        return os.path.join(self.folder, name)

    def environment(self):
        return {"HOME": self.path("home"), "XDG_STATE_HOME": self.path("state"),
                "XDG_CONFIG_HOME": self.path("config"), "LC_ALL": "C.UTF-8"}

    def forget(self, *names):
        for name in names:
            if os.path.exists(self.path(name)):
                os.remove(self.path(name))

    def console(self, *more):
        """The command line of the console on the scan; with a trace where there is one."""
        trace = ["--trace", self.path("trace")] if knows("--trace") else []
        return [program(), "--log", self.path("log"), *trace, *more, self.scan]

    def inside(self, command, tap=True):
        """The command line that a terminal runs."""
        return [sys.executable, os.path.join(HERE, "inside.py"), self.folder,
                *(["--tap"] if tap else []), "--", *command]

    def geometry(self):
        try:
            with open(self.path("geometry.json")) as file:
                return json.load(file)
        except FileNotFoundError:
            return None

    def output(self):
        try:
            with open(self.path("output"), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def pid(self):
        try:
            with open(self.path("pid")) as file:
                return int(file.read())
        except (FileNotFoundError, ValueError):
            return None

    def trace(self):
        """The events of the trace, a broken last line left out."""
        try:
            with open(self.path("trace")) as file:
                lines = file.read().split("\n")[:-1]
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in lines]

    def render(self, region, size, *more):
        """What `render` makes of a region of the scan at a size in pixels, as u8 of three colours."""
        to = self.path("reference.png")
        x, y, w, h = region
        subprocess.run([program(), "render", self.scan, "--region", f"{x},{y},{w},{h}", "--size",
                        f"{size[0]}x{size[1]}", "-o", to, *more], check=True,
                       env={**os.environ, **self.environment()}, capture_output=True)
        return np.asarray(Image.open(to).convert("RGB"))

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)
