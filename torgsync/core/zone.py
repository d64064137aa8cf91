"""The zone of a shop's hours and dates, whatever zone the computer is set to: Ukraine has one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Europe/Kyiv")
