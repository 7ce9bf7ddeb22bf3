"""The demo's own pictures, drawn when it is seeded: nobody's photograph, and nothing to fetch."""

from __future__ import annotations

import random
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 720, 1280
#: Drawn this many times larger and made small again, so that edges are smooth.
_FINER = 2

Stops = tuple[tuple[float, str], ...]


def scene(name: str) -> bytes:
    """Return the picture of that name as a JPEG. Raises KeyError for a name that nobody draws."""
    draw_it = {"ferry": _ferry, "night_train": _night_train}[name]
    picture = draw_it().resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


class _Brush:
    """Draws in units of the finished picture, over a ground that runs through ``stops`` from top to bottom."""

    def __init__(self, stops: Stops) -> None:
        column = Image.new("RGB", (1, HEIGHT))
        for y in range(HEIGHT):
            column.putpixel((0, y), _color_at(stops, y / HEIGHT))
        self.image = column.resize((WIDTH * _FINER, HEIGHT * _FINER), Image.Resampling.BILINEAR)
        self._draw = ImageDraw.Draw(self.image, "RGBA")

    def disc(self, x: float, y: float, radius: float, color: str) -> None:
        self._draw.ellipse(_scaled(x - radius, y - radius, x + radius, y + radius), fill=color)

    def box(self, x: float, y: float, right: float, bottom: float, color: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle(_scaled(x, y, right, bottom), radius * _FINER, fill=color)

    def shape(self, color: str, *points: tuple[float, float]) -> None:
        self._draw.polygon([(x * _FINER, y * _FINER) for x, y in points], fill=color)

    def line(self, x: float, y: float, right: float, color: str, width: float = 5) -> None:
        self.box(x, y, right, y + width, color, width / 2)

    def hills(self, color: str, base: float, *humps: tuple[float, float, float]) -> None:
        """Fill ellipses of (middle, half width, height) down to a line."""
        for middle, half, height in humps:
            self._draw.pieslice(
                _scaled(middle - half, base - height, middle + half, base + height), 180, 360, fill=color
            )


def _ferry() -> Image.Image:
    brush = _Brush(
        (
            (0.0, "#26384e"), (0.16, "#6d5a6c"), (0.34, "#e0906a"), (0.56, "#fbd9a0"), (0.602, "#fbd9a0"),
            (0.604, "#d99f78"), (0.7, "#7c6970"), (0.85, "#2c3e47"), (1.0, "#10202a"),
        )
    )  # fmt: skip
    brush.disc(500, 690, 132, "#ffe9b426")
    brush.disc(500, 684, 84, "#ffeab8")
    brush.hills("#6a5560", 772, (150, 260, 118), (430, 220, 104), (660, 260, 128))
    brush.hills("#4a4453", 772, (80, 320, 64), (560, 360, 58))
    brush.box(236, 666, 268, 712, "#cc3f12")
    brush.box(172, 710, 286, 748, "#1c2a33")
    brush.box(138, 744, 326, 790, "#1c2a33")
    brush.shape("#16212a", (98, 786), (386, 786), (352, 838), (132, 838))
    for place in range(6):
        brush.box(152 + place * 28, 758, 168 + place * 28, 772, "#ffe2a3", 3)
    glints = ((438, 806, 124), (456, 838, 84), (416, 870, 146), (470, 908, 66), (400, 956, 168), (436, 1010, 106))
    for x, y, length in glints:
        brush.line(x, y, x + length, "#ffdca080")
    for x, y, length in ((420, 206, 240), (64, 280, 220), (200, 402, 320)):
        brush.line(x, y, x + length, "#ffd9c030", 9)
    return brush.image


def _night_train() -> Image.Image:
    brush = _Brush(((0.0, "#0d1633"), (0.4, "#26346b"), (0.62, "#4b4a86"), (0.64, "#1b2140"), (1.0, "#0b1020")))
    dice = random.Random(19)
    for _ in range(70):
        brush.disc(dice.uniform(0, WIDTH), dice.uniform(150, 640), dice.uniform(0.8, 2.2), "#ffffffb0")
    brush.disc(540, 300, 66, "#f6ecc9")
    brush.disc(514, 284, 58, "#1c2852")
    brush.hills("#2a2f5c", 830, (120, 300, 150), (480, 340, 190), (760, 220, 120))
    brush.hills("#1d2248", 850, (300, 420, 100), (700, 300, 80))
    for car in range(3):
        left = -60 + car * 290
        brush.box(left, 800, left + 278, 896, "#101735", 16)
        for window in range(5):
            is_lit = (car, window) not in {(0, 3), (2, 1)}
            brush.box(left + 22 + window * 49, 822, left + 56 + window * 49, 860, "#ffd98a" if is_lit else "#2c3564", 5)
        brush.line(left + 8, 876, left + 270, "#cc3f12", 6)
        for wheel in (44, 92, 186, 234):
            brush.disc(left + wheel, 900, 13, "#070b18")
    brush.line(0, 914, WIDTH, "#3a4273", 5)
    for sleeper in range(0, WIDTH, 36):
        brush.box(sleeper, 922, sleeper + 20, 930, "#20264a")
    return brush.image


def _color_at(stops: Stops, place: float) -> tuple[int, int, int]:
    for (start, first), (end, second) in pairwise(stops):
        if start <= place <= end:
            share = (place - start) / (end - start)
            pairs = zip(_channels(first), _channels(second), strict=True)
            red, green, blue = (round(one + (other - one) * share) for one, other in pairs)
            return red, green, blue
    return _channels(stops[-1][1])


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _scaled(*numbers: float) -> tuple[float, ...]:
    return tuple(number * _FINER for number in numbers)
