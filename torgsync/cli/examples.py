"""Examples of every command, which its help shows: whole commands that can be pasted."""

from __future__ import annotations

EXAMPLES = {
    "update": (
        "torgsync update",
        'torgsync update --show held --group "Взуття"',
        "torgsync update --out monday.plan",
    ),
    "sync": (
        "torgsync sync",
        "torgsync sync --yes --fields price,quantity",
        "torgsync sync --plan monday.plan",
    ),
    "why": ("torgsync why 26925", "torgsync why 4820000000017"),
    "history": ("torgsync history", "torgsync history 12"),
    "rollback": ("torgsync rollback 12", "torgsync rollback 12 --out back.plan"),
    "explain": ("torgsync explain price-missing", "torgsync explain"),
    "help": ("torgsync help first-shop", "torgsync help"),
    "doctor": ("torgsync doctor", "torgsync doctor -o my-prom"),
    "demo": ("torgsync demo",),
    "object add": (
        'torgsync object add "My Prom"',
        'torgsync object add "My Prom" --export TSGoods.trs --api-key - --all-fields',
    ),
    "object edit": (
        "torgsync object edit --center 2,8 --only-in-stock",
        "torgsync object edit my-prom --set removal.gone=hide",
    ),
    "object remove": ("torgsync object remove my-prom",),
    "object adopt": (
        "torgsync object adopt --format csv > decisions.csv",
        "torgsync object adopt --decisions decisions.csv",
    ),
    "object list": ("torgsync object list",),
    "object show": ("torgsync object show my-prom", "torgsync object show --explain"),
    "object check": ("torgsync object check", "torgsync object check my-prom --show all"),
    "payments fetch": ("torgsync payments fetch",),
    "payments map": (
        'torgsync payments map "Накладений платіж" --cash-register "Каса 1"',
        'torgsync payments map 9000001 --current-account "Рахунок 1"',
    ),
    "payments report": ("torgsync payments report --from 01.11.2026 --to 30.11.2026",),
    "payments postings": ("torgsync payments postings --format csv > postings.csv",),
    "payments list": ("torgsync payments list",),
    "fields add-all": ("torgsync fields add-all",),
    "fields add": (
        "torgsync fields add Country --to country",
        'torgsync fields add HeelHeight --dynamic --name "Висота каблука" --unit см',
    ),
    "fields remove": ("torgsync fields remove Country",),
    "fields list": ("torgsync fields list",),
    "fields values": ("torgsync fields values TheColor",),
    "goods list": ("torgsync goods list --limit 20", "torgsync goods list --format csv > items.csv"),
    "goods find": ("torgsync goods find черевики 38", "torgsync goods find 4820000000017"),
    "goods why": ("torgsync goods why 26925",),
    "orders fetch": ("torgsync orders fetch",),
    "orders list": ("torgsync orders list --held", "torgsync orders list --status paid --from 01.11.2026"),
    "orders show": ("torgsync orders show 306906591",),
    "orders done": ("torgsync orders done 306906591",),
    "orders export": (
        "torgsync orders export 306906591",
        "torgsync orders export --all --format csv > orders.csv",
    ),
    "orders ship": (
        "torgsync orders ship 306906591 --parcel 20450000000001",
        "torgsync orders ship 306906591 --parcel 20450000000001 --dry-run",
    ),
    "clients list": ("torgsync clients list", "torgsync clients list --held"),
    "clients show": ("torgsync clients show 12",),
    "clients import": ("torgsync clients import TSClients.trs",),
    "clients choose": ("torgsync clients choose 306906591 12", "torgsync clients choose 306906591 new"),
    "clients merge": ("torgsync clients merge 13 14 --into 12",),
    "clients forget": ("torgsync clients forget +380500000001",),
    "schedule add": (
        "torgsync schedule add --every 30m --between 08:00-21:00 --days mon-sat",
        "torgsync schedule add --every 10m --only orders",
    ),
    "schedule list": ("torgsync schedule list",),
    "schedule remove": ("torgsync schedule remove 2",),
    "schedule install": ("torgsync schedule install", "torgsync schedule install --print"),
    "state check": ("torgsync state check",),
    "state backup": ("torgsync state backup monday.db",),
    "state restore": ("torgsync state restore monday.db",),
    "sandbox": (
        "torgsync sandbox",
        "torgsync sandbox --fill 200 --keep shop.json",
        'torgsync sandbox --fault "POST products/edit* nth=2 429"',
    ),
    "sandbox compare": ("torgsync sandbox compare monday.jsonl",),
}
"""The examples by the words of their commands; the first is the simplest."""
