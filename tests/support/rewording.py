"""Plays one story with the program as it is, or with every sentence of it in capitals.

Nothing that is decided or stored may depend on a sentence: both ways must leave the same state, files,
requests and exit codes. Run as a script: `rewording.py FOLDER [--reword]` prints what is left as JSON.
"""

from __future__ import annotations

import ast
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torgsync.sandbox.api.answers import Language
    from torgsync.sandbox.shop.orders import ShopOrder

SENTENCE = re.compile(r"[a-z]{2,}[,:;]? (\{\} )?[a-z]{2,}")
"""Two English words in a row: a sentence or a piece of one, not a code, a key or a format."""
KEPT = re.compile(r"(`[^`]*`|\{[^{}]*\}|%\w|--[a-z-]+(?: [a-z-]+=)?)")
"""Parts of a sentence that are no words: what can be pasted, placeholders, formats, options."""
NOT_OURS = ("torgsync.sandbox", "torgsync.state.schema")
"""What Prom.ua says, and SQL."""
NO_SENTENCES = {
    *("compile", "exec_driver_sql", "execute", "fullmatch", "search", "split", "sub", "text"),
    *("removeprefix", "replace"),
}
"""Calls whose texts are patterns, SQL, lists of words, or words of libraries."""
PASSED_OVER = {"KIND"}
"""Constants that are no sentences: the mark in a plan's file."""


class Rewording(ast.NodeTransformer):
    """Writes the sentences of a module in capitals, and counts them."""

    def __init__(self) -> None:
        self.count = 0

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Pass over docstrings."""
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Pass over constants that are no sentences."""
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return node if names & PASSED_OVER else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Pass over texts that are no sentences."""
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return node if called in NO_SENTENCES else self.generic_visit(node)

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        """Pass over keys, such as the names of commands."""
        node.values = [self.visit(value) for value in node.values]
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Reword the pieces of an f-string, its expressions by themselves."""
        pieces = [part.value if isinstance(part, ast.Constant) else " {} " for part in node.values]
        sentence = SENTENCE.search(" ".join("".join(map(str, pieces)).split()))
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.visit(part.value)
            elif sentence and isinstance(part, ast.Constant):
                part.value = self._reworded(str(part.value))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Reword a plain text."""
        if not isinstance(node.value, str) or not SENTENCE.search(node.value):
            return node
        return ast.copy_location(ast.Constant(self._reworded(node.value)), node)

    def _reworded(self, text: str) -> str:
        self.count += 1
        return "".join(part if KEPT.fullmatch(part) else part.upper() for part in KEPT.split(text))


class _Loader(SourceFileLoader):
    """Compiles a module from its reworded source, past all caches."""

    def __init__(self, name: str, path: str, count: Callable[[int], None]) -> None:
        super().__init__(name, path)
        self._count = count

    def get_code(self, _fullname: str) -> CodeType:
        rewording = Rewording()
        tree = rewording.visit(ast.parse(Path(self.path).read_text("utf-8")))
        self._count(rewording.count)
        return compile(ast.fix_missing_locations(tree), self.path, "exec")


class Finder(MetaPathFinder):
    """Has every module of the program reworded that is imported from now on, and counts the sentences."""

    def __init__(self) -> None:
        self.count = 0

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname.startswith("torgsync.") else None
        if spec and spec.origin and isinstance(spec.loader, SourceFileLoader):
            if fullname.startswith(NOT_OURS):
                return None
            spec.loader = _Loader(fullname, spec.origin, self._add)
            return spec
        return None

    def _add(self, count: int) -> None:
        self.count += count


class Story:
    """Two days of a shop with all that is refused, held, skipped, lost and done by hand."""

    def __init__(self, folder: Path) -> None:
        import stamina
        from homes import Home, invented_shop

        from torgsync.sandbox.server import serve

        stamina.set_testing(True, attempts=3)
        self.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.shop = invented_shop(lambda: self.now)
        self._server = serve(self.shop)
        self.home = Home.of_example(folder, self._server.__enter__())
        self.codes: list[int] = []
        self.printed = ""

    def run(self, *args: str) -> None:
        """Run a command a minute after the last one."""
        self.now += timedelta(minutes=1)
        ran = self.home.run(*args, now=lambda: self.now)
        self.codes.append(ran.code)
        self.printed += ran.out + ran.err

    def order(self, *goods: str, phone: str = "+380500000001") -> str:
        """Place an order for one piece of each good."""
        from torgsync.sandbox.shop.orders import ShopBuyer

        buyer = ShopBuyer(first_name="Олена", last_name="Вигадана", phone=phone, email="")
        return str(self.shop.place_order([(good, 1) for good in goods], buyer=buyer))

    def play(self) -> None:
        """Play it."""
        self._goods()
        self._orders()
        self.run("object", "edit", "--set", "limits.price=[]")
        self.run("object", "edit", "--set", "product_group=11")
        for command in ("history", "doctor", "schedule list", "fields list", "payments report"):
            self.run(*command.split(), "--format", "json")

    def _goods(self) -> None:
        home = self.home
        self.shop.delete_product(self.shop.add_product("26935", name="Був і немає"))
        for command in ("object check", "payments fetch", "update", "sync --yes --only goods", "update"):
            self.run(*command.split())
        home.next_day()
        home.edit_row("26916", ";539;0;539;", ";5390;0;5390;")
        home.edit_row("26921", ";799;0;799;", ";799;0;7x9;")
        home.edit_row("26904", "Черевики жіночі чорний", "Черевики " * 20)
        home.edit_export(lambda text: text + next(x for x in text.splitlines(True) if x[:6] == "26931;"))
        self.run("update", "--show", "all")
        for trouble in (
            "gaps items_every=2",
            "POST products/import_file lost",
            "import-refused",
            "ANY products/* 503",
            "web-page status=403",
        ):
            home.misbehave(trouble)
            self.run("sync", "--yes", "--only", "goods")
            home.misbehave()
        full, self.shop.tokens["full"] = self.shop.tokens["full"], self.shop.tokens["read-only"]
        self.run("sync", "--yes", "--only", "goods", "--allow", "prices=1")
        self.shop.tokens["full"] = full
        self.run("sync", "--yes", "--only", "goods", "--allow", "prices=1")
        self.run("update", "--full-refresh")
        self.run("sync", "--yes", "--only", "goods")
        for good in ("26904", "26909", "26916", "26933", "1"):
            self.run("why", good)
        self.run("rollback", "1", "--yes")
        self.run("rollback", "2", "--yes")

    def _orders(self) -> None:
        shop = self.shop
        self.run("payments", "map", "Накладений платіж", "--cash-register", "Каса 1")
        plain = self.order("26904", "26910")
        changed = self.order("26921")
        cancelled = self.order("26904")
        self.order("26904", phone="невідомо")
        odd, foreign = self.order("26904"), self.order("26910")
        no_money = {"price": "договірна", "full_price": None, "delivery_cost": ""}
        self._show_money({odd: no_money, foreign: {"full_price": "15 £"}})
        self.run("sync", "--yes", "--only", "orders")
        for file in self.home.folder.rglob("order-*"):
            file.unlink()  # the accounting program took them
        shop.cancel_order(int(cancelled), "not_in_stock")
        shop.pay_order(int(changed))
        self.run("orders", "fetch")
        self.run("orders", "list")
        self.run("orders", "done", cancelled)
        self.run("orders", "done", odd)
        self.run("orders", "show", foreign)
        self.run("orders", "show", plain)
        self.run("clients", "list")
        self.run("clients", "forget", "+380500000001", "--yes")
        self.run("sync", "--yes", "--only", "orders")

    def _show_money(self, odd: dict[str, dict[str, str | None]]) -> None:
        """Have Prom show other money of orders than they come to, keyed by id."""
        from torgsync.sandbox.api import answers, orders

        def order_json(order: ShopOrder, language: Language) -> dict[str, Any]:
            return answers.order_json(order, language) | odd.get(str(order.id), {})

        vars(orders).update(order_json=order_json)

    def left(self) -> dict[str, Any]:
        """Return what is left: exit codes, rows of every table, requests, and the outbox's files."""
        requests = [(record.method, record.path, record.status) for record in self.shop.log.records()]
        files = sorted(
            (path.name, path.read_text("utf-8"))
            for path in (*self.home.folder.rglob("*.json"), *self.home.folder.rglob("*.toml"))
            if "schema" not in path.name
        )
        return {"codes": self.codes, "requests": requests, "files": files, "state": self._rows()}

    def _rows(self) -> dict[str, list[list[Any]]]:
        tables = {}
        with closing(sqlite3.connect(self.home.folder / "state.db")) as state:
            names = state.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            for (name,) in names.fetchall():
                rows = state.execute(f"SELECT * FROM {name}")  # noqa: S608  # a table's own name
                places = enumerate(rows.description)
                kept = [place for place, column in places if column[0] not in ("pid", "port")]
                tables[name] = sorted(([row[place] for place in kept] for row in rows), key=repr)
        return tables


def main(folder: str, *options: str) -> None:
    """Play the story and print what is left, and how many sentences were reworded."""
    finder = Finder()
    if "--reword" in options:
        sys.meta_path.insert(0, finder)
    story = Story(Path(folder))
    story.play()
    left = story.left() | {"reworded": finder.count, "printed": story.printed}
    json.dump(left, sys.stdout, ensure_ascii=False, default=str)


if __name__ == "__main__":
    main(*sys.argv[1:])
