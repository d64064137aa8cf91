"""The tree of commands: what each is called, where it is, and its line in the help of its group.

A command's module is imported when the command is called, or its own help is shown.
"""

from __future__ import annotations

from typing import Any

from torgsync.cli.base.commands import Commands, Group, Unloaded
from torgsync.i18n import _

GROUPS = {
    "object": _("Sync objects: one shop's settings each."),
    "payments": _("Payment methods and where their money goes."),
    "fields": _("Columns of the export and where they go."),
    "goods": _("Items of the export and their products on Prom.ua."),
    "photos": _("Photos of items and the addresses from which Prom.ua fetches them."),
    "orders": _("Orders from Prom.ua."),
    "clients": _("People who ordered."),
    "schedule": _("Synchronization times, and what starts the program then."),
    "notify": _("Messages about unattended runs."),
    "state": _("The database of this home folder: check, back up, restore, move."),
    "fleet": _("Many shops on several machines, performed by workers."),
}
"""The groups, each with its help."""

COMMANDS = {
    "update": ("plan.update:update", _("Show the pending changes. Nothing is written to Prom.ua.")),
    "sync": ("plan.sync:sync", _("Fetch the orders, then send the pending changes to Prom.ua.")),
    "why": (
        "plan.why:why",
        _("Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing."),
    ),
    "history": (
        "plan.history:history",
        _("List the runs of an object, newest first, or show all that one of them did."),
    ),
    "approve": (
        "plan.approve.command:approve",
        _("Send what an unattended run held, as far as it is still the same. Nothing else is sent."),
    ),
    "rollback": (
        "plan.rollback:rollback",
        _("Roll back a run: restore what it changed, where nothing has changed it since."),
    ),
    "explain": (
        "explain:explain",
        _("Explain a code: what it means, an example, and what to do. Without a code all are listed."),
    ),
    "status": (
        "status:status",
        _("Show how every sync object stands, a line each. Nothing is asked of Prom.ua."),
    ),
    "doctor": (
        "doctor:doctor",
        _("Check everything that a sync needs."),
    ),
    "demo": (
        "demo:demo",
        _("Try the program on an invented shop."),
    ),
    "help": (
        "help:help_",
        _("Read about a topic, or list all topics. For a command, show its help."),
    ),
    "object add": (
        "object.add:add",
        _("Create a sync object."),
    ),
    "object edit": (
        "object.edit:edit",
        _("Change a sync object. Comments and the order of keys stay as they are."),
    ),
    "object remove": (
        "object.app:remove",
        _("Remove a sync object and its token. Nothing changes on Prom.ua, and what was sent is remembered."),
    ),
    "object adopt": (
        "object.adopt:adopt",
        _("Take over a shop with products: match them with your items."),
    ),
    "object list": ("object.app:list_", _("List all sync objects.")),
    "object show": ("object.show:show", _("Show a sync object with every setting, defaults included.")),
    "object check": (
        "object.check:check",
        _("Check settings, token, export, photos and every item."),
    ),
    "payments fetch": (
        "payments:fetch",
        _("Fetch the shop's payment methods from Prom.ua. Mappings are kept."),
    ),
    "payments map": (
        "payments:map_",
        _("Choose where the money of a payment method goes."),
    ),
    "payments report": (
        "payments:report",
        _("Sum up the money of each cash register and current account."),
    ),
    "payments postings": (
        "payments:postings",
        _("List every movement of money, in the order it was recorded."),
    ),
    "payments list": (
        "payments:list_",
        _("List the payment methods."),
    ),
    "fields add-all": ("fields:add_all", _("Send every standard field that the export has.")),
    "fields add": (
        "fields:add",
        _("Send one more column, as a field of Prom.ua or a characteristic."),
    ),
    "fields remove": (
        "fields:remove",
        _("Stop sending a column. Its field on Prom.ua stays as it is."),
    ),
    "fields list": (
        "fields:list_",
        _("List the fields sent to Prom.ua, each with an example."),
    ),
    "fields values": (
        "fields:values",
        _("List the values of a column and how often each occurs."),
    ),
    "goods list": (
        "goods:list_",
        _("List the items of the last export."),
    ),
    "goods find": (
        "goods:find",
        _("Find items by words, id, article or barcode."),
    ),
    "goods why": (
        "plan.why:why",
        _("Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing."),
    ),
    "photos check": (
        "photos:check",
        _("Check the photos of every item."),
    ),
    "photos publish": (
        "photos:publish",
        _("Publish the photos of items now, where the sync object says."),
    ),
    "photos clean": (
        "photos:clean",
        _("Remove published photos that nothing has used for 30 days."),
    ),
    "orders fetch": (
        "orders.app:fetch",
        _("Fetch orders and write their files for Torgsoft."),
    ),
    "orders list": (
        "orders.app:list_",
        _("List the orders, newest first."),
    ),
    "orders show": (
        "orders.app:show",
        _("Show one order: its lines, people, delivery and money."),
    ),
    "orders done": (
        "orders.app:done",
        _("Confirm that orders are done in Torgsoft by hand."),
    ),
    "orders export": (
        "orders.app:export",
        _("Write order files again."),
    ),
    "orders ship": (
        "orders.ship:ship",
        _("Save a parcel's number on Prom.ua."),
    ),
    "clients list": ("clients:list_", _("List the clients, oldest first.")),
    "clients show": (
        "clients:show",
        _("Show one client: phones, e-mails, cards and orders."),
    ),
    "clients import": (
        "clients:import_",
        _("Read Torgsoft's clients. Nothing is removed, and reading the same file again changes nothing."),
    ),
    "clients choose": (
        "clients:choose",
        _("Choose the client of an order that matches several."),
    ),
    "clients merge": (
        "clients:merge",
        _("Merge several clients into one. It gets their phones, e-mails and orders."),
    ),
    "clients forget": (
        "clients:forget",
        _("Delete a person's data for good."),
    ),
    "schedule add": ("schedule:add", _("Add a synchronization time.")),
    "schedule list": (
        "schedule:list_",
        _("List synchronization times, with the next and the last run."),
    ),
    "schedule remove": ("schedule:remove", _("Remove a synchronization time.")),
    "schedule install": (
        "schedule:install",
        _("Run the schedule on this computer."),
    ),
    "notify test": (
        "notify:send_test",
        _("Send a test message to every address in `[notify]`."),
    ),
    "state check": (
        "state:check",
        _("Check the database and show what is in it."),
    ),
    "state backup": (
        "state:backup",
        _("Copy the state to a new file."),
    ),
    "state restore": (
        "state:restore",
        _("Replace the state with a backup. The replaced state is kept."),
    ),
    "state move": (
        "state:move",
        _("Move the state to another database, such as from SQLite to PostgreSQL."),
    ),
    "fleet worker": (
        "fleet.worker:worker",
        _("Perform what is due of the pushed objects, several at a time, until stopped."),
    ),
    "fleet status": (
        "fleet.status:status",
        _("Show how every shop of the fleet stands, and how the workers keep up."),
    ),
    "fleet push": (
        "fleet.push:push",
        _("Put the sync objects of a folder into the state, from where workers perform them."),
    ),
    "fleet allow": (
        "fleet.allow:allow",
        _("Let a kind of changes through in all shops for a while, though many shops show the same."),
    ),
    "sandbox": (
        "sandbox:app",
        _("Run a Prom.ua of your own for rehearsals, until Ctrl-C."),
    ),
}
"""The commands by their words: module and name, and the first paragraph of their help."""


SECTIONS = {
    _("Set up"): ("object", "fields", "schedule", "notify", "doctor"),
    _("Every day"): ("update", "sync", "approve", "status", "goods", "photos", "why"),
    _("Orders, clients, money"): ("orders", "clients", "payments"),
    _("Many shops"): ("fleet",),
    _("When it went wrong"): ("explain", "history", "rollback", "state"),
    _("Try it out"): ("demo", "sandbox", "help"),
}
"""The commands and groups of the program in the order of its help, below their headings."""


def program_commands() -> Commands:
    """Return the commands and groups of the program in the order of its help."""
    groups: dict[str, dict[str, Unloaded]] = {name: {} for name in ("", *GROUPS)}
    for words, (place, summary) in COMMANDS.items():
        group, _blank, name = words.rpartition(" ")
        groups[group][name] = Unloaded(name, f"torgsync.cli.{place}", summary)
    alone = groups.pop("")
    known = alone | {name: _group(name, Commands(commands)) for name, commands in groups.items()}
    order = [name for names in SECTIONS.values() for name in names if name in known]
    return Commands({name: known[name] for name in order}, SECTIONS)


def _group(name: str, commands: Any) -> Group:  # noqa: ANN401  # Typer expects a dictionary, and only reads it
    return Group(name=name, help=GROUPS[name], commands=commands, no_args_is_help=True, rich_markup_mode=None)
