"""Forms of cloth, silicone and clear plastic: acupressure mats, cups, wraps and straps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from canvas import INK, STEEL, Canvas, box, dark, ellipse, light


def spiked_disc(art: Canvas, x: float, y: float, rx: float, ry: float, colour: str) -> None:
    """A flat disc with a ring of little spikes."""
    art.flat(ellipse(x + 2, y + ry * 0.3, rx, ry), "#2b2422", opacity=0.25)
    art.flat(ellipse(x, y, rx, ry), colour)
    for i in range(7):
        turn = i * math.tau / 7
        px, py = x + rx * 0.62 * math.cos(turn), y + ry * 0.62 * math.sin(turn)
        art.flat(
            f"M{px - rx * 0.13:.1f} {py:.1f}L{px:.1f} {py - rx * 0.46:.1f}L{px + rx * 0.13:.1f} {py:.1f}z",
            light(colour, 0.7),
        )


def mat(art: Canvas, *, cloth: str, disc: str) -> None:
    """A mat in perspective with rows of discs, and its pillow behind."""
    art.shadow(500, 880, y=770)
    art.solid("M250 350q0 -110 60 -116q190 -26 380 0q60 6 60 116q-20 54 -70 54h-360q-50 0 -70 -54z", cloth, rim=60)
    for row in range(2):
        for column in range(7):
            spiked_disc(art, 326 + column * 58, 296 + row * 48, 22, 14, disc)
    art.solid(
        "M236 410h528q22 0 30 20l136 310q10 40 -40 46h-780q-50 -6 -40 -46l136 -310q8 -20 30 -20z",
        cloth,
        rim=34,
    )
    for row in range(7):
        t = row / 6
        y = 442 + 310 * t**1.12
        half = 240 + 150 * t
        for column in range(9):
            spiked_disc(art, 500 + (column - 4) * half / 4.4, y, 20 + 11 * t, 11 + 7 * t, disc)


def foot_mat(art: Canvas, *, cloth: str, disc: str, print_colour: str) -> None:
    """A small square mat with two soles of discs."""
    art.shadow(500, 760, y=770)
    art.solid("M220 300h560q30 0 38 26l92 410q4 44 -46 50h-728q-50 -6 -46 -50l92 -410q8 -26 38 -26z", cloth, rim=40)
    for side in (-1, 1):
        x = 500 + side * 150
        sole = (
            f"M{x - 84} 440q-6 -90 84 -94t84 94q4 60 -{20 if side > 0 else 10} 130"
            f"q-10 60 8 110q0 60 -76 62t-80 -62q14 -60 0 -112q-16 -66 -20 -128z"
        )
        art.flat(sole, print_colour, opacity=0.9)
        for row in range(7):
            for column in range(3):
                y = 400 + row * 52
                pinch = 0.72 if row in (3, 4) else 1.0
                spiked_disc(art, x + (column - 1) * 50 * pinch - 4, y, 19, 13, disc)


def neck_roll(art: Canvas, *, cloth: str, disc: str) -> None:
    """A round bolster with discs."""
    art.shadow(500, 780)
    art.solid("M170 460H830a70 165 0 0 1 0 330H170a70 165 0 0 1 0 -330z", cloth, rim=100)
    for row, (y, ry) in enumerate(((500, 12), (552, 20), (620, 24), (690, 22))):
        for column in range(9):
            spiked_disc(art, 176 + column * 72 + (36 if row % 2 else 0), y, 27, ry, disc)
    art.solid(ellipse(832, 625, 66, 165), light(cloth, 0.12), rim=30)
    art.line("M832 560q-30 60 0 130", dark(cloth, 0.4), 6, opacity=0.5)
    art.flat(ellipse(832, 625, 10, 24), dark(cloth, 0.4))


def silicone_cups(art: Canvas, *, items: Sequence[tuple[float, float, str]]) -> None:
    """Bell-shaped cups with a bulb on top: (x, radius of the rim, colour) each."""
    for x, r, colour in items:
        foot = 780
        art.shadow(x, r * 2)
        bell = (
            f"M{x - r} {foot}q{r * 0.02} {-r * 0.62} {r * 0.42} {-r * 0.9}"
            f"q{r * 0.14} {-r * 0.14} {r * 0.04} {-r * 0.3}"
            f"a{r * 0.6} {r * 0.6} 0 1 1 {r * 1.08} 0q{-r * 0.1} {r * 0.16} {r * 0.04} {r * 0.3}"
            f"q{r * 0.4} {r * 0.28} {r * 0.42} {r * 0.9}q{-r} {r * 0.3} {-2 * r} 0z"
        )
        art.solid(bell, colour, rim=r * 0.46)
        art.line(f"M{x - r} {foot - 6}q{r} {r * 0.32} {2 * r} 0", light(colour, 0.25), 24)
        art.line(f"M{x - r} {foot + 4}q{r} {r * 0.32} {2 * r} 0", dark(colour, 0.3), 5, opacity=0.5)
        art.line(f"M{x - r * 0.5} {foot - r * 1.06}q{r * 0.5} {r * 0.14} {r} 0", dark(colour, 0.4), 8, opacity=0.4)
        art.shine(x - r * 0.24, foot - r * 1.66, r * 0.16, r * 0.1)


def pump_cups(art: Canvas, *, items: Sequence[tuple[float, float, float]], pump: str) -> None:
    """Clear domes with valves, a hand pump on the last one: (x, y of the foot, radius) each."""
    art.shadow(500, 820)
    x, foot, r = items[-1]
    top = foot - r * 1.5 - 30
    art.tube(f"M{x} {top}v-60", INK, 40)
    art.tube(f"M{x} {top - 70}v-150", STEEL, 88)
    art.tube(f"M{x} {top - 270}v-70M{x - 80} {top - 350}h160", pump, 40)
    art.solid(box(x - 78, top - 286, 156, 58, 28), pump, rim=28)
    for x, foot, r in items:
        dome = f"M{x - r} {foot}v{-r * 0.5}q0 {-r} {r} {-r}t{r} {r}v{r * 0.5}q{-r} {r * 0.36} {-2 * r} 0z"
        art.add('<g opacity=".78">')
        art.solid(dome, "#dfe9e9", rim=r * 0.32, gloss=0.9, depth=0.45)
        art.add("</g>")
        art.line(f"M{x - r} {foot}q{r} {r * 0.36} {2 * r} 0", "#9fb4b6", 7, opacity=0.8)
        art.solid(box(x - 17, foot - r * 1.5 - 40, 34, 52, 10), pump, rim=14)
        art.shine(x - r * 0.5, foot - r * 0.75, r * 0.09, r * 0.4, turn=10, opacity=0.85)


def shoulder_wrap(art: Canvas, *, cloth: str, seam: str) -> None:
    """A quilted wrap with a raised collar."""
    art.shadow(500, 840)
    art.solid("M370 250q130 -60 260 0q30 90 10 190h-280q-20 -100 10 -190z", dark(cloth, 0.14), rim=50)
    path = (
        "M340 400q40 -30 60 -130q-10 130 100 132t100 -132"
        "q20 100 60 130q180 60 240 250q20 90 -40 120q-110 40 -180 -20"
        "q-90 -130 -180 -150q-90 20 -180 150q-70 60 -180 20q-60 -30 -40 -120q60 -190 240 -250z"
    )
    art.solid(path, cloth, rim=70)
    with art.within(path):
        for i in range(-6, 20):
            art.line(f"M{i * 70 - 300} 250l620 620M{i * 70} 870l620 -620", seam, 4, opacity=0.35)
        art.line("M340 400q60 90 160 92t160 -92", dark(cloth, 0.35), 8, opacity=0.5)


def loop_strap(art: Canvas, *, colour: str, stitch: str) -> None:
    """A strap coiled up, its end with sewn loops."""
    art.shadow(500, 820)
    art.solid(ellipse(370, 560, 240, 230), colour, rim=50)
    for i, r in enumerate((206, 172, 138, 104, 70)):
        art.line(
            ellipse(370, 560, r, r * 0.96),
            dark(colour, 0.4) if i % 2 else light(colour, 0.35),
            7,
            opacity=0.6,
        )
    art.flat(ellipse(370, 560, 42, 40), dark(colour, 0.62))
    art.solid(box(360, 726, 560, 64, 10), colour, rim=22)
    for x in (600, 740, 880):
        art.line(f"M{x - 100} 728q50 -120 100 0", dark(stitch, 0.25), 24)
        art.line(f"M{x - 100} 724q50 -116 100 0", stitch, 16)
        art.line(f"M{x - 4} 738v40", stitch, 7)
