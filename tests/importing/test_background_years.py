"""Years of the background of an activity: disasters, crises, figures, reforms, decrees and plans.

Each line of the tables is a text, an arrow, and the years that a careful reader would record.
"""

import pytest

from indexer.importing.years import stated_years
from tests.importing.test_localities import cases

EARLIER_PROJECTS = """
The phase builds on three previous projects (Phases I, II and III), which started in 1998. ->
It builds on two earlier programmes (funded by Norway) that ran from 2001 to 2004. ->
Il fait suite à deux projets précédents (phases I et II), qui ont débuté en 1998. ->
Da continuidad a dos proyectos anteriores (fases I y II), que comenzaron en 1998. ->
It builds on two earlier projects (Phases I and II) and began in 2012. -> 2012
"""

EARLIER_STUDIES = """
The workshop, based on the one held in 2014, took place in 2018. -> 2018
L'enquête de 2020 s'appuie sur celle menée en 2015. -> 2020
La encuesta de 2020 es similar a la realizada en 2015. -> 2020
"""

FIGURES = """
At the end of 2012, there were 800,000 displaced persons in Mali. In 2013, UNHCR opened shelters. \
-> 2013
By the end of 2012, an estimated 800,000 people had been displaced. In 2013, UNHCR opened \
shelters. -> 2013
At the end of 2012, there were 800,000 displaced persons. UNHCR protects them. ->
In 2011, over 3 million people lived in camps. UNHCR protects them. ->
In 2018, more than 300 women were trained. -> 2018
In 2018, over 3,000 people received legal aid. -> 2018
Fin 2016, on comptait 40 000 déplacés au Niger. Le HCR a ouvert deux centres en 2017. -> 2017
À la fin de 2016, il y avait 40 000 déplacés. Le HCR a ouvert deux centres en 2017. -> 2017
En 2016, plus de 40 000 personnes vivaient dans des camps. Le HCR les protège. ->
En 2016, plus de 400 femmes ont été formées. -> 2016
A finales de 2016 había 40 000 desplazados. En 2017 el ACNUR abrió dos centros. -> 2017
En 2016, más de 40 000 personas vivían en campamentos. El ACNUR las protege. ->
En 2016 se capacitó a más de 400 mujeres. -> 2016
At the end of 2018, there were 12 trained judges, and the course ended in 2019. -> 2018 2019
There was a sharp increase of cases in 2014. In 2015, UNFPA trained nurses. -> 2015
Il y a eu une forte augmentation des cas en 2014. En 2015, l'UNFPA a formé des infirmières. -> 2015
Hubo un fuerte aumento de casos en 2014. En 2015, el UNFPA formó a enfermeras. -> 2015
There was a workshop for nurses in 2014 and another in 2015. -> 2014 2015
The country programme 2011-2013 opened courts; the last one opened in 2012. -> 2011 2012 2013
In 2019, 45,000 women received kits. -> 2019
In 2019, 45 000 femmes ont reçu des kits. -> 2019
En 2019, 45.000 mujeres recibieron kits. -> 2019
Un atelier sur la gestion des conflits en 2018 et un autre en 2019. -> 2018 2019
"""

EVENTS = """
In 2013, UNDP repaired courts that were looted in the post-election crisis of 2010-2011. -> 2013
UNDP repairs police stations that were looted during the crisis of 2012-2013. ->
Le PNUD répare les commissariats pillés pendant la crise de 2012-2013. ->
El PNUD repara las comisarías destruidas durante el conflicto de 2012. ->
UNDP repairs courts damaged by the 2015 earthquake. ->
In 2012, UNFPA opened a centre for women who lost their homes in the 2010 earthquake. -> 2012
In 2016 UNICEF reopened schools after the 2014 Ebola outbreak. -> 2016
In 2021 UNFPA repaired clinics after Cyclone Idai in 2019. -> 2021
In 2021 UNFPA repaired clinics after the floods of 2019. -> 2021
En 2013, le PNUD a réparé des tribunaux après la crise post-électorale de 2010-2011. -> 2013
En 2012, un centre a été ouvert pour les sinistrées du séisme de 2010. -> 2012
En 2021, l'UNFPA a réparé des cliniques après le cyclone de 2019. -> 2021
En 2016, l'UNICEF a rouvert des écoles après l'épidémie d'Ebola de 2014. -> 2016
En 2017 se abrieron refugios tras el terremoto de 2016. -> 2017
En 2017 se abrieron refugios tras las inundaciones de abril de 2016. -> 2017
En 2014 se apoyó a víctimas del conflicto armado de 1980-2000. -> 2014
UNFPA responded to the 2015 earthquake with 14 mobile clinics. -> 2015
After the earthquake, UNFPA opened 14 clinics in 2015 and 20 in 2016. -> 2015 2016
En 2016 el terremoto destruyó casas; en 2017 se abrieron refugios. -> 2017 2016
During the crisis, 40 centres opened in 2014 and 12 in 2015. -> 2014 2015
UNDP set up a crisis cell in 2015 and a hotline in 2016. -> 2015 2016
The 2015 crisis response trained 40 nurses; in 2016, a clinic opened. -> 2015 2016
The 2015 earthquake response trained 40 nurses; in 2016, a clinic opened. -> 2015 2016
A course on conflict resolution in 2018 and a course on crisis management in 2019 were held. -> \
2018 2019
Un taller sobre guerra y paz en 2018 y otro en 2019. -> 2018 2019
"""

REFORMS = """
Depuis 2004, le Sénégal a engagé des réformes. En 2019, un guide a été publié. -> 2019
Since 2004, the Government has pursued reforms. In 2019, a guide was published. -> 2019
Desde 2004, el país ha impulsado reformas. En 2019 se publicó una guía. -> 2019
Depuis 2017, l'ONU Femmes forme des juges. En 2019, elle a publié un guide. -> 2017 2019
Since 2017, UN Women has trained judges. In 2019 it published a guide. -> 2017 2019
Depuis 2015, Oxfam a lancé des réformes. En 2019, un guide a été publié. -> 2015 2019
Depuis 2015, le Burkina Faso a entamé un processus de réforme. En 2019, un guide a été publié. -> \
2019
Since 2017, the Government of Kenya has engaged 400 chiefs. In 2019, it trained 40. -> 2017 2019
The consultation process started in 2018 and ended in 2019. -> 2018 2019
El proceso de consulta se inició en 2018 y terminó en 2019. -> 2018 2019
The budgeting process begun since 2004 led to a guide in 2021. -> 2021
Le processus de réforme engagé depuis 2004 a mené à un guide en 2021. -> 2021
El proceso de reforma iniciado desde 2004 llevó a una guía en 2021. -> 2021
La reforma que el PNUD inició en 2019 terminó en 2021. -> 2019 2021
"""

DECREES = """
In 2018 staff were trained on Decree 120 of 2014. -> 2018
En 2018 se capacitó al personal sobre el Decreto 1074 de 2012. -> 2018
En 2018, le personnel a été formé au Décret n° 2-15 de 2012. -> 2018
En 2018, le personnel a été formé à la circulaire de 2012 du ministère. -> 2018
En 2018, le personnel a été formé à l'arrêté n° 45 du 3 mai 2012. -> 2018
En 2018 se difundió la Circular 12 de 2014. -> 2018
En 2018 se difundió la Ley de Igualdad (2012). -> 2018
En 2018, un atelier a porté sur la loi contre les violences (2014). -> 2018
In 2018 a guide to the Gender Equality Act (2012) was used. -> 2018
En 2018 se expidió el Decreto 1074. -> 2018
El Decreto 1074 fue adoptado en 2012 y el plan en 2014. -> 2012 2014
"""

PLANS = """
En 2016 se capacitó a 40 agentes sobre la Estrategia 2014-2018. -> 2016
En 2013, des agents ont été formés à la stratégie nationale 2011-2015. -> 2013
In 2013, officers were trained on the National Gender Strategy 2011-2015. -> 2013
In 2013, officers were trained on the 2011-2015 National Gender Strategy. -> 2013
UNDP helped to draft the National Strategy 2011-2013 in 2010. -> 2010 2011 2012 2013
En 2010 se elaboró la Estrategia Nacional 2011-2013. -> 2010 2011 2012 2013
En 2010, la Stratégie nationale 2011-2013 a été adoptée. -> 2010 2011 2012 2013
El Plan Nacional 2011-2013 capacitó a 40 agentes. -> 2011 2012 2013
Apoyo al Plan Decenal de Igualdad 2008-2020 en materia de violencia. ->
Support to the National Gender Policy 2010-2022. ->
La Resolución 1325 y su plan de 2016. -> 2016
In 2020 a workshop reviewed the Action Plan 2018-2020. -> 2018 2019 2020
En 2020, le Plan d'action 2018-2020 a été évalué. -> 2018 2019 2020
"""

RESOLUTIONS = """
Resoluciones 1325 y conexas 1820, 1888 y 1960 del Consejo. ->
resolution 1325 and related resolutions 1820, 1888 and 1960 of the Council ->
la résolution 1325 et les résolutions connexes 1820, 1888 et 1960 ->
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    cases(
        EARLIER_PROJECTS
        + EARLIER_STUDIES
        + FIGURES
        + EVENTS
        + REFORMS
        + DECREES
        + PLANS
        + RESOLUTIONS
    ),
)
def test_the_years_of_a_background_are_not_those_of_the_activity(
    text: str, expected: list[str]
) -> None:
    years = {str(year) for year, _, _ in stated_years(text, 2027)}
    assert sorted(years) == sorted(expected)
