"""Recording in shards by `record.smk`: on this machine, and by a SLURM of one node.

The SLURM is Debian's `slurm-wlm`, started for the test with a configuration of its own.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from endpoint import EndpointServer, answer, failure
from project_copy import Project
from secondsight.datasets.registry import load
from secondsight.inference.ask import make_plan
from secondsight.inference.prompt import load_prompt
from secondsight.inference.recording import read_rows, verify

MODEL, IMAGES, SHARDS = "sky-1", 12, 2
PLAN = f"""
model = "minivlm-4"
[[recording]]
dataset = "lsbg"
prompt = "lsbg-1"
title = "A few"
images = {IMAGES}
"""
RECORDING = f"data/recordings/lsbg.lsbg-1.{MODEL}.parquet"
PATIENCE = 3600  # against hanging for ever; a slow machine may take long
SLURM = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MinJobAge=600
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=16 RealMemory=64000
PartitionName=main Nodes=ALL Default=YES State=UP
"""


@pytest.fixture
def few(tmp_path: Path) -> Project:
    """A copy of the project with few images planned."""
    project = Project(tmp_path / "project")
    (project.root / "data" / "record.toml").write_text(PLAN)
    return project


def shards(few: Project, server: EndpointServer, *options: str) -> subprocess.Popen[str]:
    """Begin to record in shards."""
    about = {"MODEL": MODEL, "BASE_URL": server.base_url, "SHARDS": str(SHARDS)}
    return subprocess.Popen(
        ["snakemake", "-s", "record.smk", *options],
        cwd=few.root, env={**few.environment, **about}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def check(few: Project) -> None:
    """Check that every key was recorded once."""
    plan = make_plan(load("lsbg").head(IMAGES), load_prompt("lsbg-1"), MODEL)
    path = few.root / RECORDING
    assert sorted(read_rows(path)["key"].to_pylist()) == sorted(plan.keys)
    assert verify(path) == []


def test_shards_go_on_where_they_were(few: Project, endpoint_server: EndpointServer) -> None:
    endpoint_server.script = [answer(), answer(), failure(401)]
    run = shards(few, endpoint_server, "--cores", "1")
    printed, _ = run.communicate()
    assert run.returncode != 0
    assert "401" in printed
    assert not (few.root / RECORDING).exists()
    run = shards(few, endpoint_server, "--cores", "2")
    printed, _ = run.communicate()
    assert run.returncode == 0, printed
    check(few)
    assert len(endpoint_server.answered) == IMAGES


# --------------------------------------------------------------------------------------- SLURM


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with ExitStack() as held:
        taken = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in taken:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in taken]


def until(holds: Callable[[], bool], what: str, run: subprocess.Popen[str] | None = None) -> None:
    """Wait until something holds, while a process runs."""
    for _ in range(10 * PATIENCE):
        if holds():
            return
        if run and run.poll() is not None:
            raise AssertionError(f"{what}: never, for\n{run.communicate()[0]}")
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {PATIENCE} s")


def told(*command: str) -> str:
    """Return what a program prints."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def running() -> list[str]:
    """Return the jobs that run."""
    return told("squeue", "-h", "-t", "R", "-o", "%i").split()


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A SLURM of one node, this machine."""
    if not all(map(shutil.which, ("sbatch", "slurmctld", "slurmd"))):
        pytest.skip("there is no SLURM here: apt-get install slurm-wlm")
    if not importlib.util.find_spec("snakemake_executor_plugin_slurm"):
        pytest.skip("Snakemake's executor for SLURM is not installed: it is the extra `slurm`")
    if os.getuid() != 0:
        pytest.skip("only root can start a SLURM")
    folder, host = tmp_path / "slurm", socket.gethostname().split(".")[0]
    for name in ("state", "spool"):
        (folder / name).mkdir(parents=True)
    conf = folder / "slurm.conf"
    conf.write_text(SLURM.format(host=host, folder=folder, ports=free_ports(2)))
    monkeypatch.setenv("SLURM_CONF", str(conf))
    # Snakemake clears SLURM's variables within a job, where a real node has its file in /etc.
    srun = folder / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={conf} exec {shutil.which("srun")} "$@"\n')
    srun.chmod(0o755)
    monkeypatch.setenv("PATH", f"{srun.parent}{os.pathsep}{os.environ['PATH']}")
    with ExitStack() as running:
        for command in (["slurmctld", "-D", "-c"], ["slurmd", "-D", "-c", "-N", host]):
            log = running.enter_context((folder / f"{command[0]}.log").open("w"))
            process = subprocess.Popen(command, stdout=log, stderr=log)
            running.callback(process.wait, 60)
            running.callback(process.terminate)
        until(lambda: "idle" in told("sinfo", "-h", "-o", "%t"), "the node is ready")
        yield


def test_a_cancelled_job_of_slurm_goes_on_where_it_was(
    slurm: None, few: Project, endpoint_server: EndpointServer
) -> None:
    for name in ("SLURM_CONF", "PATH"):
        few.environment[name] = os.environ[name]
    slow = replace(answer(), held=threading.Event())
    cancelled = load("lsbg").table["image_sha256"][0]
    endpoint_server.default = lambda asked: slow if asked.image_sha256 == cancelled else answer()
    quick = ["--slurm-init-seconds-before-status-checks", "1", "--slurm-status-command", "squeue"]
    options = ["--profile", "profiles/slurm", "--retries", "0", *quick]
    run = shards(few, endpoint_server, *options)
    until(lambda: len(endpoint_server.answered) == IMAGES - 1, "all but one are answered", run)
    until(lambda: len(running()) == 1, "one job is left", run)
    told("scancel", *running())
    printed, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode != 0
    assert "CANCELLED" in printed
    endpoint_server.default = lambda asked: answer()
    run = shards(few, endpoint_server, *options)
    printed, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode == 0, printed
    check(few)
    assert endpoint_server.times_asked()[cancelled] == 2
    assert len(endpoint_server.requests) == IMAGES + 1
