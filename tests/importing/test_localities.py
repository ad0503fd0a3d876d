"""Extraction of countries from the names of towns and provinces, and from affiliations.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

from collections.abc import Mapping

import pytest

from indexer.importing.extraction import extract
from indexer.importing.gazetteer import DONORS, MEETING_CITIES, strip_accents
from indexer.importing.localities import localities

TOWNS_AND_PROVINCES = """
PESHAWAR, 28 November 2022: Officers took a course in gender-responsive policing. -> PAK
La Ceiba, Atlántida, 12 de diciembre de 2023: UDIMUF habló con redes de mujeres. -> HND
Malam Jabba, Swat, December 18, 2023 - A course brought together 25 women officers. -> PAK
Lessons covered the duties under the Khyber Pakhtunkhwa Police Act. -> PAK
The organization will help communities in Ratanakiri province obtain land titles. -> KHM
Displaced children in Zugdidi attended a weekend school. -> GEO
The Zugdidi Youth House was extended in two steps. -> GEO
Lawyers studied at a workshop in Ribnita on 28 September. -> MDA
Cinco municipios, entre ellos Riberalta y San Borja, previenen embarazos. -> BOL
Una misión viajó a Iquitos para conocer las secundarias. -> PER
Nació en la comuna 6 de Quibdó y acerca la música a los niños. -> COL
Abrió en Maicao, La Guajira, un centro de recepción. -> COL
La formation a eu lieu à Zinder et à Tahoua. -> NER
Le projet couvre la région de Mopti et le cercle de Koro. -> MLI
Des centres d'écoute fonctionnent dans les communes de Kétou et de Pobè. -> BEN
ZACATECAS.- Concluyó el curso impartido por la Policía Nacional de España. -> MEX
Nous avons été contactés par un groupe de femmes de Douentza. -> MLI
Trece escuelas son de Estelí, otras de Matagalpa, en los municipios de Esquipulas y La Trinidad. \
-> NIC
Los talleres fueron en Jutiapa, en el departamento de Cabañas. -> SLV
El plan empieza en los territorios de Buenos Aires de Puntarenas. -> CRI
Building materials went to the rural areas of Mindoro. -> PHL
Los departamentos de la región este más pobres: Paraguarí, Caaguazú y Guairá. -> PRY
The parish in Gasabo District hosted the course. -> RWA
They moved to the villages in the Kavrepalanchok district. -> NPL
La reunión fue en la ciudad jamaiquina de Montego Bay. -> JAM
Chiapas, Oaxaca, Quintana Roo y Yucatán trabajarán de manera coordinada. -> MEX
Big concerns arise about those living inside Ein El Helweh Palestinian camp. -> LBN
La Paz, 31 de enero de 2020.- La oficina presentó el plan de trabajo. -> BOL
La fête a eu lieu dans les locaux de la direction régionale des Hauts Bassins. -> BFA
Councillors of the Gert Sibande District learned to plan. -> ZAF
Des conseillères du district de Vhembe ont été formées. -> ZAF
Concejalas del distrito de Sekhukhune fueron formadas. -> ZAF
The Republika Srpska Ministry of Justice took part. -> BIH
11 June 2014, Jeju, Republic of Korea: the centre convened officials of the Taipei Mission. -> KOR
"""

NAMES_THAT_ARE_NOT_PLACES = """
Mercedes Trujillo presented the study. ->
Dr. Francis Santos opened the course. ->
The award went to Leticia Rodriguez. ->
Women in Peace and Security was the topic. ->
En Libertad y sin violencia es el lema. ->
In Union there is strength, said the speaker. ->
The Hague hosted the talks; in the Hague, judges met. ->
A conference in Barcelona discussed the findings. ->
Sarpang and Tsirang agreed with each other. ->
Springfield donated the equipment. ->
Le coordonnateur a parlé de Fada. ->
The partners met in Macao SAR. -> MAC
"""

PLACES_BESIDE_OTHER_EVIDENCE = """
Teachers from Zugdidi learned in Kenya how to prevent violence. -> KEN
In Nepal, the women of Córdoba and Mérida were quoted. -> NPL
Officials in Nairobi heard about a project in Zugdidi. -> KEN
In South Darfur, households among the CAR refugees learned trades. -> SDN
La oficina de Barranquilla atiende a la población venezolana. -> COL
Dans la région de Cacheu arrivent des réfugiés fuyant le conflit en Casamance. -> GNB
El albergue de Iquique es para quienes cruzan la frontera de Chile y Bolivia. -> CHL
San Salvador, distritos de Cuscatancingo y Mejicanos, y nivel nacional -> SLV
La cooperación canadiense apoya a jóvenes en Riberalta. -> BOL
"""

AFFILIATIONS = """
In Georgia, grants went to Penal Reform International (UK) and People in Need (Czech Republic). \
-> GEO
With HealthRight (USA), shelters opened in Ukraine. -> UKR
MSF Suisse a ouvert un centre au Tchad. -> TCD
Qatar Red Crescent Society rebuilt houses in the Philippines. -> PHL
The course was held with the U.S.-based association of police chiefs. ->
The loan is part of an agreement between the Ethiopian and Italian governments. -> ETH
The agreement was signed by the Ambassador of Japan to Pakistan. -> PAK
Financiador: Ayuntamiento de Madrid. El centro está en Honduras. -> HND
La entidad española trabaja con la asociación local. ->
The course, run by the Helsinki Foundation, took place in Kenya. -> KEN
The project is co-financed by the Ministry of Foreign Affairs of the Republic of Poland. ->
The seminar in Egypt was held with the Lithuanian Chairmanship of the OSCE. -> EGY
In 2009, MdM France, MdM Germany and MdM Japan treated 873 patients. ->
Nous sommes partis de Pailin, près de la frontière thaïlandaise. -> KHM
Nous avons regagné Phnom-Penh en vue de notre retour en France. -> KHM
The video plays in Egypt, but the narrator is not speaking Belarusian. -> EGY
Con fondos del Fondo Chile, se gradúan jóvenes salvadoreños. -> SLV
15 jeunes français et 4 jeunes marocains ont réalisé un projet. -> FRA MAR
El proyecto fue financiado con: 100 000 USD - Gobierno de Canadá. ->
Shelters were built in Dadaab (Kenya). -> KEN
Pour Marie Dupont (France), qui est volontaire, le défi du Tchad est grand. -> TCD
Police advisers from Jordan, Bangladesh and Rwanda gave a course to Sudanese police. -> SDN
Un equipo de expertos de Chile y Uruguay capacitó a jueces en Honduras. -> HND
Des formateurs du Maroc ont enseigné à des sages-femmes au Mali. -> MLI
Experts from Kenya, Uganda and Rwanda met to compare their laws. -> KEN UGA RWA
The food project in Nepal ends in June, said the director for the Maldives and Sri Lanka. -> NPL
Le projet CIRCLE, que finance le Département américain du Travail, continue. ->
Con fondos de España, la escuela de Honduras fue reparada. -> HND
With support of the Japanese government, a clinic opened in Ghana. -> GHA
Gracias a la ayuda de Noruega, se imprimió la guía en Guatemala. -> GTM
"""


def cases(table: str) -> list[tuple[str, list[str]]]:
    """Return the texts of a table with their expected countries."""
    lines = (line.partition("->") for line in table.replace("\\\n", "").strip().splitlines())
    return [(text.strip(), values.split()) for text, _, values in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        TOWNS_AND_PROVINCES
        + NAMES_THAT_ARE_NOT_PLACES
        + PLACES_BESIDE_OTHER_EVIDENCE
        + AFFILIATIONS
    ),
)
def test_the_countries_of_a_text_are_extracted(text: str, expected: list[str]) -> None:
    assert [evidence.value for evidence in extract(text).countries] == expected


@pytest.fixture(scope="module")
def names() -> Mapping[str, str]:
    """The localities that an import knows, by name."""
    return localities(strip_accents, DONORS, MEETING_CITIES)


@pytest.mark.parametrize("name", ["Cordoba", "Merida", "San Jose", "Springfield", "Punjab"])
def test_a_name_of_considerable_places_in_two_countries_is_left_out(
    names: Mapping[str, str], name: str
) -> None:
    assert name not in names


@pytest.mark.parametrize("name", ["La Haya", "Ginebra", "Kenya", "Peru", "Hope", "Libertad", "Un"])
def test_words_countries_and_cities_of_meetings_are_left_out(
    names: Mapping[str, str], name: str
) -> None:
    assert name not in names
