"""Every remedy inside a host can be pasted into either shell, and stops at its first fault."""

from __future__ import annotations

import subprocess

import pytest

from facts.host.areas import areas
from tests.lab.judged import FIXES

SCRIPTS = sorted(p for p in FIXES.glob("*.sh") if p.stem.partition(".")[0] in areas())


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_remedy_is_a_shell_script(path):
    for shell in ("dash", "bash"):
        done = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    assert any(line.strip().startswith("set -eu") for line in path.read_text("utf-8").splitlines())
