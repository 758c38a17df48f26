"""The guide's examples load."""

import re
from datetime import date
from pathlib import Path

import pytest

from scanner.inventory_file import doubts, load

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("guide", ["inventory.md", "vi/inventory.md"])
def test_the_guides_example_loads(tmp_path, guide):
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / guide).read_text("utf-8"), re.DOTALL)
    path = tmp_path / "inventory.yaml"
    path.write_text(example, "utf-8")
    loaded = load(path)
    assert loaded.inventory.agencies[0].systems[0].level == 3
    assert doubts(loaded, date(2026, 11, 23)) == []
