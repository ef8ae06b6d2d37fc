"""Characters that are pictures: which part of a cell they paint, as a grid of booleans."""
import functools

import numpy as np


def grid(rows, columns, bits):
    """Bit n is the n-th part, left to right and top to bottom."""
    return np.array([bits >> n & 1 for n in range(rows * columns)], bool).reshape(rows, columns)


QUADRANTS = {0x2596: 4, 0x2597: 8, 0x2598: 1, 0x2599: 13, 0x259A: 9, 0x259B: 7, 0x259C: 11,
             0x259D: 2, 0x259E: 6, 0x259F: 14, 0x2580: 3, 0x2584: 12, 0x2588: 15, 0x258C: 5,
             0x2590: 10, 0x20: 0, 0xA0: 0}
# Octants that Unicode had before it had octants: they are left out of the row from U+1CD00.
OLD_OCTANTS = {0x1CEA8: 0x01, 0x1CEAB: 0x02, 0x1FB82: 0x03, 0x1CEA3: 0x40, 0x1CEA0: 0x80,
               0x2582: 0xC0, 0x2586: 0xFC, 0x1FB85: 0x3F, 0x1FBE6: 0x14, 0x1FBE7: 0x28}


def as_octant(quadrants):
    """The octant pattern of a quadrant pattern."""
    top = quadrants & 3
    bottom = quadrants >> 2
    return top | top << 2 | bottom << 4 | bottom << 6


def octants():
    taken = {as_octant(n) for n in range(16)} | set(OLD_OCTANTS.values())
    free = [n for n in range(256) if n not in taken]
    assert len(free) == 230
    return {0x1CD00 + at: bits for at, bits in enumerate(free)} | OLD_OCTANTS


def sextants():
    """U+1FB00: the 60 patterns of 2 x 3 without empty, full and the two halves."""
    free = [n for n in range(1, 63) if n not in (0b010101, 0b101010)]
    return {0x1FB00 + at: bits for at, bits in enumerate(free)}


# Dots 1-8 of a braille cell as places of a 2 x 4 grid.
BRAILLE = (0, 2, 4, 1, 3, 5, 6, 7)
OCTANTS, SEXTANTS = octants(), sextants()


@functools.lru_cache(4096)
def mask(character, width, height):
    """The share of foreground in each pixel of the cell, or None for a letter."""
    code = ord(character)
    if code in QUADRANTS:
        parts = grid(2, 2, QUADRANTS[code])
    elif code in OCTANTS:
        parts = grid(4, 2, OCTANTS[code])
    elif code in SEXTANTS:
        parts = grid(3, 2, SEXTANTS[code])
    elif 0x2800 <= code < 0x2900:
        return dots(code - 0x2800, width, height)
    elif 0x2581 <= code <= 0x2587:
        parts = grid(8, 1, 0xFF << (8 - (code - 0x2580)) & 0xFF)
    elif 0x2591 <= code <= 0x2593:
        return np.full((height, width), (code - 0x2590) / 4)
    else:
        return None
    rows = (np.arange(height) * parts.shape[0]) // height
    columns = (np.arange(width) * parts.shape[1]) // width
    return parts[rows][:, columns].astype(float)


def dots(bits, width, height):
    """Braille: a dot of half the side in the middle of each eighth."""
    cell = np.zeros((height, width))
    for dot, place in enumerate(BRAILLE):
        if bits >> dot & 1:
            y, x = (place // 2 + 0.5) * height / 4, (place % 2 + 0.5) * width / 2
            r = max(1, round(min(height / 8, width / 4)))
            cell[int(y - r / 2):int(y - r / 2) + r, int(x - r / 2):int(x - r / 2) + r] = 1
    return cell
