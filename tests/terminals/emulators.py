"""The terminals: how each is started with 100 x 30 cells, and what its picture must be like."""
import os, shutil, subprocess, sys, time
from dataclasses import dataclass

from display import Display, end, until

COLUMNS, ROWS = 100, 30
# A sixel component has steps of 1/100 and is rounded by both ends; exact protocols have none.
SIXEL = 3
# mlterm shows a pixel or two of a picture in tiles by a neighbour's register; the bytes are right (the
# terminal in memory decodes them within 1).
MLTERM = 6


@dataclass(frozen=True)
class Kind:
    """A terminal: its package, its command line, the protocol it is for and its tolerance."""
    name: str
    packages: tuple
    protocol: str
    tolerance: int
    version: tuple
    command: object
    environment: tuple = ()
    inside: str = "x"


def kitty(program):
    # Without blinking, a bell or a look for updates: the picture must not change by itself.
    options = ("font_family=DejaVuSansMono", "font_size=10", "initial_window_width=100c",
               "initial_window_height=30c", "remember_window_size=no", "confirm_os_window_close=0",
               "update_check_interval=0", "cursor_blink_interval=0", "enable_audio_bell=no",
               "placement_strategy=top-left", "allow_remote_control=no")
    return ["kitty", "--config", "NONE", *(w for o in options for w in ("-o", o)), *program]


def xterm(program):
    return ["xterm", "-ti", "vt340", "-geometry", "100x30", "-fa", "DejaVu Sans Mono", "-fs", "10",
            "-bg", "black", "-fg", "white", "-xrm", "XTerm*maxGraphicSize: 2000x2000", "-xrm",
            "XTerm*numColorRegisters: 256", "-e", *program]


def mlterm(program):
    return ["mlterm", "-g", "100x30", "-b", "black", "-f", "white", "-s", "--sbmod=none", "-e", *program]


def konsole(program):
    settings = ("TerminalColumns=100", "TerminalRows=30", "ScrollBarPosition=2",
                "BlinkingCursorEnabled=false", "TerminalMargin=0",
                "ShowTerminalSizeHint=false")
    program = [shutil.which(program[0]) or program[0], *program[1:]]
    return ["dbus-run-session", "konsole", "--nofork", "--hide-menubar", "--hide-tabbar",
            *(w for s in settings for w in ("-p", s)), "-e", *program]


def foot(program):
    return ["foot", "--config=/dev/null", "-W", "100x30", *program]


KINDS = [
    Kind("kitty", ("kitty",), "kitty", 0, ("kitty", "--version"), kitty,
         (("KITTY_DISABLE_WAYLAND", "1"),)),
    Kind("xterm", ("xterm",), "sixel", SIXEL, ("xterm", "-version"), xterm),
    Kind("mlterm", ("mlterm",), "sixel", MLTERM, ("mlterm", "--version"), mlterm),
    Kind("konsole", ("konsole", "dbus-run-session"), "kitty", 0, ("konsole", "--version"), konsole,
         (("QT_QPA_PLATFORM", "xcb"),)),
    Kind("foot", ("foot", "weston"), "sixel", SIXEL, ("foot", "--version"), foot, (), "weston"),
]
# What would tell the program of the terminal that the tests themselves run in.
ALIEN = ("TMUX", "STY", "ZELLIJ", "NO_COLOR", "COLORTERM", "KITTY_WINDOW_ID", "KONSOLE_VERSION",
         "TERM_PROGRAM", "VTE_VERSION", "MOSH_CONNECTION", "MOSH_SERVER_PID", "SSH_TTY", "WAYLAND_DISPLAY",
         "WEZTERM_EXECUTABLE", "LC_TERMINAL", "TERM")


def missing(*programs):
    """The first program that is not installed."""
    return next((name for name in programs if not shutil.which(name)), None)


def version(kind):
    try:
        run = subprocess.run(kind.version, capture_output=True, text=True, timeout=20,
                             env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    words = (run.stdout or run.stderr).replace("version", " ").split()
    return next((w.strip("XTerm()") for w in words if any(c.isdigit() for c in w)), "?")


class Window:
    """A terminal of a kind with a program inside, on a display of its own."""

    def __init__(self, kind, desk, program):
        self.kind, self.desk = kind, desk
        self.display = Display()
        self.helpers = []
        environment = {k: v for k, v in os.environ.items() if k not in ALIEN}
        environment |= desk.environment() | self.display.environment() | dict(kind.environment)
        try:
            if kind.inside == "weston":
                environment |= self.weston(environment)
            self.process = subprocess.Popen(
                kind.command(program), env=environment, start_new_session=True, cwd=desk.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=open(desk.path(kind.name + ".errors"), "wb"))
        except BaseException:
            self.close()
            raise
        self.display.xdotool("mousemove", 40, 40)

    def weston(self, environment):
        """A Wayland compositor as an X window that fills the screen."""
        runtime = self.desk.path("runtime")
        os.makedirs(runtime, mode=0o700, exist_ok=True)
        environment = {**environment, "XDG_RUNTIME_DIR": runtime}
        config = self.desk.path("weston.ini")
        with open(config, "w") as file:
            file.write("[core]\nidle-time=0\n[shell]\npanel-position=none\nlocking=false\n"
                       "animation=none\nstartup-animation=none\n[output]\nname=screen0\n")
        process = subprocess.Popen(
            ["weston", "--backend=x11-backend.so", "--use-pixman", "--socket=wl-xamine",
             f"--config={config}", "--width=1280", "--height=1024"], env=environment,
            start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.helpers.append(process)
        socket = os.path.join(runtime, "wl-xamine")
        if not until(lambda: os.path.exists(socket), 15):
            raise RuntimeError("weston does not start")
        return {"XDG_RUNTIME_DIR": runtime, "WAYLAND_DISPLAY": "wl-xamine"}

    def alive(self):
        return self.process.poll() is None

    def shot(self):
        return self.display.shot()

    def keys(self, *names):
        self.display.keys(*names)

    def type(self, text):
        self.display.type(text)

    def close(self):
        for process in [getattr(self, "process", None), *self.helpers]:
            if process:
                end(process)
        self.display.close()
