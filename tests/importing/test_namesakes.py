"""Names that a country shares with a town, a province or another country.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from indexer.text import places
from tests.importing.test_localities import cases

DIVISIONS = """
A clinic for survivors was opened in Niger State. -> NGA
Women of Kogi, Niger and Kwara States were trained. -> NGA
Women of the states of Niger and Kwara were trained. -> NGA
Women of Borno, Niger and Cameroon were trained. -> NER CMR
Judges of Niger and Chad were trained. -> NER TCD
Paralegals in Delta State were trained. -> NGA
The Niger State Police were trained by UNDP Nigeria. -> NGA
A shelter was opened in Luxembourg Province. -> BEL
Un refuge a été ouvert dans la province de Luxembourg. -> BEL
Un refuge a été ouvert au Luxembourg. -> LUX
Des femmes de la province de l'Équateur ont été formées. -> COD
Se abrió un refugio en la provincia de Luxemburgo. -> BEL
Swat Valley has a new women's centre, opened by the police in Swat Valley. -> PAK
Syrian women received kits in Zahle and the Bekaa Valley. -> LBN
The Jordan Valley was studied. ->
"""

TOWNS = """
Los talleres se dieron en Armenia, Quindío. -> COL
Los talleres se dieron en Armenia, Pereira y Manizales. -> COL
Los talleres se dieron en la ciudad de Armenia. -> COL
Los jueces de Armenia y Georgia se reunieron. -> ARM GEO
Las ferias fueron en Liberia, Guanacaste. -> CRI
The police of Liberia and Ghana met. -> LBR GHA
Un refugio abrió en el municipio de Palestina. -> COL
Un refugio abrió en Palestina. -> PSE
Los jueces de Puerto Rico, Caquetá, recibieron formación. -> COL
Des juges de Tanganyika et du Nord-Kivu ont été formés en RDC. -> COD
Los cursos fueron en Nueva Guinea, Nicaragua. -> NIC
Los cursos fueron en Papúa Nueva Guinea. -> PNG
"""

CAPITALS = """
La coalición se reunió en la ciudad de México. -> MEX
El taller fue en Ciudad de México. -> MEX
El taller fue en la CDMX. -> MEX
The coalition met in Mexico City. -> MEX
Un atelier a eu lieu dans la ville de Mexico. -> MEX
La red se reunió en la ciudad de Guatemala y en la ciudad de Panamá. -> GTM PAN
A forum took place in Guatemala City and Kuwait City. -> GTM KWT
Women met in the City of Kuwait. -> KWT
Des femmes se sont réunies dans la ville de Luxembourg. -> LUX
Des femmes se sont réunies dans la ville de Djibouti. -> DJI
Women of the cities of Jordan were trained. -> JOR
Mujeres de las ciudades de Palestina fueron formadas. -> PSE
Los talleres se dieron en las ciudades de Armenia y Pereira. -> COL
Un refugio abrió en la ciudad de Liberia. -> CRI
"""

CONGO = """
Police from the DRC, Zambia, Congo and Gabon were trained. -> COD ZMB COG GAB
Judges of the Congo and the Democratic Republic of the Congo met. -> COG COD
Des juges de la RDC, du Congo et du Gabon ont été formés. -> COD COG GAB
Jueces de la República Democrática del Congo y del Congo se reunieron. -> COD COG
UNDP supports the DRC. The Congo has many courts. -> COD
Police from Zambia, Congo and Gabon were trained. -> ZMB GAB
The Congolese police of the DRC were trained. -> COD
"""

SMALL_LETTERS = """
Women in kenya and uganda were trained. -> KEN UGA
Women across nepal were trained. -> NPL
Women in china and turkey were trained. ->
Des femmes au mali et au togo ont été formées. -> MLI TGO
Des femmes au niger ont été formées. ->
Talleres en honduras y en perú. -> HND PER
Talleres en chile y en cuba. ->
Mujeres de bolivia y del paraguay se reunieron. -> BOL PRY
Write to info@kenya.example or search for kenya. ->
"""


@pytest.mark.parametrize(
    ("text", "expected"), cases(DIVISIONS + TOWNS + CAPITALS + CONGO + SMALL_LETTERS)
)
def test_a_shared_name_is_the_place_that_the_text_means(text: str, expected: list[str]) -> None:
    countries = {str(evidence.value) for evidence in extract(text).countries}
    assert sorted(countries) == sorted(expected)


# Spanish texts mean the cities of Colombia and Costa Rica.
CITIES_ABROAD = {"Armenia", "Liberia"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Women met in the city of {}."),
        ("fr", "Des femmes se sont réunies dans la ville de {}."),
        ("es", "Las mujeres se reunieron en la ciudad de {}."),
    ],
)
def test_a_city_with_the_name_of_a_country_is_not_in_another_one(language: str, text: str) -> None:
    for code in places.COUNTRIES:
        for name in places.names_in(code, language):
            found = {e.value for e in extract(text.format(name), language).countries}
            assert found <= {code} or (language == "es" and name in CITIES_ABROAD), name
