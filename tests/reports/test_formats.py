"""Formats and where their files go."""

import json
from dataclasses import replace

import pytest

from reports import formats
from reports.formats import FORMATS, render, write, write_by_agency, write_card
from reports.i18n import Translator
from scanner.basis import Basis, CheckRule
from tests.reports import factory, test_brief

VI = Translator("vi")
BASIS = Basis((CheckRule("tls.protocols"), CheckRule("web.hsts")))


@pytest.fixture(autouse=True)
def made_up_texts(monkeypatch):
    monkeypatch.setattr("reports.scorecard.registered", factory.describe)


def put(directory, names, **more):
    written = write(directory, factory.assessment(), factory.profile(), VI, names, **more)
    assert sorted(written) == sorted(p for p in directory.rglob("*") if p.is_file())
    return sorted(str(path.relative_to(directory)) for path in written)


def test_json_is_one_file_and_html_one_for_each_agency(tmp_path):
    assert put(tmp_path / "a" / "b", ["html", "json", "html"]) == [
        "agencies/bao-bac-lieu.html",
        "agencies/dai-ptth-bac-lieu.html",
        "agencies/tap-chi-vhvn.html",
        "scorecard.html",
        "scorecard.json",
    ]


def test_one_agency_leaves_the_programme_s_files_alone(tmp_path):
    assert put(tmp_path, ["html", "json"], agency="bao-bac-lieu") == [
        "agencies/bao-bac-lieu.html",
        "agencies/bao-bac-lieu.json",
    ]
    made = json.loads((tmp_path / "agencies" / "bao-bac-lieu.json").read_text("utf-8"))
    assert [one["id"] for one in made["agencies"]] == ["bao-bac-lieu"]


def test_each_agency_s_file_tells_of_it_alone(tmp_path):
    put(tmp_path, ["html"])
    page = (tmp_path / "agencies" / "bao-bac-lieu.html").read_text("utf-8")
    assert "Báo Bạc Liêu" in page
    assert "Tạp chí" not in page


def test_files_are_what_is_rendered(tmp_path):
    put(tmp_path, list(FORMATS))
    for name, form in FORMATS.items():
        made = render(name, factory.assessment(), factory.profile(), VI)
        assert (tmp_path / f"scorecard.{form.extension}").read_bytes() == made


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".hidden", "A", "x" * 65, "a\n"])
def test_an_id_that_is_no_file_name_is_refused(tmp_path, card, name):
    good = factory.assessment()
    odd = replace(good, agencies=(replace(good.agencies[0], id=name),))
    with pytest.raises(ValueError, match="not a safe file name"):
        write_card(tmp_path, card(of=odd), ["html"])


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    put(tmp_path, ["json"])
    before = (tmp_path / "scorecard.json").read_bytes()

    def full(_):
        raise OSError("no space left")

    monkeypatch.setattr(formats.os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        put(tmp_path, ["json"])
    assert (tmp_path / "scorecard.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["scorecard.json"]


def test_unknown_formats_and_agencies(tmp_path):
    for asked in ({"names": ["docx"]}, {"names": ["json"], "agency": "nobody"}):
        with pytest.raises(KeyError):
            put(tmp_path, **asked)
    assert list(tmp_path.iterdir()) == []


def test_heavy_files_of_many_agencies_are_made_apart_and_are_the_same(tmp_path, monkeypatch):
    here = put(tmp_path / "here", ["pdf"])
    monkeypatch.setattr(formats, "FEW", 0)
    assert put(tmp_path / "apart", ["pdf"]) == here
    for name in here:
        assert (tmp_path / "apart" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


@pytest.mark.parametrize("few", [0, 4])
def test_files_made_one_agency_at_a_time_are_the_same(tmp_path, monkeypatch, few):
    monkeypatch.setattr(formats, "FEW", few)
    monkeypatch.setattr("reports.formats.registered", factory.describe)
    of, profile = replace(factory.assessment(), basis=BASIS), factory.profile()
    more = {"digest": "d4" * 32, "history": factory.history()}
    whole = write(tmp_path / "whole", of, profile, VI, ["pdf"], **more)
    parts = test_brief.apart(replace(of, basis=Basis()))
    made, card = write_by_agency(
        tmp_path / "parts", test_brief.head(of), parts, profile, VI, "pdf", **more
    )
    assert [one.name for one in made] == [one.name for one in whole]
    for first, second in zip(made, whole, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert [one.id for one in card.agencies] == [one.id for one in of.agencies]


def test_only_what_tells_no_more_than_its_agencies_is_made_so():
    assert formats.by_agency(["pdf"])
    assert not formats.by_agency(["pdf", "json"])
