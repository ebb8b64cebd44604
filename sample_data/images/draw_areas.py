"""Draw one small icon for each body area: a quiet figure with the area in terracotta.

    python sample_data/images/draw_areas.py

Needs nothing but Python. The icons, 120 x 120, go to the shop's static files
(`storefront/pages/static/pages/areas/SLUG.svg`). Areas of the back side show the figure from behind, with a line for
the spine.
"""

from __future__ import annotations

from pathlib import Path

from canvas import INK, SAGE, TERRACOTTA, box, ellipse, light

FOLDER = Path(__file__).parents[2] / "storefront/pages/static/pages/areas"

HEAD = ellipse(60, 13, 8.5, 9.5)
TORSO = "M45 31q6 -4 15 -4t15 4q3 2 2 8l-3 15q-.5 4 .8 10l.2 7q-15 6 -30 0l.2 -7q1.3 -6 .8 -10l-3 -15q-1 -6 2 -8z"
# Limbs of the left side as lines with their widths; the right side is mirrored.
LIMBS = {
    "shoulders": ("M42.5 33.5l-1.2 3", 9.5),
    "upper-arms": ("M40.6 39.5l-4.2 13", 7.6),
    "forearms": ("M35.4 56.5l-3.4 12", 6.6),
    "hands": ("M31.2 73l-1 3.5", 6.2),
    "thighs": ("M51.8 72.5l-.6 11", 11.5),
    "knees": ("M51 89v.8", 9.4),
    "calves": ("M50.8 94.5l-.2 10", 8.6),
    "feet": ("M50 112l-3 2", 6.4),
}
NECK = ("M60 21.5v5", 8.0)
# Parts of the torso, clipped by its outline.
TORSO_PARTS = {
    "chest": box(48, 32, 24, 11, 4),
    "upper-back": box(40, 26, 40, 14),
    "mid-back": box(40, 40.8, 40, 9.4),
    "lower-back": box(40, 51, 40, 10),
    "hips": ellipse(50.5, 67.5, 5.6) + ellipse(69.5, 67.5, 5.6),
    "glutes": ellipse(53.6, 70, 6.2, 5.4) + ellipse(66.4, 70, 6.2, 5.4),
}
GROUPS = {
    "arms": ("upper-arms", "forearms", "hands"),
    "back": ("upper-back", "mid-back", "lower-back"),
    "legs": ("thighs", "knees", "calves"),
    "full-body": ("head", "neck", "torso", *LIMBS),
}
SEEN_FROM_BEHIND = {"neck", "back", "upper-back", "mid-back", "lower-back", "glutes", "calves"}
SLUGS = ("head", "neck", *LIMBS, *TORSO_PARTS, *GROUPS)


def draw_area(slug: str) -> str:
    """The SVG of one area's icon."""
    pale = light(SAGE, 0.42)
    figure = "".join(_part(name, pale) for name in ("neck", "torso", *LIMBS, "head"))
    marks = "".join(_part(name, TERRACOTTA) for name in GROUPS.get(slug, (slug,)))
    spine = ""
    if slug in SEEN_FROM_BEHIND:
        spine = (
            f'<path d="M60 30v34" stroke="{INK}" stroke-opacity=".4" stroke-width="1.3" stroke-dasharray="1.6 2.2"/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120" width="120" height="120" fill="none" '
        f'stroke-linecap="round">\n<clipPath id="torso-{slug}"><path d="{TORSO}"/></clipPath>\n'
        f"{figure}\n{marks.replace('CLIP', f'url(#torso-{slug})')}\n{spine}\n</svg>\n"
    )


def _part(name: str, colour: str) -> str:
    if name == "head":
        return f'<path d="{HEAD}" fill="{colour}"/>'
    if name == "torso":
        return f'<path d="{TORSO}" fill="{colour}"/>'
    if name in TORSO_PARTS:
        return f'<path d="{TORSO_PARTS[name]}" fill="{colour}" clip-path="CLIP"/>'
    path, width = NECK if name == "neck" else LIMBS[name]
    line = f'<path d="{path}" stroke="{colour}" stroke-width="{width}"/>'
    return line if name == "neck" else f'{line}<g transform="matrix(-1 0 0 1 120 0)">{line}</g>'


def main() -> None:
    """Write all icons."""
    FOLDER.mkdir(exist_ok=True)
    for slug in SLUGS:
        (FOLDER / f"{slug}.svg").write_text(draw_area(slug), encoding="utf-8")


if __name__ == "__main__":
    main()
