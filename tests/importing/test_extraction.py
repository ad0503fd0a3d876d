"""Extraction of countries, regions and years from prose.

Each line of the tables is a text, an arrow, and the values that a careful reader would record:
countries in the order of the text, then years.
"""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.importing.extraction import detect_language, extract
from indexer.importing.organizations import ORGANIZATIONS, find_organizations

PASSAGES = Path(__file__).parents[1] / "data" / "passages.jsonl"
PUBLIC_PASSAGES = PASSAGES.with_name("public_passages.jsonl")
PROJECT_PASSAGES = PASSAGES.with_name("project_passages.jsonl")

# Countries by their names, demonyms and cities.
NAMES = """
In Kenya and Uganda, prosecutors were trained in 2019 and 2021. -> KEN UGA 2019 2021
The Kenyan and Ugandan police adopted the module in May 2018. -> KEN UGA 2018
UNODC trained 35 judges in Côte d'Ivoire. -> CIV
UNODC trained 35 judges in Côte d’Ivoire and Ivory Coast's police. -> CIV
A one-stop centre opened in Bamako. -> MLI
Shelters in Lagos and Port Harcourt were renovated. -> NGA
In Viet Nam, the penal code was revised; Vietnamese judges were consulted. -> VNM
Support was given to the Lao People's Democratic Republic and to Lao PDR's partners. -> LAO
The Former Yugoslav Republic of Macedonia reviewed its law in 2016. -> MKD 2016
In Swaziland and Burma, shelters were assessed. -> SWZ MMR
In Turkey, and later in Türkiye, 80 police were trained. -> TUR
Activities took place in Bolivia (Plurinational State of) and Venezuela (Bolivarian Republic of). \
-> BOL VEN
UNODC worked with Iran (Islamic Republic of) on prison reform. -> IRN
Assistance was provided in the Republic of Moldova, Ukraine and Georgia. -> MDA UKR GEO
Kosovar police and Kosovo's prosecutors attended. -> XKX
In the occupied Palestinian territory, forensic doctors were mentored. -> PSE
A forensic laboratory was equipped in Gaza and the West Bank. -> PSE
In Taiwan, judges met. -> TWN
The Holy See observed the pilot in San Marino. -> VAT SMR
Filipino and Indonesian counsellors learned from each other. -> PHL IDN
Malian, Malagasy and Malawian shelters shared their lessons. -> MLI MDG MWI
The Maldivian and Sri Lankan coast guards trained together. -> MDV LKA
Batswana and Basotho magistrates were sensitised. -> BWA LSO
In Samoa, Tonga, Fiji and Papua New Guinea, the law was reviewed. -> WSM TON FJI PNG
In American Samoa a survey was made. -> ASM
Training was held in the Federated States of Micronesia and in Palau. -> FSM PLW
In Trinidad & Tobago, Saint Lucia and St. Vincent and the Grenadines, bills were drafted. -> TTO \
LCA VCT
Antigua and Barbuda passed its law in 2015. -> ATG 2015
In Kyrgyzstan, Tajikistan and Uzbekistan, Kyrgyz, Tajik and Uzbek police met. -> KGZ TJK UZB
Prisons in Santa Cruz de la Sierra were visited. -> BOL
In Ciudad Juárez, UNODC trained investigators of femicide. -> MEX
Egyptian judges studied in Aswan. -> EGY
Dushanbe's family court was equipped. -> TJK
KENYA: police trained. -> KEN
Women in Cabo Verde and São Tomé and Príncipe received legal aid. -> CPV STP
In Timor-Leste, formerly East Timor, a safe house was opened. -> TLS
In Cape Verde, legal aid grew. -> CPV
The UAE and the UK discussed the case in the USA. -> ARE GBR USA
In Eswatini and Lesotho, hotlines were set up. -> SWZ LSO
The Czech Republic reformed its law. -> CZE
UNODC assisted Mauritius, Mauritania and Mozambique. -> MUS MRT MOZ
In Slovenia and Slovakia, Slovak shelters were supported. -> SVN SVK
A study was made in Guatemala City. -> GTM
In Mexico City, 40 investigators were trained. -> MEX
"""

# Words that look like a country or a city and are not one, or do not say where it happened.
TRAPS = """
In Niger, 20 officers were trained. -> NER
In Nigeria, 20 officers were trained. -> NGA
Nigerien and not Nigerian officials took part. -> NER NGA
Villages in the Niger Delta were visited by Nigerian police. -> NGA
Piracy on the Niger River was discussed. ->
La agencia atendió en Perú a los venezolanos que llegan. -> PER
Abrió en Colombia un centro para personas que huyen de Venezuela. -> COL
En Ecuador, frontera con Colombia, se repartieron alimentos. -> ECU
Le centre de Lomé, au Togo, accueille des femmes venues du Bénin. -> TGO
In Uganda, near the border with South Sudan, shelters were opened. -> UGA
Between Kenya and the border with Somalia, patrols were trained. -> KEN
JOIN US: the campaign was launched in Kenya. -> KEN
HELP US END VIOLENCE against women in Argentina. -> ARG
The rapport was presented in Sud-Soudan. -> SSD
UNODC and the US Embassy trained judges in Kenya. -> KEN
In Guinea, the code was amended. -> GIN
In Guinea-Bissau, the code was amended. -> GNB
In Equatorial Guinea, the code was amended. -> GNQ
Papua New Guinea's police were trained. -> PNG
Officials from the Gulf of Guinea met. ->
Guinea pigs were kept by the project. ->
In the Democratic Republic of the Congo, 10 judges were trained. -> COD
In the Republic of the Congo, 10 judges were trained. -> COG
In the DRC and Congo-Brazzaville, hotlines opened. -> COD COG
The Congo Basin initiative began. ->
In Georgia, 100 police were trained. -> GEO
The work was led by Georgia Smith of the Secretariat. ->
Officers in Atlanta, Georgia, shared their tools. -> USA
The University of Georgia wrote the study. ->
Georgian prosecutors were trained in Tbilisi. -> GEO
Georgia and Armenia revised their laws. -> GEO ARM
Michael Jordan opened the tournament for girls. ->
Ms. Jordan, a prosecutor, spoke about victims. ->
In Jordan, the Family Protection Department was supported. -> JOR
Jordan's Family Protection Department was supported. -> JOR
The Jordan Ministry of Justice drafted a bylaw. -> JOR
The report was written by Chad Smith. ->
In Chad and Cameroon, prisons were assessed. -> TCD CMR
Communities around Lake Chad were surveyed. ->
Mr. Israel spoke for the bar. ->
In Dominica, the law was changed. -> DMA
In the Dominican Republic, the law was changed. -> DOM
Dominican authorities were consulted. ->
Police in Northern Ireland shared practices. -> GBR
In Ireland, a study was made. -> IRL
Training was given in Santiago de Cali. -> COL
In Sudan and South Sudan, paralegals worked. -> SDN SSD
South Sudanese women received legal aid. -> SSD
South Africa adopted a plan. -> ZAF
States of the Indian Ocean met. ->
A shelter in New Mexico was visited. ->
Fishing in the Gulf of Mexico employs women. ->
The Panama Papers were discussed. ->
States were invited to ratify the Istanbul Convention. ->
The Beijing Declaration and Platform for Action was reviewed, as were Beijing+25 commitments. ->
The Geneva Conventions and the Bangkok Rules were taught. ->
The Palermo Protocol, the Maputo Protocol and the Doha Declaration were taught. ->
The Convention of Belém do Pará was translated. ->
The Vienna Declaration and the Kampala Convention apply, says the Rome Statute. ->
The Tokyo Rules and the Nelson Mandela Rules were printed. ->
The UN Office at Vienna published a handbook. ->
Staff at UNODC headquarters in Vienna, Austria, wrote the toolkit. ->
The UNODC Regional Office for Southern Africa in Pretoria, South Africa, wrote a brief. ->
The UNODC Regional Office for Central America and the Caribbean in Panama trained police in \
Honduras. -> HND
A side event was held in New York. ->
The expert meeting took place in Geneva and Vienna. ->
A global conference in Nairobi gathered experts. ->
The International Association of Judges held its annual international conference in Marrakech. ->
A workshop in Bangkok gathered officers of Nepal and Bhutan. -> NPL BTN
With funding from the Government of Sweden, shelters opened in Albania. -> ALB
In Ghana, the project, funded by the Governments of Japan, Norway and Canada, ended. -> GHA
The handbook was developed with the support of the United States, Norway and Denmark. ->
The handbook was funded by the United Kingdom. ->
The US Department of State funded training in Peru. -> PER
The Swedish International Development Cooperation Agency supported prisons in Zambia. -> ZMB
The Spanish Agency for International Development Cooperation and police in Paraguay met. -> PRY
The Japan International Cooperation Agency joined. ->
The Korea International Cooperation Agency joined. ->
A Japan-funded project in Cambodia ended. -> KHM
Qatar funds the programme in Tunisia. -> TUN
The Embassy of France in Senegal opened the session. -> SEN
The Permanent Missions of Austria and Thailand chose a topic. ->
The British High Commission attended. ->
The toolkit is available in English, French and Spanish. ->
The handbook was translated into Russian and Thai. ->
A Spanish-language course was launched. ->
The course, in Portuguese, reached Angolan judges. -> AGO
It was published in Vietnamese. ->
Thai prisons for women applied the standards. -> THA
African and American experts met Latin American peers. ->
The Commission of the African Union met. ->
Women from all walks of life met: a woman, a roman, a nomad. ->
Malaria in Malawi was not the topic; Mali and the Maldives were. -> MWI MLI MDV
Iceland and Ireland reported. -> ISL IRL
They served turkey on china; the polish was nice, the male cook wore a jersey. ->
The reunion of chile growers and guinea pigs was of lima beans. ->
The seminar used the same polish and a mobile reading bath. ->
Victoria and Sofia Martinez presented the study. ->
Kingston, Hamilton and Alexandria sent messages. ->
A meeting of Santa Cruz and Santiago alumni was held. ->
Ambassador of Sweden to Kenya, Ms. Berg, spoke. -> KEN
Syrian refugees in Lebanon received counselling. -> LBN
Venezuelan migrants in Colombia were protected. -> COL
The Thailand Institute of Justice co-organized a webinar. ->
A CCPCJ side event organized by Austria, Thailand and Brazil drew many. ->
The Economic Community of West African States met. ->
Wales and Scotland shared data; New South Wales did not. -> GBR
The Jordan Valley and the Red Sea were surveyed. ->
The American Bar Association helped in Armenia. -> ARM
New Jersey and New England shelters wrote in. ->
Congolese and Korean films were shown. ->
"""

# Donors, countries of origin, and lists of countries.
CONTEXT = """
The United Kingdom and Norway funded shelters in Kenya. -> KEN
Le Royaume-Uni et la Norvège ont financé le projet au Tchad. -> TCD
Supported by Germany, the initiative reached Togolese traders. -> TGO
With resources from Luxembourg, UNFPA equipped clinics in Benin. -> BEN
Vehicles paid for by the Republic of Korea reached Timor-Leste. -> TLS
UNODC is grateful to Finland, France and the United States for their contributions. ->
Belgium and Ireland are among the donors of the programme in Liberia. -> LBR
UNODC and Canada signed an agreement to strengthen prisons in Jamaica. -> JAM
Serbian, Croatian and Hungarian police were trained. -> SRB HRV HUN
The Ethiopian Federal Police visited Rwanda. -> ETH RWA
The German Federal Police visited Rwanda. -> RWA
Ambassador Chad Peterson of the United States met Kenyan prosecutors. -> KEN
The Governments of Argentina and Thailand co-organised a side event. ->
Returnees from Tanzania and refugees from Rwanda were assisted in Burundi. -> BDI
Refugees from the Democratic Republic of the Congo were assisted in Brazzaville. -> COG
In Mexico, near the border with Guatemala, asylum officers met. -> MEX
Honduran and Salvadoran asylum-seekers were assisted in Mexico. -> MEX
UNICEF's Innocenti Research Centre in Florence, Italy, studied Egypt. -> EGY
In Guinea Bissau and Timor Leste, courts sat. -> GNB TLS
In Greece and Italy, UNHCR funded shelters. -> GRC ITA
In Albania, Sweden funded shelters. -> ALB
Latvia and Lithuania took part with Ukraine. -> LVA LTU UKR
UNICEF Italy and UNICEF Bulgaria opened hubs. -> ITA BGR
In Darfur, Tigray, Rakhine State and Cox's Bazar, safe spaces opened. -> SDN ETH MMR BGD
"""

YEARS = """
By 2018 women were safer, and until 2019 judges were trained. -> 2018 2019
Of the volunteers, 2016 of whom were women, most were trained in 2017. -> 2017
Law No. 348 of 2013 to guarantee women a life free from violence. -> 2013
The 2016 Peace Agreement, the Act of 2014 and the 1951 Refugee Convention were read. -> 2016 2014
Activities ran from 2018–2020. -> 2018 2019 2020
Activities ran in 2018-20. -> 2018 2019 2020
Activities ran from 2018 to 2020. -> 2018 2019 2020
Activities ran between 2018 and 2020. -> 2018 2019 2020
Activities ran in 2018 and 2020. -> 2018 2020
It was to be published in mid 2019. -> 2019
It was to be published in mid-2019 or late-2020. -> 2019 2020
In FY2019 and the biennium 2020/2021, plans were made. -> 2019 2020 2021
From November 2017 to March 2019, women were trained. -> 2017 2018 2019
On 12.03.2019 and on 2021-06-01, sessions were held. -> 2019 2021
The 2018 Global Report and the 2019 elections were studied. -> 2018 2019
In 2019 women were trained, and in March 2020 officers. -> 2019 2020
Resolution 1325 guides the plan. ->
Resolution 1325 (2000) and resolutions 1820 (2008) and 1960 (2010) guide it. ->
UNSCR 2242 and Security Council resolution 2000 guide it. ->
The 2030 Agenda, Agenda 2063, Vision 2025 and COVID-19 guide it. ->
ISO 9001 and ISO 15189:2012 were applied. ->
2,000 women and 2000 women officers and 1950 participants came. ->
Some 2015 cases were heard, reaching 2010 people in 2016. -> 2016
See pages 1990-1998 and call +43 1 26060 2019 or 555 2014. ->
It cost US$ 2000 or 2000 dollars. ->
The 1951 Refugee Convention and the 1995 Beijing Declaration apply. ->
The Domestic Violence Act 2013 and the Convention of 1979 apply. -> 2013
See A/RES/70/2010 and E/CN.15/2019/L.3. ->
See https://example.org/2019/report in 2020. -> 2020
In the 1990s and post-2015 debates, little was done. ->
In 1899 and 1944 and 2099 nothing happened. ->
The plan 2024–2030 was adopted. -> 2024 2025 2026 2027
"""

LANGUAGES = """
En Colombia y el Perú, la ONUDD capacitó a fiscales en 2019. -> COL PER 2019
Del 3 al 5 de mayo de 2021, la Reunión Regional sobre las Reglas de Bangkok se celebró en Costa \
Rica. -> CRI 2021
En los Estados Unidos y en España, las víctimas fueron asistidas entre 2018 y 2020. -> USA ESP \
2018 2019 2020
El proyecto, financiado por el Gobierno de Suecia, se ejecuta en El Salvador. -> SLV
Au Maroc, en Tunisie et au Tchad, la police a été formée de 2018 à 2020. -> MAR TUN TCD 2018 2019 \
2020
La Réunion ministérielle a eu lieu en Côte d’Ivoire. -> CIV
En République démocratique du Congo et au Niger, des juges ont été formés. -> COD NER
Les Règles de Bangkok et la Convention d'Istanbul ont été présentées en Haïti. -> HTI
В Кении и Казахстане в 2019 году прошло обучение судей. -> KEN KAZ 2019
في عام 2019، نظم المكتب ورشة عمل في مصر ولبنان. -> EGY LBN 2019
2019年，该办公室在肯尼亚和尼日利亚举办了培训。 -> KEN NGA 2019
"""

REGIONS = """
Prosecutors from West Africa and Central Asia met. -> 011 143
Laws in Latin America and the Caribbean were compared. -> 419
Countries of Southern Africa met in Botswana. ->
A study covered South-Eastern Asia. -> 035
States of the Middle East and North Africa met. ->
The Economic Commission for Africa and the Council of Europe met. ->
Activities in Sub-Saharan Africa grew across Africa. -> 202
"""

# Sentences as in reports and on web pages, to which several rules apply.
REPORTS = """
In Sindh, Pakistan, UNODC and the Sindh Police organized a workshop. -> PAK
UNODC Country Office Pakistan delivered a course for women officers. -> PAK
The UNODC Country Office in Kenya delivered a course for women officers. -> KEN
UNODC ROSEN supported Senegal and Mali. -> SEN MLI
Within the framework of the Doha Declaration Global Programme, judges in Ghana were trained. -> GHA
Funded by the European Union, the project supports Afghanistan and neighbouring countries. -> AFG
Funded by the United States, Pakistan's police were trained. -> PAK
Thanks to the generous contribution of Canada, UNODC refurbished a women's prison in El Salvador. \
-> SLV
With the financial support of Italy, UNODC supported shelters in Lebanon and Jordan. -> LBN JOR
With support from INL and in partnership with the Kenya Prisons Service, mothers were helped. -> KEN
The training, supported by the Governments of Germany and Finland, took place in Tashkent, \
Uzbekistan. -> UZB
On 8 March 2021, in Tashkent, UNODC and the Ministry of Interior of Uzbekistan launched a \
network. -> UZB 2021
Vienna, 25 November 2020 - UNODC marks the day. -> 2020
Dakar (Senegal), 5 May 2019 – magistrates from Burkina Faso, Chad, Mali, Mauritania and Niger \
met. -> SEN BFA TCD MLI MRT NER 2019
Bangkok (Thailand), 12 June 2018 - UNODC launched a study. -> THA 2018
The Government of the Republic of Korea supported a study in Viet Nam. -> VNM
The Government of Mexico adopted the protocol in 2016. -> MEX 2016
In collaboration with the Government of Panama, UNODC trained 150 prison officers. -> PAN
A national dialogue was held in Panama City. -> PAN
In Panama, the Attorney General's Office was supported. -> PAN
The Attorney General's Office in Guatemala adopted a model. -> GTM
The United Nations Office on Drugs and Crime (UNODC) in Nigeria inaugurated a hotline. -> NGA
The National Agency for the Prohibition of Trafficking in Persons (NAPTIP) in Abuja was trained. \
-> NGA
Female inmates in Lao PDR, Cambodia, Thailand and Viet Nam were interviewed. -> LAO KHM THA VNM
Women police from Somalia, Puntland and Somaliland met. -> SOM
Judges of the Supreme Court of India and of Sri Lanka met. -> IND LKA
The Indian police and Bangladesh's border guards cooperated. -> IND BGD
Women in Cox's Bazar, Bangladesh, were reached. -> BGD
Rohingya refugees from Myanmar in Bangladesh were reached. -> BGD
Training for Libyan, Tunisian and Moroccan judges was held in Tunis. -> LBY TUN MAR
Police in the Bahamas, Barbados, Jamaica and Guyana used the handbook. -> BHS BRB JAM GUY
In St. Lucia and Saint Kitts & Nevis, laws were reviewed. -> LCA KNA
UN Women and UNODC supported Bosnia and Herzegovina, Montenegro, North Macedonia and Serbia. -> \
BIH MNE MKD SRB
In Albania, Kosovo (UNSCR 1244) and Moldova, services were costed. -> ALB XKX MDA
In Kosovo1, services were costed. -> XKX
All references to Kosovo are in the context of Security Council resolution 1244 (1999). -> XKX
The Ministry of Women Affairs of Palestine opened a centre in Ramallah. -> PSE
In Syria, Iraq and Yemen, survivors were supported in 2016–17. -> SYR IRQ YEM 2016 2017
In Sierra Leone, Liberia and Guinea, the Ebola response included protection. -> SLE LBR GIN
In the Gambia, the law was passed in December 2013. -> GMB 2013
In Central African Republic, a special criminal court was set up. -> CAF
In Comoros, Madagascar and Seychelles, prosecutors learned. -> COM MDG SYC
In Réunion, France, the police met Mauritian colleagues. -> FRA MUS
In Argentina, Chile, Paraguay and Uruguay the Latin American Model Protocol was adapted. -> ARG \
CHL PRY URY
The Latin American Model Protocol for the investigation of femicide was launched in Brasilia. -> BRA
The Brasilia Rules on access to justice were revised. ->
The Santiago Declaration and the Montevideo Strategy were cited. ->
Women from New Zealand, Australia and Vanuatu led the network. -> NZL AUS VUT
The Australian Federal Police trained officers in Fiji. -> FJI
The Norwegian Refugee Council worked in Honduras. -> HND
The Danish Institute for Human Rights published a tool. ->
Germany's GIZ and UNODC worked in Bolivia. -> BOL
The Italian Agency for Development Cooperation helped in Ethiopia. -> ETH
The Government of Belgium funded the project in Benin. -> BEN
The Kingdom of the Netherlands financed a hotline in Rwanda. -> RWA
UNODC, with funding from the United States Department of State, trained police in the \
Philippines. -> PHL
Officers of the U.S. Embassy in Bishkek, Kyrgyzstan, attended. -> KGZ
The Turkish National Police trained officers. -> TUR
The Russian Federation hosted the training of Russian, Belarusian and Kazakh officers. -> RUS BLR \
KAZ
Materials were issued in Russian and Kyrgyz. ->
A Dari and Pashto version was issued in Afghanistan. -> AFG
The Nepali-language guide reached 2000 women in 2015. -> 2015
The handbook is available in Arabic, Chinese, English, French, Russian and Spanish. ->
Chinese and Mongolian border police exchanged data. -> CHN MNG
In Hong Kong and Macao, police met. -> HKG MAC
Ms. Georgia Brown and Mr. Chad Jones of UNODC visited. ->
Georgia Brown visited Armenia. -> ARM
Jordan Williams, a lawyer, trained prosecutors in Belize. -> BLZ
Ali Jordan and Kenya Moore facilitated. ->
Officers from Jordan, Iraq and Egypt took part. -> JOR IRQ EGY
Lebanon, Jordan and Egypt took part. -> LBN JOR EGY
Chad, Niger and Mali took part. -> TCD NER MLI
The Chad Ministry of Women and the Jordan Public Security Directorate took part. -> TCD JOR
Neighbouring Chad was consulted. -> TCD
Visits to Jordan were made. -> JOR
Israel and Palestine were discussed. -> ISR PSE
The Israeli and Palestinian experts met. -> ISR PSE
The London School of Economics and the University of Vienna contributed. ->
The Geneva-based organization DCAF and the Nairobi-based NGO contributed. ->
The International Police Executive Symposium met in Kigali. ->
UNODC participated in the World Congress on Family Law in Cape Town. ->
A regional conference in Addis Ababa agreed on a plan. -> ETH
The Sixth Conference of the States Parties was held in St. Petersburg. ->
The Thirteenth United Nations Congress on Crime Prevention and Criminal Justice in Doha in April \
2015 adopted a declaration. -> 2015
The Fourteenth Crime Congress in Kyoto adopted the Kyoto Declaration. ->
Between 2012 and 2014, 1,325 police and 2100 prosecutors were trained. -> 2012 2013 2014
In 2013/14 the programme grew. -> 2013 2014
In the second quarter of 2018 and Q4 2019 there were 2020 cases. -> 2018 2019
From 1 January 2016 until 31 December 2018, the project helped. -> 2016 2017 2018
General Assembly resolution 65/228 of 21 December 2010 was used. -> 2010
General Assembly resolution 65/228 was used in 2012. -> 2012
In its resolution 2016/18, the Council asked. ->
ECOSOC resolutions 2004/27 and 2006/29 were noted. ->
The National Strategy 2016-2021 and the Action Plan (2018 – 2020) were adopted. -> 2016 2017 2018 \
2019 2020 2021
UNODC's Global Study on Homicide 2019 was published. -> 2019
The law No. 1257 of 2008 was applied in Colombia. -> COL 2008
Ley 2015 de 2020 fue adoptada en Ecuador. -> ECU 2020
CEDAW General Recommendation No. 35 (2017) was promoted. ->
In 2017-2018, GLO.ACT worked in Belarus, Brazil, Colombia, Egypt, the Kyrgyz Republic, Lao PDR, \
Mali, Morocco, Nepal, Niger, Pakistan, South Africa and Ukraine. -> BLR BRA COL EGY KGZ LAO MLI \
MAR NPL NER PAK ZAF UKR 2017 2018
16 Days of Activism 2018: UNODC Mexico lit its office. -> MEX 2018
UNODC Colombia and UNODC Ecuador exchanged experts. -> COL ECU
In the Philippines, 320 policewomen took part in a course on online child abuse in early 2022. -> \
PHL 2022
UNODC Southern Africa, with the Southern African Development Community, trained magistrates of \
Angola and Zambia. -> AGO ZMB
In cooperation with the OSCE and the Government of Norway, 25 Tajik border guards were trained in \
Dushanbe. -> TJK
The Women’s Network was launched in Islamabad during a ceremony with the Minister of Law. -> PAK
During a mission to Beirut, experts visited the Barbar Khazen women's prison. -> LBN
The National Council for Women of Egypt signed a memorandum. -> EGY
Peruvian prosecutors visited Chilean courts in 2017 and 2018. -> PER CHL 2017 2018
A needs assessment was made in Hargeisa and Mogadishu. -> SOM
UNODC participated at the sixty-third session of the Commission on the Status of Women in New \
York in March 2019. -> 2019
In line with the Kyoto Declaration adopted in March 2021, UNODC supported Brazil. -> BRA 2021
The programme, a partnership of UNODC with Italy, Spain and the European Commission, reached Cabo \
Verde. -> CPV
The Spotlight Initiative in Latin America funded work in Mexico, Argentina, El Salvador, \
Guatemala and Honduras. -> MEX ARG SLV GTM HND
Women in Honduran prisons received hygiene kits. -> HND
UNODC's office in Dakar developed a guide for the Sahel. -> SEN
In 14 of 22 Arab States laws were reviewed. ->
Judge Jordan of the Supreme Court of Belize opened the session. -> BLZ
The Panama City office assisted. -> PAN
Training took place in Yangon and Mandalay for the Myanmar Police Force. -> MMR
In Herat and Kandahar, family response units were equipped. -> AFG
More than 1990 calls were received by the hotline in Ulaanbaatar. -> MNG
On 10 December 2019 in Minsk, a round table took place. -> BLR 2019
As of 2016, Member States reported data. -> 2016
The ICCS was implemented in Mexico and Ecuador (2014-2016). -> MEX ECU 2014 2015 2016
The handbook was field-tested in Benin, Burkina Faso and the Ivory Coast. -> BEN BFA CIV
The Turkish Ministry of Justice hosted a study visit. -> TUR
In Jamaica and Trinidad and Tobago, CARICOM and UNODC held a course. -> JAM TTO
UNODC trained 60 officials in Kiribati, Tuvalu and the Solomon Islands. -> KIR TUV SLB
The Netherlands Helsinki Committee and UNODC trained Georgian prison staff. -> GEO
The Vietnam Women's Union was a partner. -> VNM
A Syrian-led network was formed. -> SYR
In Northern Macedonia and in North Macedonia, it worked. -> MKD
UNODC co-organized an event in Rome, Italy, on femicide. -> ITA
The Mexico-based NGO helped. -> MEX
In Bosnia, judges were trained. -> BIH
In Amman, Jordan, on 4 May, it met. -> JOR
In Kampala, the International Criminal Court amendments were agreed. -> UGA
Victims from Nigeria were identified in Italy and Libya. -> NGA ITA LBY
In the Marshall Islands and Nauru, bills were drafted with Australian support. -> MHL NRU
Bangladesh Police received Canadian-funded equipment. -> BGD
"""

# Ranges of dates, and years of citations, reports and symbols.
MORE_YEARS = """
1 January 2019 – 31 December 2020 -> 2019 2020
15 March 2019 - 14 June 2021 -> 2019 2020 2021
The project ran from March 15, 2019 - June 14, 2021. -> 2019 2020 2021
FINAL REPORT JANUARY 2019- DECEMBER 2020 -> 2019 2020
01/02/2019 – 31/12/2020 -> 2019 2020
2019-01-01 to 2020-12-31 -> 2019 2020
Q3 2018 – Q1 2020 -> 2018 2019 2020
Du 1er janvier 2019 au 31 décembre 2021, le projet a formé des agents. -> 2019 2020 2021
De novembre 2015 à février 2017, ils ont formé des agents. -> 2015 2016 2017
Del 1 de enero de 2018 al 30 de junio de 2020 -> 2018 2019 2020
Entre marzo de 2021 y diciembre de 2023 se capacitó a la policía. -> 2021 2022 2023
Desde junio de 2018 hasta mayo de 2020 se capacitó a la policía. -> 2018 2019 2020
С марта 2018 до мая 2020 -> 2018 2019 2020
Violence is common there (IOM/UNHCR 2014). ->
Violence is common there (UNODC, 2016, p. 3; Smith et al., 2015). ->
Violence is common there (see WHO 2013). ->
A workshop was held (Bangkok, 2015). -> THA 2015
It was presented at the Commission (CSW 2019) and at home (December 2012). -> 2019 2012
The ADR 2014 found progress. ->
Una mujer sufre violencia cada minuto (Endes 2016). ->
Desde el 2014 y hasta el 2016, el programa tuvo tres áreas. -> 2014 2015 2016
Le projet a duré de 2014 et jusqu'en 2016. -> 2014 2015 2016
Mayo,2017.- Las mujeres terminaron el curso. -> 2017
According to the Global Report on Trafficking in Persons 2020, women are affected. ->
El Informe Mundial sobre las Drogas 2018 trata de ello. ->
Le Rapport sur le développement humain 2019 le dit. ->
Le Rapport sur les femmes formées en 2019 le dit. -> 2019
The Global Report on Trafficking in Persons 2018 was launched in 2019. -> 2018 2019
As S/RES/1325 (2000), A/RES/70/1 and CEDAW/C/GC/35 (2017) say ->
Directive 2011/36/EU and Regulation (EU) 2016/679 apply. ->
The Guiding Principles on Internal Displacement (1998) apply since 2001. -> 2001
The Sendai Framework for Disaster Risk Reduction 2015–2030 applies. ->
Dans les années 1990 ->
"""

# Names with other senses, and names and demonyms in French and Spanish.
SENSES = """
In Southern Sudan, police were trained. -> SSD
Au Sud-Soudan, la police a été formée. -> SSD
In Turks and Caicos, police were trained. -> TCA
In the Turks and Caicos Islands, police were trained. -> TCA
Oil workers of the Niger- Delta were trained. ->
Dans le delta du Niger et le bassin du Congo, des femmes ont été formées. ->
The Ottawa Convention, the Ottawa Treaty and the Accra Agenda for Action were discussed. ->
The Accra Declaration, the Bangkok Rules and the Istanbul Convention were discussed. ->
La Convention d'Istanbul, la Convention d'Ottawa et les Règles de Bangkok ont été présentées. ->
Se presentaron el Convenio de Estambul y las Reglas de Bangkok. ->
Le Programme d'action d'Istanbul et le Processus de Khartoum ont été présentés. ->
Un don d'un million de dollars US a été reçu. ->
Ces subventions oscillent entre 25 mille et 100 mille dollars américains. ->
Se recibieron 500 dólares estadounidenses y 300 francos suizos. ->
It received 500 Kenyan shillings, 300 Swiss francs and 200 US dollars. ->
La gendarmerie malienne et le Parlement ivoirien ont été consultés. -> MLI CIV
Les forces de l'ordre djiboutiens ont été formées. -> DJI
El Estado boliviano y la localidad nicaragüense de Peñas Blancas -> BOL NIC
El Gobierno Colombiano y la policía hondureña -> COL HND
CONTACT US ABOUT TRAINING IN KENYA -> KEN
CONTACT US TODAY ->
In San Martín, Perú, la policía fue capacitada. -> PER
La provincia de Santa Elena, Ecuador, fue visitada. -> ECU
IRAQ: police were trained. MALI: judges were trained. -> IRQ MLI
Police of Serbia and the FYRM were trained. -> SRB MKD
In the Soviet Union, police were trained in 1988. -> SUN 1988
In Yugoslavia and Czechoslovakia, police were trained. -> YUG CSK
Countries of the former Soviet Union and the former Yugoslavia met. ->
In Serbia and Montenegro, police were trained. -> SRB MNE
A guide was issued en français et en espagnol. ->
El manual se publicó en español, inglés y francés. ->
La guía fue traducida al español en Guatemala. -> GTM
L'Amérique du Sud et les pays latino-américains ->
Au Caire et à Addis-Abeba, des magistrats ont été formés. -> EGY ETH
"""
ACTORS = """
Governments that have contributed include Austria, Bahrain, Finland and Norway. ->
Nous remercions les gouvernements des pays suivants: Autriche, Irlande et Suisse. ->
Con el apoyo de los gobiernos de Estados Unidos, Canadá y de la OEA se formó a la policía. ->
La formation, financée par le Canada, a réuni des juges maliens. -> MLI
El proyecto, financiado por el Gobierno de los Estados Unidos, capacitó a jueces de Panamá. -> PAN
L'Ambassadeur du Japon au Sénégal a remis des diplômes. -> SEN
La Embajada de España en Honduras y la OIM capacitaron a la policía. -> HND
With the Netherlands Minister for Foreign Trade, the fund was opened. ->
Le HCR a assisté des réfugiés maliens au Niger. -> NER
La OIM asistió a migrantes hondureños en México. -> MEX
UNHCR counselled Somali women in Dadaab, Kenya. -> KEN
Migrants crossing the Darien from Colombia were protected in Panama. -> PAN
La région est sur la route vers l'Italie; au Niger, des agents ont été formés. -> NER
The former President of Malawi spoke in Zambia. -> ZMB
UN-INSTRAW (Santo Domingo) reviewed training. ->
La Oficina Regional para Centroamérica en Panamá capacitó a jueces de El Salvador. -> SLV
Le projet est exécuté avec l’appui financier de l’Agence Française de Développement au Mali. -> MLI
El Instituto Tailandés de Justicia organizó una reunión en Costa Rica. -> CRI
Il a le soutien de la part des gouvernements de l’Autriche, de la France et de la Suède. ->
El Gobierno de España y la OPS firmaron un Memorando de Entendimiento. ->
The Governments of Japan and Kenya signed a memorandum of understanding. -> KEN
Países de los que se trata: Egipto Marruecos Malí Níger -> EGY MAR MLI NER
Se trabajó en Granada, Guyana, Haití y Santa Lucía. -> GRD GUY HTI LCA
Se trabajó en la ciudad de Granada. ->
Au Niger: réfugiés du Soudan du Sud (2,11 millions) et de la Somalie (5 000). -> NER
El Plan para 2024 abarca dos casos. -> 2024
Copyright UNDP 2016, all rights reserved. Manufactured in the United States of America. ->
La mayoría de los saharauis huyeron a Argelia. -> DZA
Las personas refugiadas saharauis fueron atendidas. -> ESH
En 2019, 2020 mujeres y 2021 agentes fueron capacitados. -> 2019
"""

# Texts of the original collection, shortened.
SEED = """
In Colombia, UNODC developed a guide on gender-based violence in the COVID-19 pandemic in \
Santiago de Cali. -> COL
In Pakistan and Myanmar, UNODC coordinated national high-level roundtables. -> PAK MMR
In 2020, ICAT published a joint Analytical Review. -> 2020
Smuggling of Migrants in Pakistan. UNODC also supported the Afghan National High Commission on \
Trafficking. -> PAK AFG
A regional consultation for Middle East and Northern Africa with OHCHR in Egypt in November 2019. \
-> EGY 2019
In Bolivia, in cooperation with UNDP, UNODC updated the Protocol to Conduct Hearings. -> BOL
In Guatemala, UNODC’s support to the National Civil Police. -> GTM
A UNODC issue paper on these issues (to be published in mid 2019. -> 2019
In Guatemala, UNODC supported a roundtable with the National Police. -> GTM
In 2017, UNODC further expanded its activities. -> 2017
Women in the smuggling of migrants (to be published in the first half of 2018). -> 2018
In Namibia, UNODC conducted an assessment. -> NAM
In Kyrgyzstan, UNODC facilitated public safety planning in 14 municipalities. -> KGZ
In Kyrgyzstan, the national Action Plan on UN Security Council Resolution 1325. -> KGZ
"""


def cases(table: str) -> list[tuple[str, list[str]]]:
    """Return the texts of a table with their expected values."""
    lines = (line.partition("->") for line in table.strip().splitlines())
    return [(text.strip(), values.split()) for text, _, values in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        NAMES + TRAPS + CONTEXT + REPORTS + YEARS + MORE_YEARS + SENSES + ACTORS + SEED + LANGUAGES
    ),
)
def test_the_countries_and_years_of_a_text_are_extracted(text: str, expected: list[str]) -> None:
    extraction = extract(text, last_year=2027)
    evidence = (*extraction.countries, *extraction.years)
    assert [str(item.value) for item in evidence] == expected


def test_precision_and_recall_on_annotated_passages_are_at_least_95_percent() -> None:
    """tests/data/passages.jsonl was annotated before the rules were run on it.

    It also contains the passages on which they disagree with the reader.
    """
    lines = PASSAGES.read_text(encoding="utf-8").splitlines()
    totals = {"countries": [0, 0, 0], "years": [0, 0, 0]}  # correct, extracted, annotated
    for passage in map(json.loads, lines):
        extraction = extract(passage["text"], last_year=2027)
        for name, total in totals.items():
            values = {evidence.value for evidence in getattr(extraction, name)}
            annotated = passage[name]
            counts = (len(values & set(annotated)), len(values), len(annotated))
            total[:] = map(sum, zip(total, counts, strict=True))
    for correct, extracted, annotated in totals.values():
        assert correct >= 0.95 * extracted
        assert correct >= 0.95 * annotated


@pytest.mark.parametrize(("passages", "least"), [(PUBLIC_PASSAGES, 0.97), (PROJECT_PASSAGES, 0.96)])
def test_extraction_agrees_with_the_labels_of_passages_in_three_languages(
    passages: Path, least: float
) -> None:
    """The passages quote public pages in English, French and Spanish, with their addresses."""
    totals = {"countries": [0, 0, 0], "years": [0, 0, 0], "partners": [0, 0, 0]}
    for passage in map(json.loads, passages.read_text(encoding="utf-8").splitlines()):
        extraction = extract(passage["text"], passage["lang"], last_year=2027)
        organizations = {topic.slug for topic in find_organizations(passage["text"])}
        extracted_values: dict[str, set[object]] = {
            "countries": {evidence.value for evidence in extraction.countries},
            "years": {evidence.value for evidence in extraction.years},
            "partners": organizations - {passage["agency"]},
        }
        for name, values in extracted_values.items():
            annotated = set(passage[name])
            if name == "partners":
                annotated &= set(ORGANIZATIONS)
            counts = (len(values & annotated), len(values), len(annotated))
            totals[name][:] = map(sum, zip(totals[name], counts, strict=True))
    for correct, extracted, annotated_count in totals.values():
        assert correct >= least * extracted
        assert correct >= least * annotated_count


@pytest.mark.parametrize(("text", "expected"), cases(REGIONS))
def test_regions_are_proposed_only_without_a_country(text: str, expected: list[str]) -> None:
    assert [evidence.value for evidence in extract(text).regions] == expected


@pytest.mark.parametrize(("text", "expected"), cases(LANGUAGES))
def test_the_language_of_a_text_is_detected(text: str, expected: list[str]) -> None:
    assert detect_language(text) == extract(text).language != "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Capacitación de jueces, Perú", "es"),
        ("Apoyo institucional, Perú", "es"),
        ("Casas de acogida para mujeres", "es"),
        ("Jueces capacitados", "es"),
        ("Ateliers régionaux, Tchad", "fr"),
        ("Formation de formateurs", "fr"),
        ("Victimes protégées au Niger", "fr"),
        ("Training police, Chad", "en"),
        ("Support to victims", "en"),
    ],
)
def test_the_language_of_a_heading_is_detected(text: str, language: str) -> None:
    assert detect_language(text) == language


WORDS = "In Kenya the of 2019 – - ( 1325 ) Jordan, Ms. funded by Vienna".split()


@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_evidence_quotes_the_text_and_values_are_unique(text: str) -> None:
    extraction = extract(text)
    for evidence in (extraction.countries, extraction.regions, extraction.years):
        assert len({e.value for e in evidence}) == len(evidence)
        assert all(text[e.start : e.end] == e.words != "" for e in evidence)


@pytest.mark.parametrize(
    "text",
    [
        "A" * 100_000,
        "Kenya, " * 2_000,
        "funded by " * 10_000,
        "2019-" * 10_000,
        "UN for the " * 9_000 + "Kenya",
        "in the UN for the Kenya, " * 999,
        "Report on the " * 9_000 + "2019",
        "(UNODC/IOM and WHO " * 9_000,
        "1 March 2019 - 2 April " * 5_000,
        "Convention of the " * 9_000,
        "in the district of Quibdo, " * 999,
        "experts from Kenya, Uganda and " * 999,
        "support of the government of Ghana " * 999,
        "Aid Foundation (Kenya, Peru) " * 999,
    ],
)
def test_a_long_text_takes_less_than_ten_seconds(text: str) -> None:
    extract("warm up")
    started = time.process_time()
    extract(text)
    assert time.process_time() - started < 10
