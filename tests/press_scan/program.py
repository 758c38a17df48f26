"""The program as its users run it: a process of its own, with homes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass
class Program:
    """`press-scan`, at home in a folder of the test's."""

    home: Path

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "LANG", "LC_ALL"}}
        homes = {
            name: str(self.home / name.lower())
            for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        }
        return {**kept, **homes, "PRESS_SCAN_LANG": "en", "PYTHONUTF8": "1"}

    def start(self, *args: object, **more: str) -> subprocess.Popen[str]:
        """Start it."""
        return subprocess.Popen(
            [sys.executable, "-m", "press_scan", *map(str, args)],
            env={**self.env, **more},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: object, code: int | None = 0, **more: str) -> subprocess.CompletedProcess:
        """Run it to its end, and insist on its exit code."""
        with self.start(*args, **more) as child:
            out, err = child.communicate(timeout=300)
        done = subprocess.CompletedProcess(args, child.returncode, out, err)
        assert code is None or done.returncode == code, f"{done.returncode}\n{out}\n{err}"
        return done

    def scan(self, inventory: Path, *args: object, code: int | None = None, **more: str) -> dict:
        """A scan's scorecard."""
        given = ("scan", inventory, "--format", "json", "--rate", 100, *args)
        done = self.run(*given, code=code, **more)
        return json.loads(done.stdout)


def inventory(
    folder: Path,
    *assets: dict,
    networks: tuple[str, ...] = ("127.0.0.0/8",),
    **authorisation: object,
) -> Path:
    """An inventory file with one agency for each asset."""
    data = {
        "programme": {"name": "Tỉnh thử nghiệm"},
        "authorisation": {
            "document": "Số 1/UQ",
            "valid": {"from": "2000-01-01", "to": "2999-12-31"},
            "networks": list(networks),
            **authorisation,
        },
        "agencies": [
            {
                "id": f"agency-{number}",
                "name": f"Báo {number}",
                "electronic": True,
                "systems": [
                    {
                        "id": "portal",
                        "name": "Cổng",
                        "level": 3,
                        "assets": [{"id": "web", **asset}],
                    }
                ],
            }
            for number, asset in enumerate(assets)
        ],
    }
    path = folder / "inventory.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return path
