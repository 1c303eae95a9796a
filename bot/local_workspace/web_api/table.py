"""All methods that the workspace knows. Any other is `unknown_method`."""

from __future__ import annotations

from bot.local_workspace.web_api.apps import APPS
from bot.local_workspace.web_api.assistant import ASSISTANT
from bot.local_workspace.web_api.canvases import CANVASES
from bot.local_workspace.web_api.channels import CHANNELS
from bot.local_workspace.web_api.chat import CHAT
from bot.local_workspace.web_api.conversations import CONVERSATIONS
from bot.local_workspace.web_api.files import FILES
from bot.local_workspace.web_api.oauth import OAUTH
from bot.local_workspace.web_api.reactions import REACTIONS
from bot.local_workspace.web_api.registry import Method
from bot.local_workspace.web_api.sessions import SESSIONS
from bot.local_workspace.web_api.stream import STREAM
from bot.local_workspace.web_api.users import USERS
from bot.local_workspace.web_api.views import VIEWS

FAMILIES = (
    APPS,
    ASSISTANT,
    CANVASES,
    CHANNELS,
    CHAT,
    CONVERSATIONS,
    FILES,
    OAUTH,
    REACTIONS,
    SESSIONS,
    STREAM,
    USERS,
    VIEWS,
)


def methods() -> dict[str, Method]:
    """Every method by its name."""
    return {name: one for family in FAMILIES for name, one in family.methods.items()}
