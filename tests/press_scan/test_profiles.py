"""`profile`, as it is used: lists, one requirement, counts, the cross-walk, lint."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict

import pytest
import yaml
from click.testing import CliRunner

import checks
from press_scan.cli import main
from scanner import profile
from tests.press_scan.program import Program
from tests.scanner.profiles import DHCP, LEVEL2, control, write
from tests.scanner.test_level3 import ROOT


def run(*args, code=0, lang="en"):
    """The command line in this process: quick, and all of it but the start."""
    done = CliRunner().invoke(main, ["--lang", lang, "profile", *map(str, args), "--lang", lang])
    assert done.exit_code == code, f"{done.exit_code}\n{done.output}"
    return done


def shown(*args, **more):
    return run(*args, **more).stdout


def data(*args, **more):
    return json.loads(shown(*args, "--format", "json", **more))


def wide(text):
    """Lines of more than 80 columns; addresses stay in one piece, so that they can be copied."""
    return [line for line in text.splitlines() if len(line) > 80 and "https://" not in line]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize(
    "args",
    [
        ("list",),
        ("show",),
        ("show", "level3-2017"),
        ("show", "level3", "5.6.2.2"),
        ("coverage", "level3-2017"),
        ("crosswalk",),
    ],
    ids=" ".join,
)
def test_everything_fits_in_eighty_columns(args, lang):
    text = shown(*args, lang=lang)
    assert text and wide(text) == []
    assert unicodedata.is_normalized("NFC", text)


def test_the_list_says_what_is_superseded():
    rows = data("list")
    assert {(row["id"], row["controls"], row["superseded"], row["base"]) for row in rows} == {
        ("level3", 211, False, ""),
        ("level3-2017", 115, True, ""),
        ("level3-remote", 4, False, "level3"),
    }


def test_a_requirement_is_shown_whole():
    text = shown("show", "level3", "TCVN14423-5.6.2.3-5")
    for part in (
        "TCVN 14423:2026 5.6.2.3  ", "TCVN14423-5.6.2.3-5", "Servers", "access.dormant",
        "days = 45 (the standard fixes this value)", "high: two sources",
        "Level-3 checklist of vn-cyber-compliance", "https://github.com/",
        "TCVN 11930:2017 7.2.2.4 a)", "the text names none",
    ):  # fmt: skip
        assert part in text
    assert "every 6 months; press-scan's own whole runs are a part of it" in " ".join(
        shown("show", "level3", "5.7.2.1b").split()
    )
    (row,) = data("show", "level3", "TCVN14423-5.6.2.3-5")
    assert (row["params"], row["every"], row["confidence"]) == (
        {"access.dormant": {"days": 45}}, None, "high",
    )  # fmt: skip


def test_a_clause_shows_all_its_requirements():
    ids = [row["id"] for row in data("show", "level3", "5.6.2.2 b)")]
    assert ids == [f"TCVN14423-5.6.2.2-b-{n}" for n in (1, 2, 3)]
    assert [row["id"] for row in data("show", "level3", "5.6.2.2b")] == ids
    assert len(data("show", "level3", "5.6.2")) == 18
    assert [row["id"] for row in data("show", "level3-2017", "7.2.2.3 Đ")] == [
        "TCVN11930-7.2.2.3-dd"
    ]


def test_a_requirement_that_is_not_there():
    done = run("show", "level3", "TCVN14423-5.6.2.3-55", code=2)
    assert 'did you mean "TCVN14423-5.6.2.3-5"?' in done.stderr and done.stdout == ""
    done = run("show", "level3", "\x1b[31m" + "9" * 10000, code=2)
    assert "\x1b" not in done.stderr


def test_the_whole_profile_as_json():
    whole = data("show", "level3", lang="vi")
    assert len(whole["controls"]) == 211 and len(whole["sha256"]) == 64
    assert set(whole["sources"]) == {"checklist", "decree331"}
    assert whole["firm"]["access.dormant"] == ["days"]
    assert whole["controls"][0]["title"].startswith("Có quy trình")


def test_tailoring_shows(tmp_path):
    path = write(
        tmp_path, "own", extends="level3",
        params={"access.dormant": {"days": 60}, "tls.cert-expiry": {"days_left": 30}},
        leave_out={DHCP: "Không dùng DHCP <b>"},
        controls=[control("OWN", clause="1"), control("TCVN14423-5.17.2.2-a")],
    )  # fmt: skip
    text = shown("show", path)
    for part in (
        "access.dormant days: 45 → 60 (the standard fixes this value)",
        "tls.cert-expiry days_left: 14 → 30\n",
        "added controls (1): OWN", "controls written anew (1): TCVN14423-5.17.2.2-a",
        f"{DHCP}: Không dùng DHCP <b>", "left out: Không dùng DHCP <b>",
    ):  # fmt: skip
        assert part in text
    assert "level3 has no such control" in shown("show", path, "OWN")
    assert "it differs in level3" in shown("show", path, "TCVN14423-5.17.2.2-a")
    whole = data("show", path)
    assert whole["left_out"] == {DHCP: "Không dùng DHCP <b>"}
    assert [one["firm"] for one in whole["changed"]] == [True, False]
    counts = data("coverage", "--profile", path)
    assert counts["all"]["left_out"] == counts["network"]["left_out"] == 1
    assert sum(counts["all"].values()) == 212
    assert "no value and no control is changed" in shown(
        "show", write(tmp_path, "same", extends="level3")
    )


def test_coverage_adds_up():
    counts = data("coverage")
    every = counts.pop("all")
    assert every == asdict(profile.coverage(profile.load("level3", checks.load())))
    for kind, number in every.items():
        assert sum(row[kind] for row in counts.values()) == number
    last = shown("coverage").splitlines()[-1].split()
    assert last == ["all", *map(str, every.values()), "211"]


def test_the_cross_walk_always_names_the_standard():
    text = shown("crosswalk", "level3-2017", "level3", lang="vi")
    assert "level3-2017: không có yêu cầu tương ứng (0)" in text
    assert "level3: không có yêu cầu tương ứng (136)" in text
    starts = ("TCVN 11930:2017", "→ TCVN 14423:2026", "→ NĐ 331/2026/NĐ-CP")
    assert sum(line.lstrip().startswith("→") for line in text.splitlines()) == 115
    assert all(line.lstrip().startswith(starts) for line in text.splitlines()
               if line.lstrip().startswith("→"))  # fmt: skip
    whole = data("crosswalk")
    (row,) = [row for row in whole["rows"] if row["id"] == "TCVN11930-7.2.2.3-b"]
    assert (row["standard"], row["clause"]) == ("TCVN 11930:2017", "7.2.2.3 b)")
    assert [(one["standard"], one["clause"]) for one in row["partners"]] == [
        ("TCVN 14423:2026", "5.8.2.1 a)")
    ]
    assert (len(whole["rows"]), len(whole["alone"]), len(whole["without"])) == (115, 0, 136)
    back = data("crosswalk", "level3", "level3-2017")
    assert (len(back["rows"]), len(back["alone"]), len(back["without"])) == (211, 136, 0)


def test_lint_ends_with_code_2_and_every_mistake(tmp_path):
    path = write(tmp_path, "own", extends="level3", leave_out={"X": "y", DHCP: ""})
    done = run("lint", path, code=2)
    assert done.stdout == ""
    assert f"{path}:9:24: say why this is left out" in done.stderr
    told = json.loads(run("lint", path, "--format", "json", code=2).stdout)
    assert told["notices"] == []
    assert [(e["line"], e["column"], e["message"]) for e in told["errors"]] == [
        (9, 24, "say why this is left out")
    ]
    assert "hãy nêu lý do" in run("lint", path, code=2, lang="vi").stderr


def test_lint_tells_notices_with_code_0(tmp_path):
    path = write(tmp_path, "own", extends="level3", params={"access.dormant": {"days": 60}})
    done = run("lint", path)
    assert done.stdout.splitlines() == [
        f"{path}:9:11: the standard fixes days of access.dormant at 45; here it is 60",
        "211 controls; no mistake, 1 notices",
    ]
    (notice,) = data("lint", path)["notices"]
    assert (notice["file"], notice["line"]) == (path, 9)
    assert shown("lint", "level3-remote") == "4 controls; no problem found\n"


@pytest.mark.parametrize("what", ["none.yaml", "levle3", "."])
def test_what_is_no_profile_ends_with_code_2(what, tmp_path):
    name = str(tmp_path) if what == "." else what
    for command in ("lint", "show", "coverage", "crosswalk"):
        done = run(command, name, code=2)
        assert done.stderr and "Traceback" not in done.stderr


def test_another_level_is_another_file(tmp_path):
    path = write(tmp_path, "level2", **LEVEL2)
    assert data("coverage", path)["all"] == {
        "decided": 1, "hinted": 1, "waiting": 1, "attested": 1, "left_out": 0,
    }  # fmt: skip
    whole = data("show", path)
    assert (whole["level"], [row["id"] for row in whole["controls"]]) == (
        2, ["L2-1", "L2-2", "L2-3", "L2-4"],
    )  # fmt: skip
    assert "L2-3" in shown("lint", path)


def test_the_example_of_the_manual_is_a_profile(tmp_path):
    for manual in ("docs/profiles.md", "docs/vi/profiles.md"):
        text = (ROOT / manual).read_text("utf-8")
        example = text.split("```yaml\n")[1].split("```")[0]
        path = tmp_path / "our.yaml"
        path.write_text(example, "utf-8")
        whole = data("show", path)
        assert whole["left_out"] and whole["changed"] and whole["added"] == ["CAMAU-1"]
        told = yaml.safe_load(example)
        assert whole["id"] == told["profile"]


def test_a_reader_that_goes_away_is_no_bug(tmp_path):
    with Program(tmp_path).start("profile", "show", "level3") as child:
        child.stdout.readline()
        child.stdout.close()
        child.wait(timeout=60)
        err = child.stderr.read()
    assert "Traceback" not in err and "BrokenPipe" not in err
    assert child.returncode in (0, 1)
