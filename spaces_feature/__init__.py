"""Live audio rooms ("Spaces") for an existing Flask social network. The public names, and nothing else."""

from . import signals
from .domain.audit import AuditEntry
from .domain.ids import UserId
from .domain.reports import Report
from .errors import (
    Broken,
    Conflict,
    Forbidden,
    Invalid,
    Limited,
    MediaDown,
    MediaError,
    NotFound,
    NotSignedIn,
    Refusal,
    SetupError,
    SpacesError,
    Unavailable,
    WebhookRefused,
    WrongState,
)
from .extension import Spaces
from .ports import Blocks, Identity, MediaServer, Profile, SocialGraph

__all__ = [
    "AuditEntry",
    "Blocks",
    "Broken",
    "Conflict",
    "Forbidden",
    "Identity",
    "Invalid",
    "Limited",
    "MediaDown",
    "MediaError",
    "MediaServer",
    "NotFound",
    "NotSignedIn",
    "Profile",
    "Refusal",
    "Report",
    "SetupError",
    "SocialGraph",
    "Spaces",
    "SpacesError",
    "Unavailable",
    "UserId",
    "WebhookRefused",
    "WrongState",
    "signals",
]
