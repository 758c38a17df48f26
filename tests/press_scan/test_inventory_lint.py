"""`inventory lint` on dossiers: contradictions are warnings, in both languages."""

from __future__ import annotations

import pytest

TEXT = """\
programme: {{name: Tỉnh}}
authorisation:
  document: Số 1
  valid: {{from: 2000-01-01, to: 2999-12-31}}
  networks: [127.35.0.0/16]
agencies:
  - id: bao
    name: Báo
    electronic: true
    systems:
      - id: portal
        name: Cổng
        level: 3
        dossier: {dossier}
        assets: [{{id: web, address: 127.35.3.1}}]
"""
RIGHT = "{state: approved, decision: 1/QĐ, date: 2026-03-01, basis: {kind: risk}}"
LATE = (
    "{state: approved, date: 2026-03-01, basis: {kind: risk}, "
    "regulation: {decision: 2/QĐ, date: 2026-03-02}}"
)


@pytest.fixture
def lint(program, tmp_path):
    def run(dossier, *args, code=0):
        path = tmp_path / "inventory.yaml"
        path.write_text(TEXT.format(dossier=dossier), "utf-8")
        done = program.run("inventory", "lint", path, *args, code=code)
        return done.stdout, done.stderr.replace(f"{path}", "inventory.yaml")

    return run


def test_a_dossier_without_contradiction(lint):
    assert lint(RIGHT) == ("1 agencies, 1 assets; no problem found\n", "")
    assert lint(RIGHT, "--lang", "vi")[0] == "1 cơ quan báo chí, 1 tài sản; không thấy lỗi nào\n"


def test_contradictions_are_warnings_with_their_place(lint):
    out, err = lint(LATE)
    assert out == "1 agencies, 1 assets; 2 warnings\n"
    first, second = (line for line in err.splitlines() if line.startswith("inventory.yaml"))
    warning = "warning: the dossier is approved, but its decision has no number"
    assert first == f"inventory.yaml:14:18: {warning}"
    regulation = "the security regulation is of 2 Mar 2026, after the approval of 1 Mar 2026"
    assert second == f"inventory.yaml:14:110: warning: {regulation}"


def test_in_vietnamese(lint):
    out, err = lint(LATE, "--lang", "vi")
    assert out == "1 cơ quan báo chí, 1 tài sản; 2 cảnh báo\n"
    assert (
        "inventory.yaml:14:18: cảnh báo: hồ sơ ghi là đã phê duyệt nhưng quyết định không có số"
        in err
    )
    assert "quy chế bảo đảm an toàn ban hành ngày 02/03/2026, sau ngày phê duyệt hồ sơ" in err


def test_a_mistake_is_no_warning(lint):
    out, err = lint("{state: approvd}", code=2)
    assert out == ""
    assert 'inventory.yaml:14:26: "approvd" is not known here; did you mean "approved"?' in err
    assert "warning" not in err
