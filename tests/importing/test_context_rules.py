"""Countries of organizations in lists, of venues, of territories and of demonyms.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from tests.importing.test_localities import cases

ORGANIZATIONS_IN_SEVERAL_COUNTRIES = """
Les subventions vont au Réseau EFOI (Maurice, Seychelles), à la Fondation Aube (Togo) et à ADEF \
(Bénin). -> MUS SYC TGO BEN
Les trois organisations de ce projet sont RIFEV (Tchad), Association Sahel Vert (Niger), ALODEF \
(Mali). -> TCD NER MLI
Participan la Fundación Raíces (Perú), la Red Alerta (Bolivia) y CODEMUJ (Paraguay). \
-> PER BOL PRY
Asociación Semilla (Honduras, Guatemala) y Red Faro (Nicaragua) reciben fondos. -> HND GTM NIC
Grants went to FEMLINK (Fiji, Samoa), Foundation Reach (Tonga) and SAFE (Vanuatu). \
-> FJI WSM TON VUT
Les prix vont à la Fondation Aube (Togo), à Femmes Debout (Bénin) et au Réseau Paix (Mali). \
-> TGO BEN MLI
"""

SEATS_OF_SINGLE_ORGANIZATIONS = """
En Ouganda, la formation a été donnée par la Fondation Aube (Togo). -> UGA
In Zambia, ActionReach Foundation (Kenya) trained the police. -> ZMB
En Bolivia, la Fundación Raíces (Perú) impartió un curso. -> BOL
"""

VENUES_BESIDE_OTHER_COUNTRIES = """
La red realizó su foro regional en San Salvador con delegadas de Guatemala. -> SLV GTM
Un atelier régional s'est tenu à Cotonou avec des magistrates du Niger. -> BEN NER
The regional workshop was held in Lusaka with judges from Malawi. -> ZMB MWI
El taller tuvo lugar en Tegucigalpa y reunió a fiscales de Costa Rica. -> HND CRI
Une réunion organisée à Lomé a rassemblé des policières du Ghana. -> TGO GHA
Seminars were organised in Hanoi, Buenos Aires and Lomé with judges from Malawi. \
-> VNM ARG TGO MWI
"""

VENUES_THAT_DO_NOT_COUNT = """
The world conference was held in Nairobi, and Malawi reported on its courts. -> MWI
A seminar on Malawi was held in Vienna. -> MWI
El director viajó de Lima a Bolivia para firmar el plan. -> BOL
"""

TERRITORIES_OF_INSTITUTIONS = """
La Direction Départementale de la Santé du Borgou et de l'Alibori a formé 20 agents. -> BEN
La Direction Régionale de la Promotion de la Femme de Tahoua a ouvert un centre. -> NER
La Gobernación de Cundinamarca capacitó a 30 policías. -> COL
Avec la préfecture de Korhogo, l'équipe a formé 40 agents. -> CIV
La Prefectura de Chuquisaca abrió un refugio. -> BOL
La Delegación Departamental de Educación de Totonicapán abrió dos escuelas. -> GTM
The Regional Directorate of Health of Borgou trained nurses. -> BEN
The Governorate of Kasserine opened a shelter. -> TUN
"""

NAMES_AFTER_OTHER_INSTITUTIONS = """
La directora regional, Leticia Santander, abrió el curso. ->
La direction de la Fondation Trujillo a ouvert un centre. ->
"""

PREFIXED_DEMONYMS = """
El curso reunió a mujeres afrohondureñas y afrohondureños. -> HND
La guía es para mujeres afrocolombianas. -> COL
A school for Afro-Colombian girls was opened. -> COL
Les organisations afro-brésiliennes ont été formées. -> BRA
Las organizaciones afro-ecuatorianas participaron. -> ECU
Afrocolombian leaders were trained. -> COL
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        ORGANIZATIONS_IN_SEVERAL_COUNTRIES
        + SEATS_OF_SINGLE_ORGANIZATIONS
        + VENUES_BESIDE_OTHER_COUNTRIES
        + VENUES_THAT_DO_NOT_COUNT
        + TERRITORIES_OF_INSTITUTIONS
        + NAMES_AFTER_OTHER_INSTITUTIONS
        + PREFIXED_DEMONYMS
    ),
)
def test_only_the_countries_of_an_activity_are_extracted(text: str, expected: list[str]) -> None:
    assert sorted(e.value for e in extract(text).countries) == sorted(expected)
