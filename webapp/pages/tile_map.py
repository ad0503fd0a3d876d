"""The world as tiles: one square a country, all of one size, roughly where it lies, and no borders.

tiles.txt is a layout of our own: each country was given the free square nearest to its place on a map whose
crowded parts were stretched, then squares were swapped until neighbours lay to the same side of each other as
on the globe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from markupsafe import Markup, escape

from webapp.i18n.locale import gettext

SIDE, GAP = 10, 0.5  # of a square, in the picture's own units
SHADES = 5
_ROWS = [line.split() for line in Path(__file__).with_name("tile_map.txt").read_text().splitlines()]
TILES: Mapping[str, tuple[int, int]] = {
    code: (x, y) for y, row in enumerate(_ROWS) for x, code in enumerate(row) if code.isalpha()
}


def tile_map(
    counts: Mapping[str, int],
    link: Callable[[str], str] | None,
    name: Callable[[str], str],
    count: Callable[[int], str],
) -> Markup:
    """The picture, as SVG: a link for each country that has a count, named with it; the darker, the more.

    Without link they lead nowhere.
    """
    most = max(counts.values(), default=1)
    found = []
    for code, (x, y) in TILES.items():
        n = counts.get(code, 0)
        square = f'<rect x="{x * SIDE + GAP}" y="{y * SIDE + GAP}" width="{SIDE - 2 * GAP}" height="{SIDE - 2 * GAP}"/>'
        text = f'<text x="{x * SIDE + SIDE / 2}" y="{y * SIDE + 6.2}">{code}</text>'
        if not n:
            found.append(f'<g class="t0">{square}{text}<title>{escape(name(code))}</title></g>')
            continue
        # By the root: a country of a few is told from none, and the largest does not drown the others.
        shade = max(1, -(-SHADES * round(1000 * (n / most) ** 0.5) // 1000))
        said = escape(f"{name(code)}, {count(n)}")
        if link is None:
            found.append(f'<g class="t{shade}">{square}{text}<title>{said}</title></g>')
            continue
        found.append(
            f'<a class="t{shade}" href="{escape(link(code))}" aria-label="{said}">{square}{text}<title>{said}</title></a>'
        )
    size = f"0 0 {len(_ROWS[0]) * SIDE} {len(_ROWS) * SIDE}"
    name_of_all = escape(gettext("World map"))
    label = f'viewBox="{size}" role="group" aria-label="{name_of_all}"'
    squares = "".join(found)
    return Markup(f'<svg class="tiles" {label}>{squares}</svg>')  # noqa: S704 - every part is escaped
