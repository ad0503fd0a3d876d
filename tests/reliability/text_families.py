"""Families of texts whose size can be doubled, to measure how the cost of a text grows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Family = Callable[[int], str]


def _repeated(unit: str, before: str = "", after: str = "") -> Family:
    """Return the family of texts that repeat a unit between a prefix and a suffix."""
    return lambda size: before + unit * (size // max(1, len(unit.encode()))) + after


def _halves(first: str, second: str, middle: str = "a") -> Family:
    """Return the family of texts that repeat one unit, and then another unit equally often."""

    def text(size: int) -> str:
        number = size // len((first + second).encode())
        return first * number + middle + second * number

    return text


def _growing(unit: str, end: str = "\n") -> Family:
    """Return the family of texts in which each line has one unit more than the previous line."""

    def text(size: int) -> str:
        number = int((2 * size / len(unit)) ** 0.5)
        return end.join(unit * count + "a" for count in range(1, number + 1))

    return text


FAMILIES: Mapping[str, Family] = {
    # See REPORTED.
    "open links": _repeated("[a]("),
    "open images": _repeated("![a]("),
    "open tags": _repeated("<a "),
    "triple asterisks": _repeated("***"),
    "escaped asterisks": _repeated("\\*"),
    "blank lines": _repeated("\n", "a", "a"),
    "combining marks": _repeated("\u0301\u0316", "a"),
    # Emphasis.
    "asterisks before words": _repeated("*a "),
    "asterisks after words": _repeated("a* "),
    "asterisks inside words": _repeated("a*"),
    "emphasised words": _repeated("*a* "),
    "strong words": _repeated("**a** "),
    "alternating emphasis": _repeated("*a **b* c** "),
    "alternating marks": _repeated("*a _b "),
    "marks of length one to three": _repeated("a***b**c*d "),
    "underscores": _repeated("_"),
    "underscores inside words": _repeated("a_b"),
    "openers and then closers": _halves("*a ", " b*"),
    "strong openers and then closers": _halves("**a ", " b**"),
    "mixed openers and then closers": _halves("*a _b ", " c* d_"),
    # Code.
    "backticks": _repeated("`"),
    "pairs of backticks": _repeated("`a` "),
    "single backticks with spaces": _repeated("`a "),
    "runs of backticks of growing length": _growing("`", " "),
    "escaped backticks": _repeated("\\``"),
    "fences": _repeated("```\n"),
    "fences of two kinds": _repeated("```\n~~~\n"),
    "fences of growing length": _growing("`"),
    "indented code": _repeated("    a\n\n"),
    # Links.
    "opening brackets": _repeated("["),
    "closing brackets": _repeated("]"),
    "brackets": _repeated("[]"),
    "nested brackets": _halves("[", "]"),
    "nested brackets with a reference": _halves("[", "]", "a"),
    "nested links": _halves("[", "](b)"),
    "nested images": _halves("![", "](b)"),
    "links": _repeated("[a](b) "),
    "links with titles": _repeated('[a](b "c") '),
    "open titles": _repeated('[a](b "'),
    "open single titles": _repeated("[a](b 'c \""),
    "open targets in angle brackets": _repeated("[a](<b"),
    "nested parentheses": _repeated("(", "[a]"),
    "pairs of parentheses": _repeated("()", "[a]("),
    "spaces in a target": _repeated(" ", "[a](", "b"),
    "links in brackets": _repeated("[ [a](b) "),
    "images in brackets": _repeated("[ ![a](b) "),
    "automatic links": _repeated("<http://a> "),
    "open automatic links": _repeated("<http://a"),
    "mail addresses": _repeated("<a@b.c"),
    "dots of mail addresses": _repeated("a.", "<a@"),
    # Definitions.
    "definitions": lambda size: "\n".join(f"[{n}]: b" for n in range(size // 10)),
    "definitions and references": lambda size: "\n".join(
        f"[{n}]: b\n\n[{n}]" for n in range(size // 18)
    ),
    "one definition twice": _repeated("[a]: b\n"),
    "references": _repeated("[a][b] ", "[b]: c\n\n"),
    "open references": _repeated("[a][", "[b]: c\n\n"),
    "nested references": _repeated("[", "[a]: c\n\n", "a]"),
    "footnotes": lambda size: "\n".join(f"[^{n}]: b" for n in range(size // 10)),
    "footnote marks": _repeated("[^a] ", "[^a]: b\n\n"),
    "open footnotes": _repeated("[^", "[^a]: b\n\n"),
    # HTML.
    "angle brackets": _repeated("<"),
    "tags": _repeated("<b>", "", "</b>"),
    "closed tags": _repeated("<b>a</b>"),
    "nested tags": _halves("<b>", "</b>"),
    "tags of two kinds": _repeated("<b><i>", "", "</b></i>"),
    "closing tags": _repeated("</b>"),
    "nested HTML links": _halves("<a href='b'>", "</a>"),
    "attributes": _repeated(" b='c'", "<a", "></a>"),
    "open attributes": _repeated("<a b='"),
    "open attributes of two kinds": _repeated("<a b='<a c=\""),
    "attributes without values": _repeated(" b", "<a"),
    "names in angle brackets": _repeated("<UN Women> "),
    "open comments": _repeated("<!-- "),
    "comments": _repeated("<!-- a -->"),
    "comments that begin lines": _repeated("<!--\n"),
    "open scripts": _repeated("<script>"),
    "scripts": _repeated("<script>a</script>"),
    "scripts that begin lines": _repeated("<script>\n\n"),
    "declarations": _repeated("<!"),
    "processing instructions": _repeated("<?"),
    "line breaks": _repeated("a<br>"),
    "HTML blocks": _repeated("<div>\n"),
    "HTML paragraphs": _repeated("<p>a\n\n"),
    "nested HTML lists": _halves("<ul><li>", "</li></ul>"),
    "open HTML lists": _repeated("<ul>\n\n"),
    "HTML tables": _repeated("<table><tr><td>a</td></tr></table>\n"),
    "open HTML tables": _repeated("<table>\n"),
    "HTML cells": _repeated("<td>a", "<table><tr>", "</table>"),
    "entities": _repeated("&amp;"),
    "open entities": _repeated("&a"),
    "ampersands": _repeated("&"),
    "ampersands in an address": _repeated("&", "[a](b", ")"),
    "ampersands in a title": _repeated("&", '[a](b "', '")'),
    "addresses with ampersands": _repeated(f"[a]({'&' * 2000}) "),
    "numbers of entities": _repeated("&#1"),
    # Blocks.
    "quotations on one line": _repeated(">"),
    "quotations with spaces": _repeated("> "),
    "quotations": _repeated("> a\n"),
    "quotations and paragraphs": _repeated("> a\n\nb\n\n"),
    "nested quotations": _growing("> "),
    "lines of a quotation": _repeated("a\n", "> "),
    "list items": _repeated("- a\n"),
    "list items with blank lines": _repeated("- a\n\n"),
    "empty list items": _repeated("-\n"),
    "list markers on one line": _repeated("- "),
    "list markers of two kinds": _repeated("- * "),
    "numbers on one line": _repeated("1. "),
    "ordered items": _repeated("1. a\n"),
    "lists of two kinds": _repeated("- a\n1. b\n"),
    "nested lists": lambda size: "\n".join("  " * depth + "- a" for depth in range(int(size**0.5))),
    "lists and quotations": _repeated("> - "),
    "lines of a list item": _repeated("a\n", "- "),
    "blank lines in a list": _repeated("\n", "- a\n", "\nb"),
    "paragraphs of a list item": _repeated("  a\n\n", "- a\n\n"),
    "headings": _repeated("# a\n"),
    "number signs": _repeated("#"),
    "number signs after a heading": _repeated(" #", "# a"),
    "underlined headings": _repeated("a\n---\n"),
    "underlines": _repeated("=====\n"),
    "equals signs": _repeated("="),
    "rules": _repeated("---\n"),
    "hyphens": _repeated("-"),
    "hyphens with spaces": _repeated("- - x"),
    "paragraphs": _repeated("a\n\n"),
    "lines": _repeated("a\n"),
    "lines with hard breaks": _repeated("a  \n"),
    "spaces": _repeated(" ", "a", "a"),
    "spaces before a line": _repeated(" ", "a\n", "-"),
    "indented lines": _repeated("   a\n"),
    "tabs": _repeated("\t", "a", "a"),
    "lines of tabs": _repeated("\t\n", "a", "a"),
    "table rows": _repeated("|a|b|\n", "|a|b|\n|-|-|\n"),
    "cells": lambda size: "|a" * (size // 4) + "|\n" + "|-" * (size // 4) + "|\n",
    "tables": _repeated("|a|\n|-|\n\n"),
    "delimiter rows": _repeated("|-|-\n"),
    "cells of a delimiter row": _repeated("|-", "|a\n"),
    "columns and rows": lambda size: (
        "|a" * int((size / 4) ** 0.5)
        + "|\n"
        + "|-" * int((size / 4) ** 0.5)
        + "|\n"
        + "|a|\n" * int(size / 8)
    ),
    "escaped cells": _repeated("\\|", "|a|\n|-|\n"),
    # Characters.
    "backslashes": _repeated("\\"),
    "letters": _repeated("a"),
    "words": _repeated("women and girls "),
    "line-end hyphens": _repeated("traf-\nficking "),
    "hyphens and line ends": _repeated("a-\n"),
    "soft hyphens": _repeated("\u00ad", "a", "a"),
    "soft hyphens and spaces": _repeated("\u00ad    ", "a"),
    "soft hyphens in words": _repeated("a\u00ad"),
    "marks of one class": _repeated("\u0301", "a"),
    "marks of three classes": _repeated("\u0345\u0301\u0316", "a"),
    "marks in descending order": _halves("\u0345", "\u0316", ""),
    "spacing marks": _repeated("\u093f\u0301", "\u0915"),
    "letters with marks": _repeated("a\u0316\u0301"),
    "decomposable marks": _repeated("\u0344\u0316", "a"),
    "enclosing marks": _repeated("\u20dd\u0316", "a"),
    "Hangul letters": _repeated("\u1100\u1161\u11a8"),
    "Hangul vowels": _repeated("\u1161", "\u1100"),
    "ligatures that expand": _repeated("\ufdfa"),
    "joiners": _repeated("\u200d", "a", "a"),
    "ideographs": _repeated("婦女"),
    "acronyms": _repeated("U.N."),
    "acronyms with marks": _repeated("a\u0301\u0316."),
    "groups of digits": _repeated("1,000,"),
    "digits and spaces": _repeated("100 "),
    "digits": _repeated("1"),
    "Korean particles": _repeated("은는"),
    "full stops": _repeated("."),
    "apostrophes": _repeated("'"),
    "parentheses": _repeated("(AB) "),
    "nested parentheses in text": _halves("(", ")"),
    "colons": _repeated(":"),
    "no-break spaces": _repeated("\u00a0", "a", "a"),
}
"""Functions by name. Each returns a text of about the given number of bytes."""

REPORTED = (
    "open links",
    "open images",
    "open tags",
    "triple asterisks",
    "escaped asterisks",
    "blank lines",
    "combining marks",
)
"""The families that took a time quadratic in their length before the parser was linear."""
