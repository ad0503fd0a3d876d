"""Find the topic of a search: its words without the words of a request.

"What has been done about forced marriage in China" is a search for "forced marriage in China".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.query.ast import Phrase, Term
from indexer.text.request_words import (
    COURTESIES,
    FIRST_WORDS,
    LANGUAGES,
    request_words,
    words_around_a_topic,
)

Leaf = Term | Phrase

MAX_REQUEST_LENGTH = 14  # words before the topic

# Chinese requests: the characters before and after the topic.
_BEFORE = re.compile(
    r"(?:请问|请|我们|你们|我|您|想|要|查找|寻找|查询|找|搜索|知道|了解|有没有|有无|是否有|是否|有|"
    r"哪些|哪个|哪里|什么|多少|怎么|怎样|如何|为什么|谁|在|做了|做过|开展了|开展过|采取了|"
    r"工作|活动|项目|资料|信息|措施|任何)*(?:关于|有关|针对)"
)
_AFTER = re.compile(
    r"(?:的|方面|相关|有关|做了|做过|开展了|采取了|有|哪些|什么|任何|工作|活动|项目|资料|信息|材料|"
    r"文件|措施)*(?:的(?:工作|活动|项目|资料|信息|材料|文件)|哪些|什么|吗|呢)"
    r"(?:工作|活动|项目|资料|信息|材料|文件|措施|吗|呢)*\Z"
)


def topic(leaves: Sequence[Leaf]) -> Sequence[Leaf]:
    """Return the leaves of a plain text without a request before or after its topic.

    If the text is only a request, its leaves are returned unchanged.
    """
    start, end = 0, len(leaves)
    while start < end and _is_courtesy(leaves[start]):
        start += 1
    while start < end and _is_courtesy(leaves[end - 1]):
        end -= 1
    start += _request_length(leaves[start:end])
    rest = [*map(_chinese_topic, leaves[start:end])]
    return rest or leaves


def may_be_request(first: str, last: str) -> bool:
    """Return whether a text may contain a request, given its folded first and last words."""
    return first in FIRST_WORDS or first in COURTESIES or last in COURTESIES


def _is_courtesy(leaf: Leaf) -> bool:
    return isinstance(leaf, Term) and leaf.text in COURTESIES


def _request_length(leaves: Sequence[Leaf]) -> int:
    """Return the number of words of a request before the topic; 0 without a request."""
    if not leaves or not isinstance(leaves[0], Term) or leaves[0].text not in FIRST_WORDS:
        return 0
    return max(_length_in(language, leaves) for language in LANGUAGES)


def _length_in(language: str, leaves: Sequence[Leaf]) -> int:
    """Return the number of words of a request in a language.

    A request starts with a question word, an auxiliary verb or a pronoun and ends with a function
    word or a verb: "what do we know". Or it starts with a generic noun and ends with a word that
    links the noun to a topic: "information on".
    """
    words, known = request_words(language), words_around_a_topic(language)
    is_question = is_linked = has_object = False
    length = 0
    for number, leaf in enumerate(leaves[:MAX_REQUEST_LENGTH]):
        if not isinstance(leaf, Term) or leaf.text not in known or _is_acronym(leaf):
            break
        if number == 0:
            is_question = leaf.text in words.openers
        is_linked = is_linked or (has_object and leaf.text in words.links)
        has_object = has_object or leaf.text in words.objects
        is_end = leaf.text not in words.objects or leaf.text in words.predicates | words.links
        if (is_question and number and is_end) or (is_linked and is_end):
            length = number + 1
    return length if length < len(leaves) else 0


def _is_acronym(term: Term) -> bool:
    return len(term.typed) > 1 and term.typed.isupper()


def _chinese_topic(leaf: Leaf) -> Leaf:
    """Return a run of characters without a Chinese request before and after its topic."""
    if not isinstance(leaf, Phrase):
        return leaf
    text = "".join(leaf.terms)
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    after = _AFTER.search(text, start)
    end = after.start() if after else len(text)
    if (start, end) == (0, len(text)) or end - start < 2:
        return leaf
    return Phrase(leaf.terms[start:end], leaf.typed[start:end])
