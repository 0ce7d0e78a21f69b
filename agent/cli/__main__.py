"""`python -m qwact.agent.cli` is `qwact`."""

from qwact.agent.cli import main

main()
