"""Where a server that a sync object names may be."""

from __future__ import annotations

from typing import NamedTuple

from torgsync.i18n import NOTHING, Message


class Reach(NamedTuple):
    """Where a server may be, and what it may get.

    Args:
        private: Whether it may be this machine, or one of a private network.
        public: Whether it may be on the internet.
        own_keys: Whether SSH keys, access keys and the like of this machine may be used there.
        hint: What to do where a server is in a private network.
    """

    private: bool = True
    public: bool = True
    own_keys: bool = True
    hint: Message = NOTHING
