"""Single trials by sslyze, for what hellos made by hand leave in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sslyze.plugins.scan_commands import ScanCommand

from scanner.probes.sslyze_handshakes import connect
from scanner.probes.sslyze_scan import Scan, failure


def again(service: dict[str, Any], trials: Sequence[str], most: int) -> dict[str, object]:
    """Each trial's result by the name of its scan command, or its error."""
    try:
        server = connect(service["name"], service["address"], service["port"], service["starttls"])
    except Exception as error:  # noqa: BLE001  # told as what it is
        return dict.fromkeys(trials, failure(error))
    with ThreadPoolExecutor(most) as pool:
        return Scan(server, pool).attacks([ScanCommand(name) for name in trials])
