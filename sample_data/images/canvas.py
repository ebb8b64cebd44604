"""A small studio for product pictures: colours, light, and a canvas that turns outlines into solid bodies.

Every form is an SVG path. `Canvas.solid` gives it volume with a gradient, a light edge at the top left and a
dark edge at the bottom right, so that all pictures share one light. The floor is at y = 790 of a 1000 x 1000
square.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

SIZE = 1000
FLOOR = 790

SAGE, TERRACOTTA, SAND, INK = "#93ab92", "#c8775a", "#e0cda9", "#34424e"
TEAL, MUSTARD, WOOD, ASH = "#3f8286", "#d9a743", "#cf9f6a", "#e6cda2"
CORK, STEEL, STONE, ROSE, WHITE = "#c39767", "#c3cbd0", "#59615f", "#dba893", "#f6f2ea"

BACKDROPS = ("#f3ede2", "#e9eee7", "#f5e8e0", "#e6edef", "#f4eedb", "#ece8e4")


def mix(colour: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of the other one in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def light(colour: str, share: float = 0.3) -> str:
    """A lighter shade."""
    return mix(colour, "#ffffff", share)


def dark(colour: str, share: float = 0.3) -> str:
    """A darker shade, slightly warm."""
    return mix(colour, "#1f1a1c", share)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def ellipse(x: float, y: float, rx: float, ry: float | None = None) -> str:
    """Path of an ellipse round (x, y); a circle if only one radius is given."""
    ry = rx if ry is None else ry
    return f"M{x - rx:.1f} {y:.1f}a{rx:.1f} {ry:.1f} 0 1 0 {2 * rx:.1f} 0a{rx:.1f} {ry:.1f} 0 1 0 {-2 * rx:.1f} 0z"


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Path of a rectangle with rounded corners; (x, y) is its top left."""
    r = min(radius, width / 2, height / 2)
    return (
        f"M{x + r:.1f} {y:.1f}h{width - 2 * r:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {r:.1f}v{height - 2 * r:.1f}"
        f"a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {r:.1f}h{2 * r - width:.1f}a{r:.1f} {r:.1f} 0 0 1 {-r:.1f} {-r:.1f}"
        f"v{2 * r - height:.1f}a{r:.1f} {r:.1f} 0 0 1 {r:.1f} {-r:.1f}z"
    )


def scatter(count: int, radius: float = 1.0) -> list[tuple[float, float]]:
    """Evenly spread points in a disc (a sunflower spiral), the same at every run."""
    golden = math.pi * (3 - math.sqrt(5))
    return [
        (
            radius * math.sqrt((i + 0.5) / count) * math.cos(i * golden),
            radius * math.sqrt((i + 0.5) / count) * math.sin(i * golden),
        )
        for i in range(count)
    ]


class Canvas:
    """Collects the parts of one picture, from back to front."""

    def __init__(self, backdrop: str) -> None:
        self._defs: list[str] = []
        self._body: list[str] = []
        self._names = 0
        self._backdrop(backdrop)

    def _name(self) -> str:
        self._names += 1
        return f"d{self._names}"

    def _backdrop(self, tint: str) -> None:
        wall = self.radial(light(tint, 0.55), tint, x=0.42, y=0.36, radius=0.8)
        self.add(f'<rect width="{SIZE}" height="{SIZE}" fill="{wall}"/>')
        fade = self._name()
        stops = (
            f'<stop offset="0" stop-color="{dark(tint, 0.16)}" stop-opacity="0"/>'
            f'<stop offset="1" stop-color="{dark(tint, 0.16)}" stop-opacity=".75"/>'
        )
        self._defs.append(f'<linearGradient id="{fade}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>')
        self.add(f'<rect y="640" width="{SIZE}" height="360" fill="url(#{fade})"/>')

    def add(self, markup: str) -> None:
        """Add raw SVG."""
        self._body.append(markup)

    def linear(self, start: str, end: str, *, x2: float = 0.75, y2: float = 1.0) -> str:
        """A gradient from the top left; gives the value for `fill`."""
        name = self._name()
        self._defs.append(
            f'<linearGradient id="{name}" x1="0.15" y1="0" x2="{x2}" y2="{y2}">'
            f'<stop offset="0" stop-color="{start}"/><stop offset="1" stop-color="{end}"/></linearGradient>'
        )
        return f"url(#{name})"

    def radial(self, centre: str, rim: str, *, x: float = 0.36, y: float = 0.3, radius: float = 0.75) -> str:
        """A round gradient; gives the value for `fill`."""
        name = self._name()
        self._defs.append(
            f'<radialGradient id="{name}" cx="{x}" cy="{y}" r="{radius}">'
            f'<stop offset="0" stop-color="{centre}"/><stop offset="1" stop-color="{rim}"/></radialGradient>'
        )
        return f"url(#{name})"

    def blur(self, amount: float, *, whole_sheet: bool = False) -> str:
        """A blur; gives the value for `filter`.

        A straight line has no height or width to measure its region by, so it needs the whole sheet, which
        is slow.
        """
        name = self._name()
        region = (
            'filterUnits="userSpaceOnUse" x="-100" y="-100" width="1200" height="1200"'
            if whole_sheet
            else 'x="-60%" y="-60%" width="220%" height="220%"'
        )
        self._defs.append(f'<filter id="{name}" {region}><feGaussianBlur stdDeviation="{amount}"/></filter>')
        return f"url(#{name})"

    def shadow(self, x: float, width: float, *, y: float = FLOOR, height: float = 34, strength: float = 0.34) -> None:
        """The soft shadow on the floor, and a tighter one where the thing stands."""
        for scale, blur, opacity in ((1.12, 26, strength * 0.7), (0.86, 9, strength)):
            self.add(
                f'<ellipse cx="{x}" cy="{y}" rx="{width / 2 * scale:.0f}" ry="{height * scale * 0.7:.0f}" '
                f'fill="#3a2f2b" opacity="{opacity:.2f}" filter="{self.blur(blur)}"/>'
            )

    def clip(self, path: str) -> str:
        """A clip by an outline; gives the value for `clip-path`."""
        name = self._name()
        self._defs.append(f'<clipPath id="{name}"><path d="{path}" clip-rule="evenodd"/></clipPath>')
        return f"url(#{name})"

    def solid(self, path: str, colour: str, *, rim: float = 46, gloss: float = 0.5, depth: float = 0.5) -> None:
        """A body with volume: a gradient, a dark edge away from the light and a light edge towards it."""
        fill = self.linear(light(colour, 0.16), dark(colour, 0.14))
        self.add(f'<path d="{path}" fill="{fill}" fill-rule="evenodd"/>')
        edge = (
            f'<path d="{path}" fill="none" stroke="{{}}" stroke-width="{rim}" opacity="{{}}" '
            f'transform="translate({{}} {{}})" filter="{self.blur(rim * 0.36)}"/>'
        )
        shift = rim * 0.22
        self.add(f'<g clip-path="{self.clip(path)}">')
        self.add(edge.format(dark(colour, 0.55), depth, -shift, -shift * 1.4))
        self.add(edge.format(light(colour, 0.75), gloss, shift * 1.3, shift * 1.7))
        self.add("</g>")

    def flat(self, path: str, colour: str, *, opacity: float = 1) -> None:
        """A plain area, for holes, prints and details."""
        self.add(f'<path d="{path}" fill="{colour}" fill-rule="evenodd" opacity="{opacity}"/>')

    def line(self, path: str, colour: str, width: float, *, opacity: float = 1, blur: float = 0) -> None:
        """A stroke with round ends."""
        soft = f' filter="{self.blur(blur, whole_sheet=True)}"' if blur else ""
        self.add(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round" '
            f'stroke-linejoin="round" opacity="{opacity}"{soft}/>'
        )

    def tube(self, path: str, colour: str, width: float) -> None:
        """A round rod along a line."""
        self.line(path, dark(colour, 0.34), width)
        self.add(f'<g transform="translate({-width * 0.05:.1f} {-width * 0.07:.1f})">')
        self.line(path, colour, width * 0.8)
        self.add(f'</g><g transform="translate({-width * 0.16:.1f} {-width * 0.2:.1f})">')
        for share, opacity in ((0.36, 0.22), (0.25, 0.3), (0.13, 0.45)):
            self.line(path, light(colour, 0.65), width * share, opacity=opacity)
        self.add("</g>")

    def shine(self, x: float, y: float, rx: float, ry: float, *, opacity: float = 0.5, turn: float = -30) -> None:
        """A soft reflection."""
        self.add(
            f'<ellipse cx="{x}" cy="{y}" rx="{rx}" ry="{ry}" fill="#fff" opacity="{opacity}" '
            f'transform="rotate({turn} {x} {y})" filter="{self.blur(max(rx, ry) * 0.18)}"/>'
        )

    @contextmanager
    def within(self, path: str) -> Iterator[None]:
        """Draw only inside an outline."""
        self.add(f'<g clip-path="{self.clip(path)}">')
        yield
        self.add("</g>")

    @contextmanager
    def moved(self, transform: str) -> Iterator[None]:
        """Draw turned, shifted or scaled."""
        self.add(f'<g transform="{transform}">')
        yield
        self.add("</g>")

    def svg(self) -> str:
        """The finished picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" '
            f'width="{SIZE}" height="{SIZE}">\n'
            f"<defs>{''.join(self._defs)}</defs>\n" + "\n".join(self._body) + "\n</svg>\n"
        )
