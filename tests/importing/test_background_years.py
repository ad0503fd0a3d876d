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
The first project, which began in 2001, is followed by a second one (2005-2008). -> 2001 2005 \
2006 2007 2008
The project continues the work of two previous phases (2003-2006 and 2007-2010). ->
The programme follows an earlier project of the same name, which ended in 2009. ->
Ce projet prolonge deux phases antérieures (2003-2006 et 2007-2010). ->
El proyecto amplía dos fases anteriores (2003-2006 y 2007-2010). ->
This is the third phase of a programme that started in 2004. Phase III runs from 2012 to 2013. -> \
2012 2013
Il s'agit de la troisième phase d'un programme lancé en 2004. La phase III va de 2012 à 2013. -> \
2012 2013
Es la tercera fase de un programa iniciado en 2004. La fase III va de 2012 a 2013. -> 2012 2013
The second phase of the project, launched in 2015, trained 40 judges in 2016. -> 2015 2016
La segunda fase, iniciada en 2015, capacitó a 40 juezas en 2016. -> 2015 2016
The third phase started in 2004 and ended in 2006. -> 2004 2006
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
As of 31 December 2013, there were 250,000 refugees in Chad. In 2014, UNHCR opened schools. -> 2014
By mid-2013, some 250,000 refugees had fled to Chad. In 2014, UNHCR opened schools. -> 2014
In 2013, the country hosted 250,000 refugees. In 2014, UNHCR opened schools. -> 2014
En décembre 2013, le Tchad accueillait 250 000 réfugiés. En 2014, le HCR a ouvert des écoles. -> \
2014
En diciembre de 2013, el Chad acogía a 250.000 refugiados. En 2014, el ACNUR abrió escuelas. -> 2014
In 2013, 40 per cent of women had experienced violence. In 2014, UNFPA trained nurses. -> 2014
En 2013, 40 % des femmes avaient subi des violences. En 2014, l'UNFPA a formé des infirmières. -> \
2014
En 2013, el 40 % de las mujeres habían sufrido violencia. En 2014, el UNFPA formó a enfermeras. \
-> 2014
The region hosted two courses for 40 refugees in 2013. -> 2013
In 2013, the centre hosted 120 women. -> 2013
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
Since the coup in 2009, courts have been closed. In 2014, UNDP reopened two. -> 2014
Depuis le coup d'État de 2012, des tribunaux sont fermés. En 2014, le PNUD en a rouvert deux. -> \
2014
Desde el golpe de Estado de 2009 hay juzgados cerrados. En 2014, el PNUD reabrió dos. -> 2014
The 2007-2008 post-election violence left many victims. In 2014, UNDP opened a fund for them. -> \
2014
Les violences post-électorales de 2007-2008 ont fait des victimes. En 2014, un fonds a ouvert. -> \
2014
La violencia poselectoral de 2007 dejó víctimas. En 2014 se abrió un fondo. -> 2014
In 2014 UNDP supported the elections of 2014 and the police. -> 2014
Haiti was struck by an earthquake in January 2010. In 2012, UNFPA opened a centre. -> 2012
Le séisme qui a frappé Haïti en janvier 2010 a détruit des écoles. En 2012, un centre a ouvert. \
-> 2012
El terremoto que golpeó Haití en enero de 2010 destruyó escuelas. En 2012 se abrió un centro. -> \
2012
Typhoon Haiyan struck the Philippines in November 2013. In 2014, UNFPA opened safe spaces. -> 2014
The civil war broke out in 2012. In 2014, UNHCR opened schools. -> 2014
Le conflit a éclaté en 2012. En 2014, le HCR a ouvert des écoles. -> 2014
El conflicto estalló en 2012. En 2014, el ACNUR abrió escuelas. -> 2014
The centre opened in 2012 and reopened in 2014 after the earthquake. -> 2012 2014
The conflict mediation training began in 2012 and ended in 2014. -> 2012 2014
Le conflit a été étudié lors d'un atelier en 2012 et en 2013. -> 2012 2013
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
The 2008 peace agreement ended the war. In 2014, UNDP trained judges. -> 2014
En el marco del Acuerdo de Paz de 2016, en 2019 se capacitó a juezas. -> 2019
En 2019 se capacitó a juezas según el Decreto-Ley 893 de 2017. -> 2019
En 2019 se capacitó a juezas según la Ley 1257 de 2008 y el Decreto 4799 de 2011. -> 2019
En 2019 se capacitó a juezas según la Resolución 459 de 2012 del Ministerio de Salud. -> 2019
En 2019, des juges ont été formés à la loi n° 2017-05 du 3 mai 2017. -> 2019
En 2019, des juges ont été formés à la loi organique de 2015 relative aux finances. -> 2019
Adoptée en 2015, la loi organique a été présentée à des juges en 2019. -> 2015 2019
In 2019 judges were trained on the law, which was adopted in 2015. -> 2019 2015
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
The Country Programme Action Plan 2012-2014 was signed in 2011. -> 2011 2012 2013 2014
The work plan 2018-2019 was discussed at a meeting in 2017. -> 2017 2018 2019
Le plan de travail 2018-2019 a été présenté en 2017. -> 2017 2018 2019
El plan de trabajo 2018-2019 se presentó en 2017. -> 2017 2018 2019
The action plan 2019-2020 of the shelter was carried out; a clinic opened in 2019. -> 2019 2020
In 2012 a course on the Strategy for the Prevention of Violence 2010-2014 was held. -> 2012
"""

RESOLUTIONS = """
Resoluciones 1325 y conexas 1820, 1888 y 1960 del Consejo. ->
resolution 1325 and related resolutions 1820, 1888 and 1960 of the Council ->
la résolution 1325 et les résolutions connexes 1820, 1888 et 1960 ->
"""

EARLIER_ACTIONS = """
El plan da continuidad a las acciones realizadas desde 2007 con los juzgados. ->
Se da seguimiento a las actividades ejecutadas en 2011 y en 2014 se abrió un albergue. -> 2014
Le projet fait suite aux actions menées depuis 2009 et forme des juges en 2013. -> 2013
The plan is a follow-up to the activities carried out in 2010; courts opened in 2012. -> 2012
The actions carried out in 2010 reached 40 courts. -> 2010
Las acciones realizadas desde 2018 llegaron a 40 juzgados. -> 2018
Se fortalece al instituto en cumplimiento del Plan Nacional de Igualdad 2010-2022. ->
The ministry is strengthened in line with the National Gender Policy 2010-2020. ->
Le ministère est renforcé conformément à la Politique nationale de genre 2010-2020. ->
En cumplimiento del Plan Nacional 2018-2020 se abrieron dos albergues. -> 2018 2019 2020
"""

IN_SPITE_OF = """
Despite the elections of 2006 and an accord in 2007, violence went on. In 2009, courts opened. \
-> 2009
Despite elections in 2006, violence went on. In 2009, courts opened. -> 2009
Malgré un accord de paix en 2008, la violence continue. En 2010, deux tribunaux ont ouvert. -> 2010
Pese a los acuerdos de paz de 2016, hay violencia. En 2019 abrieron dos juzgados. -> 2019
A pesar de las elecciones en 2016, hay violencia. En 2019 abrieron dos juzgados. -> 2019
Despite delays in 2018, thirty courts opened. -> 2018
Despite elections in 2006, violence goes on in the east. ->
"""

CRIMES = """
In 2009 the panel investigated abuses committed in the north during 2006. -> 2009
En 2009, la commission a enquêté sur les violations commises dans le nord en 2006. -> 2009
En 2009 la comisión investigó las masacres cometidas en el norte en 1982. -> 2009
In 2009 the panel heard witnesses of crimes committed between 1980 and 1992. -> 2009
The crimes committed were investigated in 2015. -> 2015
"""

AGREEMENTS_AND_GOALS = """
Convenio 2010-2013 para la atención a víctimas -> 2010 2011 2012 2013
Convention 2015-2017 avec le barreau -> 2015 2016 2017
Goal 3 is TO HALVE THE NUMBER OF CASES BY 2010 AND TO END THEM NO LATER THAN 2020 ->
Convenio 190 y Convenio 2011 ->
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
        + EARLIER_ACTIONS
        + IN_SPITE_OF
        + CRIMES
        + AGREEMENTS_AND_GOALS
    ),
)
def test_the_years_of_a_background_are_not_those_of_the_activity(
    text: str, expected: list[str]
) -> None:
    years = {str(year) for year, _, _ in stated_years(text, 2027)}
    assert sorted(years) == sorted(expected)
