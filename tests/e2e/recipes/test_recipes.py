"""The recipes under `examples/`: each is as its own linter wants it, and its steps are executed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import EnumMeta
from io import BytesIO
from pathlib import Path
from typing import Any, get_type_hints

import kubernetes_validate
import pytest
import typer.main
import yaml
from dockerfile_parse import DockerfileParser
from homes import ROOT, Home

from torgsync.cli.app import app
from torgsync.cli.plan.update import update
from torgsync.cli.tree import COMMANDS
from torgsync.core.clock import SHOP_ZONE
from torgsync.core.fleet.lanes import STOP_WITHIN
from torgsync.files.config.timers import Job, Systemd

EXAMPLES = ROOT / "examples"
GITHUB = sorted({*(EXAMPLES / "ci").glob("*.yml")} - {EXAMPLES / "ci" / "gitlab-ci.yml"})
GITLAB = EXAMPLES / "ci" / "gitlab-ci.yml"
CONTAINER = EXAMPLES / "container" / "Containerfile"
MANIFEST = EXAMPLES / "container" / "cronjob.yaml"
FLEET = EXAMPLES / "fleet"
COMPOSE = FLEET / "compose.yaml"
DEPLOYMENT = FLEET / "kubernetes.yaml"
WORKER = FLEET / "torgsync-worker@.service"
UNITS = [EXAMPLES / "systemd" / name for name in ("torgsync.service", "torgsync.timer")]
HOSTS = re.compile(r"\b[\w-]+(\.[\w-]+)*\.(io|com|org|net|ua|dev)/", re.IGNORECASE)
posix = pytest.mark.skipif(os.name == "nt", reason="the recipes run on Linux")
HADOLINT = shutil.which("hadolint") or ""
SYSTEMD = shutil.which("systemd-analyze") or ""
NEW_FORMATS = {"markdown": "table", "html": "json", "junit": "json"}
"""Formats of `update` that the steps use, and what they are tried with where it lacks them."""


def load(path: Path) -> Any:  # noqa: ANN401  # whatever the file holds
    return yaml.safe_load(path.read_text("utf-8"))


def linted(*words: str) -> None:
    """Have check-jsonschema look at a file."""
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def blocks(value: object, key: str = "") -> Iterator[str]:
    """Yield every script of a workflow or a pipeline."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from blocks(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from blocks(inner, key)
    elif key in ("run", "script", "before_script"):
        yield str(value)


# Linters


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_workflows_of_github(path: Path) -> None:
    """As its schema says; a script takes nothing that others write but by variables."""
    linted("--builtin-schema", "vendor.github-workflows", str(path))
    scripts = list(blocks(load(path)))
    assert any("torgsync" in script for script in scripts)
    assert not any("${{" in script for script in scripts)
    for script in scripts:
        for name in ("PLAN", "PULL_REQUEST"):
            assert f'"${name}"' in script or f"${name}" not in script


def test_the_pipeline_of_gitlab() -> None:
    """As its schema says, after what `!reference` and the like would change."""
    linted("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", str(GITLAB))
    scripts = list(blocks(load(GITLAB)))
    assert any("torgsync sync" in script for script in scripts)
    assert [script.count("$PLAN") for script in scripts if '"$PLAN"' in script] == [1]
    assert not any("$PLAN" in script.replace('"$PLAN"', "") for script in scripts)


def test_manifests_of_kubernetes() -> None:
    """Strict: a key that Kubernetes does not know is a mistake."""
    documents = list(yaml.safe_load_all(MANIFEST.read_text("utf-8")))
    assert [document["kind"] for document in documents] == ["PersistentVolumeClaim", "ConfigMap", "CronJob"]
    for document in documents:
        kubernetes_validate.validate(document, "1.34", strict=True)


def test_workers_of_kubernetes() -> None:
    """Strict, too; a worker has more time to stop than its runs need, and its options are its own."""
    config, deployment = yaml.safe_load_all(DEPLOYMENT.read_text("utf-8"))
    for document in (config, deployment):
        kubernetes_validate.validate(document, "1.34", strict=True)
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["terminationGracePeriodSeconds"] > STOP_WITHIN
    assert {mount["name"] for mount in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert set(config["data"]) <= variables_of(container["args"])


def test_workers_of_compose() -> None:
    """As its schema says; it waits longer than runs need to stop."""
    linted("--builtin-schema", "vendor.compose-spec", str(COMPOSE))
    worker = load(COMPOSE)["services"]["worker"]
    assert int(worker["stop_grace_period"].removesuffix("s")) > STOP_WITHIN
    assert worker["command"][:2] == ["fleet", "worker"]


def variables_of(words: list[str]) -> set[str]:
    """Return the environment variables that a command reads its options from."""
    command = typer.main.get_command(app)
    context = command.make_context("torgsync", [], resilient_parsing=True)
    for word in words:
        command = command.get_command(context, word)  # type: ignore[attr-defined]
        context = command.make_context(word, [], parent=context, resilient_parsing=True)
    return {str(param.envvar) for param in context.command.params}


@pytest.mark.skipif(not SYSTEMD, reason="this system has no systemd")
def test_the_worker_of_systemd(tmp_path: Path) -> None:
    """It is a template; it has more time to stop than its runs need."""
    program = tmp_path / "torgsync"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    text = WORKER.read_text("utf-8").replace("/opt/torgsync/bin/torgsync", str(program))
    unit = tmp_path / "torgsync-worker@1.service"
    unit.write_text(text, "utf-8")
    ran = subprocess.run(
        [SYSTEMD, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert float(re.findall(r"(?m)^TimeoutStopSec=(\d+)$", text)[0]) > STOP_WITHIN


@pytest.mark.skipif(not HADOLINT, reason="hadolint has no package for this system")
def test_the_container_as_hadolint_wants_it() -> None:
    ran = subprocess.run([HADOLINT, str(CONTAINER)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


@pytest.mark.skipif(not SYSTEMD, reason="this system has no systemd")
def test_units_of_systemd(tmp_path: Path) -> None:
    """Those of the examples, and those that `schedule install` writes."""
    program = tmp_path / ".local" / "bin" / "torgsync"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    written = tmp_path / "units"
    written.mkdir()
    for path, text in Systemd(Job(tmp_path / "a home", 5, "olena"))._files.items():
        (written / path.name).write_text(text, "utf-8")
    units = [*map(str, UNITS), *map(str, sorted(written.iterdir()))]
    ran = subprocess.run(
        [SYSTEMD, "verify", "--user", "--man=no", *units],
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    "path", [CONTAINER, MANIFEST, GITLAB, COMPOSE, DEPLOYMENT], ids=lambda path: path.name
)
def test_no_recipe_names_a_registry(path: Path) -> None:
    """Where a base comes from is decided by whoever builds."""
    images = re.findall(r"(?m)^ *(?:FROM|ARG BASE=|image:) *(\S+)", path.read_text("utf-8"))
    assert images
    assert not any(HOSTS.search(image) or "." in image.split("/")[0].split(":")[0] for image in images)


# Steps


@pytest.fixture
def workspace(filled: Home) -> Home:
    """The example shop in a checkout, with the token of a secret, on the second day."""
    filled.edit_object('{ file = "token" }', '{ env = "MY_PROM_TOKEN" }')
    (filled.shop / "token").unlink()
    filled.next_day()
    return filled


def formats() -> frozenset[str]:
    """Return the formats of `torgsync update`."""
    kinds = [kind for kind in get_type_hints(update).values() if isinstance(kind, EnumMeta)]
    return next(names for kind in kinds if "table" in (names := frozenset(map(str, kind))))


def executed(
    home: Home, script: str, folder: Path, machine: Path, more: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[str]:
    """Run one script by bash, as CI does: on a machine that keeps nothing, with the state of the shop."""
    for new, old in NEW_FORMATS.items():
        if new not in formats():
            script = script.replace(f"--format {new}", f"--format {old}")
    programs = machine / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "torgsync": f'exec {shlex.quote(sys.executable)} -m torgsync "$@"',
        **dict.fromkeys(("gh", "curl"), 'printf "%s\\n" "$@" >> "$SAID"; : > note.json'),
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "HOME": str(machine),
        "LC_ALL": "C.UTF-8",
        "SAID": str(machine / "said"),
        "TORGSYNC_HOME": str(machine / "home"),
        "TORGSYNC_PROM_URL": home.server.url,
        **more,
    }
    return subprocess.run(
        ["/bin/bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


class Workflow:
    """One workflow of GitHub, whose jobs run on machines of their own."""

    def __init__(self, home: Home, path: Path, folder: Path, inputs: Mapping[str, str]) -> None:
        self._home = home
        self._jobs = load(path)["jobs"]
        self._folder = folder
        state = f"sqlite:///{home.folder / 'state.db'}"
        self._values = {
            "secrets.MY_PROM_TOKEN": "full",
            "secrets.TORGSYNC_STATE": state,
            "github.token": "token",
            "github.event.pull_request.html_url": "https://github.example/pull/7",
            **{f"inputs.{name}": value for name, value in inputs.items()},
        }

    def run(self, name: str, workspace: Path) -> subprocess.CompletedProcess[str]:
        """Run the scripts of a job until one fails, and return how the last one ended."""
        job, machine = self._jobs[name], self._folder / name
        machine.mkdir()
        ran = subprocess.CompletedProcess[str]([], 0, "", "")
        for step in job["steps"]:
            if "pip install" in step.get("run", "pip install"):
                continue
            files = {
                "GITHUB_OUTPUT": str(machine / "outputs"),
                "GITHUB_STEP_SUMMARY": str(machine / "summary"),
            }
            variables = self._filled(job.get("env", {})) | self._filled(step.get("env", {})) | files
            ran = executed(self._home, step["run"], workspace, machine, variables)
            if ran.returncode:
                break
        return ran

    def _filled(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ *([\w.]+) *\}\}", lambda match: self._values[match[1]], value)
            for name, value in variables.items()
        }


@posix
@pytest.mark.slow
def test_github_shows_a_plan_and_performs_it(workspace: Home, tmp_path: Path) -> None:
    """Two machines with the same state: what one showed, the other sends, without fetching orders."""
    workflow = Workflow(workspace, EXAMPLES / "ci" / "plan-and-perform.yml", tmp_path, {})
    before = len(workspace.writes())
    planned = workflow.run("plan", workspace.shop)
    assert planned.returncode == 0, planned.stderr
    assert (tmp_path / "plan" / "outputs").read_text("utf-8") == "pending=true\n"
    assert "26910" in (tmp_path / "plan" / "summary").read_text("utf-8")
    assert "https://github.example/pull/7\n--body-file\nplan.md" in (tmp_path / "plan" / "said").read_text(
        "utf-8"
    )
    assert (workspace.shop / "plan.html").stat().st_size
    assert (workspace.shop / "plan.xml").stat().st_size
    assert len(workspace.writes()) == before
    checkout = tmp_path / "checkout"
    shutil.copytree(workspace.shop, checkout)
    workspace.sandbox.log.clear()
    performed = workflow.run("perform", checkout)
    assert performed.returncode == 0, performed.stdout + performed.stderr
    assert "13 changes are on Prom.ua" in performed.stdout
    assert not any("orders" in record.path for record in workspace.sandbox.log.records())
    again = Workflow(workspace, EXAMPLES / "ci" / "plan-and-perform.yml", tmp_path / "again", {})
    (tmp_path / "again").mkdir()
    assert again.run("plan", workspace.shop).returncode == 0
    assert (tmp_path / "again" / "plan" / "outputs").read_text("utf-8") == "pending=false\n"


@posix
@pytest.mark.slow
def test_github_fails_where_the_look_fails(workspace: Home, tmp_path: Path) -> None:
    """An error of the look is not taken for a plan without changes."""
    workflow = Workflow(workspace, EXAMPLES / "ci" / "plan-and-perform.yml", tmp_path, {})
    workspace.edit_object("[limits]", "[limits]\nzzz = 5")
    ran = workflow.run("plan", workspace.shop)
    assert (ran.returncode, ran.stdout) == (3, "::error::torgsync ended with exit code 3\n")


@posix
@pytest.mark.slow
def test_gitlab_shows_a_plan_and_performs_it(workspace: Home, tmp_path: Path) -> None:
    """The same, with a note in a merge request."""
    jobs = load(GITLAB)
    variables = {
        "MY_PROM_TOKEN": "full",
        "TORGSYNC_STATE": f"sqlite:///{workspace.folder / 'state.db'}",
        "NOTE_TOKEN": "note token",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PROJECT_ID": "42",
        "CI_API_V4_URL": "https://gitlab.example/api/v4",
    }
    for name in ("plan", "perform"):
        script = "\n".join(jobs[name]["script"])
        ran = executed(workspace, script, workspace.shop, tmp_path / name, variables)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    said = (tmp_path / "plan" / "said").read_text("utf-8").splitlines()
    assert "PRIVATE-TOKEN: note token" in said
    assert said[-1] == "https://gitlab.example/api/v4/projects/42/merge_requests/7/notes"
    assert "13 changes are on Prom.ua" in ran.stdout
    artifacts = jobs["plan"]["artifacts"]
    for path in (*artifacts["paths"], artifacts["reports"]["junit"]):
        assert (workspace.shop / path).exists()


def approved_by_gitlab(workspace: Home, folder: Path, plan: str) -> subprocess.CompletedProcess[str]:
    """Run the job `approve` of GitLab, started with a plan's name as its variable."""
    state = f"sqlite:///{workspace.folder / 'state.db'}"
    variables = {"MY_PROM_TOKEN": "full", "TORGSYNC_STATE": state, "PLAN": plan}
    script = "\n".join(load(GITLAB)["approve"]["script"])
    return executed(workspace, script, workspace.shop, folder / "gitlab", variables)


@posix
@pytest.mark.parametrize("name", ["$(touch pwned)", '"; touch pwned; "', "--help", "-o x", ""])
def test_a_name_of_a_plan_is_only_a_name(workspace: Home, tmp_path: Path, name: str) -> None:
    """Whoever may start the workflow cannot have it do anything else."""
    workflow = Workflow(workspace, EXAMPLES / "ci" / "approve.yml", tmp_path, {"plan": name})
    before = len(workspace.writes())
    for ran in (workflow.run("approve", workspace.shop), approved_by_gitlab(workspace, tmp_path, name)):
        assert ran.returncode == 64
        assert not (workspace.shop / "pwned").exists()
        assert len(workspace.writes()) == before


@posix
@pytest.mark.slow
@pytest.mark.skipif("approve" not in COMMANDS, reason="there is no `torgsync approve` yet")
@pytest.mark.parametrize("service", ["github", "gitlab"])
def test_what_was_held_is_approved(workspace: Home, tmp_path: Path, service: str) -> None:
    """The name that the run gave its plan is all that is needed."""
    workspace.edit_export(
        lambda text: text.replace(";899;0;899;", ";89.9;0;89.9;").replace(";799;0;799;", ";79.9;0;79.9;")
    )
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MY_PROM_TOKEN", "full")
        held = workspace.sync()
    assert held.code == 8
    plan = held.json["plan"]
    workflow = Workflow(workspace, EXAMPLES / "ci" / "approve.yml", tmp_path, {"plan": plan})
    ran = (
        workflow.run("approve", workspace.shop)
        if service == "github"
        else approved_by_gitlab(workspace, tmp_path, plan)
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@posix
def test_the_call_of_kubernetes(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sync object is valid, its time is that of the container's user, and its arguments do the work."""
    _claim, objects, cron = yaml.safe_load_all(MANIFEST.read_text("utf-8"))
    pod = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (name, text) = next(iter(objects["data"].items()))
    text = text.replace("/torgsoft/export", str(home.shop)).replace(
        "/torgsoft/orders", str(home.shop / "orders")
    )
    (home.shop / "orders").mkdir()
    file = home.folder / name
    file.write_text(text, "utf-8")
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    monkeypatch.setenv("MY_PROM_TOKEN", "full")
    monkeypatch.setenv("LOGNAME", "torgsync")
    args = [word.replace("/objects/my-prom.toml", str(file)) for word in container["args"]]
    assert args[:2] == ["sync", "--due"]
    ran = home.run(*args, now=datetime(2026, 11, 30, 10, 5, tzinfo=SHOP_ZONE).astimezone(UTC))
    assert ran.code == 0, ran.err


# The container


def stages() -> list[dict[str, Any]]:
    """Return the instructions of the container file."""
    parser = DockerfileParser(fileobj=BytesIO(CONTAINER.read_bytes()))
    structure: list[dict[str, Any]] = parser.structure
    return [one for one in structure if one["instruction"] != "COMMENT"]


def value(instruction: str) -> str:
    """Return the last value of an instruction."""
    return str([one["value"] for one in stages() if one["instruction"] == instruction][-1])


def test_the_container_runs_as_nobody_special() -> None:
    """No root; the home on a volume; stopped by the signal that Python handles as the first process too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert json.loads(value("ENTRYPOINT")) == [*project["scripts"]]
    assert value("USER") == "10001:10001"
    assert value("STOPSIGNAL") == "SIGINT"
    (volume,) = json.loads(value("VOLUME"))
    assert f"TORGSYNC_HOME={volume}/" in value("ENV")
    assert "USER=torgsync" in value("ENV")
    (extras,) = re.findall(r'"\.\[([\w,]+)\]"', CONTAINER.read_text("utf-8"))
    assert set(extras.split(",")) <= project["optional-dependencies"].keys()


@posix
@pytest.mark.slow
def test_the_container_is_built(tmp_path: Path) -> None:
    """Its first RUN makes an environment of its own, whose entry point starts; dependencies are left out."""
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("tests", ".*", "__pycache__", "*.mo")
    shutil.copytree(ROOT, source, ignore=ignored)
    build = next(one["value"] for one in stages() if one["instruction"] == "RUN")
    place = tmp_path / "opt"
    ran = subprocess.run(
        [
            "/bin/sh",
            "-c",
            build.replace("/opt/torgsync", str(place))
            .replace("python ", f"{sys.executable} ", 1)
            .replace("pip install ", "pip install --no-deps "),
        ],
        cwd=source,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    ran = subprocess.run(
        [place / "bin" / "torgsync", "--lang", "uk", "status", "--help"],
        env={"PYTHONPATH": libraries, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Використання" in ran.stdout
