"""tmux, GNU screen and mosh inside a terminal that shows pictures: cells only, and no stray text.

The outer terminal is the one in memory (tests/line/terminal.py) in its guise of kitty, so that its
screen can be read as text. What the program itself wrote is kept by inside.py --tap.
"""
import os, re, subprocess, sys

from desk import HERE, Desk
from display import until
from emulators import ALIEN, missing
from pictures import protocol

sys.path.insert(0, os.path.join(os.path.dirname(HERE), "line"))
from sitting import Sitting

PATIENCE = 45.0
# Pieces of pictures or of replies that would be read as text.
STRAY = re.compile(r"[A-Za-z0-9+/]{60,}|;OK|\[\?\d+;|>\||1337|rgb:|\b_G|\d+;\d+;\d+t|iVBOR")


def tmux(desk, program):
    with open(desk.path("tmux.conf"), "w") as file:
        file.write("set -g status off\nset -g default-terminal tmux-256color\nset -s escape-time 10\n")
    desk.after = ["tmux", "-S", desk.path("tmux"), "kill-server"]
    return ["tmux", "-S", desk.path("tmux"), "-f", desk.path("tmux.conf"), "new-session", *program], {}


def screen(desk, program):
    with open(desk.path("screenrc"), "w") as file:
        file.write("startup_message off\nterm screen-256color\ndefutf8 on\n")
    os.makedirs(desk.path("screens"), mode=0o700, exist_ok=True)
    desk.after = ["screen", "-X", "quit"]
    return (["screen", "-U", "-c", desk.path("screenrc"), *program],
            {"SCREENDIR": desk.path("screens"), "TERM": "xterm-256color"})


def mosh(desk, program):
    """A local server and client: no ssh is needed between them."""
    environment = {k: v for k, v in os.environ.items() if k not in ALIEN}
    run = subprocess.run(["mosh-server", "new", "-i", "127.0.0.1", "-c", "256", "-l", "LC_ALL=C.UTF-8", "--", *program],
                         capture_output=True, text=True,
                         env=environment | desk.environment() | {"TERM": "xterm-256color"}, timeout=20)
    said = re.search(r"MOSH CONNECT (\d+) (\S+)", run.stdout)
    if not said:
        raise RuntimeError("mosh-server does not start: " + (run.stderr or run.stdout).strip()[-200:])
    # It ends with its program; should that not end, by its own number.
    server = re.search(r"pid = (\d+)", run.stderr + run.stdout)
    desk.after = ["kill", server[1]] if server else None
    return (["mosh-client", "127.0.0.1", said[1]],
            {"MOSH_KEY": said[2], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"})


CASES = [("tmux", ("tmux",), tmux), ("screen", ("screen",), screen),
         ("mosh", ("mosh-server", "mosh-client"), mosh)]


def looks(desk, sitting):
    """What stands on the outer screen, and what is wrong with it."""
    terminal = sitting.terminal
    ready = lambda: sum(line.count("▀") for line in terminal.text()) > 100
    if not (ready() or sitting.until(lambda moment: ready(), PATIENCE)):
        return "no picture: " + " / ".join(line for line in terminal.text() if line.strip())[:200]
    sitting.press(b"F")
    sitting.quiet(0.7, PATIENCE)
    text = terminal.text()
    stray = next((line for line in text if STRAY.search(line)), None)
    if stray:
        return f"stray text: {stray.strip()[:80]}"
    if not any("half-block" in line for line in text):
        return "the status line does not say half-block"
    picture = terminal.area(0, 0, 100, 28)
    if len({tuple(p) for p in picture[::8, ::8].reshape(-1, 3)}) < 20:
        return "the picture has hardly a colour"
    return None


def ends(desk, sitting):
    sitting.press(b"q")
    sitting.until(lambda moment: False, 0)
    return until(lambda: (sitting.read(0.1), os.path.exists(desk.path("exit")))[1], PATIENCE)


def case(make, *more):
    """What the program sent, how many bytes, and what is wrong."""
    desk = Desk()
    desk.after = sitting = None
    try:
        command, extra = make(desk, desk.inside(desk.console("--read-only", *more)))
        environment = {k: v for k, v in os.environ.items() if k not in ALIEN}
        environment |= {"TERM": "xterm-256color"} | desk.environment() | extra
        sitting = Sitting(command, environment, "kitty")
        wrong = looks(desk, sitting)
        sent = protocol(desk.output())
        wrong = wrong or (f"the program sent {sent}" if sent != "cells" else None)
        wrong = wrong or ("a picture reached the outer terminal" if sitting.terminal.held else None)
        wrong = wrong or (None if ends(desk, sitting) else "does not end")
        return sent, len(desk.output()), wrong
    finally:
        if sitting:
            sitting.close()
        if desk.after:
            subprocess.run(desk.after, capture_output=True, timeout=20,
                           env={**os.environ, "SCREENDIR": desk.path("screens")})
        desk.close()


def run(arguments, nothing):
    failed = 0
    for name, packages, make in CASES:
        absent = missing(*packages)
        if absent:
            nothing(absent)
            continue
        try:
            sent, size, wrong = case(make)
        except RuntimeError as error:
            sent, size, wrong = "?", 0, str(error)
        failed += wrong is not None
        print(f"{name:9} {sent:8} {size:9d} bytes  {'FAIL ' + wrong if wrong else 'pass'}", flush=True)
        if name == "screen" and not arguments.quick:
            # The rig itself: GNU screen prints pictures as text, and that must be seen.
            seen = case(make, "--protocol", "kitty")[2]
            failed += seen is None
            print(f"{'mutant':9} kitty in screen: {'pass, caught: ' + seen if seen else 'FAIL not caught'}",
                  flush=True)
    return failed
