#!/usr/bin/env python3
"""The terminal in memory against known truth: pictures made here, the program's own, other tools'.

Usage: tests/line/selftest.py; needs numpy and Pillow. XAMINE names the program, which is optional.
"""
import base64, io, os, random, shutil, subprocess, sys, tempfile, zlib

import numpy as np
from PIL import Image

import glyphs
from terminal import PLACEHOLDER, DIACRITICS, Terminal

failures = []
rng = np.random.default_rng(3)


def check(name, good, said=""):
    print(f"  {'ok  ' if good else 'FAIL'} {name} {said}", flush=True)
    if not good:
        failures.append(name)


def png(pixels, mode=None):
    out = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(out, "PNG")
    return out.getvalue()


def apc(head, data=b"", chunk=4096):
    text = base64.b64encode(data)
    parts = [text[at:at + chunk] for at in range(0, len(text), chunk)] or [b""]
    out = b""
    for at, part in enumerate(parts):
        more = b"m=%d" % (at + 1 < len(parts)) if len(parts) > 1 else b""
        keys = (head.encode() if at == 0 else b"") + (b"," if at == 0 and more else b"") + more
        out += b"\x1b_G" + keys + b";" + part + b"\x1b\\"
    return out


def kitty():
    grey = rng.integers(0, 256, (64, 80), np.uint8)
    rgb = np.repeat(grey[..., None], 3, 2)
    t = Terminal("kitty", 20, 10)
    answers = t.feed(b"\x1b[2;3H" + apc("a=T,f=100,i=7,C=1", png(grey), 100))
    check("kitty: sent in chunks and acknowledged", answers == b"\x1b_Gi=7;OK\x1b\\", answers)
    shown = t.compose()[16:80, 16:96]
    check("kitty: grey PNG at its place", (shown == rgb).all())
    t.feed(apc("a=p,i=7,p=2,x=8,y=16,w=16,h=16,c=4,r=2,C=1,q=2"))
    crop = rgb[16:32, 8:24]
    big = np.repeat(np.repeat(crop, 2, 0), 2, 1)
    check("kitty: crop and nearest scaling", (t.compose()[16:48, 16:48] == big).all())
    check("kitty: quiet is quiet", t.feed(apc("a=p,i=9,q=2")) == b"")
    check("kitty: unknown is ENOENT", b"i=9;ENOENT" in t.feed(apc("a=p,i=9")))
    t.feed(apc("a=d,d=i,i=7,p=2"))
    check("kitty: one placement deleted", (t.compose()[16:80, 16:96] == rgb).all())
    t.feed(apc("a=t,f=100,i=7,q=2", png(grey)))
    check("kitty#8701: sent again, it is gone", not t.compose().any())
    t.feed(apc("a=p,i=7,q=2") + apc("a=d,d=I,i=7"))
    check("kitty: deleted with its data", not t.compose().any() and t.held == 0)
    t.feed(b"\x1b[H" + apc("a=T,f=24,s=2,v=1,o=z,i=3,c=2,r=1,q=1", zlib.compress(bytes([9] * 3 + [200] * 3))))
    check("kitty: zlib", (t.compose()[0:16, 0:8] == 9).all() and (t.compose()[0:16, 8:16] == 200).all())
    palette = Image.fromarray(grey).quantize(16)
    out = io.BytesIO()
    palette.save(out, "PNG", bits=4)
    t.feed(b"\x1b[H" + apc("a=T,f=100,i=4,C=1", out.getvalue()))
    check("kitty: palette PNG of 4 bits", (t.compose()[:64, :80] == np.asarray(palette.convert("RGB"))).all())
    half = png(grey)
    parts = [base64.b64encode(half[:100]), base64.b64encode(half[100:])]
    t.feed(b"\x1b[H\x1b_Ga=T,f=100,C=1,m=1;" + parts[0] + b"\x1b\\\x1b_Gm=0;" + parts[1] + b"\x1b\\")
    check("kitty: each part padded", (t.compose()[:64, :80] == rgb).all())
    t.feed(b"\x1b[2J")
    check("kitty: clearing takes pictures", not t.compose().any())
    t.feed(apc(f"a=T,U=1,f=100,i={42 | 3 << 24},q=2,c=10,r=4", png(grey)))
    for row in range(4):
        marks = chr(DIACRITICS[row]) + chr(DIACRITICS[0]) + chr(DIACRITICS[3])
        t.feed(f"\x1b[{row + 1};1H\x1b[38;2;0;0;42m{PLACEHOLDER}{marks}{PLACEHOLDER * 9}".encode())
    check("kitty: unicode placeholders", (t.compose()[:64, :80] == rgb).all())
    check("kitty: nothing to complain of but ENOENT", t.complaints == ["kitty: ENOENT:no such image"], t.complaints)


def iterm2():
    rgb = rng.integers(0, 256, (32, 48, 3), np.uint8)
    t = Terminal("iterm2", 20, 10)
    data = base64.b64encode(png(rgb))
    head = f"inline=1;size={len(png(rgb))};width=6;height=2;preserveAspectRatio=0;doNotMoveCursor=1"
    t.feed(f"\x1b[2;2H\x1b]1337;File={head}:".encode() + data + b"\x07x")
    shown = t.compose()[16:48, 8:56]
    check("iTerm2: PNG at its place", (shown[16:] == rgb[16:]).all())
    check("iTerm2: text goes over it", not shown[:16, :8].any() and t.text()[1] == " x")
    t.feed(b"\x1b[H\x1b]1337;MultipartFile=inline=1;width=6;height=2;preserveAspectRatio=0\x07")
    for at in range(0, len(data), 200):
        t.feed(b"\x1b]1337;FilePart=" + data[at:at + 200] + b"\x07")
    t.feed(b"\x1b]1337;FileEnd\x07")
    check("iTerm2: in parts", (t.compose()[:32, :48] == rgb).all())
    check("iTerm2: nothing to complain of", not t.complaints, t.complaints)


def sixel():
    t = Terminal("sixel", 20, 10)
    # Two colours, a repeat, a second band: 4 x 7, the last row red.
    t.feed(b'\x1b[1;2H\x1bP0;0;0q"1;1;4;7#0;2;100;100;100#1;2;100;0;0#0!4~-#1!4@\x1b\\')
    shown = t.compose()
    check("sixel: bands, repeats, colours", (shown[:6, 8:12] == 255).all()
          and (shown[6, 8:12] == (255, 0, 0)).all() and not shown[7:, 8:12].any())
    t.feed(b"\x1b[H\x1bP0;1;0q#2;2;0;100;0#2A\x1b\\")
    shown = t.compose()
    check("sixel: transparent leaves what is there", (shown[1, 0] == (0, 255, 0)).all() and not shown[0, 0].any())
    t.feed(b'\x1b[5;1H\x1bP0;0;0q"2;1;2;12#3;2;0;0;100#3!2~\x1b\\')
    check("sixel: pixels twice as high", (t.compose()[64:76, :2] == (0, 0, 255)).all())


def cells():
    t = Terminal("none", 4, 2)
    t.feed("\x1b[38;2;10;20;30;48;5;255m▀\x1b[38;5;232m▟\x1b[31;42m".encode() + "⣿".encode())
    shown = t.compose()
    check("cells: half-block", (shown[:8, :8] == (10, 20, 30)).all() and (shown[8:16, :8] == 238).all())
    check("cells: quadrant", (shown[:8, 8:12] == 238).all() and (shown[8:16, 8:16] == 8).all())
    check("cells: octant table", glyphs.OCTANTS[0x1CD00] == 4 and glyphs.OCTANTS[0x1CDE5] == 0xFE
          and len(set(glyphs.OCTANTS.values())) == 240)
    check("cells: sextant table", glyphs.SEXTANTS[0x1FB00] == 1 and glyphs.SEXTANTS[0x1FB3B] == 62)
    t.feed(b"\x1b[?1049h\x1b[2;1Hhello\x1b[?1049l")
    check("cells: the other screen", t.text() == [t.text()[0], ""])


def pieces():
    """However the stream is cut, the screen and the answers are the same."""
    grey = rng.integers(0, 256, (48, 64), np.uint8)
    stream = ("\x1b[?1049h\x1b[2Jé漢\x1b[3;3H".encode() + apc("a=T,f=100,i=5", png(grey), 64)
              + b"\x1b[c\x1b[5n\x1b[>0q\x1b[38;5;200m" + "▀▀".encode() + b"\x1b]11;?\x1b\\")
    whole = Terminal("kitty", 20, 10)
    answers = whole.feed(stream)
    good = True
    for seed in range(20):
        cut = random.Random(seed)
        t, said, at = Terminal("kitty", 20, 10), b"", 0
        while at < len(stream):
            size = cut.choice([1, 1, 2, 3, 7, 50])
            said += t.feed(stream[at:at + size])
            at += size
        good &= said == answers and (t.compose() == whole.compose()).all() and t.text() == whole.text()
    check("pieces of any size", good)


def others():
    """The program and other tools: what they send is what they were given."""
    x, y = np.meshgrid(np.arange(320), np.arange(160))
    # Sixteen greys: no tool needs to choose. libsixel keeps five bits of each component.
    picture = ((x // 20 + y // 20) % 16 * 17).astype(np.uint8)
    rgb = np.repeat(picture[..., None], 3, 2)
    folder = tempfile.mkdtemp(prefix="xamine-selftest-")
    path = os.path.join(folder, "view.png")
    Image.fromarray(picture).save(path)
    environment = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder}
    program = os.environ.get("XAMINE")
    for kind, tolerance in (("kitty", 0), ("iterm2", 0), ("sixel", 3)) if program else ():
        reference = os.path.join(folder, "reference.png")
        subprocess.run([program, "render", path, "-o", reference], check=True, env=environment)
        out = subprocess.run([program, "show", path, "--protocol", kind, "--size", "40x10", "--cell",
                              "8x16"], check=True, env=environment, capture_output=True).stdout
        t = Terminal(kind, 100, 30)
        t.feed(out)
        want = np.asarray(Image.open(reference).convert("RGB")).astype(int)
        off = int(np.abs(t.compose()[:160, :320] - want).max())
        check(f"show: {kind}", off <= tolerance and not t.complaints, f"differs by {off} {t.complaints}")
    if not program:
        print("  skipped: XAMINE names no program")
    tools = {"img2sixel": ("sixel", ["img2sixel", "-d", "none", path], 8),
             "timg": ("kitty", ["timg", "-pk", "-g40x10", path], 0)}
    for name, (kind, command, tolerance) in tools.items():
        if not shutil.which(name):
            print(f"  skipped: {name}")
            continue
        out = subprocess.run(command, capture_output=True, env=environment).stdout
        t = Terminal(kind, 100, 30)
        t.feed(out)
        off = int(np.abs(t.compose()[:160, :320].astype(int) - rgb).max())
        check(name, off <= tolerance, f"differs by {off} {t.complaints}")
    shutil.rmtree(folder)


for test in (kitty, iterm2, sixel, cells, pieces, others):
    test()
print(f"{len(failures)} failed")
sys.exit(1 if failures else 0)
