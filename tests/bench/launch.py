"""Run one command, and write its wall seconds, CPU seconds, peak memory and exit code into a file.

A process of its own, for it must be small: the peak memory of a process begins with that of the process that
started it. Called as `python -I -S launch.py FILE COMMAND…`.
"""

import os
import sys
import time

started = time.perf_counter()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.perf_counter() - started
unit = 1 if sys.platform == "darwin" else 1024
with open(sys.argv[1], "w", encoding="ascii") as report:  # noqa: PTH123  # pathlib would make it larger
    report.write(
        f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss * unit} "
        f"{os.waitstatus_to_exitcode(status)}"
    )
