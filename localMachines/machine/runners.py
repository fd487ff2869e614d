"""Who keeps a machine running: systemd as a unit, or else a daemon of our own."""

import os
import subprocess
from pathlib import Path
from typing import Protocol

from ..base.faults import Fault
from ..base.processes import Process, identify
from ..base.progress import Progress
from ..base.specs import MachineSpec
from .container import ENVIRONMENT, choose_cpus, nspawn_arguments
from .control_groups import ControlGroup


class Runner(Protocol):
    """Starts a machine so that it outlives its starter, and ends all that is left of it."""

    def start(self, spec: MachineSpec, progress: Progress) -> Process:
        """Start the machine with its limits; gives the process of systemd-nspawn."""

    def limit(self, spec: MachineSpec) -> None:
        """Give a running machine another limit of memory; a Fault when it uses more than that."""

    def clear(self) -> None:
        """Kill what is left of the machine and remove its limits; nothing left is fine."""


def runner_for(identifier: str) -> Runner:
    """The runner that fits this computer."""
    if Path("/run/systemd/system").is_dir() and Path("/proc/1/comm").read_text().strip() == "systemd":
        return Unit(identifier)
    return Daemon(identifier)


class Daemon:
    """Where process 1 is not systemd: a process of its own session, in control groups made here."""

    def __init__(self, identifier: str):
        self._identifier = identifier
        self._group = ControlGroup(identifier)

    def start(self, spec: MachineSpec, progress: Progress) -> Process:
        if not self._group.create(spec.memoryMegabytes):
            progress.say("no memory limit: this computer has no memory controller that can be written")
        cpus = choose_cpus(spec)

        def confine() -> None:
            self._group.join()
            os.sched_setaffinity(0, cpus)

        with (spec.folder / "console.log").open("w") as console:
            child = subprocess.Popen(
                nspawn_arguments(spec, self._identifier),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                cwd="/",
                env={"PATH": os.environ.get("PATH", os.defpath), **ENVIRONMENT},
                start_new_session=True,
                preexec_fn=confine,
            )
        child.returncode = 0  # it is meant to outlive this call: no warning about it at the end
        return _identified(child.pid, spec)

    def limit(self, spec: MachineSpec) -> None:
        if not self._group.limit(spec.memoryMegabytes):
            raise Fault(
                f"{spec.sizeSetting}.memoryMegabytes",
                spec.memoryMegabytes,
                "more MiB than the machine uses now",
                "raise it",
            )

    def clear(self) -> None:
        self._group.kill()
        self._group.remove()


class Unit:
    """Where process 1 is systemd: a transient service, which systemd limits and lists."""

    def __init__(self, identifier: str):
        self._name = f"portico-{identifier}.service"

    def start(self, spec: MachineSpec, progress: Progress) -> Process:
        console = spec.folder / "console.log"
        console.write_text("")
        properties = {
            "Description": f"Portico machine {spec.name} ({spec.folder})".replace("%", "%%"),
            "Delegate": "yes",
            "KillMode": "mixed",
            "TimeoutStopSec": "20",
            "TasksMax": "16384",
            "CPUAffinity": " ".join(map(str, sorted(choose_cpus(spec)))),
            "MemoryMax": f"{spec.memoryMegabytes}M",
            "StandardOutput": f"append:{console}",
            "StandardError": "inherit",
        }
        _run(
            "systemd-run",
            "--quiet",
            "--collect",
            f"--unit={self._name}",
            *(f"--property={name}={value}" for name, value in properties.items()),
            *(f"--setenv={name}={value}" for name, value in ENVIRONMENT.items()),
            *nspawn_arguments(spec, self._name.removeprefix("portico-").removesuffix(".service")),
        )
        shown = _run("systemctl", "show", "--property=MainPID", "--value", self._name)
        return _identified(int(shown or 0), spec)

    def limit(self, spec: MachineSpec) -> None:
        _run("systemctl", "set-property", "--runtime", self._name, f"MemoryMax={spec.memoryMegabytes}M")

    def clear(self) -> None:
        for words in (["kill", "--kill-who=all", "--signal=KILL"], ["stop"], ["reset-failed"]):
            subprocess.run(["systemctl", *words, self._name], capture_output=True, check=False)


def _identified(pid: int, spec: MachineSpec) -> Process:
    process = identify(pid) if pid else None
    if process is None:
        raise Fault(
            f"machine {spec.name}",
            "an end right after its start",
            "a running systemd-nspawn",
            f"see {spec.folder / 'console.log'}",
        )
    return process


def _run(*words: str) -> str:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Fault(words[0], f"exit code {done.returncode}", "exit code 0", "see its message below", done.stderr)
    return done.stdout.strip()
