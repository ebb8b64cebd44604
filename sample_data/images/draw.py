"""Draw the product pictures of the sample shop.

    python -m pip install resvg-py Pillow
    python sample_data/images/draw.py            # all of them
    python sample_data/images/draw.py HANDLE …   # only these products

For each picture an SVG goes to `originals/` and a WebP of 1000 x 1000 next to this file. The forms are in the
modules beside it; which product has which form, colour and texture is the table below.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hand_tools as hand
import powered_tools as powered
import resvg_py
import rolling_tools as rolling
import soft_goods as soft
from canvas import (
    ASH,
    BACKDROPS,
    CORK,
    INK,
    MUSTARD,
    ROSE,
    SAGE,
    SAND,
    SIZE,
    STEEL,
    STONE,
    TEAL,
    TERRACOTTA,
    WHITE,
    WOOD,
    Canvas,
    dark,
    light,
)
from PIL import Image

HERE = Path(__file__).parent
QUALITY = 82

S_CANE = "M250 250Q250 130 400 130Q560 130 560 300Q560 420 480 500Q400 590 400 690Q410 800 560 790Q700 780 710 650"
S_KNOBS = ((250, 268, 48), (710, 640, 48), (560, 300, 36), (482, 500, 36), (402, 690, 36), (400, 130, 34))

PICTURES: dict[str, Callable[[Canvas], None]] = {
    # Shaped pressure tools
    "littlemum-trapezius-trigger-point-massager": partial(hand.saddle, colour=SAGE),
    "littlemum-back-trigger-point-massager": partial(hand.peaks, colour=TERRACOTTA, rows=2, columns=2, height=150),
    "littlemum-shoulder-deep-tissue-massager": partial(hand.elbow, colour=INK, core=STEEL),
    "littlemum-back-deep-tissue-massager": partial(hand.arch, colour=INK, ridge=SAND),
    "pressmont-occipital-cradle": partial(hand.cradle, colour=TEAL),
    "pressmont-psoas-peak": partial(hand.single_peak, colour=TERRACOTTA, base=INK),
    "pressmont-thumb-saver-knob": partial(hand.mushroom, colour=MUSTARD, stem=WOOD),
    "pressmont-sacral-wedge": partial(hand.peaks, colour=TEAL, rows=2, columns=3, height=64),
    # T-bars
    "littlemum-t-bar-massage-tool": partial(hand.t_bar, handle=TEAL, stem=STEEL, tip=STEEL),
    "hazelmoor-ash-t-bar": partial(hand.t_bar, handle=ASH, stem=WOOD, tip=INK, broad=True),
    "pressmont-mini-steel-t-bar": partial(hand.small_t_bar, colour=STEEL),
    "pressmont-clinic-t-bar": partial(hand.t_bar, handle=MUSTARD, stem=INK, tip=MUSTARD, broad=True),
    # Balls
    "littlemum-massage-ball": partial(hand.balls, items=((500, 190, MUSTARD, "smooth"),), dish=SAND),
    "quillbrook-core-ball": partial(hand.balls, items=((500, 270, INK, "rings"),)),
    "quillbrook-cork-peanut": partial(hand.peanut, colour=CORK, cork=True),
    "quillbrook-spiky-trio": partial(
        hand.balls,
        items=((170, 100, TEAL, "spikes"), (428, 130, MUSTARD, "spikes"), (758, 172, TERRACOTTA, "spikes")),
    ),
    "hazelmoor-beech-foot-ball": partial(hand.balls, items=((500, 250, WOOD, "wood"),)),
    "pressmont-wallmount-ball": partial(hand.wall_ball, colour=INK, base=SAGE),
    "quillbrook-cloud-ball": partial(hand.balls, items=((500, 330, SAND, "smooth"),)),
    "tavi-loom-jaw-pearls": partial(
        hand.balls, items=((385, 105, TERRACOTTA, "smooth"), (615, 105, SAND, "smooth")), dish=SAGE
    ),
    "orrinvale-hum-vibrating-ball": partial(hand.balls, items=((500, 275, TEAL, "grooves"),)),
    "calder-pike-glacier-ball": partial(hand.cold_ball, colour=TEAL),
    "quillbrook-palm-ball": partial(hand.balls, items=((500, 150, ROSE, "smooth"),), dish=TEAL),
    # Massage guns
    "orrinvale-pulse-one-massage-gun": partial(powered.gun, colour=INK, grip=dark(INK, 0.3), head=SAND),
    "orrinvale-pulse-one-massage-gun-2": partial(powered.gun_heads, colour=SAND),
    "orrinvale-pulse-mini-massage-gun": partial(
        powered.gun, colour=TERRACOTTA, grip=WHITE, head=INK, scale=0.88, handle=260
    ),
    "calder-pike-trailhead-massage-gun": partial(
        powered.gun, colour=MUSTARD, grip=INK, head=INK, style="wide", accent=INK, scale=1.04
    ),
    "orrinvale-ember-heated-massage-gun": partial(
        powered.gun, colour=SAND, grip=TERRACOTTA, head=TERRACOTTA, style="plate"
    ),
    "orrinvale-longreach-massage-gun": partial(powered.angled_gun, colour=TEAL, grip=INK, head=SAND),
    "calder-pike-pocket-pulse": partial(
        powered.gun, colour=SAGE, grip=SAGE, head=WHITE, scale=0.82, handle=190, lean=0
    ),
    "orrinvale-hush-massage-gun": partial(
        powered.gun, colour=INK, grip=INK, head=WHITE, style="round", accent=MUSTARD, lean=-16
    ),
    # Foam rollers
    "quillbrook-grid-roller": partial(rolling.foam_roller, colour=SAGE, skin="grid", core=INK),
    "quillbrook-grid-roller-2": partial(rolling.roller_end, colour=SAGE, core=INK),
    "quillbrook-smooth-roller": partial(
        rolling.foam_roller, colour=light(TEAL, 0.15), skin="smooth", length=740, radius=120
    ),
    "calder-pike-ridge-roller": partial(
        rolling.foam_roller, colour=TERRACOTTA, skin="ridges", core=SAND, length=600, radius=170
    ),
    "orrinvale-drift-vibrating-roller": partial(
        rolling.foam_roller, colour=light(INK, 0.12), skin="waves", core=MUSTARD
    ),
    "tavi-loom-cork-roller": rolling.cork_roller,
    "quillbrook-half-moon-roller": partial(rolling.half_roller, colour=SAND),
    # Sticks and rollers for hand, face and foot
    "calder-pike-spindle-stick": partial(rolling.spindle_stick, colour=MUSTARD, grip=INK),
    "hazelmoor-bead-stick": partial(rolling.spindle_stick, colour=WOOD, grip=ASH, beads=11, wooden=True),
    "hazelmoor-forearm-roller": partial(rolling.forearm_roller, frame=TEAL, wheel=WOOD),
    "calder-pike-flex-stick": partial(rolling.flex_stick, colour=TEAL, grip=TERRACOTTA),
    "hazelmoor-twin-foot-roller": partial(rolling.foot_rollers, frame=ASH, wheel=WOOD),
    "tavi-loom-temple-roller": partial(rolling.face_roller, stone=SAGE, metal=ROSE),
    # Canes and hooks
    "pressmont-s-cane": partial(hand.cane, path=S_CANE, colour=INK, knobs=S_KNOBS),
    "pressmont-s-cane-2": partial(hand.cane, path=S_CANE, colour=TEAL, knobs=S_KNOBS),
    "pressmont-fold-travel-hook": partial(
        hand.cane,
        path="M690 770V420Q690 190 490 190Q320 190 300 370",
        colour=TERRACOTTA,
        knob=INK,
        knobs=((298, 386, 54), (690, 420, 38), (690, 640, 38)),
        grips=("M690 505V545",),
        grip=STEEL,
        stands=(690, 170),
    ),
    "hazelmoor-ash-crook": partial(
        hand.cane,
        path="M610 780L560 420Q540 200 400 200Q280 210 290 350",
        colour=ASH,
        width=46,
        knobs=((292, 376, 62),),
        knob=WOOD,
        grips=("M606 752L590 640",),
        stands=(600, 150),
        transform="translate(30 0)",
    ),
    "pressmont-lumbar-hook": partial(
        hand.cane,
        path="M180 640Q120 240 500 240Q880 240 820 640",
        colour=SAGE,
        width=62,
        knobs=((500, 262, 84),),
        knob=TERRACOTTA,
        grips=("M184 690L176 600", "M816 690L824 600"),
        grip=INK,
        transform="translate(0 70)",
        stands=(500, 720),
    ),
    "calder-pike-neck-yoke": partial(
        hand.cane,
        path="M250 760Q130 250 500 250Q870 250 750 760",
        colour=STEEL,
        width=36,
        knobs=((396, 380, 92), (604, 380, 92)),
        knob=TEAL,
        grips=("M250 756L226 620", "M750 756L774 620"),
        grip=MUSTARD,
        stands=(500, 560),
    ),
    # Scrapers
    "stonefinch-wave-scraper": hand.wave_blade,
    "stonefinch-edge-set": partial(hand.blade_set, roll=MUSTARD),
    "stonefinch-bian-gua-sha": partial(hand.stone_board, colour=STONE),
    "stonefinch-comb-scraper": partial(hand.comb, colour=TERRACOTTA),
    # Cups
    "tavi-loom-silicone-cups": partial(
        soft.silicone_cups, items=((190, 120, SAGE), (462, 140, SAND), (694, 78, SAGE), (868, 78, SAND))
    ),
    "tavi-loom-pump-cups": partial(
        soft.pump_cups,
        items=((170, 730, 90), (850, 735, 84), (380, 740, 116), (625, 748, 128)),
        pump=TERRACOTTA,
    ),
    # Mats
    "tavi-loom-linen-acupressure-mat": partial(soft.mat, cloth=SAND, disc=TERRACOTTA),
    "tavi-loom-foot-acupressure-mat": partial(soft.foot_mat, cloth=INK, disc=MUSTARD, print_colour=light(INK, 0.2)),
    "tavi-loom-acupressure-neck-roll": partial(soft.neck_roll, cloth=TERRACOTTA, disc=SAND),
    # Electric massagers
    "orrinvale-nest-shiatsu-pillow": partial(powered.pillow, colour=SAND, node=TERRACOTTA),
    "orrinvale-burrow-foot-massager": partial(powered.foot_machine, colour=INK, inside=TERRACOTTA),
    "orrinvale-hearth-knee-wrap": partial(powered.knee_wrap, colour=TERRACOTTA, strap=INK),
    "orrinvale-mitten-hand-massager": partial(powered.hand_massager, colour=SAGE, inside=INK),
    "orrinvale-coral-scalp-massager": partial(powered.scalp_massager, colour=TERRACOTTA, tips=ROSE),
    "orrinvale-tide-ems-pads": partial(powered.muscle_pads, colour=TEAL, remote=SAND),
    # Heat and stretching
    "tavi-loom-wheat-shoulder-wrap": partial(soft.shoulder_wrap, cloth=SAND, seam=TERRACOTTA),
    "calder-pike-loop-stretch-strap": partial(soft.loop_strap, colour=TEAL, stitch=MUSTARD),
}


def draw_picture(name: str) -> str:
    """The SVG of one picture; the backdrop follows from the picture's place in the table."""
    canvas = Canvas(BACKDROPS[list(PICTURES).index(name) % len(BACKDROPS)])
    PICTURES[name](canvas)
    return canvas.svg()


def write_picture(name: str) -> Path:
    """Write the original and the WebP; gives the path of the latter."""
    svg = draw_picture(name)
    original = HERE / "originals" / f"{name}.svg"
    original.parent.mkdir(exist_ok=True)
    original.write_text(svg, encoding="utf-8")
    png = bytes(resvg_py.svg_to_bytes(svg_string=svg, width=SIZE, height=SIZE))
    target = HERE / f"{name}.webp"
    Image.open(io.BytesIO(png)).convert("RGB").save(target, "WEBP", quality=QUALITY, method=6)
    return target


def main(names: list[str]) -> int:
    """Draw the named pictures, or all."""
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        print(f"No such picture: {', '.join(unknown)}. Known: {', '.join(PICTURES)}", file=sys.stderr)
        return 2
    for name in names or PICTURES:
        target = write_picture(name)
        print(f"{target.name}  {target.stat().st_size / 1024:.0f} KB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
