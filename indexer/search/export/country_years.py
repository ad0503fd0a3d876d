"""Numbers of activities by country and year, counted while the activities are read."""

from __future__ import annotations

from collections import Counter

from indexer.content.activity import Activity
from indexer.content.vocabulary import Vocabulary
from indexer.schema import NOT_STATED
from indexer.search.request import SearchRequest
from indexer.text.collation import sort_key


class CountryYears:
    """The number of activities by country and year.

    Countries and years that the filters of the search leave out are not counted. Each number
    counts an activity once. An activity may state several countries and years, so the total of a
    row or column is not the sum of its cells.
    """

    def __init__(self, request: SearchRequest, by_decade: bool = False) -> None:
        """Count with the filters of a request, by year or by decade."""
        self._request, self._by_decade = request, by_decade
        self._cells: Counter[tuple[str, str]] = Counter()
        self._by_country: Counter[str] = Counter()
        self._by_year: Counter[str] = Counter()
        self._included: dict[tuple[str, str], bool] = {}  # by field and value
        self.total = 0  # activities

    def add(self, activity: Activity) -> None:
        """Count an activity."""
        self.total += 1
        countries, years = self.countries(activity), self.years(activity)
        self._by_country.update(countries)
        self._by_year.update(years)
        self._cells.update((country, year) for country in countries for year in years)

    def countries(self, activity: Activity) -> list[str]:
        """Return the counted countries of an activity; "none" if it states none."""
        return self._values(activity, "country")

    def years(self, activity: Activity) -> list[str]:
        """Return the counted years or decades of an activity, such as "2019" or "2010–2019".

        The list is ["none"] if the activity states none.
        """
        years = self._values(activity, "year")
        if not self._by_decade:
            return years
        return list(dict.fromkeys(map(_decade, years)))

    def _values(self, activity: Activity, field: str) -> list[str]:
        stated = [str(value) for value in activity.meta.get(field, ())] or [NOT_STATED]
        return [value for value in dict.fromkeys(stated) if self.includes(field, value)]

    def includes(self, field: str, value: str) -> bool:
        """Return whether the filters include a value of "country" or "year"."""
        key = field, value
        if key not in self._included:
            includes = {
                "country": self._request.includes_country,
                "year": self._request.includes_year,
            }[field]
            self._included[key] = includes(value)
        return self._included[key]

    def rows(self, vocabulary: Vocabulary) -> list[str]:
        """Return the countries in the order of their names; "none" is last."""
        return sorted(
            self._by_country,
            key=lambda code: (
                code == NOT_STATED,
                sort_key(vocabulary.label("country", code), vocabulary.locale),
            ),
        )

    def columns(self) -> list[str]:
        """Return the years in ascending order; "none" is last."""
        return sorted(self._by_year, key=lambda year: (year == NOT_STATED, year))

    def count(self, country: str | None, year: str | None) -> int:
        """Return the number of activities in a cell; None is all countries or all years."""
        if country is None:
            return self.total if year is None else self._by_year[year]
        return self._by_country[country] if year is None else self._cells[country, year]


def _decade(year: str) -> str:
    if year == NOT_STATED:
        return year
    first = int(year) // 10 * 10
    return f"{first}–{first + 9}"
