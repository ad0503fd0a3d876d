"""Organizations that a text names as partners."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.importing.organizations import (
    ORGANIZATIONS,
    find_organizations,
    organization_slug,
)


def partners_in(text: str) -> list[str]:
    """Return the slugs of the organizations that a text names, in text order."""
    return [topic.slug for topic in find_organizations(text)]


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("en colaboración con el PNUD y ONU Mujeres", ["undp", "un-women"]),
        ("avec l'appui de l'OMS et du PNUD", ["who", "undp"]),
        ("financiado por la UE", ["european-union"]),
        ("annonce un communiqué du Pnud", ["undp"]),
        ("le Programme des Nations-Unies pour le développement", ["undp"]),
        ("financé par l’Union européenne", ["european-union"]),
        ("with UN-Women, UNWomen and ONU-Femmes", ["un-women"]),
        ("with support from OCHCR", ["ohchr"]),
        ("con las oficinas de Interpol", ["interpol"]),
        ("together with OHRCH and the ILO", ["ohchr", "ilo"]),
        ("the United Nations Children’s Fund (UNICEF)", ["unicef"]),
        ("la Organización Internacional para las Migraciones (OIM)", ["iom"]),
        ("le Haut-Commissariat des Nations Unies pour les réfugiés", ["unhcr"]),
        ("el Fondo de Población de las Naciones Unidas", ["unfpa"]),
        ("l'Office des Nations unies contre la drogue et le crime", ["unodc"]),
        ("при поддержке ПРООН и структуры «ООН-женщины»", ["undp", "un-women"]),
        ("بالتعاون مع منظمة الصحة العالمية واليونيسف", ["who", "unicef"]),
        ("与联合国开发计划署和世卫组织合作", ["undp", "who"]),
        ("an EU-funded project", ["european-union"]),
        ("the study by UNODC and UNICEF was launched", ["unodc", "unicef"]),
        ("According to the Ministry, UNICEF trained 30 judges", ["unicef"]),
        ("Selon le Ministère, l'OMS a formé 30 médecins", ["who"]),
        ("According to the study, UNDP works in six towns", ["undp"]),
        ("the EU Day Care Centre", ["european-union"]),
        ("in partnership with UN HABITAT", ["un-habitat"]),
        ("with the Committee on the Elimination of Discrimination against Women", ["cedaw"]),
        ("con apoyo de UNIFEM", ["un-women"]),
        ("the United Nations Development Fund for Women", ["un-women"]),
        ("avec le Fonds de développement des Nations Unies pour la femme", ["un-women"]),
        ("junto con la CIDH", ["oas"]),
        ("con la Comisión Interamericana de Derechos Humanos", ["oas"]),
        ("a visit of the IACHR", ["oas"]),
        ("un curso sobre el Convenio 190 con el apoyo de la OIT", ["ilo"]),
        ("un atelier sur la convention n° 190 avec l'OIT", ["ilo"]),
        ("training on Convention 190 by the ILO", ["ilo"]),
        ("l'OIT et le ministère ont présenté la convention n° 190", ["ilo"]),
    ],
)
def test_an_organization_is_found_by_its_names_in_other_languages(
    text: str, slugs: list[str]
) -> None:
    assert partners_in(text) == slugs


@pytest.mark.parametrize(
    "text",
    [
        "as reported elsewhere (IOM/UNHCR 2014)",
        "according to the WHO guidelines",
        "the UNHCR Handbook on SGBV was used",
        "the Convention on the Elimination of All Forms of Discrimination against Women (CEDAW)",
        "the concluding observations in CEDAW/C/KEN/CO/8",
        "CEDAW General Recommendation No. 35",
        "victims were identified in the European Union",
        "viven en la Unión Europea",
        "ILO Convention No. 190 was ratified",
        "ILO's Recommendation No. 206 was discussed",
        "ILO C190 entered into force",
        "el Convenio 190 sobre la violencia y el acoso en el mundo del trabajo de la OIT",
        "el Convenio núm. 190 de la Organización Internacional del Trabajo",
        "los Convenios 189 y 190 de la OIT",
        "la Recomendación 206 de la OIT",
        "la ratificación del C190 de la OIT",
        "la convention n° 190 de l'OIT",
        "la convention n° 190 (C190) de l'OIT sur la violence",
        "Convention No. 189 on Decent Work for Domestic Workers of the ILO",
        "the Violence and Harassment Convention, 2019 (No. 190) of the ILO",
        "la Convention de l’Union africaine",
        "when WHO declared the pandemic",
        "cuando la OMS / OPS declaró la pandemia",
        "WHO WE ARE",
        "they who met; on us; eu tenho; une vie",
        "according to a study by the Ministry of Health and the World Health Organization",
        "selon une étude nationale menée par le Ministère de la santé et l'OMS",
        "según datos publicados por la OMS",
        "to mark the 2017 European Union Anti-Trafficking Day",
        "the Head of the Department for EU Integration",
        "l'adhésion à l'UE",
        "la adhesión a la Unión Europea",
    ],
)
def test_a_citation_or_a_territory_is_not_a_partner(text: str) -> None:
    assert partners_in(text) == []


@pytest.mark.parametrize("name", ["UN Women", "un-women", "ONU Mujeres", "ONU-Femmes"])
def test_an_organization_has_one_slug_in_all_languages(name: str) -> None:
    assert organization_slug(name) == "un-women"


def test_no_two_organizations_share_a_name() -> None:
    for slug, organization in ORGANIZATIONS.items():
        assert all(organization_slug(name) == slug for name in organization.names)
        assert all(partners_in(f"with {name}.") == [slug] for name in organization.names)
        assert re.fullmatch("[a-z-]+", slug)


NAMES = [name for organization in ORGANIZATIONS.values() for name in organization.names]


@given(
    st.sampled_from(NAMES),
    st.lists(st.sampled_from([*NAMES, "with", "and", "the", "/", ", ", "(", "é", "\u0130"])),
)
def test_mentions_quote_the_text(name: str, pieces: list[str]) -> None:
    text = f"with {name}. {' '.join(pieces)}"
    topics = list(find_organizations(text))
    assert topics
    for topic in topics:
        assert text[topic.start : topic.end] == topic.words != ""
