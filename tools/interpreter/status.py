"""Which walls come up on this machine, and what is missing for the others."""

from dataclasses import dataclass

from qwact.tools.errors import UserError
from qwact.tools.interpreter.folders import SessionFolder
from qwact.tools.interpreter.identity import sandbox_user
from qwact.tools.interpreter.plan import Limits, SetupFailed
from qwact.tools.interpreter.sandbox import TIERS, start_tier

_TRIAL = Limits(memory=1 << 30, processes=64, file=1 << 20, disk=1 << 20, files=100, output=1000)


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """The walls of this machine.

    Attributes:
        tier: The one that the code interpreter uses; None when none comes up.
        layers: Every layer of that tier.
        missing: For each other tier that does not come up, why.
    """

    tier: str | None
    layers: tuple[str, ...]
    missing: dict[str, str]


def sandbox_status() -> SandboxStatus:
    """Put up every kind of walls once, and take it down again. Takes a tenth of a second for each."""
    found: dict[str, tuple[str, ...]] = {}
    missing: dict[str, str] = {}
    for tier in TIERS:
        try:
            found[tier] = _try(tier)
        except (SetupFailed, UserError, OSError) as error:
            missing[tier] = str(error)
    best = next(iter(found), None)
    return SandboxStatus(best, found[best] if best else (), missing)


def _try(tier: str) -> tuple[str, ...]:
    folder = SessionFolder(sandbox_user())
    try:
        sandbox = start_tier(tier, "probe", folder, _TRIAL, {}, "")
        sandbox.close()
        return sandbox.layers
    finally:
        folder.remove()
