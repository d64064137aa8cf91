"""The first schema. Numbers below 0010 belonged to versions that were never released."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = None
branch_labels = None
depends_on = None

TEXT, INT, BIG, BOOL = sa.Text(), sa.Integer(), sa.BigInteger(), sa.Boolean()
NAME, TIME = sa.String(200), sa.String(32)


def upgrade() -> None:
    _create("absent_orders", "object number", object=NAME, number=BIG)
    _create(
        "adoptions",
        "object prom_id",
        object=NAME,
        prom_id=TEXT,
        good_id=TEXT,
        by=sa.String(40),
        at=TIME,
        user=NAME,
        host=NAME,
    )
    _index("adoptions_good", "adoptions", "object good_id")
    _create(
        "attempts",
        "object time",
        object=NAME,
        time=TEXT,
        moment=TIME,
        started=TIME,
        tries=INT,
        exit=_null(INT),
    )
    _create("candidates", "object good_id prom_id", object=NAME, good_id=TEXT, prom_id=TEXT, by=sa.String(40))
    _create(
        "changes",
        "plan seq",
        plan=INT,
        seq=INT,
        good_id=TEXT,
        prom_id=TEXT,
        verb=sa.String(8),
        via=sa.String(8),
        held=_null(sa.String(20)),
        title=TEXT,
        fields=TEXT,
        outcome=_null(sa.String(10)),
        reasons=TEXT,
        reason=_default(sa.String(20), ""),
    )
    _index("changes_verb", "changes", "plan verb via")
    _create("choices", "object order_id client_id", object=NAME, order_id=TEXT, client_id=INT)
    _create(
        "clients",
        "id",
        id=INT,
        object=NAME,
        name=TEXT,
        phone=TEXT,
        email=TEXT,
        made=TIME,
        card=_default(TEXT, ""),
    )
    _index("clients_email", "clients", "object email")
    _index("clients_phone", "clients", "object phone")
    _create(
        "confirmations",
        "id",
        id=INT,
        object=NAME,
        order_id=TEXT,
        version=INT,
        at=TIME,
        user=NAME,
        host=NAME,
        todo=sa.String(20),
        todo_args=TEXT,
    )
    _index("confirmations_order", "confirmations", "object order_id")
    _create("contacts", "object kind key client_id", object=NAME, kind=sa.String(10), key=TEXT, client_id=INT)
    _index("contacts_client", "contacts", "object client_id")
    _create(
        "desired", "object good_id", object=NAME, good_id=TEXT, title=TEXT, price_stock=TEXT, content=TEXT
    )
    _create(
        "existing",
        "object prom_id",
        object=NAME,
        prom_id=TEXT,
        good_id=TEXT,
        modified=_null(TIME),
        look=INT,
        deleted=BOOL,
        available=BOOL,
        price_stock=TEXT,
        content=TEXT,
        alias=_null(TEXT),
    )
    _index("existing_alias", "existing", "object alias", where="alias IS NOT NULL")
    _index("existing_good", "existing", "object good_id")
    _index("existing_shown", "existing", "object deleted available good_id")
    _create(
        "findings",
        "id",
        id=INT,
        object=NAME,
        good_id=TEXT,
        code=sa.String(40),
        args=TEXT,
        line=INT,
        name=NAME,
        value=TEXT,
        file=TEXT,
    )
    _index("findings_good", "findings", "object good_id")
    _create(
        "goods",
        "object good_id",
        object=NAME,
        good_id=TEXT,
        row_hash=BIG,
        row_status=sa.String(8),
        reason=sa.String(20),
        line=INT,
        clean=BOOL,
        content_clean=BOOL,
        model=BIG,
        variant=INT,
        section=BIG,
        traits=BIG,
        content_hash=BIG,
        left_alone=_default(TEXT, ""),
        reserved=_default(INT, "0"),
    )
    _index("goods_left_alone", "goods", "object left_alone", where="left_alone != ''")
    _index("goods_model", "goods", "object model")
    _index("goods_row_status", "goods", "object row_status reason")
    _index("goods_dirty", "goods", "object clean line good_id")
    _create(
        "imports",
        "id",
        id=INT,
        object=NAME,
        run=INT,
        prom_id=_null(TEXT),
        offers=INT,
        started=TIME,
        ended=_null(sa.String(12)),
    )
    _index("imports_day", "imports", "object started")
    _create("leases", "object", object=NAME, run=INT, user=NAME, host=NAME, pid=INT, expires=TIME)
    _create("models", "object model", object=NAME, model=BIG, number=INT)
    _index("models_number", "models", "object number", unique=True)
    _create(
        "objects",
        "object",
        object=NAME,
        settings=sa.String(40),
        looked_at=_null(TIME),
        full_look_at=_null(TIME),
        look=INT,
        orders_until=_null(TIME),
        orders_begun=_null(TIME),
        first_write_at=_null(TIME),
        reading=sa.String(20),
        read_info=TEXT,
        noop_plan=TEXT,
        foreign=_null(INT),
        groups=_default(TEXT, ""),
        adopted_at=_null(TIME),
        selection=_default(TEXT, ""),
        clients_read=_default(TEXT, ""),
    )
    _create(
        "order_versions",
        "object order_id version",
        object=NAME,
        order_id=TEXT,
        version=INT,
        seen=TIME,
        doc=TEXT,
    )
    _create(
        "orders",
        "object order_id",
        object=NAME,
        order_id=TEXT,
        version=INT,
        status=TEXT,
        created=TIME,
        doc=TEXT,
        client_id=_null(INT),
        file=_null(TEXT),
        hold=_null(sa.String(20)),
        hold_args=_default(TEXT, ""),
        place=_null(TEXT),
        phase=_null(sa.String(10)),
        written=_null(TIME),
        taken=_null(TIME),
        accepted=_null(TIME),
        filed=_null(INT),
        hand_work=_null(sa.String(20)),
        hand_work_args=_default(TEXT, ""),
    )
    _create(
        "outboxes",
        "object place",
        object=NAME,
        place=TEXT,
        apart=BOOL,
        missed=_default(BOOL, sa.text("(false)")),
    )
    _create(
        "overrides",
        "id",
        id=INT,
        object=NAME,
        run=_null(INT),
        at=TIME,
        user=NAME,
        host=NAME,
        guard=sa.String(20),
        allowed=TEXT,
        observed=TEXT,
    )
    _index("overrides_run", "overrides", "object run")
    _create("photos", "object name", object=NAME, name=sa.String(255), size=BIG, modified_ns=BIG, digest=TIME)
    _create("plans", "number", number=INT, object=NAME, made=TIME)
    _create(
        "postings",
        "id",
        id=INT,
        object=NAME,
        order_id=TEXT,
        kind=sa.String(10),
        place=sa.String(20),
        account=TEXT,
        payment_id=TEXT,
        payment_name=TEXT,
        amount=sa.String(40),
        currency=sa.String(3),
        at=TIME,
        happened=_default(TIME, ""),
    )
    _index("postings_order", "postings", "object order_id")
    _create(
        "refusals",
        "object good_id",
        object=NAME,
        good_id=TEXT,
        reasons=TEXT,
        at=TIME,
        price_stock=TEXT,
        content=TEXT,
    )
    _create(
        "requests",
        "id",
        id=INT,
        run=INT,
        sent_at=TIME,
        method=sa.String(8),
        path=TEXT,
        items=INT,
        digest=sa.String(40),
        answered_at=_null(TIME),
        status=_null(INT),
        outcome=TEXT,
    )
    _index("requests_run", "requests", "run")
    _create(
        "runs",
        "id",
        id=INT,
        object=NAME,
        plan=_null(INT),
        started=TIME,
        finished=_null(TIME),
        user=NAME,
        host=NAME,
        pid=INT,
        exit=_null(INT),
        rows=_null(INT),
        undoes=_null(INT),
    )
    _create("sections", "object section", object=NAME, section=BIG, path=TEXT)
    _create(
        "sent",
        "object good_id",
        object=NAME,
        good_id=TEXT,
        at=TIME,
        price_stock=TEXT,
        echo=TEXT,
        content=TEXT,
    )
    _create("unfetched", "object good_id", object=NAME, good_id=TEXT, photos=INT, at=TIME)


def _create(table: str, key: str, /, **columns: Any) -> None:  # noqa: ANN401
    """Create a table; its columns are types, or options with a type, and never NULL unless they say so."""
    options = {name: spec if isinstance(spec, dict) else {"type_": spec} for name, spec in columns.items()}
    table_columns = [sa.Column(name, **{"nullable": False} | spec) for name, spec in options.items()]
    op.create_table(table, *table_columns, sa.PrimaryKeyConstraint(*key.split()))


def _index(name: str, table: str, columns: str, *, unique: bool = False, where: str | None = None) -> None:
    only: dict[str, Any] = {f"{engine}_where": sa.text(where) for engine in ("sqlite", "postgresql") if where}
    op.create_index(name, table, columns.split(), unique=unique, **only)


def _null(type_: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type_": type_, "nullable": True}


def _default(type_: Any, value: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type_": type_, "server_default": value}
