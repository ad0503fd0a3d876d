"""British and American spellings of the same word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import spelling_variants as module
from indexer.text.spelling_variants import spelling_variants

# British and American.
PAIRS = """
organise organize, organising organizing, organisational organizational, criminalised criminalized,
radicalisation radicalization, recognisable recognizable, victimised victimized, analyse analyze,
paralysed paralyzed, programme program, programmes programs, labour labor, labourers laborers,
behavioural behavioral, favourite favorite, unfavourable unfavorable, dishonoured dishonored,
misdemeanours misdemeanors, neighbourhood neighborhood, centre center, centres centers,
centred centered, kilometres kilometers, metre meter, theatre theater, defence defense,
offences offenses, defenceless defenseless, licence license, practise practice, dialogue dialog,
cataloguing cataloging, counselling counseling, counsellors counselors, travelled traveled,
labelling labeling, unlabelled unlabeled, cancelled canceled, marvellous marvelous,
fuelled fueled, councillor councilor, kidnapped kidnaped, focussed focused, fulfil fulfill,
enrolment enrollment, skilful skillful, judgement judgment, ageing aging, learnt learned,
enquiries inquiries, gaol jail, grey gray, sceptical skeptical, paediatric pediatric,
gynaecology gynecology, haemorrhage hemorrhage, foetus fetus, anaesthetic anesthetic,
encyclopaedia encyclopedia, manoeuvre maneuver, manoeuvring maneuvering, jewellery jewelry,
artefacts artifacts, aluminium aluminum, ploughed plowed
"""
SPELLINGS = [tuple(pair.split()) for pair in PAIRS.split(",")]


@pytest.mark.parametrize(("british", "american"), SPELLINGS)
def test_the_spellings_of_a_word_are_variants_of_each_other(british: str, american: str) -> None:
    assert spelling_variants(british) == (american,)
    assert spelling_variants(american) == (british,)


@pytest.mark.parametrize(
    "word",
    "story storey check cheque tire tyre draft draught curb kerb ton tonne filter hour four tour "
    "contour your laboratory honorary collaborate academic emission hemp fetch fecund prize prise "
    "size seize wise likewise promise exercise advise supervising comprised surprise uprising "
    "downsizing raised noise disguise advertisement enterprise franchise revision visit existing "
    "disable disability citizen horizon crisis analyst letter water filed filled sing women dog "
    "log blog technology international police".split(),
)
def test_other_words_have_no_variants(word: str) -> None:
    assert spelling_variants(word) == ()


def test_a_word_with_two_differences_has_all_combinations() -> None:
    assert set(spelling_variants("tranquilliser")) == {
        "tranquillizer",
        "tranquiliser",
        "tranquilizer",
    }


@pytest.mark.parametrize("word", ["", "a", "is", "ise", "труд", "ärger", "2019", "organisé"])
def test_a_short_or_foreign_word_has_no_variants(word: str) -> None:
    assert spelling_variants(word) == ()


WORDS = st.one_of(
    st.sampled_from(sorted(module._table())),
    st.tuples(
        st.sampled_from(["", "re", "un", "over"]),
        st.sampled_from(
            ["organ", "capital", "anal", "lab", "cent", "paediatr", "pediatr", "fet", "hemo"]
        ),
        st.sampled_from(["ise", "ized", "yse", "isation", "our", "ors", "re", "ers", "ics", "us"]),
    ).map("".join),
    st.text("aeilosruyz", max_size=12),
)


@given(WORDS)
def test_variants_are_symmetric_and_never_the_word_itself(word: str) -> None:
    variants = spelling_variants(word)
    assert word not in variants
    assert len(set(variants)) == len(variants) <= 8
    for variant in variants:
        assert set(spelling_variants(variant)) == {word, *variants} - {variant}
