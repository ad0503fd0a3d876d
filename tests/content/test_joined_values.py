"""Several values written as one are an error. The fix writes a list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.content.activity import ParsedFile, parse
from indexer.content.files import check_folder
from indexer.content.rules import FrontMatterRules

LABELS = FrontMatterRules(
    names={"theme": {"women-peace-and-security": "wps"}, "partner": {"a-b": "a-b"}}
)


def parsed(field: str, rules: FrontMatterRules = LABELS) -> ParsedFile:
    return parse("x", "x.md", f"---\n{field}\n---\nText.".encode(), rules)


@pytest.mark.parametrize(
    ("field", "keys"),
    [
        ("theme: a, b", "a, b"),
        ("theme: a,b", "a, b"),
        ("theme: a; b", "a, b"),
        ('theme: "a, b"', "a, b"),
        ("theme: [a, 'b | c']", "b, c"),
        ("partner: UN Women, UNDP", "un-women, undp"),
        ("agency: UNODC\uff0cUNDP", "unodc, undp"),
        ("country: Pakistan, Afghanistan", "PAK, AFG"),
        ("country: Pakistan and Afghanistan", "PAK, AFG"),
        ("country: Pakistan & Afghanistan", "PAK, AFG"),
        ("country: PAK AFG", "PAK, AFG"),
        ("country: PAK/AFG", "PAK, AFG"),
        ("country: Kenya, Uganda, and Tanzania", "KEN, UGA, TZA"),
        ("country: Côte d’Ivoire et Mali", "CIV, MLI"),
        ("country: Кения и Уганда", "KEN, UGA"),
        ("country: '[PAK, AFG]'", "PAK, AFG"),
        ("country: Korea, Republic of, and Japan", "KOR, JPN"),
        ("country: Trinidad and Tobago and Antigua and Barbuda", "TTO, ATG"),
        ("region: Eastern Africa, Western Africa", "014, 011"),
        ("region: 002, 019", "002, 019"),
        ("year: 2018-2020", "2018, 2019, 2020"),
        ("year: 2018–2020", "2018, 2019, 2020"),
        ("year: 2018 — 2020", "2018, 2019, 2020"),
        ("year: 2018, 2019", "2018, 2019"),
        ("year: 2018,2019", "2018, 2019"),
        ("year: 2018 and 2020", "2018, 2020"),
        ("year: 2018/2019", "2018, 2019"),
        ("year: 2018/19", "2018, 2019"),
        ("year: 2018-20", "2018, 2019, 2020"),
        ("year: 2018 to 2020", "2018, 2019, 2020"),
        ("year: 2018 à 2020", "2018, 2019, 2020"),
        ("year: between 2018 and 2020", "2018, 2019, 2020"),
        ("year: 2016, 2018-2020 and 2022", "2016, 2018, 2019, 2020, 2022"),
        ("year: [2018-2020]", "2018, 2019, 2020"),
        ("aliases: a, b/c", "a, b/c"),
    ],
)
def test_joined_values_are_an_error_and_the_fix_is_a_list(field: str, keys: str) -> None:
    result = parsed(field)
    (error,) = result.errors
    assert error.kind == "joined-values"
    assert f"write the list [{keys}]" in error.reason
    assert keys in [fix.key for fix in result.fixes]


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("theme: Peace, justice and rights", "may be one value or several"),
        ("country: Pakistan, Afghanstan", '"Afghanstan" is not a country'),
        ("country: Hong Kong, China", "may be one place or two"),
        ("country: Georgia, USA", "may be one place or two"),
        ("year: 2018-11", "write each year"),
        ("year: 2018/2020", "write each year"),
        ("year: 2020-2018", "write each year"),
        ("year: 1000-9999", "write each year"),
        ("year: 2018-05-03", "write the year alone"),
        ("aliases: a b", "has a space"),
    ],
)
def test_ambiguous_joined_values_have_no_fix(field: str, reason: str) -> None:
    result = parsed(field)
    (error,) = result.errors
    assert reason in error.reason
    assert result.fixes == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("country: Trinidad and Tobago", "TTO"),
        ("country: Bosnia and Herzegovina", "BIH"),
        ("country: Bonaire, Sint Eustatius and Saba", "BES"),
        ("country: 'Congo, Democratic Republic of the'", "COD"),
        ("region: Latin America and the Caribbean", "419"),
        ("region: Australia and New Zealand", "053"),
        ("theme: Women, peace and security", "wps"),
        ("theme: WOMEN, PEACE AND SECURITY", "wps"),
        ("theme: women-peace-and-security", "women-peace-and-security"),
        ("theme: HIV/AIDS", "hiv-aids"),
        ("theme: Peace & security", "peace-security"),
        ("theme: 1,000 days", "1-000-days"),
        ("partner: UN Women (UNIFEM, INSTRAW)", "un-women-unifem-instraw"),
        ("partner: a-b", "a-b"),
        ("theme: a,", "a"),
    ],
)
def test_a_single_name_is_not_split(field: str, value: str) -> None:
    result = parsed(field)
    assert result.activity is not None
    assert value in result.activity.meta[field.partition(":")[0]]


def test_a_label_with_a_comma_in_the_vocabulary_is_one_value(tmp_path: Path) -> None:
    (tmp_path / "_vocabulary.yaml").write_text('theme:\n  wps: "Women, peace and security"\n')
    (tmp_path / "x.md").write_text('---\ntheme: ["Women, peace and security", c]\n---\nText.')
    ((_, result),) = check_folder(tmp_path)
    assert result.errors == ()
    assert [fix.key for fix in result.fixes] == ["wps"]
    (tmp_path / "_vocabulary.yaml").unlink()
    ((_, result),) = check_folder(tmp_path)
    assert [error.kind for error in result.errors] == ["joined-values"]


def test_values_that_are_already_in_the_list_are_left_out_of_the_fix() -> None:
    result = parsed("country: [KEN, 'Kenya, Uganda', Uganda]")
    assert [fix.keys for fix in result.fixes] == [("UGA",), ()]


@given(
    st.lists(
        st.text(st.sampled_from("abz09 -/'.é—&"), min_size=1, max_size=9), min_size=2, max_size=4
    ),
    st.sampled_from([", ", ",", "; ", " | ", "\uff0c"]),
    st.sampled_from(["theme", "partner", "country", "year", "region", "aliases"]),
)
def test_a_fix_never_joins_two_values(parts: list[str], separator: str, field: str) -> None:
    text = separator.join(f"x{part.strip()}y" for part in parts)
    result = parse("x", "x.md", f'---\n{field}: "{text}"\n---\nText.'.encode())
    assert result.activity is None
