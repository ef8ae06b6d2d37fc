#!/usr/bin/env python3
"""Real terminals, headless: what they show is compared with what `render` makes.

Usage: tests/terminals/run.py [--quick] [--only NAME[,NAME...]] [--keep FOLDER] [pictures|shells|multiplexers ...]
Prints a table; exit 1 when a row fails. What is not installed is said: "skipped: PACKAGE".
XAMINE names the program under test, NODE_MODULES the packages of xterm.js.
"""
import argparse, os, signal, sys, traceback
from concurrent.futures import ThreadPoolExecutor

try:
    import numpy, PIL.Image  # noqa: F401  What is said of pixels needs both.
except ImportError as error:
    print(f"skipped: {error.name}")
    sys.exit(0)

from emulators import KINDS, Window, missing, version


def nothing(why):
    print(f"skipped: {why}", flush=True)


def wanted(arguments, kind):
    """Whether this terminal is asked for and there; says why not."""
    if arguments.only and kind.name not in arguments.only:
        return False
    if arguments.quick and not arguments.only and kind.name not in ("kitty", "xterm"):
        return False
    absent = missing(*kind.packages)
    if absent:
        nothing(f"{absent} ({kind.name})")
    return not absent


def keep(arguments, name, window, desk, reference=None):
    """Leaves what is needed to look at a failure."""
    if not arguments.keep:
        return
    from PIL import Image
    os.makedirs(arguments.keep, exist_ok=True)
    Image.fromarray(window.shot()).save(os.path.join(arguments.keep, name + ".png"))
    if reference is not None:
        Image.fromarray(reference).save(os.path.join(arguments.keep, name + ".reference.png"))
    with open(os.path.join(arguments.keep, name + ".output"), "wb") as file:
        file.write(desk.output())


def each(work, things):
    """Calls `work` for each, two at a time: a terminal mostly waits. The sum of the answers."""
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(work, things))


def pictures(arguments):
    """Rows of the table of pictures; how many failed."""
    from pictures import HEAD
    import browser
    print(HEAD, flush=True)
    jobs = [(kind, Window, kind.protocol, ()) for kind in KINDS if wanted(arguments, kind)]
    jobs += browser.jobs(arguments, nothing)
    return each(lambda job: one_picture(arguments, *job), jobs)


def one_picture(arguments, kind, make, expected, more):
    """One terminal's rows; how many failed."""
    from desk import Desk
    from pictures import Result, Sitting, protocol, steps
    failed, desk, window = 0, Desk(), None
    try:
        window = make(kind, desk, desk.inside(desk.console(*more)))
        sitting = Sitting(window, desk)
        for step, difference, exact, note in steps(sitting, kind, arguments.quick):
            chosen = protocol(desk.output())
            good = difference <= kind.tolerance and chosen == expected and "not" not in note
            if chosen != expected:
                note += f" expected {expected}"
            row = Result(kind.name, version(kind), step, chosen, difference, exact, good, note)
            print(row.line(), flush=True)
            failed += not good
            if not good:
                keep(arguments, f"{kind.name}-{step.replace(' ', '-')}", window, desk)
    except Exception as error:
        failed += 1
        print(f"{kind.name:9} FAIL {error}", flush=True)
        if window:
            keep(arguments, f"{kind.name}-failed", window, desk)
        if not isinstance(error, RuntimeError):
            traceback.print_exc()
    finally:
        if window:
            window.close()
        desk.close()
    return failed


def shells(arguments):
    import shells as concern
    kinds = [kind for kind in KINDS if kind.name in ("kitty", "xterm", "konsole")
             and wanted(arguments, kind)]
    return concern.run(kinds, arguments, keep, nothing, each)


def multiplexers(arguments):
    import multiplexers as concern
    return concern.run(arguments, nothing)


CONCERNS = {"pictures": pictures, "shells": shells, "multiplexers": multiplexers}


def main():
    # Ended from outside, it still takes everything down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("concern", nargs="*", choices=[*CONCERNS, []], help="all without one")
    parser.add_argument("--quick", action="store_true", help="kitty and xterm, fewer steps")
    parser.add_argument("--only", type=lambda text: text.split(","), help="these terminals alone")
    parser.add_argument("--keep", help="folder for the screenshots of what fails")
    arguments = parser.parse_args()
    absent = missing("Xvfb", "xdotool")
    if absent:
        nothing(absent)
        return 0
    failed = 0
    for name in arguments.concern or CONCERNS:
        print(f"== {name}", flush=True)
        failed += CONCERNS[name](arguments)
    print(f"{failed} failed", flush=True)
    return 1 if failed else 0


sys.exit(main())
