"""The import of source texts: content files, evidence, labels, duplicates and errors."""

from __future__ import annotations

import io
import json
import os
import tracemalloc
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.commands.import_command import import_command
from indexer.content.activity import Activity, parse
from indexer.importing.furniture import is_furniture
from indexer.importing.importer import import_source
from indexer.importing.markdown_escaping import shown_text
from indexer.importing.sources import MAX_SOURCE_SIZE
from tests.importing.test_markdown_escaping import TEXT, shown_by_page

KENYA = "In Kenya, UNODC and UN Women trained 40 prosecutors on domestic violence in 2019."
PERU = (
    "In Peru, UNODC studied the smuggling of migrants between 2018 and 2020 "
    "with the national police."
)
PAGE = f"Search\n{KENYA}\nRead more\n12\n{PERU}\nNext page\n"


def run(folder: Path, source: str | bytes, name: str = "source.txt", *options: str) -> Result:
    """Import a source into a folder."""
    path = folder.parent / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return CliRunner().invoke(import_command, [str(path), "--content", str(folder), *options])


def written(folder: Path) -> dict[str, Activity]:
    """Return the activities in a folder by id."""
    activities = {}
    for path in sorted(folder.glob("*.md")):
        activity = parse(path.stem, path.name, path.read_bytes()).activity
        assert activity is not None
        activities[path.stem] = activity
    return activities


def test_each_paragraph_becomes_a_content_file_with_its_metadata(folder: Path) -> None:
    result = run(folder, PAGE, "source.txt", "--agency", "unodc", "--source", "A report: page 3")
    assert result.exit_code == 0
    kenya, peru = written(folder).values()
    assert (kenya.body, peru.body) == (KENYA, PERU)
    assert kenya.meta["country"] == ("KEN",)
    assert kenya.meta["year"] == (2019,)
    assert kenya.meta["theme"] == ("domestic-violence",)
    assert kenya.meta["partner"] == ("un-women",)  # without the agency
    assert kenya.meta["agency"] == ("unodc",)
    assert kenya.meta["source"] == ("A report: page 3",)
    assert peru.meta["year"] == (2018, 2019, 2020)


@pytest.mark.parametrize("agency", ["UN Women", "un-women", "ONU Mujeres", "UN Women Peru"])
def test_the_agency_is_never_its_own_partner(folder: Path, agency: str) -> None:
    text = "En Perú, ONU Mujeres y el PNUD capacitaron a jueces con UN Women.\n"
    run(folder, text, "source.txt", "--agency", agency)
    (activity,) = written(folder).values()
    assert activity.meta["partner"] == ("undp",)


def test_an_id_consists_of_the_country_and_distinctive_words(folder: Path) -> None:
    run(folder, PAGE, "source.txt", "--agency", "unodc")
    assert list(written(folder)) == [
        "ken-women-trained-prosecutors-domestic-violence",
        "per-studied-smuggling-migrants-national-police",
    ]


def test_page_furniture_is_dropped_and_reported_with_its_line(folder: Path) -> None:
    result = run(folder, PAGE)
    for line, words in ((1, "Search"), (3, "Read more"), (4, "12"), (6, "Next page")):
        assert f'line {line}: "{words}" is not a paragraph: dropped' in result.stderr


def test_a_paragraph_with_a_used_id_gets_a_number(folder: Path) -> None:
    run(folder, KENYA)
    end = "and then, in another year, went on to Mombasa to do more of it with others"
    run(folder, KENYA.replace("in 2019", end))
    assert sorted(written(folder)) == [
        "ken-unodc-women-trained-prosecutors-domestic",
        "ken-unodc-women-trained-prosecutors-domestic-2",
    ]


def test_every_proposed_value_has_evidence_that_quotes_the_body(folder: Path) -> None:
    result = run(folder, PAGE)
    (log,) = (folder / "_import").glob("*.jsonl")
    activities = written(folder)
    proofs = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for proof in proofs:
        assert activities[proof["id"]].text[proof["start"] : proof["end"]] == proof["words"]
        assert proof["value"] in activities[proof["id"]].meta[proof["field"]]
        assert proof["rule"]
    values = {
        (id, field, value)
        for id, activity in activities.items()
        for field in ("country", "year", "theme", "partner")
        for value in activity.meta.get(field, ())
    }
    assert {(p["id"], p["field"], p["value"]) for p in proofs} == values
    assert "country: KEN – “Kenya”" in result.stdout


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    result = run(folder, PAGE, "source.txt", "--dry-run")
    assert "2 to write" in result.stderr
    assert not folder.exists()


def test_progress_is_reported_for_each_line_of_a_source(folder: Path) -> None:
    reports: list[tuple[str, int, int]] = []
    import_source(
        PAGE.encode(), "source.txt", folder, progress=lambda *report: reports.append(report)
    )
    assert reports == [("importing", number, 6) for number in range(1, 7)]


def test_columns_of_fields_replace_the_proposals(folder: Path) -> None:
    rows = (
        "Text,Country,year,partner\n"
        '"In Kenya, UN Women trained judges in 2019 and, with others, police.",'
        "Uganda;RWA,2001,UN Habitat\n"
    )
    assert run(folder, rows, "source.csv").exit_code == 0
    (activity,) = written(folder).values()
    assert activity.meta["country"] == ("UGA", "RWA")
    assert activity.meta["year"] == (2001,)
    assert activity.meta["partner"] == ("un-habitat",)
    assert "un-habitat: UN Habitat" in (folder / "_vocabulary.yaml").read_text(encoding="utf-8")


def test_columns_are_mapped_and_ignored_with_options(folder: Path) -> None:
    rows = f'Description,Pays,notes\n"{KENYA}",Uganda,red\n'
    refused = run(folder, rows, "source.csv", "--column", "text=Description")
    assert refused.exit_code == 2
    assert 'unknown columns "Pays", "notes"' in refused.stderr
    assert not folder.exists()
    options = ("--column", "text=description", "--column", "country=Pays")
    assert run(folder, rows, "source.csv", *options, "--ignore-column", "notes").exit_code == 0
    (activity,) = written(folder).values()
    assert (activity.text, activity.meta["country"]) == (KENYA, ("UGA",))


def test_the_name_of_a_stated_country_is_not_repeated_in_the_id(folder: Path) -> None:
    run(folder, f'text,country\n"{KENYA}",KEN\n', "source.csv")
    assert list(written(folder)) == ["ken-unodc-women-trained-prosecutors-domestic"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["Description"], '"Description" is not FIELD=NAME'),
        (["countries=Pays"], "the fields are text, title, region, country"),
        (["text=a", "text=b"], '"text" is given twice'),
    ],
)
def test_a_wrong_column_option_is_a_usage_error(
    folder: Path, values: list[str], message: str
) -> None:
    options = [option for value in values for option in ("--column", value)]
    result = run(folder, "text\n", "source.csv", *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_windows_csv_is_imported_with_a_note(folder: Path) -> None:
    rows = "text;année\nÀ Nairobi, au Kenya, des juges – formés par l’ONUDC – se réunirent.;2019\n"
    options = ("--column", "year=année")
    result = run(folder, rows.encode("cp1252"), "source.csv", *options)
    assert "source.csv: is not UTF-8: read as Windows-1252: check the accents" in result.stderr
    (activity,) = written(folder).values()
    assert activity.text.startswith("À Nairobi, au Kenya, des juges – formés par l’ONUDC")


def test_a_spreadsheet_is_imported(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "year"])
    book.active.append(["1. In Kenya, judges met.\n• Police met.", 2019])
    stream = io.BytesIO()
    book.save(stream)
    assert run(folder, stream.getvalue(), "source.xlsx").exit_code == 0
    (activity,) = written(folder).values()
    assert activity.text == "1. In Kenya, judges met. • Police met."
    assert activity.meta["year"] == (2019,)


def test_a_source_that_is_too_large_is_refused_before_it_is_read_completely(folder: Path) -> None:
    path = folder.parent / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(3_000_000_000)
    tracemalloc.start()
    result = CliRunner().invoke(import_command, [str(path), "--content", str(folder)])
    assert tracemalloc.get_traced_memory()[1] < 3 * MAX_SOURCE_SIZE
    tracemalloc.stop()
    assert f"is larger than {MAX_SOURCE_SIZE:,} bytes: split it" in result.stderr
    assert result.exit_code == 2


def test_a_broken_json_line_is_reported_and_the_others_are_imported(folder: Path) -> None:
    lines = [
        json.dumps({"text": KENYA, "year": [2001, 2002]}),
        '{"text": ',
        "[]",
        '{"text": 3}',
        '{"text": "\\ud800 here."}',
        json.dumps({"text": PERU, "country": "Atlantis"}),
        "",
        json.dumps({"text": PERU}),
    ]
    result = run(folder, "\n".join(lines), "source.jsonl")
    assert result.exit_code == 1
    for error in (
        "line 2: is not JSON",
        'line 3: has no "text"',
        'line 4: has no "text"',
        "line 5: is not JSON",
        'line 6: country: "Atlantis" is not a country',
    ):
        assert error in result.stderr
    kenya, peru = written(folder).values()
    assert kenya.meta["year"] == (2001, 2002)
    assert peru.body == PERU


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        json.dumps({"text": KENYA}) + "\n" + json.dumps({"text": PERU}),
        f'year;text\n2011;"{KENYA}"\n2012;"{PERU}"\n',
    ],
)
def test_standard_input_can_have_any_format(folder: Path, text: str) -> None:
    result = CliRunner().invoke(import_command, ["-", "--content", str(folder)], input=text)
    assert result.exit_code == 0
    assert [a.body for a in written(folder).values()] == [KENYA, PERU]


def test_the_detected_language_is_written(folder: Path) -> None:
    run(folder, "En Colombia, la ONUDD capacitó a las fiscales de la Fiscalía en 2019.")
    (activity,) = written(folder).values()
    assert activity.language == "es"
    assert activity.meta["country"] == ("COL",)


@pytest.mark.parametrize(
    ("source", "name", "message", "code"),
    [
        (
            b"In K\xe9nya, judges met.\n",
            "x.txt",
            "x.txt:1: byte 0xe9 is not UTF-8: save the file as UTF-8",
            1,
        ),
        (b"In Kenya, judges met.\nIn \0", "x.txt", "x.txt:2: has a NUL byte", 1),
        (b"body,year\nIn Kenya,2019\n", "x.csv", 'has no column "text" (it has body, year)', 2),
        (b"", "x.csv", 'has no column "text" (it has none)', 2),
        (b"", "x.txt", "the source has no paragraphs", 1),
        (b" \n\n\t\n", "x.txt", "the source has no paragraphs", 1),
        (
            b'text,year\n"In Kenya, judges met.\r",2019\n"open\nIn Peru,2020\n',
            "x.csv",
            "line 4: begins a value with a double quotation mark that is never closed",
            1,
        ),
        (
            b"In Kenya, judges met again. " * 40_000,
            "x.txt",
            "line 1: the paragraph is larger than",
            1,
        ),
        (b"[" * 100_000, "x.jsonl", "line 1: is not JSON", 1),
    ],
)
def test_an_unreadable_source_is_reported_with_the_fix(
    folder: Path, source: bytes, name: str, message: str, code: int
) -> None:
    result = run(folder, source, name)
    assert message in result.stderr
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_a_missing_file_and_a_folder_are_usage_errors(folder: Path) -> None:
    for path in (folder.parent, folder.parent / "missing.txt"):
        result = CliRunner().invoke(import_command, [str(path), "--content", str(folder)])
        assert result.exit_code == 2
        assert "cannot be read" in result.stderr


def test_a_control_character_is_reported(folder: Path) -> None:
    result = run(folder, KENYA.replace("Women", "Wo\x02men"))
    assert "line 1: has the control character U+0002: remove it" in result.stderr
    assert result.exit_code == 1


@settings(max_examples=60, deadline=None)
@given(TEXT.map(lambda text: f"{text}\nIn Kenya, UNODC trained judges and others."))
def test_any_imported_text_is_shown_unchanged(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "into"
    assume(not is_furniture(shown_text(text)))
    result = run(folder, json.dumps({"text": text}), "any.jsonl")
    assert result.exit_code == 0
    (activity,) = written(folder).values()
    assert activity.text == shown_text(text)
    assert shown_by_page(activity.body) == shown_text(text)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=20), max_size=4)
)
def test_any_imported_text_can_be_parsed_and_is_not_imported_again(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any") / "into"
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    run(folder, lines, "any.jsonl")
    count = len(written(folder)) if folder.exists() else 0
    run(folder, lines, "any.jsonl")
    assert len(written(folder) if folder.exists() else {}) == count


def test_a_pipe_in_the_content_folder_does_not_block_the_import(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "pipe.md")
    assert run(folder, PAGE).exit_code == 0
    assert len(list(folder.glob("*.md"))) == 3
