"""Years in which something else happened: earlier projects, targets, laws, elections, history."""

from __future__ import annotations

import pytest

from indexer.importing.years import stated_years


def years_in(text: str) -> list[int]:
    """Return the years up to 2027 that a text states, each once, in order."""
    return sorted({year for year, _, _ in stated_years(text, 2027)})


@pytest.mark.parametrize(
    "text",
    [
        "The project builds on the results of the pilot project “Roads and Ports” (2015-2017).",
        "Phase II is a follow-up of the pilot project, which was implemented from 2012 to 2014.",
        "It is a continuation of the programme carried out in Kenya in 2011.",
        "The initiative builds upon the 2013-2014 pilot phase and works with prison staff.",
        "Drawing on the preceding programme (funded by the EU, 2010-2012), it trains judges.",
        "The new phase expands the first phase of the project (2016–2018) to five provinces.",
        "Ce programme fait suite au projet pilote (2015-2017) et renforce la police.",
        "Il s'inscrit dans la continuité du projet « Voix et droits » (2013-2016).",
        "Le projet s'appuie sur les acquis de la première phase, qui a été menée de 2014 à 2016.",
        "La phase II prolonge le projet précédent mis en œuvre en 2012.",
        "El proyecto da continuidad al proyecto piloto (2010-2012).",
        "Es continuación del programa ejecutado entre 2009 y 2011.",
        "La iniciativa se basa en los logros del proyecto anterior (2014-2016).",
        "Da seguimiento a la primera fase, que se desarrolló de 2015 a 2017.",
    ],
)
def test_the_years_of_an_earlier_project_are_not_stated(text: str) -> None:
    assert years_in(text) == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("As a follow-up to the pilot project, UNODC trained 30 judges in 2019.", [2019]),
        ("Building on the pilot project, a course was held in Nairobi in May 2018.", [2018]),
        ("It builds on the pilot project (2015-2016) and ran in 2018.", [2018]),
        (
            "The second phase (2017–2019) builds on the work of courts.",
            [2017, 2018, 2019],
        ),
        ("The first phase of the project was implemented in 2013.", [2013]),
        ("UNDP continued the pilot project in 2016.", [2016]),
        ("Faisant suite au projet pilote, un atelier a été organisé en 2019.", [2019]),
        ("La première phase du projet (2014-2015) a formé 60 juges.", [2014, 2015]),
        ("Dando continuidad al proyecto piloto, se capacitó a 30 jueces en 2019.", [2019]),
        ("La fase anterior del proyecto terminó en 2015.", [2015]),
    ],
)
def test_the_years_of_a_project_that_follows_another_are_stated(
    text: str, years: list[int]
) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    "text",
    [
        "The programme aims to reach 40,000 girls by 2017.",
        "Its goal is to halve the number of cases by the end of 2020.",
        "The campaign will have trained 300 officers by 2019.",
        "The target was to train 90 judges by December 2018.",
        "Le programme vise à former 200 agents d'ici 2020.",
        "Deux cents agents seront formés d'ici la fin de l'année 2019.",
        "L'objectif est de réduire les mariages précoces avant 2020.",
        "Le plan fixe des cibles à l'horizon 2025.",
        "El objetivo es reducir los casos a la mitad para 2020.",
        "Se pretende capacitar a 500 fiscales para el año 2019.",
        "El plan fija metas con miras a 2025.",
    ],
)
def test_the_year_of_a_target_is_not_stated(text: str) -> None:
    assert years_in(text) == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("By 2017, 300 officers had been trained.", [2017]),
        ("The project, which aims to reduce violence, had trained 300 officers by 2017.", [2017]),
        ("The goal of 300 trained officers was reached by 2017.", [2017]),
        ("The programme will be completed by December 2018.", [2018]),
        ("The project aims to reduce violence. By 2018, 40 judges were trained.", [2018]),
        ("The plan will be presented in 2019.", [2019]),
        ("Le projet s'achèvera d'ici 2020.", [2020]),
        ("Le projet vise à réduire la violence et a formé 30 juges en 2019.", [2019]),
        ("Se aprobó el plan de trabajo para 2019.", [2019]),
        ("El proyecto busca reducir la violencia; en 2018 se capacitó a 20 juezas.", [2018]),
    ],
)
def test_the_year_of_a_result_or_an_end_is_stated(text: str, years: list[int]) -> None:
    assert years_in(text) == years


# What an activity of 2019 only refers to.
@pytest.mark.parametrize(
    "text",
    [
        "In 2019 UNODC trained 40 judges on the 2015 Criminal Code.",
        "In 2019 a course was held on the Trafficking in Persons Act of 2005.",
        "The guide of 2019 reflects the changes of the penal laws in 2015.",
        "In May 2019 observers were trained on the lessons of the 2017 general elections.",
        "In 2019, 30 per cent of villages had no school, against half in the census of 2010.",
        "In 2019 UNDP opened two courts. Since independence in 1962 there had been none.",
        "In 2019 survivors of the 1994 genocide received legal aid.",
        "In 2019 Ms. Doe, who was born in 1980, opened the centre.",
        "On 4 October 2019 a workshop was held in line with the National Action Plan 2017-2021.",
        "En 2019, l'ONUDC a formé 40 juges à la loi de 2008 sur la traite.",
        "En 2019, un atelier a porté sur la réforme du code pénal de 2015.",
        "En 2019, des observatrices ont été formées après les élections de 2017.",
        "En 2019, deux tribunaux ont ouvert. Depuis l'indépendance en 1962, il n'y en avait aucun.",
        "En 2019, Mme Diallo, née en 1980, a ouvert le centre.",
        "En 2019, un atelier s'est tenu dans le cadre du Plan d'action national 2017-2021.",
        "En 2019 se capacitó a 40 juezas sobre la Ley 348 de 2013.",
        "En 2019 un taller trató la reforma del Código Penal de 2015.",
        "En 2019 se analizaron las elecciones de 2017.",
        "En 2019 abrieron dos juzgados, según el censo de 2010 para 300 personas.",
        "En 2019 hubo un taller en el marco del Plan Nacional de Acción 2017-2021.",
    ],
)
def test_a_year_of_something_else_does_not_count_beside_that_of_the_activity(text: str) -> None:
    assert years_in(text) == [2019]


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("UNODC trained 40 judges on the 2015 Criminal Code.", [2015]),
        ("OHCHR monitored the implementation of Law No. 348 of 2013.", [2013]),
        ("In 2019 courts opened; the law was adopted in 2015 with UNDP's support.", [2015, 2019]),
        ("The Code was reviewed in 2018; a course was held in 2019.", [2018, 2019]),
        ("UNDP developed the National Action Plan 2017-2019 in 2016.", [2016, 2017, 2018, 2019]),
        ("In 2018 and 2019 legal clinics opened. The election observers came in 2020.",
         [2018, 2019, 2020]),
        ("En 2019, un atelier a été organisé ; la loi a été adoptée en 2015.", [2015, 2019]),
        ("En 2019 se celebró un taller; la ley se aprobó en 2015.", [2015, 2019]),
        ("Le projet est né en 2015.", [2015]),
        ("La red nació en 2014.", [2014]),
    ],
)  # fmt: skip
def test_the_year_of_an_event_or_the_only_year_is_stated(text: str, years: list[int]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    "text",
    [
        "the Convention against Torture of 1984",
        "CEDAW (1979) and its Optional Protocol (1999)",
        "resolution 1325 of October 2000",
        "la Convention relative au statut des réfugiés de 1951 et son Protocole de 1967",
        "la résolution 1325 de 2000 du Conseil de sécurité",
        "la Convención Interamericana para Prevenir la Violencia contra la Mujer de 1994",
        "el Protocolo de Palermo del año 2000",
        "la resolución 1325 del año 2000 y la Ley Orgánica 1/2004",
    ],
)
def test_the_year_in_the_name_of_a_convention_or_resolution_is_not_stated(text: str) -> None:
    assert years_in(text) == []


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Nepal ratified the Convention against Torture in May 1991.", [1991]),
        ("Le Niger a ratifié la Convention en août de 1998.", [1998]),
        (
            "El curso sobre el Protocolo de Palermo, de 2016 a 2018, fue en línea.",
            [2016, 2017, 2018],
        ),
        ("El Consejo aprobó la resolución 1325 en octubre de 2000.", [2000]),
    ],
)
def test_the_year_of_an_event_about_a_convention_is_stated(text: str, years: list[int]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(
    "text",
    [
        "According to the 2014 Demographic and Health Survey, half agree. In 2019, UNFPA helped.",
        "Selon l'Enquête démographique et de santé de 2014, la moitié. En 2019, l'UNFPA a aidé.",
        "Según la Encuesta Nacional de 2014, la mitad. En 2019, UNFPA ayudó.",
        "Data from 2014 show little change. In 2019, UNFPA helped.",
        "The 2014 Household Survey shows little change. In 2019, UNFPA helped.",
    ],
)
def test_the_year_of_a_cited_study_does_not_count_beside_that_of_the_activity(text: str) -> None:
    assert years_in(text) == [2019]
