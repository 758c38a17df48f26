"""Sentences, numbers and dates in two languages."""

from datetime import UTC, date, datetime, timedelta

import pytest

from facts.message import Message
from reports.i18n import Translator

VI, EN = Translator("vi"), Translator("en")


def test_a_sentence_and_its_values():
    assert VI("run {id}", id="7") == "lượt quét 7"
    assert EN("run {id}", id="7") == "run 7"


def test_what_has_no_translation_stays():
    assert VI("Nobody translated this") == "Nobody translated this"
    assert Translator("fr")("run {id}", id="7") == "run 7"


def test_braces_in_values_and_in_plain_text_are_just_braces():
    assert VI("run {id}", id="{id} {0}") == "lượt quét {id} {0}"
    assert VI("what {is} this") == "what {is} this"


def test_a_checks_sentence_is_found_too():
    assert VI("The name does not resolve") == "Tên miền không phân giải được"


def test_a_message_brings_its_values_also_inside_another():
    inner = Message("level {level}", level=3)
    assert VI(inner) == "cấp độ 3"
    assert VI(Message("run {id}", id=inner)) == "lượt quét cấp độ 3"
    assert EN(inner) == "level 3"


@pytest.mark.parametrize(
    ("n", "en", "vi"),
    [(1, "1 serious fault", "1 lỗi nặng"), (2, "2 serious faults", "2 lỗi nặng")],
)
def test_numbers_of_things(n, en, vi):
    assert EN.ngettext("{n} serious fault", "{n} serious faults", n) == en
    assert VI.ngettext("{n} serious fault", "{n} serious faults", n) == vi


@pytest.mark.parametrize(
    ("value", "en", "vi"),
    [
        (100 / 3, "33.3%", "33,3%"),
        (100.0, "100%", "100%"),
        (99.97, "99.9%", "99,9%"),
        (0, "0%", "0%"),
    ],
)
def test_percent_is_never_rounded_up_to_all(value, en, vi):
    assert EN.percent(value) == en
    assert VI.percent(value) == vi


def test_dates_and_values_inside_sentences():
    day = date(2026, 2, 3)
    assert (VI.date(day), EN.date(day)) == ("03/02/2026", "3 Feb 2026")
    assert VI("run {id}", id=1.5) == "lượt quét 1,5"
    assert VI("run {id}", id=day) == "lượt quét 03/02/2026"
    assert VI("run {id}", id=True) == "lượt quét có"
    assert VI("{x:.2f}", x=1.234) == "1,23"


def test_a_moment_is_told_in_this_machines_zone():
    moment = datetime(2026, 11, 22, 5, 7, tzinfo=UTC)
    here = moment.astimezone()
    assert VI.datetime(moment) == f"{here:%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(
    ("seconds", "vi"), [(5, "5 giây"), (432, "7 phút 12 giây"), (7380.4, "2 giờ 3 phút")]
)
def test_durations(seconds, vi):
    assert VI.duration(timedelta(seconds=seconds).total_seconds()) == vi
