"""What the wire needs at least: the best coding found by search, at a likeness and lossless."""
import base64, io, zlib

import numpy as np
from PIL import Image

# A kitty transmission's frame: its first keys, and 13 bytes for each further chunk of 4,096.
FRAME = len("\x1b_Ga=T,f=100,i=1,q=2,C=1,m=0;\x1b\\")


def on_wire(size):
    """Bytes of a file of `size` bytes in base64 chunks."""
    text = 4 * -(-size // 3)
    return text + FRAME + 9 * max(0, -(-text // 4096) - 1)


def png(pixels, bits=8, palette=None, best=False):
    """A PNG of grey or palette indices, filter by filter, by zlib or zopfli; its bytes."""
    height = pixels.shape[0]
    if pixels.ndim == 3:
        rows, step = pixels.reshape(height, -1), 3
    elif bits == 8:
        rows, step = pixels, 1
    else:
        per = 8 // bits
        wide = np.zeros((height, -(-pixels.shape[1] // per) * per), np.uint8)
        wide[:, :pixels.shape[1]] = pixels
        shifts = np.arange(per - 1, -1, -1) * bits
        rows, step = (wide.reshape(height, -1, per) << shifts).sum(2).astype(np.uint8), 1
    streams = [filtered(rows, step, kind) for kind in range(5)] + [filtered(rows, step, None)]
    if best:
        from zopfli.zlib import compress
        ranked = sorted(streams, key=lambda stream: len(zlib.compress(stream, 9)))[:2]
        data = min((compress(stream, numiterations=15) for stream in ranked), key=len)
    else:
        data = min((zlib.compress(stream, 9) for stream in streams), key=len)
    plte = 12 + 3 * len(palette) if palette is not None else 0
    return 8 + 25 + plte + 12 + len(data) + 12


def filtered(rows, step, kind):
    """PNG's filters; None chooses for each row by the least sum of absolute differences."""
    before = np.zeros_like(rows)
    before[1:] = rows[:-1]
    left = np.zeros_like(rows)
    left[:, step:] = rows[:, :-step]
    corner = np.zeros_like(rows)
    corner[1:, step:] = rows[:-1, :-step]
    a, b, c = left.astype(int), before.astype(int), corner.astype(int)
    p = a + b - c
    near = np.abs(p - a), np.abs(p - b), np.abs(p - c)
    paeth = np.where((near[0] <= near[1]) & (near[0] <= near[2]), a, np.where(near[1] <= near[2], b, c))
    guesses = [np.zeros_like(a), a, b, (a + b) // 2, paeth]
    kinds = range(5) if kind is None else [kind]
    coded = {k: ((rows - guesses[k]) & 255).astype(np.uint8) for k in kinds}
    if kind is None:
        cost = np.stack([np.abs(coded[k].astype(np.int8).astype(int)).sum(1) for k in kinds])
        best = cost.argmin(0)
    else:
        best = np.full(rows.shape[0], kind)
    out = bytearray()
    for y, k in enumerate(best):
        out.append(k)
        out += coded[k][y].tobytes()
    return bytes(out)


def levels(grey, number):
    """Grey in so many levels where its pixels are (Lloyd's), with their values."""
    histogram = np.bincount(grey.ravel(), minlength=256).astype(float)
    values, total = np.arange(256), histogram.cumsum()
    centres = np.interp((np.arange(number) + 0.5) / number * total[-1], total, values)
    for _ in range(40):
        nearest = np.abs(values[:, None] - centres[None, :]).argmin(1)
        weight = np.bincount(nearest, histogram, number)
        centres = np.where(weight > 0, np.bincount(nearest, histogram * values, number)
                           / np.maximum(weight, 1e-9), centres)
    centres = np.unique(np.rint(centres))
    table = np.abs(values[:, None] - centres[None, :]).argmin(1)
    return table[grey].astype(np.uint8), centres.astype(np.uint8)


def even(grey, number):
    """Grey in evenly spaced levels: noise below a step is gone, which SSIM hardly sees."""
    low, high = int(grey.min()), int(grey.max())
    centres = np.unique(np.rint(low + (np.arange(number) + 0.5) * (high - low) / number))
    table = np.abs(np.arange(256)[:, None] - centres[None, :]).argmin(1)
    return table[grey].astype(np.uint8), centres.astype(np.uint8)


def choices(grey):
    """Numbers of levels, and ways to choose them."""
    numbers = (3, 4, 6, 8, 10, 12, 14, 16, 20, 24, 32, 48, 64, 128) + (() if grey else (192, 256))
    kinds = (levels, even) if grey else (Image.Quantize.MEDIANCUT, Image.Quantize.FASTOCTREE)
    return [(number, kind) for number in numbers for kind in kinds]


def reduced(picture, likeness, wanted):
    """The smallest PNG that the terminal scales up: bytes on the wire for each likeness wanted."""
    height, width = picture.shape[:2]
    image = Image.fromarray(picture)
    grey = (picture == picture[..., :1]).all()
    found = {want: (None, "") for want in wanted}
    for scale in (1, 1.5, 2, 3, 4, 6):
        size = max(1, round(width / scale)), max(1, round(height / scale))
        small = image.resize(size, Image.BOX)
        for number, kind in choices(grey):
            if grey:
                indices, palette = kind(np.asarray(small.convert("L")), number)
                shown = np.repeat(palette[indices][..., None], 3, 2)
            else:
                quantised = small.quantize(number, kind, dither=Image.Dither.NONE)
                indices, palette = np.asarray(quantised), range(number)
                shown = np.asarray(quantised.convert("RGB"))
            rows = ((np.arange(height) + 0.5) * size[1] / height).astype(int)
            columns = ((np.arange(width) + 0.5) * size[0] / width).astype(int)
            alike = likeness(shown[rows][:, columns], picture)
            bits = next(b for b in (1, 2, 4, 8) if 2 ** b >= len(palette))
            if not any(alike >= want for want in wanted):
                continue
            length = on_wire(png(indices, bits, palette))
            for want in wanted:
                if alike >= want and (found[want][0] is None or length < found[want][0]):
                    found[want] = (length, (scale, len(palette)), indices, bits, palette, alike)
    return {want: (on_wire(png(*best[2:5], best=True)), f"1/{best[1][0]:g}, {best[1][1]} levels", best[5])
            if best[0] else None for want, best in found.items()}


def jpeg(picture, likeness, wanted):
    """The smallest JPEG for each likeness wanted: bytes on the wire over iTerm2."""
    grey = (picture == picture[..., :1]).all()
    image = Image.fromarray(picture).convert("L" if grey else "RGB")
    found = {want: None for want in wanted}
    for quality in range(20, 98, 3):
        sizes, shown = [], None
        for progressive in (False, True):
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True, progressive=progressive)
            sizes.append(out.tell())
            shown = np.asarray(Image.open(out).convert("RGB"))
        alike = likeness(shown, picture)
        for want in wanted:
            if alike >= want and found[want] is None:
                found[want] = (4 * -(-min(sizes) // 3) + 90, f"quality {quality}", alike)
    return found


def lossless(picture):
    """The smallest PNG in one piece: zopfli over filters of each kind and of each row."""
    grey = (picture == picture[..., :1]).all()
    return on_wire(png(np.ascontiguousarray(picture[..., 0]) if grey else picture, best=True))
