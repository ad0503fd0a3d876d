"""Invalid files, names, queries and indexes: no traceback, no 500, and no activity is lost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from indexer.content.activity import MAX_FILE_SIZE
from indexer.settings import Settings
from webapp import create_app
from webapp.cli import cli

Run = Callable[..., tuple[int, str]]
GOOD = "---\ncountry: [KGZ]\n---\nThe good version of a paragraph.\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
FILES: dict[str, str | bytes] = {
    "unterminated": "---\ncountry: [KGZ]\nText.",
    "a list": "---\n- KGZ\n---\nText.",
    "a scalar": "---\nKyrgyzstan\n---\nText.",
    "TOML": "+++\ncountry = ['KGZ']\n+++\nText.",
    "tab-indented": "---\ncountry:\n\t- KGZ\n---\nText.",
    "duplicated keys": "---\ncountry: KGZ\ncountry: PAK\n---\nText.",
    "Latin-1": "---\ntitle: café\n---\nText.".encode("latin-1"),
    "NUL": b"---\ncountry: KGZ\n---\nTe\0xt.",
    "a YAML bomb": f"---\n{BOMB}---\nText.",
    "a Python tag": "---\ntitle: !!python/object/apply:os.system ['touch /tmp/hit']\n---\nText.",
    "a local tag": "---\ntitle: !x y\n---\nText.",
    "a merge key": "---\n<<: {country: KGZ}\n---\nText.",
    "two documents": "---\ncountry: KGZ\n--- \n---\n",
    "a control character": "---\ntitle: a\x07b\n---\nText.",
    "an unknown key": "---\ncontry: KGZ\n---\nText.",
    "empty": "",
    "spaces": " \n\t\n",
    "no paragraph": "---\ncountry: KGZ\n---\n",
    "5 MB": "word " * 1_000_000,
    "UTF-16": "---\ncountry: KGZ\n---\nText.".encode("utf-16"),
    "a value too many": "---\nlanguage: [en, fr]\n---\nText.",
    "deep markup": "---\n---\n" + "[" * 3000 + "x",
}


def as_folder(path: Path) -> None:
    path.mkdir()


def as_link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def as_broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


def as_pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run a command and return its exit code and output, which is never a traceback."""
    env = {"ACTIVITIES_CONTENT": str(settings.content), "ACTIVITIES_INDEX": str(settings.index)}

    def run_command(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, arguments, env=env)
        error = result.exception
        assert error is None or isinstance(error, SystemExit), error
        return result.exit_code, result.output

    return run_command


def ids(settings: Settings, status: int = 200) -> set[str]:
    """Return the ids that both the search page and the API show."""
    client = create_app(settings).test_client()
    response = client.get("/api/v1/search?per_page=100")
    page = client.get("/?q=&per_page=100")
    assert response.status_code == page.status_code == status
    assert "Traceback" not in page.text
    hits = {hit["id"] for hit in response.get_json().get("hits", ())}
    assert all(f'href="/activities/{id}' in page.text for id in hits)
    return hits


@pytest.mark.parametrize("invalid", [*FILES, as_folder, as_link, as_broken_link, as_pipe])
def test_an_invalid_file_is_reported_and_its_last_good_version_stays(
    run: Run,
    settings: Settings,
    content: Path,
    invalid: str | Callable[[Path], None],
) -> None:
    file = content / "invalid.md"
    file.write_text(GOOD)
    assert run("index")[0] == 0
    before = ids(settings)
    file.unlink()
    if isinstance(invalid, str):
        text = FILES[invalid]
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    else:
        invalid(file)
    for command in (("check",), ("index",), ("index", "--rebuild")):
        code, output = run(*command)
        assert code == 1
        assert "invalid.md:" in output
        assert len(output) < 1000
        assert ids(settings) == before
    assert before >= {"invalid", "kgz-police"}


@pytest.mark.parametrize("linked", [True, False])
def test_activities_of_an_unreadable_folder_stay_in_the_index(
    run: Run, settings: Settings, content: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    for name in ("sub/one.md", "sub/deeper/two.md", "subway.md"):
        (content / name).parent.mkdir(exist_ok=True)
        (content / name).write_text(GOOD)
    assert run("index")[0] == 0
    (content / "subway.md").unlink()
    if linked:
        shutil.rmtree(content / "sub")
        (content / "sub").symlink_to("/tmp")
    else:  # root may read any folder, whatever its mode
        real_open = os.open

        def refuse(path: Any, *arguments: Any, **options: Any) -> int:
            if str(path).endswith("/sub"):
                raise PermissionError(13, "Permission denied", str(path))
            return real_open(path, *arguments, **options)

        monkeypatch.setattr("indexer.content.files.os.open", refuse)
    for command in (("index",), ("index", "--rebuild"), ("index",)):
        assert run(*command)[0] == 1
        assert ids(settings) >= {"sub/one", "sub/deeper/two", "kgz-police"}
        assert "subway" not in ids(settings)
    monkeypatch.undo()
    if linked:
        (content / "sub").unlink()
    else:
        shutil.rmtree(content / "sub")
    assert run("index")[0] == 0
    assert "sub/one" not in ids(settings)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("文.md", "no address can be derived from its name: rename it"),
        ("x" * 220 + ".md", "its name is too long"),
    ],
)
def test_a_file_name_that_cannot_be_an_address_is_reported(
    run: Run, settings: Settings, content: Path, name: str, reason: str
) -> None:
    (content / name).write_text(GOOD)
    for command in ("check", "index"):
        code, output = run(command)
        assert code == 1
        assert reason in output
    assert len(ids(settings)) == 4


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"caf\xe9/one.md"])
def test_a_name_that_is_not_unicode_does_not_stop_later_runs(
    run: Run, settings: Settings, content: Path, name: bytes
) -> None:
    path = Path(os.fsdecode(os.fsencode(content) + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.write_text(GOOD)
    for number in range(3):  # only later runs look it up in the index
        (content / f"new-{number}.md").write_text(GOOD)
        code, output = run("index")
        assert code == 1
        assert "caf\\xe9" in output
        assert "1 added" in output or number == 0
    assert run("status")[0] == 1


def test_two_files_with_one_alias_keep_their_last_good_versions(
    run: Run, settings: Settings, content: Path
) -> None:
    for name in ("one", "two"):
        (content / f"{name}.md").write_text(GOOD)
    run("index")
    for name in ("one", "two"):
        (content / f"{name}.md").write_text(GOOD.replace("---\n", "---\naliases: [was]\n", 1))
    (content / "three.md").write_text(GOOD.replace("---\n", "---\naliases: [kgz-police]\n", 1))
    code, output = run("index")
    assert code == 1
    assert all(f"{name}.md:2: aliases:" in output for name in ("one", "two", "three"))
    assert ids(settings) >= {"one", "two", "kgz-police"}
    assert create_app(settings).test_client().get("/activities/was").status_code == 404


def test_a_bom_crlf_and_repeated_values_are_accepted(
    run: Run, settings: Settings, content: Path
) -> None:
    (content / "fine.md").write_bytes(b"\xef\xbb\xbf---\r\ncountry: [KGZ, KGZ]\r\n---\r\nText.\r\n")
    assert run("index")[0] == 0
    assert "fine" in ids(settings)


def damage_emptied(index: Path) -> None:
    shutil.rmtree(index)
    index.mkdir()


def damage_removed(index: Path) -> None:
    shutil.rmtree(index)


def damage_file(index: Path) -> None:
    shutil.rmtree(index)
    index.write_text("not a folder")


def damage_inner_file(index: Path) -> None:
    (inner,) = (path for path in index.iterdir() if path.is_dir())
    shutil.rmtree(inner)
    inner.write_text("not a folder")


def damage_other_schema(index: Path) -> None:
    (inner,) = (path for path in index.iterdir() if path.is_dir())
    inner.rename(inner.with_name("0123456789ab"))


@pytest.mark.parametrize(
    ("damage", "code", "rebuilt"),
    [
        (damage_emptied, "index_missing", True),
        (damage_removed, "index_missing", True),
        (damage_other_schema, "index_out_of_date", True),
        (damage_file, "index_damaged", False),
        (damage_inner_file, "index_damaged", False),
    ],
)
def test_an_unusable_index_is_reported_and_replaced_by_a_run_if_possible(
    run: Run,
    settings: Settings,
    damage: Callable[[Path], None],
    code: str,
    rebuilt: bool,
) -> None:
    assert run("index")[0] == 0
    damage(settings.index)
    client = create_app(settings).test_client()
    for url in ("/api/v1/search", "/api/v1/activities/kgz-police"):
        response = client.get(url)
        assert (response.status_code, response.get_json()["error"]["code"]) == (503, code)
        assert "Retry-After" in response.headers
    for url in ("/", "/?q=x", "/activities/kgz-police", "/export?format=csv"):
        assert client.get(url).status_code == 503
    assert client.get("/help").status_code == 200
    for command in ("search", "status", "rollback", "export"):
        exit_code, output = run(command)
        assert (exit_code, output.count("\n")) == (3, 1), output
    exit_code, output = run("index")
    assert exit_code == (0 if rebuilt else 3)
    if rebuilt:
        assert len(ids(settings)) == 4
        assert client.get("/").status_code == 200  # without a restart


@pytest.mark.parametrize(
    "query",
    [
        "a" * 10_000,
        "a " * 5_000,
        '- OR () ** " ~',
        "OR OR OR",
        "\x00\x01\x1b\x7f",
        "\u200f\u202e\u200f",
        "((((",
        "))))",
        '"',
        "\\",
        "country:",
        "country:()",
        "year:..",
        "year:" + "9" * 50,
        "-",
        "~",
        "*",
        "\ud7ff\U0010ffff",
        "a:b:c:d",
        "\u2028\u2029",
        'country:"',
        "-country:none -year:none",
        "🙂" * 200,
        "year:\u0662\u0660\u0661\u0668",
        "title:* body:*",
        "😀~",
        "1e999",
        "%s{0}",
    ],
)
def test_the_page_the_api_and_the_command_answer_every_query_alike(
    run: Run, settings: Settings, index: Callable[..., object], query: str
) -> None:
    index()
    client = create_app(settings).test_client()
    page = client.get("/", query_string={"q": query})
    response = client.get("/api/v1/search", query_string={"q": query})
    code, output = run("search", "--json", "--", query)
    assert (page.status_code, response.status_code, code) == (200, 200, 0)
    printed = json.loads(output[output.index("{") :])
    assert printed["total"] == response.get_json()["total"]
    assert {n["code"] for n in printed["notices"]} == {
        n["code"] for n in response.get_json()["notices"]
    }


@pytest.mark.slow
def test_a_prefix_of_very_many_words_is_cut_with_a_notice(
    settings: Settings, content: Path, index: Callable[..., object]
) -> None:
    words = [f"aa{number:05d}" for number in range(20_000)]
    for start in range(0, len(words), 1000):
        (content / f"words-{start}.md").write_text(" ".join(words[start : start + 1000]))
    index()
    response = create_app(settings).test_client().get("/api/v1/search?q=aa*").get_json()
    assert [notice["code"] for notice in response["notices"]] == ["expansions_cut"]
    assert 0 < response["total"] <= 20


@pytest.mark.slow
def test_the_largest_file_is_indexed_and_a_larger_one_is_reported(
    run: Run, settings: Settings, content: Path
) -> None:
    (content / "large.md").write_text("word " * (MAX_FILE_SIZE // 5))
    assert run("index")[0] == 0
    (content / "larger.md").write_text("word " * (MAX_FILE_SIZE // 5) + "x")
    assert "larger.md:1: is larger than" in run("index")[1]
    assert "large" in ids(settings)
