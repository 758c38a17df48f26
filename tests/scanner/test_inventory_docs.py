"""The guide's examples load."""

import re
from pathlib import Path

import pytest

from scanner.inventory_file import load

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("guide", ["inventory.md", "vi/inventory.md"])
def test_the_guides_example_loads(tmp_path, guide):
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / guide).read_text("utf-8"), re.DOTALL)
    path = tmp_path / "inventory.yaml"
    path.write_text(example, "utf-8")
    assert load(path).inventory.agencies[0].systems[0].level == 3
