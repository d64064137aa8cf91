"""`torgsync orders fetch`."""

from __future__ import annotations

import typer

from torgsync.cli.base.errors import error_document
from torgsync.cli.base.options import FormatOption, ObjectOption
from torgsync.cli.base.program import Format, program_of


def fetch(context: typer.Context, wanted: ObjectOption = None, output: FormatOption = Format.TABLE) -> None:
    """Bring orders home and write their files, as `sync --only orders` does."""
    program = program_of(context)
    program.format(output)
    from torgsync.cli.base.render import print_result
    from torgsync.cli.orders.render import finding_documents, notify_orders, orders_document
    from torgsync.jobs.connect import connect_shop
    from torgsync.jobs.orders.fetch import fetch_orders
    from torgsync.jobs.run import running

    with program.job(program.object(wanted)) as job:
        with running(job) as run, connect_shop(job, run) as prom:
            fetched = fetch_orders(job, prom)
            run.exit_code = fetched.exit_code

        def notify() -> None:
            if not fetched.new and not fetched.changed:
                program.notify("no new orders")
            notify_orders(program, job, fetched)

        numbers = orders_document(fetched)
        tail: dict[str, object] = {"orders": numbers, "exit": int(run.exit_code)}
        if fetched.trouble:
            tail["error"] = error_document(fetched.trouble)
        findings = {"findings": finding_documents(fetched)}
        print_result(output, [numbers], notify, head={"object": job.object.name}, lists=findings, tail=tail)
    raise typer.Exit(int(run.exit_code))
