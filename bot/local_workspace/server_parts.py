"""What the doors of the server share: the workspace and its two ways out."""

from __future__ import annotations

from dataclasses import dataclass

from bot.local_workspace.signed_http import SignedHttp
from bot.local_workspace.socket_mode import SocketMode
from bot.local_workspace.workspace import Workspace


@dataclass
class Parts:
    """One running workspace."""

    workspace: Workspace
    sockets: SocketMode
    http: SignedHttp
