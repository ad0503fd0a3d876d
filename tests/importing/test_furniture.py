"""Page furniture: menus, page numbers, headings and notices are not paragraphs."""

from __future__ import annotations

import pytest

from indexer.importing.furniture import is_furniture


@pytest.mark.parametrize(
    "text",
    [
        "Search",
        "Home Next Previous",
        "12",
        "Page 3",
        "Read more",
        "…",
        "UNODC",
        "About us",
        "Women and girls",
        "Skip to main content",
        "We use cookies to improve your experience on this website. "
        "By continuing, you accept this.",
        "This website uses cookies to ensure you get the best experience on our website",
        "© United Nations Office on Drugs and Crime, 2021. All rights reserved.",
        "Learn more about our work.",
        "Last updated: 3 May 2020.",
        "Page 3 of 12",
        "1 2 3 4 5 Next › Last »",
        "Home > Resources > Inventory",
    ],
)
def test_menus_notices_and_headings_are_furniture(text: str) -> None:
    assert is_furniture(text)


@pytest.mark.parametrize(
    "text",
    [
        "In Kenya, UNODC trained 40 prosecutors on domestic violence in 2019.",
        "Judges were trained.",
        "Sharing of cookies at the shelter was part of a programme of UNFPA.",
        "在肯尼亚，该办公室举办了培训。",
        "In Kenya judges were trained on the new act by UNODC",
    ],
)
def test_sentences_are_not_furniture(text: str) -> None:
    assert not is_furniture(text)
