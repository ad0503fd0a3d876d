"""Countries of a background: hosts and refugees, crises elsewhere, models, donors, and camps.

Each line of the tables is a text, an arrow, and the countries that a careful reader would record.
"""

import pytest

from indexer.importing.extraction import extract
from tests.importing.test_localities import cases

HOSTS = """
The project supports Lebanese in host communities and eases tensions with Syrian refugees. -> LBN
Cash grants reach Ugandans in host communities and South Sudanese refugees. -> UGA
Le projet soutient les Camerounais des communautés d'accueil et les réfugiés centrafricains. -> CMR
El proyecto apoya a los ecuatorianos de las comunidades de acogida y a los refugiados \
venezolanos. -> ECU
The Fund for Afghan Women helps women from Afghan refugee families in Pakistan to study. -> PAK
Legal Aid for Syrian Refugees in Turkey opened two clinics. -> TUR
Le fonds aide des femmes palestiniennes réfugiées en Jordanie à créer des coopératives. -> JOR
El programa da becas a refugiados sirios en Turquía. -> TUR
The Afghan Women Judges Association opened an office in Kabul. -> AFG
Women fleeing Eritrea and Somalia received legal aid in Sudan. -> SDN
Many had to flee Burundi; in Rwanda a centre for survivors was opened. -> RWA
The shelter in Uganda is open to women who escaped from South Sudan. -> UGA
Le centre en Mauritanie accueille des femmes ayant fui le Mali. -> MRT
Des familles obligées de fuir le Burundi sont accompagnées en Tanzanie. -> TZA
Des femmes qui ont fui les violences au Nigeria sont soignées au Niger. -> NER
El albergue en Costa Rica atiende a mujeres que huyen de Nicaragua. -> CRI
Personas que han huido de Venezuela reciben ayuda en Perú. -> PER
Mujeres obligadas a huir de la violencia en Honduras reciben asilo en México. -> MEX
Women who fled Eritrea were interviewed. -> ERI
The police of Mali and Niger trained officers. -> MLI NER
Kenyan and Somali communities met in Garissa with the police of Kenya. -> KEN SOM
Somali refugees and the Somali community of Garissa met. -> KEN
The Ministry of Women of Afghanistan and Afghan Women leaders met in Kabul. -> AFG
The Palestinian police and the Palestinian community were trained. -> PSE
Les juges du Sénégal ont partagé leur expérience au Togo. -> SEN TGO
Women left Nepal for work and returned; the Nepal police assisted them. -> NPL
Les magistrats ont quitté leurs postes au Mali et au Niger. -> MLI NER
Elles ont quitté le Mali et vivent au Niger. -> NER
A centre of the Agency for Palestine Refugees opened in Jordan. -> JOR
Mexicans of host families and Guatemalan migrants took part in Mexico. -> MEX
Turkish host communities and Syrian refugees took part. -> TUR
Las comunidades de acogida colombianas y los migrantes venezolanos participaron. -> COL
Les communautés d'accueil tchadiennes et les réfugiés soudanais ont participé. -> TCD
Palestinian refugee women in Lebanon and Jordan run shops. -> LBN JOR
Refugees from Syria living in Lebanon attend a course. -> LBN
Venezuelan migrants and Colombian returnees were assisted in Colombia. -> COL
Migrantes venezolanas y mujeres de comunidades de acogida en Colombia y Ecuador. -> COL ECU
Les réfugiés burundais au Rwanda et en Tanzanie ont été formés. -> RWA TZA
Les femmes rohingyas réfugiées au Bangladesh ont été formées. -> BGD
Rohingya refugees who fled Myanmar live in camps in Bangladesh. -> BGD
The exodus from Venezuela affects Peru. -> PER
Afghan girls who were resettled in Albania attend school. -> ALB
Displaced Syrians in Iraq and Iraqis in host communities learn together. -> IRQ
Nicaraguan asylum seekers in Costa Rica received documents. -> CRI
Solicitantes de asilo nicaragüenses en Costa Rica recibieron documentos. -> CRI
Inspirée du Brésil, la police du Ghana a ouvert un poste. -> GHA
"""

CRISES = """
Since the war in Syria began, UNHCR has opened centres for women in Lebanon. -> LBN
Displaced by the conflict in South Sudan, 300 girls attend school in Ethiopia. -> ETH
Due to the crisis in Burundi, IOM opened shelters in Rwanda. -> RWA
En raison de la crise au Burundi, des abris ont été ouverts au Rwanda. -> RWA
Suite au conflit au Soudan, des espaces sûrs ont été créés au Tchad. -> TCD
Depuis la guerre en Ukraine, la Moldova reçoit un appui pour ses refuges. -> MDA
Debido a la crisis en Venezuela, el ACNUR abrió albergues en Ecuador. -> ECU
Desde la guerra en Ucrania, Polonia recibe apoyo para sus albergues. -> POL
Tras el terremoto en Haití, se abrieron refugios en República Dominicana. -> DOM
Following the earthquake in Nepal, UNFPA set up safe spaces. -> NPL
Following the earthquake in Nepal, police officers met in Bangkok. -> NPL
Tras la crisis en Venezuela, la OIM abrió un centro. -> VEN
Suite au conflit au Mali, un centre a été ouvert. -> MLI
The project reduces violence in Honduras and trains judges in Guatemala. -> HND GTM
After the conflict in Liberia, UNMIL police trained women in Liberia and Sierra Leone. -> LBR SLE
Des ateliers sur la guerre ont eu lieu au Mali et au Niger. -> MLI NER
El conflicto en Colombia fue el tema de los talleres en Perú y Colombia. -> COL PER
Après la crise au Mali, un centre a ouvert à Bamako. -> MLI
After the floods in Pakistan, UNFPA sent kits from Dubai. -> PAK
Tras el terremoto en Ecuador, el UNFPA abrió espacios seguros en Ecuador. -> ECU
UNDP supports peace after the conflicts in Liberia and Sierra Leone. -> LBR SLE
The project prevents violence in El Salvador and in Honduras. -> SLV HND
El proyecto previene la violencia en El Salvador y en Honduras. -> SLV HND
Women escaping the war in Ukraine found shelter in Moldova and Romania. -> MDA ROU
In response to the Syrian crisis, UNDP created jobs in Lebanon. -> LBN
In response to the crisis in Syria, UNDP created jobs in Lebanon. -> LBN
En réponse à la crise en Syrie, le PNUD a créé des emplois au Liban. -> LBN
En respuesta a la crisis de Venezuela, la OIM abrió albergues en Perú. -> PER
The influx of refugees from Mali put pressure on schools in Mauritania. -> MRT
The Syria Crisis Response Programme works in Jordan and Lebanon. -> JOR LBN
The conflict in neighbouring Sudan forced women to cross into Chad. -> TCD
El conflicto en la vecina Colombia obligó a familias a cruzar a Ecuador. -> ECU
Le conflit au Soudan voisin a poussé des femmes vers le Tchad; au Tchad, un centre a ouvert. -> TCD
Children affected by the conflict in Yemen receive care in Yemen and Djibouti. -> YEM DJI
The project helps victims of the armed conflict in Colombia and migrants in Ecuador. -> COL ECU
"""

MODELS = """
The team used the Kenya experience to draft rules for courts in Malawi. -> MWI
The manual draws lessons from Rwanda for the police of Burundi. -> BDI
The experience of Chile was presented to judges of Bolivia. -> BOL
La stratégie du Togo reprend l'expérience du Rwanda. -> TGO
Les juges du Bénin ont étudié l'expérience du Sénégal. -> BEN
Compartimos la experiencia de Costa Rica con juezas de Honduras. -> HND
En Paraguay se presentaron las experiencias de Uruguay. -> PRY
El protocolo de Panamá aprovecha las buenas prácticas de Chile. -> PAN
Such units exist around the world, for example in Brazil, India or Chile. In Togo, UNDP opened \
the first. -> TGO
De telles unités existent dans le monde, par exemple au Brésil ou au Chili. Au Togo, le PNUD a \
ouvert la première. -> TGO
Estas unidades existen en el mundo, como Brasil y Chile. En Paraguay, el PNUD abrió la primera. \
-> PRY
UN Women supports shelters, for example in Kenya and Uganda. -> KEN UGA
A study visit took judges of Liberia to Ghana. -> LBR GHA
Officers in Kenya and Uganda shared their experience. -> KEN UGA
La experiencia de Costa Rica fue documentada. -> CRI
The Kenya experience was documented. -> KEN
UN Women presented good practices in Kenya. -> KEN
Officers of Kenya used the guide in Uganda. -> KEN UGA
Judges from Chile and Peru shared their experience in Bolivia. -> CHL PER BOL
Los jueces de Chile compartieron su experiencia en Bolivia. -> CHL BOL
The programme works worldwide, for example in Kenya and Uganda. -> KEN UGA
UN Women works in Nepal and Bhutan, for example with the police of Bhutan. -> NPL BTN
UNDP used the experience of Rwanda to draft a law for Burundi. -> BDI
UNDP drew on experience from Rwanda and Uganda for courts in Burundi. -> BDI
Inspired by Brazil's women's police stations, Ghana opened the first. -> GHA
El modelo chileno se aplicó en Paraguay. -> PRY
Se tomó como referencia el modelo de Chile para la policía de Paraguay. -> PRY
À l'exemple du Rwanda, le Burundi a ouvert des centres. -> BDI
A l'instar du Rwanda, le Burundi a ouvert des centres. -> BDI
A ejemplo de Uruguay, Paraguay creó un centro. -> PRY
As in Rwanda, Burundi has opened centres. -> BDI
Lessons from Nepal were used in Bhutan. -> BTN
Lessons learned in Nepal informed the project in Bhutan. -> BTN
"""

DONOR_SUPPORT = """
This grant represents Norway's annual core support to UNHCR. ->
The grant is Sweden's contribution to the appeal of UNFPA. ->
Denmark's multi-year contribution to UN Women will fund shelters. ->
Swiss support to UNRWA contributes to schools. ->
Japan's annual support to UNDP helped courts in Nepal. -> NPL
Cette subvention est la contribution annuelle de la Norvège au HCR. ->
Elle représente le soutien institutionnel annuel de la Suisse au HCR. ->
La subvención es la contribución anual de Noruega al ACNUR. ->
Representa el apoyo institucional anual de Suecia al ACNUR. ->
In Canada, support for survivors was extended. -> CAN
Norway's support centres for survivors trained 40 nurses in Norway. -> NOR
Les refuges d'Espagne ont été agrandis en Espagne. -> ESP
Swiss experts helped courts in Canada, with support for women in Canada. -> CAN
Canadian support staff were trained in Canada. -> CAN
In Italy, aid for victims was extended. -> ITA
La ayuda social de España fue evaluada en Madrid, España. -> ESP
L'aide juridictionnelle a été étendue en France. -> FRA
La contribution de la Suisse au HCR aide des réfugiés. ->
La contribución de Suiza al ACNUR ayuda a refugiados. ->
The Government of Norway's contribution to UNHCR helps refugees. ->
With this grant, Canada supports the work of UNICEF. ->
This project is Sweden's support to civil society in Kosovo. -> XKX
Cette subvention représente l'appui du Canada au HCR. ->
Esta subvención representa el apoyo de Canadá al ACNUR. ->
Canada provides core funding to UN Women through this grant. ->
Le Canada verse une contribution au HCR. ->
Canadá aporta fondos al ACNUR. ->
The grant represents the annual contribution of Canada to UNFPA. ->
Germany's Federal Foreign Office funds shelters in Iraq. -> IRQ
"""

VENUES = """
The Accra office of UNODC supported prisons in Togo. -> TGO
From its office in Monrovia, the team supported courts in Sierra Leone. -> SLE
Our Nairobi office trained police in Somalia. -> SOM
The regional hub in Dakar trained judges of Mali. -> MLI
Le bureau d'Abidjan a formé des juges du Togo. -> TGO
La oficina de Lima capacitó a juezas de Bolivia. -> BOL
Judges of Togo met at a workshop in Accra. -> TGO GHA
Judges of Togo attended a workshop in Accra. -> TGO GHA
A workshop for judges of Togo took place in Accra from 3 to 5 May. -> TGO GHA
Des juges du Togo ont participé à un atelier à Accra. -> TGO GHA
Un atelier tenu à Accra a réuni des juges du Togo. -> TGO GHA
Juezas de Bolivia asistieron a un taller en Lima. -> BOL PER
Un taller celebrado en Lima reunió a juezas de Bolivia. -> BOL PER
Une formation organisée à Accra a réuni des juges du Togo. -> TGO GHA
The course for Togolese judges was given in Accra. -> TGO GHA
Contact: UNODC, Accra. The project supports Togo. -> TGO
"""

COUNCIL = """
The Danish Refugee Council (DRC) trained 40 women in Uganda. DRC staff visited camps. -> UGA
DRC/DDG supported survivors in Somalia. -> SOM
DRC staff from the Danish Refugee Council supported survivors. ->
UNICEF supported survivors in the DRC and Uganda. -> COD UGA
The Danish Refugee Council worked in the Democratic Republic of the Congo (DRC). -> COD
Le Conseil danois pour les réfugiés (DRC) a formé 40 femmes au Niger. -> NER
El Consejo Danés para Refugiados (DRC) capacitó a 40 mujeres en Colombia. -> COL
DRC staff of the Ministry of Justice were trained by UNDP in Goma. -> COD
UNDP supports courts in the DRC; the Danish Refugee Council supports shelters. -> COD
The Danish Refugee Council (DRC) works in eastern DRC. -> COD
Refugees from the DRC received legal aid in Zambia. -> ZMB
"""

CAMPS_AND_REGIONS = """
UNHCR opened a centre for women in Dadaab. -> KEN
Somali refugees in Dadaab received legal aid. -> KEN
The project retrains teachers of the KAKUMA REFUGEE CAMP. -> KEN
THE PROJECT REBUILDS THE SCHOOL OF THE NAHR AL BARED REFUGEE CAMP. -> LBN
Un centre d'écoute a été ouvert dans le camp de Beddawi. -> LBN
Le centre forme des femmes dans les camps de Tindouf. -> DZA
Syrian refugees in Za'atari and Azraq received cash. -> JOR
Syrian refugees in Zaatari received cash. -> JOR
Rohingya girls in Kutupalong study at home. -> BGD
South Sudanese women in Bidi Bidi run a shop. -> UGA
Congolese and Burundian girls in Nyarugusu attend school. -> TZA
Karen women in Mae La learn to weave. -> THA
The clinic in Dzaleka serves survivors. -> MWI
Somali returnees from Dadaab received kits. -> SOM
Returnees from Dadaab received kits in Somalia. -> SOM
Palestinian youth in Shatila and Ein el-Hilweh were trained. -> LBN
Palestinian girls in Burj el-Barajneh were trained. -> LBN
Women in Jabalia camp were trained. -> PSE
The project empowers women of Southeast Anatolia. -> TUR
Courts in Darfur were reopened. -> SDN
Des femmes de Casamance ont été formées. -> SEN
Mujeres del Chocó recibieron formación. -> COL
Mujeres de Chocó recibieron formación. -> COL
Displaced women in Cabo Delgado were trained. -> MOZ
Women in Mindanao mediate disputes. -> PHL
Courts in the Kurdistan Region were trained. -> IRQ
Courts in Iraqi Kurdistan were trained. -> IRQ
Judges in Somaliland were trained. -> SOM
Judges in Puntland were trained. -> SOM
Des juges du Puntland ont été formés. -> SOM
Le projet ouvre des bureaux d'aide dans les zones touchées par les conflits du Darfour. -> SDN
Des réfugiés du Darfour sont scolarisés au Tchad. -> TCD
El proyecto abrió dos clínicas en Darfur. -> SDN
Les coopératives de Casamance ont reçu des semences. -> SEN
Juezas de Somalilandia recibieron formación. -> SOM
Women in Tigray and Amhara were trained. -> ETH
Girls in Karamoja attend school. -> UGA
Des filles de l'Extrême-Nord ont été scolarisées. -> CMR
El proyecto trabaja en comunidades del estado Bolívar. -> VEN
El proyecto trabaja en el estado Zulia. -> VEN
El proyecto trabaja en el departamento de Bolívar. ->
Courts in Northern Ireland shared a guide with the police of Kosovo. -> GBR XKX
Los tribunales en Irlanda del Norte y Kosovo recibieron apoyo. -> GBR XKX
Des juges ont été formés en Irlande du Nord et au Kosovo. -> GBR XKX
Police in Scotland trained officers in Malawi. -> GBR MWI
Moria camp on Lesbos hosts women. -> GRC
Women of the Western Balkans met. ->
The Rakhine women were trained in Sittwe. -> MMR
Girls in Nagorno-Karabakh were displaced. -> AZE
Judges in North Kivu and Ituri were trained. -> COD
Femmes du Nord-Kivu et du Sud-Kivu formées. -> COD
Des femmes du Kasaï ont été formées. -> COD
Mr. Chatila opened a course in Tunis. -> TUN
Mary Nduta opened a course in Kisumu. -> KEN
The ANAR project trained nurses of ANAR. ->
Le mouvement de l'ANAR a formé des femmes. ->
"""

ARRIVALS = """
Le HCR forme des sages-femmes au Libéria après l'afflux d'Ivoiriens. -> LBR
En Perú, ACNUR capacita a parteras tras la llegada de venezolanos. -> PER
Refugees who fled to Uganda received legal aid. -> UGA
"""

PROVINCES_ELSEWHERE = """
Orphans in Gaza Province receive school kits. ->
Women in Gaza received legal aid. -> PSE
Les réfugiés de la Province de l'Equateur en RDC ont reçu une aide. -> COD
UNHCR trains midwives in Liberia, after an influx of Ivorians from the west. -> LBR
Talleres en el municipio de Los Palmares, Sucre. ->
"""

CAPITALS_AND_SMALL_LETTERS = """
THE PROJECT TRAINS UGANDAN JUDGES AND PROSECUTORS. -> UGA
LE PROJET FORME LA POLICE MALIENNE. -> MLI
EL PROYECTO CAPACITA A JUECES GUATEMALTECAS. -> GTM
COURSES FOR SYRIAN WOMEN IN JORDAN -> JOR
The course was held in Sierra leone and in Ivory coast. -> SLE CIV
El taller se celebró en Costa rica. -> CRI
Les juges du Burkina faso ont été formés. -> BFA
Un taller para fiscales en colombia y en guatemala. -> COL GTM
Des juges formées au cameroun. -> CMR
A reunion of judges was held in Kenya. -> KEN
The clinics are in Gaza Province, Mozambique. -> MOZ
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        HOSTS
        + CRISES
        + MODELS
        + DONOR_SUPPORT
        + VENUES
        + COUNCIL
        + CAMPS_AND_REGIONS
        + ARRIVALS
        + PROVINCES_ELSEWHERE
        + CAPITALS_AND_SMALL_LETTERS
    ),
)
def test_the_countries_of_a_background_are_left_out(text: str, expected: list[str]) -> None:
    countries = {str(evidence.value) for evidence in extract(text).countries}
    assert sorted(countries) == sorted(expected)
