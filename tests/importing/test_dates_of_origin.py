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

COUNTS = """
Des juges ont été formés en 2016 par des experts. -> 2016
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        FOUNDING + LAWS + BUDGETS + SITUATIONS + FORMER_ACTIONS + TARGETS + STUDIES + DATES + COUNTS
    ),
)
def test_years_of_an_origin_count_only_alone(text: str, expected: list[str]) -> None:
    years = {year for year, _, _ in stated_years(text, 2026)}
    assert sorted(years) == [int(year) for year in expected]
