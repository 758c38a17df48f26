"""Every page: nothing outside its margins, nothing over another; and the text is the view's."""

import re
from itertools import pairwise

import pytest

from reports import pdf_report
from reports.pdf_data import document
from reports.scorecard import for_agency, scorecard
from tests.reports import crowds, factory, nasty, pdf_read
from tests.reports.pdf_read import squeezed

LANGS = ("vi", "en")
MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 20 * MM, 16 * MM, 8 * MM, 8 * MM
SLACK = 1.0  # points: a letter's box is a little wider than the letter


def whole(lang, of=factory):
    return scorecard(of.assessment(), factory.profile(), lang, describe=factory.describe(lang),
                     history=factory.history(), digest="d4" * 32)  # fmt: skip


CARDS = {
    "newspaper": lambda lang: for_agency(whole(lang), crowds.AGENCY),
    "magazine": lambda lang: for_agency(whole(lang), "tap-chi-vhvn"),
    "programme": whole,
    "400 findings": crowds.many_findings,
    "120 agencies": crowds.province,
    "nasty agency": lambda lang: for_agency(whole(lang, nasty), crowds.AGENCY),
    "nasty programme": lambda lang: whole(lang, nasty),
}
CASES = [(name, lang) for name in CARDS for lang in LANGS if lang == "vi" or "nasty" not in name]


@pytest.fixture(scope="module", params=CASES, ids=str)
def made(request, tmp_path_factory):
    """A scorecard and its PDF."""
    name, lang = request.param
    card = CARDS[name](lang)
    path = tmp_path_factory.mktemp("pdf") / "made.pdf"
    path.write_bytes(pdf_report.render(card))
    return card, path


def test_no_word_leaves_its_margins_or_lies_over_another(made):
    _, path = made
    for number, (width, height, words) in enumerate(pdf_read.pages(path), start=1):
        assert words, f"page {number} is empty"
        for word in words:
            inside = word.left >= LEFT - SLACK and word.right <= width - RIGHT + SLACK
            assert inside, (number, word)
            assert word.top >= TOP and word.bottom <= height - BOTTOM, (number, word)
        assert not list(_collisions(words)), number


def _collisions(words):
    lines = sorted(words, key=lambda word: (word.top, word.left))
    for at, word in enumerate(lines):
        for other in lines[at + 1 :]:
            if other.top > word.bottom:
                break
            if word.covers(other) > 0.25:
                yield word, other


def test_an_agency_s_summary_is_one_page(made):
    card, path = made
    if card.only and "<" not in card.agencies[0].name:
        words = [[one.text for one in page] for _, _, page in pdf_read.pages(path)]
        heads = document(card)["words"]
        second, third = (" ".join(page) for page in words[1:3])
        assert heads["summary"] in second
        assert heads["requirements"] in third


def test_the_text_is_the_view_s_and_nothing_else(made):
    card, path = made
    if "<" in card.programme.name:
        pytest.skip("marks piled on a letter are not read back as they were written")
    data = document(card)
    rest, heads = squeezed("".join(_told(data))), _table_heads(data["words"])
    for number, page in enumerate(pdf_read.bodies(path), start=1):
        said = squeezed(re.sub(r"[ .]{9,}\W*\d+", "", page))  # the contents' dots and numbers
        again = next((one for one in heads if said.startswith(one)), "")  # a table goes on
        if again and not rest.startswith(again):
            said = said.removeprefix(again)
        assert same(said, rest), f"page {number}"
        rest = rest[len(said) :]
    assert rest == ""


def same(said, rest):
    """Is that how it goes on?  Where it does not is easier to see in a few words than in all."""
    for at in range(0, len(said), 60):
        assert said[at : at + 60] == rest[at : at + 60][: len(said) - at]
    return True


def _table_heads(words):
    found = [
        ("clause", "requirement", "status", "by"), ("place", "seen"), ("clause", "paper"),
        ("place", "reason", "undecided"), ("clause", "requirement", "reason"),
        ("rank", "agency", "conclusion", "met", "before", "by_machine", "unverified", "serious"),
    ]  # fmt: skip
    return [squeezed("".join(words[name] for name in one)) for one in found]


def _told(of):
    """All that a PDF of this data says, in the order of reading."""
    words = of["words"]
    yield from (of["whose"].upper(), of["title"], of["programme"])
    for part in filter(None, (of["agency"], of["overview"])):
        yield from _verdict(part)
    yield of["stopped"]
    yield from _flat(of["facts"])
    body = list(_agency(of["agency"], words) if of["agency"] else _programme(of["overview"], words))
    scope = list(_scope(of["scope"], of["glossary"], words))
    sign = list(_signatures(of)) if of["agency"] else []
    yield words["contents"]
    yield from (one.text for one in (*body, *scope, *sign) if isinstance(one, Head))
    yield from (one.text if isinstance(one, Head) else one for one in (*body, *scope, *sign))


class Head:
    """A heading that the contents name."""

    def __init__(self, *texts):
        self.text = "".join(texts)


def _verdict(part):
    if "says" in part:
        yield from (part["says"], "–", part["conclusion"], part["coverage"])
    else:
        yield from (part["big"], f"({part['percent']})–", part["share"], part["coverage"])


def _flat(value):
    if isinstance(value, str):
        yield value
    else:
        for one in value:
            yield from _flat(one)


def _numbered(todo, words):
    for number, one in enumerate(todo, start=1):
        yield from (one["label"], f"{number}.", one["says"], "–", one["where"], one["how"])
    yield from () if todo else [words["none"]]


def _time(of):
    points = of["points"] if len(of["points"]) > 1 else []
    yield from (day for day, _, _ in points)
    yield from (percent for _, percent, _ in points)
    yield from of["says"]


def _agency(of, w):
    yield Head(w["summary"])
    yield from _flat(of["tiles"])
    yield from (of["coverage"], of["looked"], w["groups"], w["group"])
    yield from (says for _, says, _ in of["legend"])
    for group in of["bars"]:
        yield from (group["title"], *(str(n) for _, n in group["counts"]))
    yield from (n for _, _, n in of["legend"])
    yield w["time"]
    yield from _time(of["time"])
    yield w["first"]
    yield from _numbered(of["first"], w)
    yield from (w["soon"], *(_flat(of["soon"]) if of["soon"] else [w["no_due"]]))
    if of["readings"]:
        yield w["readings"]
        for name, met in of["readings"]:
            yield from (name, ":", met)
    for system in of["systems"]:
        yield from _system(system, w)
    yield Head(w["findings"])
    yield from () if of["mends"] else [w["none"]]
    for number, mend in enumerate(of["mends"], start=1):
        yield from _mend(number, mend, w)
    yield from _rest(of, w)


def _system(of, w):
    yield Head(w["requirements"], ":", of["name"], f"({of['level']})")
    yield from (w["dossier"], *_flat(of["dossier"])) if of["dossier"] else ()
    yield from of["contradictions"]
    for group in of["groups"]:
        yield from (group["title"], f"({group['share']})")
        yield from (w["clause"], w["requirement"], w["status"], w["by"])
        for row in group["rows"]:
            clause, title, notes, (_, status), by = row["cells"]
            yield from (clause, title, *notes, status, *by)


def _mend(number, of, w):
    yield from (of["label"], f"{number}.", of["says"], w["check"], of["check"], "–", *of["title"])
    yield from (w["why"], *of["why"], w["fix"], *of["fix"])
    yield from (w["requirements"], of["controls"]) if of["controls"] else ()
    yield from _flat(of["pastes"])
    yield from (w["place"], w["seen"])
    for row in of["seen"]:
        yield from row["cells"]


def _rest(of, w):
    yield Head(w["gaps"])
    if of["gaps"]:
        yield from (w["gap_text"], w["place"], w["reason"], w["undecided"])
        for row in of["gaps"]:
            yield from row["cells"]
    else:
        yield w["no_gap"]
    yield Head(w["papers"])
    yield from () if of["held"] else [w["no_paper"]]
    for name in ("gone", "held"):
        if of[name]:
            yield from (w[name], w["clause"], w["paper"])
            for row in of[name]:
                yield from row["cells"]


def _programme(of, w):
    yield Head(w["summary"])
    yield from (of["big"], f"({of['percent']})", of["share"], of["target"], of["coverage"])
    yield w["time"]
    yield from _time(of["time"])
    if of["readings"]:
        yield from (w["readings"], w["reading"], w["share"])
        for name, counts, percent, _ in of["readings"]:
            yield from (name, counts, percent)
    yield w["first"]
    yield from _numbered(of["first"], w)
    yield Head(w["agencies"])
    yield from (w["ranked"], *(says for _, says in of["legend"]))
    yield from (w[name] for name in ("rank", "agency", "conclusion", "met", "before", "by_machine",
                                     "unverified", "serious"))  # fmt: skip
    for one in of["agencies"]:
        yield from (one["rank"], one["name"], *one["told"], one["says"], one["score"])
        yield from (one["before"], one["machine"], one["unverified"], one["serious"])


def _scope(of, glossary, w):
    yield Head(w["scope"])
    yield from (w["permit"], *_flat(of["permit"]), w["run"], *_flat(of["run"]), w["method"])
    for one in of["method"]:
        yield from ("•", one)
    if of["tailored"]:
        yield from (w["tailored"], w["check"], w["value"], w["was"], w["now"])
        yield from _flat(of["tailored"])
    if of["left_out"]:
        yield from (w["left_out"], w["clause"], w["requirement"], w["reason"])
        yield from _flat(of["left_out"])
    yield w["how"]
    for _, says, text in of["key"]:
        yield from (says, text)
    yield of["credit"]
    yield Head(w["glossary"])
    yield from _flat(glossary)


def _signatures(of):
    w, agency = of["words"], of["agency"]
    yield Head(w["sign"])
    yield from (of["whose"], ":", *_verdict(agency))
    yield from (*_flat(of["scope"]["run"]), w["place_date"])
    for who, how in (
        ("sign_by", "sign_how"),
        ("sign_check", "sign_how"),
        ("sign_for", "sign_seal"),
    ):
        yield from (w[who], w[how], "………………………………")


def test_the_ranking_goes_from_the_best_to_the_worst():
    ranked = document(crowds.province("vi"))["overview"]["agencies"]
    scores = [float(one["score"].rstrip("%").replace(",", ".")) for one in ranked]
    assert len(ranked) == crowds.AGENCIES
    assert all(first >= second for first, second in pairwise(scores))
