"""The tree of commands: what each is called, where it is, and its line in the help of its group.

A command's module is imported when the command is called, or its own help is shown.
"""

from __future__ import annotations

from typing import Any

from torgsync.cli.base.commands import Commands, Group, Unloaded

GROUPS = {
    "object": "Sync objects: one shop's settings each.",
    "payments": "Payment methods and where their money lands.",
    "fields": "Columns of the export and where they go.",
    "goods": "Items of the export, and where they are on Prom.ua.",
    "orders": "Orders that came home.",
    "clients": "People who ordered.",
    "schedule": "Synchronization times, and what calls the program then.",
    "state": "The database of this home: check, copy, go back.",
}
"""The groups, each with its help."""

COMMANDS = {
    "update": ("plan.update:update", "Show the pending changes. Nothing is written to Prom.ua."),
    "sync": ("plan.sync:sync", "Bring orders home, then send the pending changes to Prom.ua."),
    "why": (
        "plan.why:why",
        "Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing.",
    ),
    "history": (
        "plan.history:history",
        "List the runs of an object, newest first, or show all that one of them did.",
    ),
    "rollback": (
        "plan.rollback:rollback",
        "Turn back what a run did, as far as it is still as that run left it.",
    ),
    "doctor": (
        "doctor:doctor",
        "Look at token, rights, export, photos, limits, lock, schedule and state of one object, or of all.",
    ),
    "demo": (
        "demo:demo",
        (
            "Show the whole story: a shop is filled, changed and kept equal to its export, "
            "and an order comes home."
        ),
    ),
    "object add": (
        "object.add:add",
        "Make a sync object. On a terminal, what is not given is asked, in the order of Torgsoft's tabs.",
    ),
    "object edit": (
        "object.edit:edit",
        "Change a sync object; comments and order stay. Without a flag, nothing changes.",
    ),
    "object remove": (
        "object.app:remove",
        "Remove a sync object and its token. Nothing changes on Prom.ua, and what was sent is remembered.",
    ),
    "object adopt": (
        "object.adopt:adopt",
        "Take over a shop that has products: tell which product is which good.",
    ),
    "object list": ("object.app:list_", "List all sync objects."),
    "object show": ("object.show:show", "Show a sync object with every setting, defaults included."),
    "object check": (
        "object.check:check",
        "Check a sync object: settings, token, export, photos, and what each good would be.",
    ),
    "payments fetch": (
        "payments:fetch",
        "Fetch the payment methods that the shop has on Prom.ua; mappings are kept.",
    ),
    "payments map": (
        "payments:map_",
        "Say where the money of a payment method lands: one cash register or one current account.",
    ),
    "payments report": (
        "payments:report",
        "Sum up what was expected, received and reversed in each place, and what is still open.",
    ),
    "payments postings": (
        "payments:postings",
        "List every movement of money, in the order in which it was written down.",
    ),
    "payments list": (
        "payments:list_",
        "List the payment methods: those without a place first, those that Prom.ua has no more last.",
    ),
    "fields add-all": ("fields:add_all", "Add every standard field that the export has."),
    "fields add": (
        "fields:add",
        "Add one column, as one of Prom.ua's fields or as a characteristic of your own.",
    ),
    "fields remove": (
        "fields:remove",
        "Take a column out: its field on Prom.ua stays as it is from then on.",
    ),
    "fields list": (
        "fields:list_",
        "List the fields that go to Prom.ua, each with a value of its column.",
    ),
    "fields values": (
        "fields:values",
        "List the values of a column with the number of rows, and what `[[values]]` replaces them by.",
    ),
    "goods list": (
        "goods:list_",
        "List the items of the last export, and those that left it and are still on Prom.ua. Asks nothing.",
    ),
    "goods find": (
        "goods:find",
        "Find items that fit all words, in any case; the best come first. Asks nothing.",
    ),
    "goods why": (
        "plan.why:why",
        "Explain why one item looks the way it does on Prom.ua. Asks Prom.ua nothing.",
    ),
    "orders fetch": (
        "orders.app:fetch",
        "Bring orders home and write their files, as `sync --only orders` does.",
    ),
    "orders list": (
        "orders.app:list_",
        "List the orders, newest first; the days are those on which they were placed.",
    ),
    "orders show": (
        "orders.app:show",
        "Show one order: its lines, people, delivery, money, and its way into Torgsoft.",
    ),
    "orders done": (
        "orders.app:done",
        "Say that orders were entered, changed or released in Torgsoft by hand; then nobody is asked again.",
    ),
    "orders export": (
        "orders.app:export",
        "Write order files once more, on purpose: for Torgsoft into the outbox, for people elsewhere.",
    ),
    "orders ship": (
        "orders.ship:ship",
        "Save the number of an order's parcel on Prom.ua, and write it to the buyer.",
    ),
    "clients list": ("clients:list_", "List the clients, in the order they came."),
    "clients show": (
        "clients:show",
        "Show one client: everything they are recognised by, and their orders.",
    ),
    "clients import": (
        "clients:import_",
        "Read the clients that Torgsoft knows; nothing is taken away, and a second time changes nothing.",
    ),
    "clients choose": (
        "clients:choose",
        "Say whose an order is that fits several clients, or one only in part: `clients list --held`.",
    ),
    "clients merge": (
        "clients:merge",
        "Make several clients one: phones, e-mails and orders go to the one that stays.",
    ),
    "clients forget": (
        "clients:forget",
        "Take a person out of state, copies of it, and outbox; orders and sums stay.",
    ),
    "schedule add": ("schedule:add", "Add a synchronization time."),
    "schedule list": (
        "schedule:list_",
        "List synchronization times, when each comes next, and how it ended last.",
    ),
    "schedule remove": ("schedule:remove", "Take a synchronization time out."),
    "schedule install": (
        "schedule:install",
        "Have this computer call `torgsync sync --due` every few minutes, for all objects of this home.",
    ),
    "state check": (
        "state:check",
        "Check whether the database is whole, and what is in it. What is not kept of old runs is removed.",
    ),
    "state backup": (
        "state:backup",
        "Copy the state to a new file, also while a run works with it. It has buyers' names and phones.",
    ),
    "state restore": (
        "state:restore",
        "Put a backup in the place of the state; the replaced state is kept.",
    ),
    "sandbox": (
        "sandbox:app",
        "Serve a Prom.ua of your own until Ctrl-C. Without `--keep` it forgets everything then.",
    ),
}
"""The commands by their words: module and name, and the first paragraph of their help."""


def program_commands() -> Commands:
    """Return the commands and groups of the program: those without a group come first, `sandbox` last."""
    groups: dict[str, dict[str, Unloaded]] = {name: {} for name in ("", *GROUPS)}
    for words, (place, summary) in COMMANDS.items():
        group, _, name = words.rpartition(" ")
        groups[group][name] = Unloaded(name, f"torgsync.cli.{place}", summary)
    alone = groups.pop("")
    sandbox = {"sandbox": alone.pop("sandbox")}
    named = {name: _group(name, Commands(commands)) for name, commands in groups.items()}
    return Commands({**alone, **named, **sandbox})


def _group(name: str, commands: Any) -> Group:  # noqa: ANN401  # Typer expects a dictionary, and only reads it
    return Group(name=name, help=GROUPS[name], commands=commands, no_args_is_help=True, rich_markup_mode=None)
