"""Settings in a YAML file of their own, which lies beside the inventory unless it is named."""

from __future__ import annotations

from pathlib import Path

from scanner.fit import Model
from scanner.problems import FileError
from scanner.yamlfile import read


def load(path: Path, model: type[Model]) -> Model:
    """Read them.  Raises `FileError` with every problem of the file."""
    found, problems = read(path, model)
    if problems or found is None:
        raise FileError(problems)
    return found


def beside(inventory: Path, name: str) -> Path | None:
    """The file of this name beside an inventory (in its folder, when it is one); None without."""
    folder = inventory if inventory.is_dir() else inventory.parent
    file = folder / name
    return file if file.is_file() else None
