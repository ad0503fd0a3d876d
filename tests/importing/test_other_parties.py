"""Countries of guests, of holders of a status, of undecided places and of organizations.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from tests.importing.test_localities import cases

NATIONALS = """
Canada grants residence to Haitian, Colombian and Venezuelan nationals with family in Canada. -> CAN
Le Chili accorde un permis aux ressortissants haïtiens, cubains et péruviens au Chili. -> CHL
Chile otorgó permisos a los nacionales haitianos, cubanos y peruanos que viven en Chile. -> CHL
UNHCR registered Syrian, Iraqi and Yemeni refugees in Jordan. -> JOR
Des juges haïtiens, cubains et péruviens ont été formés au Chili. -> HTI CUB PER CHL
Jueces haitianos, cubanos y peruanos se formaron en Chile. -> HTI CUB PER CHL
"""

STATUSES = """
On 5 March, the United States extended Temporary Protected Status for Honduras. -> USA
The United States announced the redesignation of Somalia for Temporary Protected Status. -> USA
The United States renewed the designation of Yemen for TPS. -> USA
Le 5 mars, les États-Unis ont prolongé le statut de protection temporaire pour le Honduras. -> USA
Les États-Unis ont annoncé l'inscription de la Somalie au statut de protection temporaire. -> USA
Estados Unidos prorrogó el Estatus de Protección Temporal para Honduras. -> USA
Estados Unidos anunció la designación de Somalia para el Estatus de Protección Temporal. -> USA
Kenya reviewed the legal status of women in Uganda. -> KEN UGA
Le Kenya a revu le statut des femmes en Ouganda. -> KEN UGA
Kenia revisó el estatuto de las mujeres en Uganda. -> KEN UGA
"""

REFUGEES_WITHOUT_A_PLACE = """
Clinics were open to Syrian and non-Syrian refugees at the same fees. ->
The government gave Afghan refugees access to schools. ->
The government issued work permits to Venezuelan asylum seekers. ->
Les centres ont accueilli des réfugiés syriens et non syriens au même tarif. ->
Le gouvernement a ouvert les écoles aux réfugiés maliens. ->
El gobierno abrió las escuelas a los refugiados sirios. ->
Los centros atendieron a refugiados sirios y no sirios con las mismas tarifas. ->
UNRWA runs schools for Palestinian refugees. -> PSE
The government of Jordan gave Syrian refugees access to schools. -> JOR
The government assisted Ethiopian returnees with cash. -> ETH
Le gouvernement a aidé les rapatriés maliens. -> MLI
El gobierno ayudó a los retornados hondureños. -> HND
"""

GUESTS = """
A workshop for judges of Malawi was held; experts from Ghana and Togo were invited to share their \
experience. -> MWI
Women leaders of Somalia met. Members of parliament from Kenya, Uganda and Rwanda were invited to \
exchange knowledge. -> SOM
At the seminar in Zambia, resource persons from Ghana and India shared lessons. -> ZMB
Un atelier a réuni des juges du Tchad; des expertes du Bénin et du Togo ont été invitées à \
partager leur expérience. -> TCD
Au séminaire de Niamey, au Niger, des députées venues du Mali et du Togo étaient invitées à \
échanger leurs expériences. -> NER
Juezas de Honduras se reunieron; diputadas de Chile y Uruguay fueron invitadas a compartir su \
experiencia. -> HND
En el taller de Bolivia, expertas de Chile y Uruguay fueron invitadas a compartir lecciones. -> BOL
Judges from Kenya, Uganda and Rwanda met and shared experiences. -> KEN UGA RWA
Des juges du Mali et du Togo ont partagé leurs expériences. -> MLI TGO
Juezas de Chile y Uruguay compartieron experiencias. -> CHL URY
"""

MODELS = """
A meeting in Zambia shared the experience of Ghana with digital courts. Ghanaian experts met \
Zambian judges. -> ZMB
Une rencontre à Cotonou a permis de partager l'expérience du Togo. Des experts togolais ont \
rencontré des juges béninois. -> BEN
Un encuentro en Quito compartió la experiencia de Chile. Expertos chilenos hablaron con juezas \
ecuatorianas. -> ECU
Ghanaian and Zambian judges met in Lusaka to share their experience. -> GHA ZMB
"""

UNDECIDED = """
Talleres en Tanzania. El próximo curso será en un lugar por determinar entre Serbia e India. -> TZA
Talleres en Perú. Otro grupo irá a un país a definir entre Bolivia y Ecuador. -> PER
Courses in Tanzania. The next one will be in a place to be decided between Serbia and India. -> TZA
Courses in Peru; the next will be held either in Bolivia or in Ecuador, to be decided. -> PER
Cours en Tanzanie. Le prochain aura lieu dans un pays à déterminer entre la Serbie et l'Inde. -> TZA
Cours au Pérou ; un autre pays reste à choisir entre la Bolivie et l'Équateur. -> PER
Courses were held in Serbia and in India. -> SRB IND
Talleres entre Serbia e India. -> SRB IND
Des cours ont eu lieu en Serbie et en Inde. -> SRB IND
"""

ORGANIZATIONS = """
En Nicaragua, la asociación trabaja con CIAM (organización de origen mexicano). -> NIC
En el Perú trabaja una fundación de origen chileno. -> PER
An NGO of Mexican origin opened a shelter in Nicaragua. -> NIC
A charity of Kenyan origin trained nurses in Somalia. -> SOM
Une ONG d'origine sénégalaise a formé des sages-femmes en Mauritanie. -> MRT
Une association d'origine marocaine a ouvert un refuge en Tunisie. -> TUN
A Kenyan NGO working in Somalia trained nurses. -> SOM
Une ONG sénégalaise active en Mauritanie a formé des sages-femmes. -> MRT
Una ONG mexicana que trabaja en Nicaragua abrió un albergue. -> NIC
Mujeres de origen mexicano fueron formadas. -> MEX
A Kenyan NGO trained nurses. -> KEN
Une ONG sénégalaise a formé des sages-femmes. -> SEN
Una ONG mexicana abrió un albergue. -> MEX
"""

CONTRIBUTIONS = """
La contribución española a la UNRWA financia escuelas para la población palestina. -> PSE
El aporte sueco al UNFPA permite formar a comadronas en Mozambique. -> MOZ
La contribution française au HCR finance des écoles au Tchad. -> TCD
L'aide belge au PAM finance des cantines au Niger. -> NER
The Spanish contribution to UNRWA pays for schools of Palestinian children. -> PSE
The Norwegian contribution pays for schools in Malawi. -> MWI
La contribución mexicana al estudio fue publicada. -> MEX
"""

ASYLUM = """
Canada granted asylum to Saudi and Iranian women. -> CAN
Women from Honduras and El Salvador were granted asylum in Costa Rica, where they run a house. -> \
CRI
Le Canada a accordé l'asile à des militantes saoudiennes et iraniennes. -> CAN
Des avocates du Burundi et du Rwanda ont obtenu l'asile en Ouganda, où elles tiennent une maison. \
-> UGA
Chile concedió protección internacional a refugiadas cubanas. -> CHL
Defensoras de Nicaragua y Honduras obtuvieron asilo en Costa Rica, donde llevan una casa. -> CRI
Canada granted funds to courts in Kenya. -> KEN
Le Canada a accordé des fonds à des tribunaux au Kenya. -> KEN
Canadá otorgó fondos a juzgados en el Perú. -> PER
"""

MEETINGS = """
The regional coalition met in Kampala with delegates from Kenya and Rwanda. -> UGA KEN RWA
Members from Peru and Bolivia took part in the minutes; apologies from Chile. -> PER BOL
Une coalition régionale s'est réunie à Cotonou avec des délégués du Togo et du Ghana. -> BEN TGO GHA
Membres présents : Mali et Togo ; excusés : Tchad. -> MLI TGO
La red se reunió en Lima con delegadas de Chile y Bolivia. -> PER CHL BOL
Participaron delegadas de Bolivia; ausente: Chile. -> BOL
El taller se celebró en la CDMX, con ponentes de Chile y Argentina. -> MEX
A workshop was held in Kampala with speakers from Ghana and Togo. -> UGA
Un atelier s'est tenu à Cotonou avec des intervenantes du Maroc et de Tunisie. -> BEN
Following the earthquake in Nepal, police officers met in Bangkok. -> NPL
A contribution of 2 million euros from Spain pays for clinics in Peru. -> PER
The grant of 3 million dollars from Canada went to UNICEF. ->
Un don de 2 millions d'euros de la Belgique à l'UNICEF. ->
Una aportación de 2 millones de euros de España al UNFPA. ->
"""

EMBASSIES = """
A decision of the Embassy of Sweden, Pretoria, on two audits. -> ZAF
An audit for the Embassy of the Netherlands in Kampala. -> UGA
Décision de l'ambassade de Suède, Bamako, sur deux audits. -> MLI
Audit pour l'ambassade des Pays-Bas à Cotonou. -> BEN
Decisión de la Embajada de Suecia, La Paz, sobre dos auditorías. -> BOL
Auditoría de la Embajada de Noruega en Bogotá. -> COL
An audit for the Embassy of Sweden in Nairobi, of courts in Somalia. -> SOM
Audit pour l'ambassade de France à Dakar, sur des tribunaux en Gambie. -> GMB
Auditoría de la Embajada de España en Lima, sobre juzgados de Bolivia. -> BOL
The Embassy of Sweden paid for the audits. ->
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        NATIONALS
        + STATUSES
        + REFUGEES_WITHOUT_A_PLACE
        + GUESTS
        + MODELS
        + UNDECIDED
        + ORGANIZATIONS
        + CONTRIBUTIONS
        + ASYLUM
        + MEETINGS
        + EMBASSIES
    ),
)
def test_other_parties(text: str, expected: list[str]) -> None:
    countries = {str(evidence.value) for evidence in extract(text).countries}
    assert sorted(countries) == sorted(expected)
