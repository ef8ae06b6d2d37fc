"""xterm.js in headless Chromium: needs no X server. The pty is held here, the browser is a page."""
import base64, fcntl, json, os, pty, shutil, struct, subprocess, termios, threading

import numpy as np
from PIL import Image

from desk import HERE, HOME
from display import end, until
from emulators import ALIEN, COLUMNS, ROWS, SIXEL, Kind, missing

PACKAGES = ("@xterm/xterm", "@xterm/addon-image", "puppeteer-core")

# A size whose character is 8.000 px wide: with the default of 13 px a cell has 7.83, and no picture
# of whole pixels fits whole cells.
FONT = os.environ.get("XTERMJS_FONT", "13.2925")
# X names of keys to those of the browser.
KEYS = {"question": "?", "Return": "Enter"}


def modules():
    """The folder of the npm packages."""
    places = [os.environ.get("NODE_MODULES"), os.path.join(HERE, "node_modules"),
              os.path.join(HOME, "node_modules")]
    return next((p for p in places if p and os.path.isdir(os.path.join(p, PACKAGES[0]))), None)


def version(folder):
    with open(os.path.join(folder, PACKAGES[0], "package.json")) as file:
        return json.load(file)["version"]


def jobs(arguments, nothing):
    """The protocols that are tried, where the packages are there."""
    if (arguments.only and "xterm.js" not in arguments.only) or (arguments.quick and not arguments.only):
        return []
    absent = missing("node", "chromium")
    folder = modules()
    if absent or not folder:
        nothing(f"{absent or 'npm packages ' + ' '.join(PACKAGES)} (xterm.js)")
        return []
    said = ("node", "-p", f"'{version(folder)}'")
    kind = lambda protocol, tolerance: Kind("xterm.js", (), protocol, tolerance, said, None)
    # Not kitty, which it answers to: it forgets a picture that text was written over.
    return [(kind("sixel", SIXEL), Page, "sixel", ()),
            (kind("iterm2", 0), Page, "iterm2", ("--protocol", "iterm2"))]


class Page:
    """A program on a pty whose terminal is xterm.js."""

    def __init__(self, kind, desk, program):
        self.kind, self.desk = kind, desk
        self.lock = threading.Lock()
        self.answers, self.ready = [], None
        self.node = subprocess.Popen(
            ["node", os.path.join(HERE, "browser.js"), str(COLUMNS), str(ROWS), FONT],
            env={**os.environ, "NODE_MODULES": modules()}, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=desk.folder,
            stderr=open(desk.path("browser.errors"), "wb"))
        self.pid = self.master = None
        threading.Thread(target=self.listen, daemon=True).start()
        if not until(lambda: self.ready or self.node.poll() is not None, 40) or not self.ready:
            self.close()
            raise RuntimeError("Chromium does not start")
        self.start(program)

    def start(self, program):
        size = struct.pack("HHHH", ROWS, COLUMNS, self.ready["width"], self.ready["height"])
        environment = {k: v for k, v in os.environ.items() if k not in ALIEN}
        environment |= self.desk.environment() | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(program[0], program, environment)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        threading.Thread(target=self.pump, daemon=True).start()

    def pump(self):
        while True:
            try:
                some = os.read(self.master, 65536)
            except OSError:
                return
            if not some:
                return
            self.order({"write": base64.b64encode(some).decode()})

    def order(self, message):
        with self.lock:
            try:
                self.node.stdin.write(json.dumps(message).encode() + b"\n")
                self.node.stdin.flush()
            except (BrokenPipeError, ValueError):
                pass

    def listen(self):
        for line in self.node.stdout:
            message = json.loads(line)
            if "ready" in message:
                self.ready = message["ready"]
            elif "typed" in message and self.master is not None:
                os.write(self.master, base64.b64decode(message["typed"]))
            else:
                self.answers.append(message)

    def alive(self):
        return self.node.poll() is None

    def shot(self):
        path = self.desk.path("page.png")
        self.answers.clear()
        self.order({"shot": path})
        if not until(lambda: self.answers, 30, 0.01) or "shot" not in self.answers[0]:
            raise RuntimeError(f"no screenshot: {self.answers}")
        return np.asarray(Image.open(path).convert("RGB"))

    def keys(self, *names):
        self.order({"press": [KEYS.get(name, name) for name in names]})

    def close(self):
        if self.master is not None:
            os.close(self.master)
            try:
                os.kill(self.pid, 9)
            except ProcessLookupError:
                pass
            os.waitpid(self.pid, 0)
            self.master = None
        end(self.node)
