"""Korean stems: nouns without their particles.

Particles are removed from the end of a word while at least two syllables remain. This needs no
dictionary. It does not split compound nouns or remove the endings of verbs. The list contains the
particles of the standard grammar of Korean.
"""

from __future__ import annotations

import re

_PARTICLES = (
    "은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 한테서 으로 로 으로서 로서 으로써 로써 "
    "와 과 하고 이나 나 이랑 랑 도 만 까지 부터 마다 조차 마저 보다 처럼 같이 대로 밖에 뿐 이라도 "
    "라도 이란 란 이며 며 들"
).split()
_ENDING = re.compile(
    r"(?<=[가-힣]{2})(?:" + "|".join(sorted(_PARTICLES, key=len, reverse=True)) + r")\Z"
)


def remove_particles(word: str) -> str:
    """Return a word without the particles at its end."""
    while (shorter := _ENDING.sub("", word)) != word:
        word = shorter
    return word
