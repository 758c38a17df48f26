"""Facts that pass.  A test changes the one thing it is about: `tls(robot=True)`.

One module for each area; each puts its good object into `GOOD`, by its type, for the promises
that every check keeps (tests/checks/test_promises.py).
"""

import importlib
import pkgutil
from typing import Any

GOOD: dict[type, Any] = {}

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
