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
from .ports import (
    Blocks,
    Card,
    Cards,
    Identity,
    MediaServer,
    Notice,
    Notify,
    Profile,
    SocialGraph,
    StripItem,
    StripSource,
)

__all__ = [
    "AuditEntry",
    "Blocks",
    "Broken",
    "Card",
    "Cards",
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
    "Notice",
    "Notify",
    "Profile",
    "Refusal",
    "Report",
    "SetupError",
    "SocialGraph",
    "Spaces",
    "SpacesError",
    "StripItem",
    "StripSource",
    "Unavailable",
    "UserId",
    "WebhookRefused",
    "WrongState",
    "signals",
]
