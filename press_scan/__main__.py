"""`python -m press_scan`."""

from press_scan.cli import main

main()
