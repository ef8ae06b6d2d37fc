"""Bytes and structural similarity of sixel files against their picture, img2sixel beside them.

    python3 tests/peers/sixel.py PICTURE.png [OURS.six ...]

Decodes sixels on its own, from the VT340's manual; luminance by Rec. 601; similarity is scikit-image's
structural_similarity (window 7, data range 255). Needs numpy, pillow, scikit-image; img2sixel if there.
"""

import re
import shutil
import subprocess
import sys

import numpy
from PIL import Image
from skimage.metrics import structural_similarity

TOKEN = re.compile(r'"([\d;]+)|#([\d;]+)|!(\d+)|([$-])|([?-~])')


def decode(data):
    """The pixels of one sixel sequence; fails where something is painted outside the raster."""
    body = data[data.index(b"q") + 1 : data.rindex(b"\x1b")].decode("ascii")
    registers, colour, count, x, top = {}, 0, 1, 0, 0
    pixels = painted = None
    for raster, register, repeat, control, sixel in TOKEN.findall(body):
        if raster:
            _, _, width, height = map(int, raster.split(";"))
            pixels = numpy.zeros((height + 6, width, 3), numpy.uint8)
            painted = numpy.zeros((height + 6, width), bool)
        elif register:
            colour, *definition = map(int, register.split(";"))
            if definition:
                registers[colour] = [(v * 255 + 50) // 100 for v in definition[1:]]
        elif repeat:
            count = int(repeat)
        elif control:
            x, top = 0, top + 6 * (control == "-")
        else:
            for bit in range(6):
                if (ord(sixel) - 63) >> bit & 1:
                    pixels[top + bit, x : x + count] = registers[colour]
                    painted[top + bit, x : x + count] = True
            x, count = x + count, 1
    assert painted[:height].all(), "a pixel was left out"
    assert not painted[height:].any(), "painted below the raster"
    return pixels[:height]


def luminance(pixels):
    return ((pixels.astype(int) @ [299, 587, 114] + 500) // 1000).astype(numpy.uint8)


def main(picture, *files):
    meant = luminance(numpy.asarray(Image.open(picture).convert("RGB")))
    streams = [(name, open(name, "rb").read()) for name in files]
    if shutil.which("img2sixel"):
        for colours in (8, 16, 32, 64, 128, 256):
            for dither in ([], ["-d", "none"]):
                command = ["img2sixel", "-p", str(colours), *dither, picture]
                made = subprocess.run(command, capture_output=True, check=True).stdout
                streams.append((" ".join(command[:-1]), made))
    else:
        print("skipped: libsixel-bin")
    for name, data in streams:
        shown = luminance(decode(data))
        similarity = structural_similarity(meant, shown, win_size=7, data_range=255)
        print(f"{len(data):8} {similarity:.4f} {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
