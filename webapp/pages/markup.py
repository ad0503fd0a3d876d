"""HTML written in Python, where a template would be too slow: facet lists and coverage rows.

Every value is escaped, or is a key or a number, before it becomes Markup.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from indexer.schema import NOT_STATED
from indexer.search.coverage import Coverage, CoverageRow, Period
from indexer.search.results import FacetBucket
from webapp.i18n.bidi import bdi, isolate
from webapp.i18n.locale import N_, gettext
from webapp.pages.shading import Shading
from webapp.search_state import coverage_url, search_url

TOP_VALUES = 8  # of a list, shown before it is opened
FEW_VALUES = 10  # a list of at most this length is shown whole

_EXCLUDE = N_("Exclude {label}")
_STOP_EXCLUDING = N_("{label} is excluded. Stop excluding it")
_NOT = N_("not")


def top_list(values: Iterable[FacetBucket], max_count: int) -> Markup:
    """Return values of a facet as a list of checkboxes.

    Each has its count, a bar for its share of max_count, and a button that excludes it. The markup
    is terse because a page has hundreds of values.
    """
    items = "".join([_item(v, max_count) for v in values])
    return Markup(f"<ul>{items}</ul>")  # noqa: S704 - values are escaped


def region_list(values: Sequence[FacetBucket], hidden: Container[Place]) -> Markup:
    """Return the tree of places, with each region of the top level closed.

    hidden: the fields and values of the places that are listed elsewhere on the page. Bars are
    shares of the largest region.
    """
    max_count = max((value.count for value in values), default=0)
    items = []
    for region in values:
        if region.children:
            inner = "".join(_tree_items([region], max_count, hidden))
            name = bdi(region.label)
            items.append(f"<li><details><summary>{name}</summary><ul>{inner}</ul></details>")
        else:
            items += _tree_items([region], max_count, hidden)
    return Markup(f"<ul>{''.join(items)}</ul>")  # noqa: S704 - values are escaped


Place = tuple[str, str]
"""The field and the value of a place."""


def _tree_items(
    values: Iterable[FacetBucket], max_count: int, hidden: Container[Place]
) -> Iterator[str]:
    for v in values:
        children = "".join(_tree_items(v.children, max_count, hidden))
        if (v.field, v.value) not in hidden:
            yield _item(v, max_count, f"<ul>{children}</ul>" if children else "")
        elif children:
            yield children


def _item(v: FacetBucket, max_count: int, children: str = "") -> str:
    # HTML does not require the end tag of li.
    label = _escaped(isolate(v.label))  # in attributes
    value = _escaped(v.value)
    width = -(-100 * v.count // max_count) if max_count else 0  # percent, rounded up
    return (
        f"<li><div{' class=excluded' if v.excluded else ''}>"
        f"<label><input type=checkbox name={v.field} value={value}"
        f"{' checked' if v.selected else ''}><span>{bdi(v.label)}</span> "
        f"<b>{v.count:,}</b><svg width={width}%></svg></label>"
        f"{_exclude_button(v, label, value)}</div>{children}"
    )


def _exclude_button(v: FacetBucket, label: str, value: str) -> str:
    """Return the button of the form that excludes a value, or stops excluding it.

    It is a button in both states, so that it keeps the focus. A link would repeat the search.
    """
    if v.excluded:
        action = _translated(_STOP_EXCLUDING, label)
        return (
            f'<button name=drop value=-{v.field}:{value} aria-label="{action}">'
            f"{_translated(_NOT)}</button>"
        )
    action = _translated(_EXCLUDE, label)
    return (
        f'<button name=-{v.field} value={value} aria-label="{action}">{_translated(_NOT)}</button>'
    )


def _translated(sentence: str, label: str = "") -> str:
    return _escaped(gettext(sentence)).replace("{label}", label)


@lru_cache(10_000)
def _escaped(text: str) -> str:
    return str(escape(text))


def coverage_rows(coverage: Coverage, shading: Shading, linked: bool) -> Markup:
    """Return the rows of the coverage table, with the shades of the map in their cells.

    If linked, each count links to its activities, and each region to its own coverage.
    """

    def cell(row: CoverageRow, period: Period | None, count: int) -> str:
        if not count:
            return '<td class="n">–</td>'
        # The total of a row is not shaded: it would be the strongest of its row.
        shade = f" s{shading.shade(count)}" if period else ""
        if not linked:
            return f'<td class="n{shade}">{count:,}</td>'
        url = escape(search_url(coverage.cell_request(row, period)))
        return f'<td class="n{shade}"><a href="{url}">{count:,}</a></td>'

    rows = []
    for row in coverage.rows:
        name = str(bdi(row.label))
        if linked and coverage.field == "region" and row.value != NOT_STATED:
            name = f'<a href="{escape(coverage_url(coverage.cell_request(row, None)))}">{name}</a>'
        counts = zip(coverage.columns, row.counts, strict=True)
        cells = [f'<th scope="row">{name}</th>', cell(row, None, row.total)]
        cells += [cell(row, period, count) for period, count in counts]
        rows.append(f"<tr>{''.join(cells)}</tr>\n")
    return Markup("".join(rows))  # noqa: S704 - every part is escaped or a number
