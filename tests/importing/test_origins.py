"""Countries that persons come from, and countries that serve as a model or a supplier.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from tests.importing.test_localities import cases

ORIGINS = """
The shelter in Amman assists Sri Lankan, Filipino and Ethiopian domestic workers. -> JOR
Citizens of Guinea living in Senegal were registered by the consulate. -> SEN
Women from Eritrea and Sudan, who crossed into Ethiopia, use the safe space. -> ETH
Displaced Ukrainians in Moldova and Poland received cash assistance. -> MDA POL
The women, many of them from Mexico, received support in Guatemala. -> GTM
UNHCR assisted Honduran and Salvadoran asylum-seekers who arrived in Mexico. -> MEX
The Tunisian coastguard rescued migrants from Côte d'Ivoire and Guinea. -> TUN
Migrants travelling through Niger to Libya and Italy were interviewed in Agadez. -> NER
Les filles de Guinée réfugiées en Sierra Leone ont été scolarisées. -> SLE
Niñas de Haití que viven en República Dominicana recibieron documentos. -> DOM
La policía de Perú rescató a 478 mujeres, 77 de nacionalidad venezolana. -> PER
El programa forma a jóvenes en Colombia y Perú, receptores del éxodo venezolano. -> COL PER
Peruanos que migraron a Venezuela recibieron asistencia en Perú. -> PER
La diaspora comorienne en France a financé des écoles aux Comores. -> COM
"""

ORIGINS_OF_PARTICIPANTS = """
Women from Kenya, Uganda and Tanzania attended a workshop in Kampala. -> KEN UGA TZA
Of the 40 participants, 10 came from Togo, 12 from Benin and 18 from Niger. -> TGO BEN NER
IOM assisted Filipino domestic workers returning from Saudi Arabia and Kuwait. -> PHL
80 migrants camerounais en provenance du Niger sont de retour au bercail. -> CMR
"""

MODELS_AND_SUPPLIERS = """
Like Colombia, Guatemala has femicide courts; UNODC supported the Guatemalan courts. -> GTM
Following the model of Rwanda's Isange centres, Zambia opened one-stop centres. -> ZMB
Based on the experience of Spain, Ecuador created a protocol. -> ECU
The International Criminal Court for Rwanda issued a judgment. ->
Kits were procured in China and distributed in Mongolia. -> MNG
Ghanaian police were trained before deployment to Somalia. -> GHA
The United States is the largest donor of the appeal. ->
The ILO-Sweden Partnership Agreement promotes decent work in Zambia. -> ZMB
Kuwait Fund for Arab Economic Development financed water works in Djibouti. -> DJI
The Nigerian Bar Association drafted a bill. -> NGA
The Australian Government is supporting a programme entitled Pacific Women. ->
The project is a significant investment by the Australian Government. ->
L'accord de coopération entre la Belgique et la RD Congo concerne les femmes. -> COD
La Belgique et la République démocratique du Congo ont signé un programme. -> COD
The Brazilian model was replicated in Peru. -> PER
A police unit from Bangladesh arrived in Port-au-Prince. -> HTI
The speaker is a former health minister of Sierra Leone. ->
Quelque 37 551 Nigérians ont débarqué sur les côtes italiennes. -> NGA
UNODC thanks the Governments of Austria, Japan and Qatar for their help in Nepal. -> NPL
Maria Santos, Brazil's ambassador, opened the course in Angola. -> AGO
The country office in Jordan supported refugees from Syria. -> JOR
Nairobi (Kenya), 7 September 2020 – The project helps victims in Ethiopia. -> ETH
Nairobi, Kenya, 7 September 2020 – The project helps victims. -> KEN
El programa trabaja en Nariño y Chocó, fronterizos con Ecuador y Panamá. -> COL
Roger Mariaca Montenegro, fiscal de Bolivia, abrió el taller. -> BOL
The study was published by UNODC, PO Box 500, 1400 Vienna, Austria. ->
On 14 May 2019, Nairobi, Kenya, hosted the course. -> KEN
Expertise France a formé des magistrats. ->
The course was given by a French public agency. ->
Le personnel connaît les règles de Bangkok. ->
Visiting U.S. experts trained Kenyan social workers. -> KEN
UNODC supported the National Action Plan of Kenya. -> KEN
Le Plan d'action du Mali a été validé. -> MLI
The United States is the largest development partner of the ILO. ->
The United States awarded the ILO an amount of $34,142,216. ->
With contributions from Spain (USD $65 Million), Norway (USD $3.5 Million) and Mexico \
(USD $800,0000), the fund grew. ->
Les gouvernements qui ont contribué comprennent l'Australie, l'Autriche, le Maroc et le Qatar. ->
El fondo agradece a los comités nacionales de ONU Mujeres de Austria, Japón y el Reino Unido. ->
World Vision Japan works in Dien Bien province. -> VNM
The Japanese Government will provide a non-refundable assistance for Dien Bien province. -> VNM
The secretariat is based in Geneva, with offices in Brussels and Tunis. ->
Grâce à son bureau Afrique occidentale, basé à Dakar, au Sénégal, l'ONUDC aide les pays. ->
HEUNI, situé à Helsinki, en Finlande, est un institut. ->
Estudio en El Salvador de la Representación Regional para México. -> SLV
In the United Kingdom, the Home Office funded a hotline. -> GBR
"""

AREAS = """
UNODC strengthened border control in the Sahel region. ->
Schools in the Eastern Province were reopened. ->
The Mexico City Policy restricted funding. ->
The Colombo Plan trained counsellors in Kabul. -> AFG
The Mozambique Channel was patrolled. ->
Officials from Sarpang and Tsirang Dzongkhags took part. -> BTN
Les bus sont partis de Côte-d'Ivoire et du Burkina-Faso. -> CIV BFA
In Hong Kong, China, the seminar was held. -> HKG
Le centre de santé de Cayenne, en Guyane, a formé des sages-femmes. -> GUF
"""

MISSIONS = """
The training was organized by the AMISOM Gender Office. -> SOM
La MINUSTAH a formé 40 agents de police. -> HTI
La MONUSCO capacitó a 40 agentes de policía. -> COD
UNMIK and EULEX handed over the files. -> XKX
Ghana's police were trained in Accra before their deployment to UNMISS. -> GHA
Norwegian experts trained the police advisers of UNMISS. -> SSD
MINUSMA staff took part in a course in Dakar. -> SEN
La force de la MINUSCA a été formée à Kigali, au Rwanda. -> RWA
"""

ROUTES = """
The project on trafficking in women from Albania to Italy trained the Albanian police. -> ALB
Le projet porte sur la traite des femmes du Nigéria vers l'Italie, avec la police nigériane. -> NGA
El proyecto sobre la trata de mujeres de Colombia a España formó a la policía colombiana. -> COL
The women were trafficked from Nigeria to Italy and assisted in Italy. -> NGA ITA
Les victimes de la traite du Nigéria vers l'Italie ont été aidées en Italie. -> NGA ITA
"""

LISTS_WITH_YEARS = """
Reports on visits: Canada—2013 (A/HRC/26/1/Add.1); Chad—2014 (A/HRC/26/1/Add.2); Kenya—2015. \
-> CAN TCD KEN
Rapports de visite : Espagne (2014), Maroc (2015) et Pérou (2016). -> ESP MAR PER
Informes de las visitas de 2014: Noruega – 2014; Perú – 2015. -> NOR PER
Contributions received from Norway (2014), Japan (2015) and Sweden (2016) ->
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        ORIGINS
        + ORIGINS_OF_PARTICIPANTS
        + MODELS_AND_SUPPLIERS
        + AREAS
        + MISSIONS
        + ROUTES
        + LISTS_WITH_YEARS
    ),
)
def test_only_the_countries_of_an_activity_are_extracted(text: str, expected: list[str]) -> None:
    assert [evidence.value for evidence in extract(text).countries] == expected
