"""Years of an origin or of the future: founding, laws, budgets, crises, and targets in capitals.

Each line of the tables is a text, an arrow, and the years that a careful reader would record.
"""

import pytest

from indexer.importing.years import stated_years
from tests.importing.test_localities import cases

FOUNDING = """
The Legal Aid Board, established by law in 2001, opened a hotline in 2016. -> 2016
The network, which was created in 1998, trained 40 midwives in 2012. -> 2012
A shelter run by an NGO founded in 1995 was repaired in 2013. -> 2013
The association was founded in 2019 with support from UNDP. -> 2019
The shelter was established in 2015 and extended in 2017. -> 2015 2017
A unit was created in 2014 and its staff were trained in 2015. -> 2014 2015
Le Conseil des femmes, créé en 1997, a formé 30 médiatrices en 2014. -> 2014
L'association, fondée en 2002, a ouvert un refuge en 2018. -> 2018
Une ONG créée en 1995 a formé des sages-femmes en 2015. -> 2015
El centro, fundado en Santo Domingo en 1980, estudió en 2016 el matrimonio infantil. -> 2016
Une cellule d'écoute a été créée en 2014 et agrandie en 2016. -> 2014 2016
La Defensoría, creada por ley en 1996, atendió 300 casos en 2011. -> 2011
La red, fundada en 2004, capacitó a 60 parteras en 2017. -> 2017
La comisión, creada por el acuerdo de 2006, inició sus trabajos en 2008. -> 2008
El refugio fue creado en 2014 y ampliado en 2016. -> 2014 2016
The second phase, launched in 2015, trained 40 judges in 2016. -> 2015 2016
"""

LAWS = """
The Family Act, first adopted in 2004, was revised in 2016. -> 2016
The law on domestic violence was adopted in 2008. In 2010, UNDP printed 500 copies. -> 2010
The law on domestic violence was adopted in 2008. -> 2008
La loi sur la traite a été promulguée en 2005. En 2009, l'OIM a formé des juges. -> 2009
La Ley 230, aprobada en 2012, se difundió en 2013. -> 2013
La ley contra la trata fue promulgada en 2009. En 2011, la OIM capacitó a fiscales. -> 2011
La Ley 11.257, de 2008, dio lugar en 2011 a nuevos juzgados. -> 2011
Niger, which had adopted a law in 2003, held hearings in 2010. -> 2010
Le Niger, qui avait adopté en 2003 une loi, a tenu des audiences en 2010. -> 2010
El país, que había aprobado en 2003 una ley, realizó audiencias en 2010. -> 2010
The project had trained 40 judges in 2009 and 60 in 2010. -> 2009 2010
UNDP helped to draft the law that was adopted in 2014, and trained judges in 2015. -> 2014 2015
"""

BUDGETS = """
In 2013, UN Women analysed the 2014 budget. -> 2013
The 2014 budget includes funds for shelters. -> 2014
En 2014, l'assemblée a examiné la loi de finances 2015. -> 2014
El presupuesto 2017 incluye refugios, que se abrieron en 2016. -> 2016
In 2013, the budget office trained its staff. -> 2013
"""

SITUATIONS = """
Since 2011, the conflict has displaced thousands. In 2014, UNICEF opened schools. -> 2014
Since early 2012, armed groups have closed schools. In 2014, UNICEF reopened them. -> 2014
Since 2013, more than 100,000 people have fled. In 2015, a clinic was opened. -> 2015
Following the outbreak of fighting in Juba in 2013, shelters opened in 2014. -> 2014
Suite aux attaques de Bria en mai 2017, un centre a ouvert en 2018. -> 2018
Tras los enfrentamientos en el Catatumbo en 2018, se abrió un refugio en 2019. -> 2019
After a workshop on conflict in 2013, judges met again in 2014. -> 2013 2014
In the wake of the murder of a student in December 2012, a law was passed in 2013. -> 2013
Since 2011, UNDP has trained judges; in 2014, it opened courts. -> 2011 2014
Depuis 2012, la crise a fermé des écoles. En 2015, le PNUD les a rouvertes. -> 2015
Depuis 2012, le PNUD forme des juges. En 2015, il a ouvert un tribunal. -> 2012 2015
Desde 2015, la población sufre desplazamientos. En 2018, la OIM abrió albergues. -> 2018
Desde 2015, más de dos millones de personas han salido. En 2018, la OIM abrió albergues. -> 2018
Desde 2015, la OIM capacita a fiscales. En 2018, abrió un albergue. -> 2015 2018
Families who fled since 2014 received kits in 2016. -> 2016
"""

FORMER_ACTIONS = """
Seguimiento a las acciones realizadas desde 2006. En 2012 se capacitará a juezas. -> 2012
Following the recommendations of the assessment conducted in 2013, 40 nurses were trained. ->
Siguiendo las recomendaciones de la evaluación realizada en 2013, se formó a 40 enfermeras. ->
Siguiendo las recomendaciones de la evaluación realizada en el 2013, se formó a 40. ->
As part of the activities with the army begun in 2004, the project trains officers. ->
En el marco de las acciones con el ejército iniciadas en el año 2004, se forma a oficiales. ->
Dans le cadre des activités lancées en 2004, le projet forme des officiers. ->
As part of the 16 Days, activities started in 2014. -> 2014
La red, fundada en el 2004, capacitó a 60 parteras en el 2017. -> 2017
Suivant les recommandations de l'évaluation réalisée en 2013, 40 infirmières ont été formées. ->
"""

TARGETS = """
ELIMINATE CHILD MARRIAGE BY 2015 ->
CONSTRUCTION OF THE COURT COMPLETED BY 2015 -> 2015
SCOLARISER 500 FILLES D'ICI 2015 ->
ERRADICAR EL TRABAJO INFANTIL PARA 2020. EN 2015 SE FORMARON DOCENTES. -> 2015
PLAN DE TRABAJO PARA 2015 -> 2015
Para 2020 se espera reducir los embarazos. En 2015 se formaron docentes. -> 2015
Para 2016 se espera continuar con los talleres. -> 2016
"""

STUDIES = """
A meeting in 2013 discussed the report of the household survey of 2009. -> 2013
Une rencontre a porté en 2013 sur les résultats de l'enquête nationale de 2009. -> 2013
En 2013 se presentaron los resultados de la encuesta nacional de 2009. -> 2013
A survey of 2015 shows that 40 % had experienced violence in 2014. -> 2015
L'enquête menée en 2015 montre que 53 % avaient subi des violences entre 2011 et 2014. -> 2015
A workshop on the Domestic Violence Act 3/2012 was held in 2014. -> 2014
"""

DATES = """
Start: 01/07/2015. End: 30/06/2017. -> 2015 2016 2017
Début : 01/04/2017 – Fin : 31/03/2019 -> 2017 2018 2019
Inicio: 15/03/2018. Cierre: 14/03/2020. -> 2018 2019 2020
"""

PROFILES = """
The centre is a non-profit organisation founded in 1994 that helps women. ->
It is an association of midwives that was created in 2001. ->
L'AFD est une association de femmes créée en 1998 dans le nord du pays. ->
Le réseau est une organisation fondée en 2004 par des avocates. ->
Semilla es una asociación civil fundada en el año 1991 en el norte. ->
La red es una organización de mujeres creada en 2003. ->
The association was founded in 1994 by 12 women. -> 1994
L'association a été fondée en 1998 par 12 femmes. -> 1998
La asociación nace el 4 de mayo de 1994 con 12 mujeres. -> 1994
"""

BIRTHS = """
The network was registered in 2004 and opened a shelter in 2009. -> 2009
The idea was born in 1998, and the first house was opened in 2003. -> 2003
L'association a vu le jour le 12 juin 1996. Elle a ouvert un foyer en 2003. -> 2003
L'association a obtenu son agrément en 1996 et a ouvert un foyer en 2003. -> 2003
La colectiva surge en 1999 y obtiene su personería en 2002; en 2010 abrió un albergue. -> 2010
La red nació en 1994 y abrió un albergue en 2001. -> 2001
L'association a vu le jour en 1996. -> 1996
La red nació en 1994. -> 1994
The network was registered in 2004. -> 2004
Cases were fewer: they fell from 93 % in 2002 to 78 % in 2012. -> 2012
Le taux est passé de 93 % en 2002 à 78 % en 2012. -> 2012
La tasa bajó de 93 % en 2002 a 78 % en 2012. -> 2012
The course moved from Lima in 2002 to Quito in 2012. -> 2002 2012
Le cours est passé de Lima en 2002 à Quito en 2012. -> 2002 2012
El curso pasó de Lima en 2002 a Quito en 2012. -> 2002 2012
"""

LONG_SUPPORT = """
The contribution to the agency, begun in 1961, pays for schools. ->
The country's support, which began in 1975, pays for clinics. ->
La contribution à l'agence, commencée en 1961, finance des écoles. ->
L'appui du pays, initié en 1975, finance des dispensaires. ->
La contribución al organismo, iniciada en 1961, financia escuelas. ->
El apoyo del país, iniciado en el año 1975, financia clínicas. ->
The training, which began in 2015, reached 60 nurses. -> 2015
La formation, commencée en 2015, a touché 60 infirmières. -> 2015
La formación, iniciada en 2015, llegó a 60 enfermeras. -> 2015
"""

BEGINNINGS = """
Aid for people affected by the escalation of violence that began on 7 October 2023. ->
Families who suffer in the war, which broke out in April 2023, received kits. ->
Une aide aux victimes du conflit qui a éclaté le 15 avril 2023. ->
Des kits pour les familles touchées par la guerre, qui a commencé en 2022. ->
Ayuda a la población afectada por la violencia que dio comienzo el 7 de octubre de 2023. ->
Ayuda para las víctimas de la guerra, que comenzó en abril de 2023. ->
The project against violence, which began in 2014, trained judges. -> 2014
The project, which began in 2014, trained judges. -> 2014
Le projet, qui a commencé en 2014, a formé des juges. -> 2014
El proyecto, que comenzó en 2014, formó a juezas. -> 2014
"""

VICTIMS = """
Since 3 July 2013, more than 1,400 people have been killed. ->
Since May 2018, at least 300 people have died in protests. ->
Depuis mai 2018, plus de 300 personnes ont été tuées. ->
Depuis 2012, 4 000 civils ont perdu la vie. ->
Desde el 3 de mayo de 2018, más de 300 personas han muerto. ->
Desde 2019, al menos 40 mujeres han sido asesinadas. ->
Since May 2018, at least 300 people have been trained. -> 2018
Depuis mai 2018, plus de 300 personnes ont été formées. -> 2018
Desde 2018, más de 300 personas han sido capacitadas. -> 2018
"""

RATES = """
The currency fell from 50 to the dollar to INR 62 to US$1 in January 2014. ->
At the exchange rate of March 2013, the grant is smaller. ->
Le taux de change était de 600 francs en mars 2013. ->
Au taux de change de mars 2013, le don est moindre. ->
El tipo de cambio era de 20 pesos en marzo de 2013. ->
Con la tasa de cambio de marzo de 2013, la donación es menor. ->
The grant of US$1 million was paid in March 2013. -> 2013
Un don de 600 francs a été payé en mars 2013. -> 2013
Una donación de 20 pesos se pagó en marzo de 2013. -> 2013
"""

COMPARISONS = """
In 2016, the hotline took 40 calls, compared with 12 in 2014. -> 2016
In 2016, the hotline took 40 calls, up from 12 calls in 2014. -> 2016
En 2016, la ligne a reçu 40 appels, contre 12 en 2014. -> 2016
En 2016, le refuge a reçu 40 femmes, contre 12 femmes en 2014. -> 2016
En 2016 la línea recibió 40 llamadas, frente a 12 en 2014. -> 2016
En 2016 el refugio recibió a 40 mujeres, en comparación con 12 en 2014. -> 2016
A forum in 2016 revealed that 4 girls were victims of cutting in 2014. -> 2016
Un forum tenu en 2016 a révélé que 4 filles ont été victimes d'excision en 2014. -> 2016
Un foro de 2016 reveló que 4 niñas fueron víctimas de trata en 2014. -> 2016
In 2016, 40 judges were trained, and 12 in 2014. -> 2014 2016
En 2016, 40 juges ont été formés, et 12 en 2014. -> 2014 2016
En 2016 se formó a 40 juezas, y a 12 en 2014. -> 2014 2016
"""

PERIODS = """
On 28 June 2022, the programme was extended for a period of 18 months, until 3 February 2024. \
-> 2022 2023 2024
The grant of May 2012 is for three years, to June 2015. -> 2012 2013 2014 2015
Le 28 juin 2022, le statut est prolongé pour une période de 18 mois, jusqu'au 3 février 2024. \
-> 2022 2023 2024
Le don de mai 2012 est accordé pour trois ans, jusqu'en juin 2015. -> 2012 2013 2014 2015
El 28 de junio de 2022 se prorrogó por un período de 18 meses, hasta el 3 de febrero de 2024. \
-> 2022 2023 2024
La donación de mayo de 2012 es por tres años, hasta junio de 2015. -> 2012 2013 2014 2015
A course was given in May 2012, and another one three years later, in June 2015. -> 2012 2015
Un cours a été donné en mai 2012, et un autre trois ans plus tard, en juin 2015. -> 2012 2015
Se dio un curso en mayo de 2012, y otro tres años después, en junio de 2015. -> 2012 2015
"""

COUNTS = """
Des juges ont été formés en 2016 par des experts. -> 2016
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        FOUNDING
        + LAWS
        + BUDGETS
        + SITUATIONS
        + FORMER_ACTIONS
        + TARGETS
        + STUDIES
        + DATES
        + PROFILES
        + BIRTHS
        + LONG_SUPPORT
        + BEGINNINGS
        + VICTIMS
        + RATES
        + COMPARISONS
        + PERIODS
        + COUNTS
    ),
)
def test_years_of_an_origin_count_only_alone(text: str, expected: list[str]) -> None:
    years = {year for year, _, _ in stated_years(text, 2026)}
    assert sorted(years) == [int(year) for year in expected]
