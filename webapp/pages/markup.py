"""Markdown -> safe HTML; the only producer of Markup."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from operator import not_

from markupsafe import Markup, escape

from indexer.schema import NOT_STATED
from indexer.search.coverage import Coverage, CoverageRow, Period
from indexer.search.results import FacetValue
from webapp.i18n.locale import N_, gettext, ngettext
from webapp.search_state import Links, coverage_url, search_url

NESTED = 40  # places shown at once within a region


def ticks(values: Sequence[FacetValue], limit: int, most: int, links: Links) -> Markup:
    """The values of a facet as a list of ticks, each with its count, a bar for its share of most, and a link that
    excludes it; those beyond limit behind a summary. A string rather than a template, in few letters: there are hundreds a page."""
    return Markup(_ticks(values, limit, most, links))  # noqa: S704 - every part is escaped or a number


def _ticks(values: Sequence[FacetValue], limit: int, most: int, links: Links) -> str:
    first = [n < limit or v.selected or v.excluded for n, v in enumerate(values)]
    shown = "".join([_tick(v, most, links) for v in compress(values, first)])
    found = f"<ul>{shown}</ul>"
    if others := [_tick(v, most, links) for v in compress(values, map(not_, first))]:
        more = _escaped(
            ngettext("Show {n} more", "Show {n} more", len(others)).format(n=len(others))
        )
        found += (
            f'<details class="more"><summary>{more}</summary><ul>{"".join(others)}</ul></details>'
        )
    return found


def _tick(v: FacetValue, most: int, links: Links) -> str:
    label = _escaped(v.label)
    value = _escaped(v.value)
    if (v.excluded or v.selected) and not links.long:
        does = _said(
            "Excluded: {label}. Stop excluding it" if v.excluded else "Exclude {label}", label
        )
        exclude = (
            f'<a href="{escape(links.exclude(v.field, v.value))}" aria-label="{does}" rel="nofollow">'
            f"{_said('excluded' if v.excluded else 'exclude')}</a>"
        )
    elif v.excluded:
        does = _said("Excluded: {label}. Stop excluding it", label)
        exclude = f'<button name=drop value=-{v.field}:{value} aria-label="{does}">{_said("excluded")}</button>'
    else:  # a button of the form: hundreds of addresses, each with all that was typed, would be most of the page
        exclude = f'<button name=-{v.field} value={value} aria-label="{_said("Exclude {label}", label)}">{_said("exclude")}</button>'
    return (
        f"<li><div{' class=excluded' if v.excluded else ''}>"
        f"<i class=w{-(-100 * v.count // most) if most else 0}></i>"
        f"<label><input type=checkbox name={v.field} value={value}{' checked' if v.selected else ''}><span>{label}</span> "
        f"<b>{v.count:,}</b></label>"
        f"{exclude}</div>"
        f"{_ticks(v.children, NESTED, most, links) if v.children else ''}</li>"
    )


_SAYINGS = (
    N_("Excluded: {label}. Stop excluding it"),
    N_("Exclude {label}"),
    N_("excluded"),
    N_("exclude"),
)


def _said(sentence: str, label: str = "") -> str:
    return _escaped(gettext(sentence)).replace("{label}", label)


@lru_cache(10_000)
def _escaped(text: str) -> str:
    return str(escape(text))


def coverage_rows(found: Coverage, linked: bool) -> Markup:
    """The rows of a matrix. Where linked, each number leads to its activities, and a region's name to its own matrix."""

    def cell(row: CoverageRow, column: Period | None, n: int) -> str:
        if not n:
            return '<td class="n">–</td>'
        if not linked:
            return f'<td class="n">{n:,}</td>'
        return (
            f'<td class="n"><a href="{escape(search_url(found.cell(row, column)))}">{n:,}</a></td>'
        )

    lines = []
    for row in found.rows:
        name = _escaped(row.label)
        if linked and found.field == "region" and row.value != NOT_STATED:
            name = f'<a href="{escape(coverage_url(found.cell(row, None)))}">{name}</a>'
        cells = [f'<th scope="row">{name}</th>', cell(row, None, row.total)]
        cells += [cell(row, column, n) for column, n in zip(found.columns, row.counts, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>\n")
    return Markup("".join(lines))  # noqa: S704 - every part is escaped or a number
