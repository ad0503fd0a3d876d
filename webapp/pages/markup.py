"""HTML written in Python, where a template would be too slow: facet lists and coverage rows.

Every value is escaped, or is a key or a number, before it becomes Markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from operator import not_

from markupsafe import Markup, escape

from indexer.schema import NOT_STATED
from indexer.search.coverage import Coverage, CoverageRow, Period
from indexer.search.results import FacetBucket
from webapp.i18n.bidi import bdi, isolate
from webapp.i18n.locale import N_, gettext, ngettext
from webapp.search_state import Links, coverage_url, search_url

MAX_NESTED_VALUES = 40  # places of a region that are shown without "Show more"

_EXCLUDE = N_("Exclude {label}")
_STOP_EXCLUDING = N_("{label} is excluded. Stop excluding it")
_EXCLUDE_LINK = N_("exclude")
_EXCLUDED_LINK = N_("excluded")


def facet_list(values: Sequence[FacetBucket], limit: int, max_count: int, links: Links) -> Markup:
    """Return the values of a facet as a list of checkboxes.

    Each has its count, a bar for its share of max_count, and a link or button that excludes it.
    Values after the first limit are in a closed details element, except selected and excluded ones.
    The markup is terse because a page has hundreds of values.
    """
    return Markup(_list(values, limit, max_count, links))  # noqa: S704 - values are escaped


def _list(values: Sequence[FacetBucket], limit: int, max_count: int, links: Links) -> str:
    open_ = [n < limit or v.selected or v.excluded for n, v in enumerate(values)]
    items = "".join([_item(v, max_count, links) for v in compress(values, open_)])
    html = f"<ul>{items}</ul>"
    if closed := [_item(v, max_count, links) for v in compress(values, map(not_, open_))]:
        summary = _escaped(
            ngettext("Show {n} more", "Show {n} more", len(closed)).format(n=len(closed))
        )
        html += (
            f'<details class="more"><summary>{summary}</summary>'
            f"<ul>{''.join(closed)}</ul></details>"
        )
    return html


def _item(v: FacetBucket, max_count: int, links: Links) -> str:
    label = _escaped(isolate(v.label))  # in attributes
    value = _escaped(v.value)
    width = -(-100 * v.count // max_count) if max_count else 0  # percent, rounded up
    return (
        f"<li><div{' class=excluded' if v.excluded else ''}>"
        f"<i class=w{width}></i>"
        f"<label><input type=checkbox name={v.field} value={value}"
        f"{' checked' if v.selected else ''}><span>{bdi(v.label)}</span> "
        f"<b>{v.count:,}</b></label>"
        f"{_exclude_control(v, label, value, links)}</div>"
        f"{_list(v.children, MAX_NESTED_VALUES, max_count, links) if v.children else ''}</li>"
    )


def _exclude_control(v: FacetBucket, label: str, value: str, links: Links) -> str:
    """Return the link or button that excludes a value, or stops excluding it.

    Only the few selected and excluded values have links. All others have buttons of the form: a
    link repeats the whole search, and hundreds of links would be most of the page.
    """
    action = _translated(_STOP_EXCLUDING if v.excluded else _EXCLUDE, label)
    text = _translated(_EXCLUDED_LINK if v.excluded else _EXCLUDE_LINK)
    if (v.excluded or v.selected) and not links.long:
        url = escape(links.exclude(v.field, v.value))
        return f'<a href="{url}" aria-label="{action}" rel="nofollow">{text}</a>'
    if v.excluded:
        return f'<button name=drop value=-{v.field}:{value} aria-label="{action}">{text}</button>'
    return f'<button name=-{v.field} value={value} aria-label="{action}">{text}</button>'


def _translated(sentence: str, label: str = "") -> str:
    return _escaped(gettext(sentence)).replace("{label}", label)


@lru_cache(10_000)
def _escaped(text: str) -> str:
    return str(escape(text))


def coverage_rows(coverage: Coverage, linked: bool) -> Markup:
    """Return the rows of the coverage table.

    If linked, each count links to its activities, and each region to its own coverage.
    """

    def cell(row: CoverageRow, period: Period | None, count: int) -> str:
        if not count:
            return '<td class="n">–</td>'
        if not linked:
            return f'<td class="n">{count:,}</td>'
        url = escape(search_url(coverage.cell_request(row, period)))
        return f'<td class="n"><a href="{url}">{count:,}</a></td>'

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
