"""Offices of agencies, institutes of speakers, study visits, and places where persons flee to.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from tests.importing.test_localities import cases

REFUGES = """
Women in Burundi received seeds; many had fled to Rwanda and Tanzania. -> BDI
Families in Mali were forced to flee to Niger or Mauritania. -> MLI
Women of Nigeria who sought refuge in Chad and Cameroon returned to Nigeria. -> NGA
Many fled to Uganda, where UNHCR opened a clinic. The conflict began in Burundi. -> UGA BDI
UNHCR trains refugees who fled to Uganda. -> UGA
UNHCR trains women who fled to Jordan from Syria. -> JOR
Au Burundi, des femmes ont reçu des semences; beaucoup ont fui vers le Rwanda. -> BDI
Au Mali, des familles se sont réfugiées au Niger; l'école a rouvert au Mali. -> MLI
Les femmes réfugiées au Niger ont reçu des kits. -> NER
Mujeres de Nicaragua recibieron ayuda; muchas huyeron a Costa Rica y Panamá. -> NIC
Muchas familias de Honduras se han refugiado en México; en Honduras se abrió un centro. -> HND
ACNUR atiende a mujeres que huyeron a Costa Rica. -> CRI
Desde abril miles de nicaragüenses huyeron a Costa Rica. -> CRI
En Ecuador se atiende a mujeres que huyen hacia Perú. -> ECU
The conflict in Sudan has forced women to flee to Chad. UNICEF Chad opened schools. -> TCD
Le conflit au Soudan a poussé des femmes vers le Tchad. Le HCR Tchad a ouvert des écoles. -> TCD
El conflicto en Colombia ha obligado a familias a huir. El ACNUR Ecuador las atiende. -> ECU
Migrants en transit vers la Libye ont été soignés à Agadez. -> NER
After the earthquake of May 2011 in Haiti, shelters opened in the Dominican Republic. -> DOM
Tras el terremoto de 2011 en Haití, se abrieron albergues en República Dominicana. -> DOM
Après le séisme de 2011 en Haïti, des abris ont été ouverts en République dominicaine. -> DOM
"""

OFFICES = """
UNDP Costa Rica facilitated an exchange of experts. -> CRI
UNDP Costa Rica sent experts, and the courts of Honduras were reformed. -> HND
ONU Femmes Mali a organisé un atelier. -> MLI
Le bureau d'UNICEF Mali a formé 40 infirmières. -> MLI
El PNUD Costa Rica envió expertas a los tribunales de Honduras. -> HND
ACNUR Ecuador atendió a mujeres venezolanas. -> ECU
UN Women Kenya, Uganda and Rwanda met. -> KEN UGA RWA
UNFPA Mongolia trained the police of Mongolia. -> MNG
UN Women Fiji Multi-Country Office supports Samoa. -> FJI WSM
UNHCR Poland registered Ukrainian refugees. -> POL
UN Women trained police in Kenya and Uganda. -> KEN UGA
"""

SPEAKERS = """
Dr Jane Otieno of the University of Nairobi and Dr Ama Mensah of the University of Ghana spoke at \
a workshop held in Lusaka. -> ZMB
The University of Ghana opened a clinic for survivors. -> GHA
Ana Ruiz, de la Universidad Nacional de Honduras, habló ante juezas de Costa Rica. -> CRI
La Universidad Nacional de Honduras y la Corte de Costa Rica abrieron un curso. -> HND CRI
FLACSO Argentina y el Ministerio de Justicia de Perú publicaron una guía. -> PER
Rose Paul, de l'Université de Lomé, a parlé à des juges du Bénin. -> BEN
Des chercheurs de l'Université de Nairobi ont formé des juges du Rwanda. -> RWA
"""

STUDY_VISITS = """
Police of Malawi went on a study tour to Zambia. -> MWI ZMB
Des juges du Togo ont fait un voyage d'étude au Maroc. -> TGO MAR
Fiscales de Honduras realizaron una pasantía en Chile. -> HND CHL
"""

NATIONALS = """
En Tapachula, el ACNUR atendió a haitianos y hondureños solicitantes de asilo. -> MEX
En Tapachula, la OIM atendió a miles de hondureñas. -> MEX
En Tapachula, la OIM formó a policías hondureños. -> HND
Las mujeres hondureñas y los jueces mexicanos se reunieron en México. -> MEX
"""

CHAPTERS = """
In Myanmar, the Women's Association Thailand recorded cases of trafficking. -> MMR
The Women's Association Thailand recorded cases of trafficking. -> THA
"""

HOSTING_TOWNS = """
The police school of Accra hosted trainees from Togo and Benin. -> GHA TGO BEN
L'école de police de Dakar a accueilli des stagiaires du Tchad. -> SEN TCD
La escuela de policía de Lima acogió a jueces de Bolivia. -> PER BOL
A study visit took judges of Mali to Kigali. -> MLI RWA
Une mission d'échange a conduit des juges du Mali à Kigali. -> MLI RWA
Fiscales de Honduras hicieron una pasantía en Bogotá. -> HND COL
El proyecto atendió a víctimas en la frontera entre Perú y Ecuador. -> PER ECU
The project helped victims at the border between Kenya and Somalia. -> KEN SOM
Le projet aide des femmes à la frontière entre le Mali et le Niger. -> MLI NER
Refugees from beyond the border with Mali received kits in Niger. -> NER
La fundación, con sede en Madrid, capacitó a juezas del Perú. -> PER
La fundación, con sede en Madrid, capacitó a juezas. ->
"""

FLED_FROM_GROUPS = """
Au Cameroun, des femmes qui ont fui Boko Haram au Nigéria ont été soignées. -> CMR
In Cameroon, women who fled Boko Haram in Nigeria received care. -> CMR
Des travailleuses domestiques sénégalaises ont été aidées à Nouakchott. -> MRT
El ACNUR recibió un vehículo donado por el Japón. ->
"""

DESTINATIONS = """
To reduce irregular migration to Mexico, schools were opened in Honduras. -> HND
Courts in Togo tried cases of trafficking of girls to Kuwait. -> TGO
Le tribunal de Porto-Novo a jugé des affaires de traite vers le Koweït. -> BEN
Tribunales de Paraguay juzgaron casos de trata hacia Argentina. -> PRY
The centre in Italy helps victims of trafficking. -> ITA
Ghanaian police officers who will be deployed to Mali took a course. -> GHA
Des gendarmes guinéens formés par l'ONU sont déployés au Mali. -> GIN
UNDP deployed experts to Kenya and Uganda. -> KEN UGA
The agency issued rules for domestic workers from Nepal; in Qatar, it inspected houses. -> QAT
At Moria camp, women from Iraq received legal aid. -> GRC
En Nouakchott, se atendió a víctimas de trata nigerianas. -> MRT
"""

EXPERTS_AND_TROOPS = """
The course took place in Kyiv, with lecturers from Poland and Estonia. -> UKR
In Liberia, the Indian all-female formed police unit visits schools. -> LBR
UNAMID set up units in Nyala. Rwandan and Gambian policewomen of the mission taught there. -> SDN
Indian and Nepali judges took part. -> IND NPL
Attacks that spread from Nigeria closed schools in Cameroon. -> CMR
Survivors from Sinjar, many of whom now live in Germany, gave testimony in Dohuk. -> IRQ
Syrian families who now live in Jordan received cash. -> JOR
Des survivantes, dont beaucoup vivent aujourd'hui en Allemagne, ont témoigné à Erbil. -> IRQ
Sobrevivientes, muchas de las cuales viven en Alemania, declararon en Erbil. -> IRQ
Mujeres de Guatemala que viven actualmente en México fueron capacitadas. -> MEX
Talleres en Villa El Salvador, Lima. -> PER
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        REFUGES
        + OFFICES
        + SPEAKERS
        + STUDY_VISITS
        + NATIONALS
        + CHAPTERS
        + HOSTING_TOWNS
        + FLED_FROM_GROUPS
        + DESTINATIONS
        + EXPERTS_AND_TROOPS
    ),
)
def test_offices_and_refuges(text: str, expected: list[str]) -> None:
    countries = {str(evidence.value) for evidence in extract(text).countries}
    assert sorted(countries) == sorted(expected)
