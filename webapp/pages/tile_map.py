"""A world map of tiles: one square of the same size for each country, roughly where it lies.

The layout in tile_map.txt is our own. Each country took the free square nearest to its place on a
map whose crowded regions were stretched. Squares were then swapped until neighbours lay to the same
side of each other as on the globe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from markupsafe import Markup, escape

from indexer.text import places
from webapp.i18n.locale import gettext
from webapp.pages.shading import Shading

SIDE, GAP = 10, 0.5  # of a square, in units of the viewBox
TEXT_BASELINE = 6.2  # below the top of a square
_ROWS = [line.split() for line in Path(__file__).with_name("tile_map.txt").read_text().splitlines()]
TILES: Mapping[str, tuple[int, int]] = {
    code: (x, y) for y, row in enumerate(_ROWS) for x, code in enumerate(row) if code.isalpha()
}


def tile_map(
    counts: Mapping[str, int],
    link: Callable[[str], str] | None,
    name: Callable[[str], str],
    count: Callable[[int], str],
    with_codes: bool = True,
) -> Markup:
    """Return the map as SVG. Countries with more activities have a stronger colour.

    with_codes: whether the squares have the codes of the countries, which need a large map.

    counts has a number of activities by country code. A country with activities links to
    link(code); link None means no links. name(code) and count(number) return the texts
    of the labels. All of their values are escaped here.
    """
    shading = Shading.of(counts.values())
    tiles: list[str] = []
    empty: list[str] = []  # the outlines of squares without a code and without activities
    for code, (x, y) in TILES.items():
        number = counts.get(code, 0)
        if not (number or with_codes):
            empty.append(_outline(x, y))
            continue
        shade = shading.shade(number)
        label = escape(f"{name(code)}, {count(number)}" if number else name(code))
        content = f"{_square(code, x, y, with_codes)}<title>{label}</title>"
        if number and link is not None:
            url = escape(link(code))
            tiles.append(f'<a class="t{shade}" href="{url}" aria-label="{label}">{content}</a>')
        else:
            tiles.append(f'<g class="t{shade}">{content}</g>')
    if empty:
        tiles.insert(0, f'<path class="t0" d="{"".join(empty)}"/>')
    view_box = f"0 0 {len(_ROWS[0]) * SIDE} {len(_ROWS) * SIDE}"
    classes = "tiles" if with_codes else "tiles small"
    svg = f'<svg class="{classes}" viewBox="{view_box}">{"".join(tiles)}</svg>'
    return Markup(svg)  # noqa: S704 - values are escaped


def _outline(x: int, y: int) -> str:
    """Return a square as a part of a path, which is shorter than an element."""
    side = f"{SIDE - 2 * GAP:g}"
    return f"M{x * SIDE + GAP:g} {y * SIDE + GAP:g}h{side}v{side}h-{side}z"


def _square(code: str, x: int, y: int, with_code: bool) -> str:
    side = SIDE - 2 * GAP
    left, top, middle = x * SIDE + GAP, y * SIDE + GAP, x * SIDE + SIDE / 2
    square = f'<rect x="{left}" y="{top}" width="{side}" height="{side}"/>'
    text = f'<text x="{middle}" y="{y * SIDE + TEXT_BASELINE}">{code}</text>'
    return square + text if with_code else square


def continent_blocks(
    counts: Mapping[str, int],
    link: Callable[[str], str] | None,
    name: Callable[[str, str], str],
    count: Callable[[int], str],
) -> Markup:
    """Return the countries with activities as blocks by continent, for a narrow screen.

    The arguments are as for tile_map(), except that name(field, value) also names regions.
    """
    shading = Shading.of(counts.values())
    by_continent: dict[str, list[str]] = {}
    for code in sorted(counts, key=lambda code: name("country", code)):
        by_continent.setdefault(_continent(code), []).append(code)
    blocks = []
    for continent in sorted(by_continent, key=lambda code: name("region", code) if code else "~"):
        title = name("region", continent) if continent else gettext("Other")
        items = []
        for code in by_continent[continent]:
            number = counts[code]
            label = escape(f"{name('country', code)}, {count(number)}")
            content = f"<b>{code}</b> {number:,}"
            shade = shading.shade(number)
            if link is None:
                items.append(f'<li class="s{shade}"><span title="{label}">{content}</span></li>')
            else:
                url = escape(link(code))
                items.append(
                    f'<li class="s{shade}"><a href="{url}" aria-label="{label}">{content}</a></li>'
                )
        blocks.append(f"<h3>{escape(title)}</h3><ul>{''.join(items)}</ul>")
    return Markup(f'<div class="blocks">{"".join(blocks)}</div>')  # noqa: S704 - escaped


def _continent(code: str) -> str:
    """Return the largest region that contains a country; "" if it is in none."""
    region = ""
    for ancestor in places.ancestors(code):
        if places.parent(ancestor) is None:
            region = ancestor
    return region
