"""Inventories for tests, built in memory."""

from __future__ import annotations

from scanner.inventory import Inventory


def inventory(
    *addresses: str, networks: tuple[str, ...] = ("127.0.0.0/8",), **asset: object
) -> Inventory:
    """One agency for each address, each with one asset; `asset` adds keys to every asset."""
    agencies = [
        {
            "id": f"agency-{number}",
            "name": f"Báo {number}",
            "electronic": True,
            "systems": [
                {
                    "id": "portal",
                    "name": "Cổng",
                    "level": 3,
                    "assets": [{"id": "web", "address": address, **asset}],
                }
            ],
        }
        for number, address in enumerate(addresses)
    ]
    return Inventory.model_validate(
        {
            "programme": {"name": "Tỉnh"},
            "authorisation": {
                "document": "Số 1",
                "valid": {"from": "2000-01-01", "to": "2999-12-31"},
                "networks": list(networks),
                "names": ["*.bao.test"],
            },
            "agencies": agencies,
        }
    )
