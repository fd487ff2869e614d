"""Machines that follow instances: one is booted for each that lives, with its own user data, and goes with it."""

import base64
import gzip
import os
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localMachines.base.progress import Progress
from localMachines.base.specs import MachineSpec, NetworkSpec, read_range
from localMachines.machine.machine import machine_remove, machine_up
from localMachines.network.network import network_remove, network_up

LIVING = ("pending", "running")
MEMORY_MEGABYTES = 1024
AT_ONCE = 3


@dataclass(frozen=True)
class Instance:
    """An instance as far as a machine follows it."""

    id: str
    address: str
    state: str


@dataclass(frozen=True)
class Steps:
    """What is to be done that the machines are those of the instances."""

    boot: tuple[Instance, ...]
    remove: tuple[str, ...]


def plan(instances: Iterable[Instance], known: set[str]) -> Steps:
    """Steps from the machines `known` by instance id to the instances. One that was booted once is not booted again."""
    living = {instance.id: instance for instance in instances if instance.state in LIVING}
    return Steps(
        boot=tuple(instance for id_, instance in living.items() if id_ not in known),
        remove=tuple(sorted(known - living.keys())),
    )


def user_data_text(encoded: str) -> str:
    """User data as cloud-init reads it, from what the API answers."""
    raw = base64.b64decode(encoded)
    return (gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw).decode()


class Follower:
    """Keeps the machines below `folder` those of the instances."""

    def __init__(self, ec2: Any, folder: Path, bridge: str, address_range: str, suite: str):
        self._ec2, self._folder, self._suite = ec2, folder, suite
        self._network = NetworkSpec(bridge=bridge, addressRange=address_range, owner=str(folder))
        self._range = read_range(address_range)
        self._known: set[str] = set()
        self._workers = ThreadPoolExecutor(AT_ONCE)

    def open(self) -> None:
        """Make the bridge; refused where the range is routed already."""
        network_up(self._network, Progress("network"))

    def follow(self, stop: threading.Event, seconds: float) -> None:
        """Look again and again until told to stop."""
        while not stop.wait(seconds):
            steps = plan(self._instances(), self._known)
            for instance in steps.boot:
                self._known.add(instance.id)
                self._workers.submit(self._tell_failure, self._boot, instance)
            for id_ in steps.remove:
                self._known.discard(id_)
                self._workers.submit(self._tell_failure, self._remove, id_)

    def close(self) -> None:
        """Remove all machines and the bridge, also those that an earlier process left."""
        self._workers.shutdown(cancel_futures=True)
        remove_all(self._folder, self._network)

    def _instances(self) -> list[Instance]:
        pages = self._ec2.get_paginator("describe_instances").paginate()
        found = [entry for page in pages for reservation in page["Reservations"] for entry in reservation["Instances"]]
        return [
            Instance(entry["InstanceId"], entry.get("PrivateIpAddress", ""), entry["State"]["Name"]) for entry in found
        ]

    def _boot(self, instance: Instance) -> None:
        answer = self._ec2.describe_instance_attribute(InstanceId=instance.id, Attribute="userData")
        spec = MachineSpec(
            name=instance.id,
            directory=str(machine_folder(self._folder, instance.id)),
            suite=self._suite,
            address=instance.address,
            prefixLength=self._range.prefixlen,
            gateway=str(self._range[1]),
            bridge=self._network.bridge,
            cpus=min(2, len(os.sched_getaffinity(0))),
            memoryMegabytes=MEMORY_MEGABYTES,
            incarnation=instance.id,
            userData=user_data_text(answer["UserData"]["Value"]),
        )
        machine_up(spec, Progress(f"machine {instance.id}"))

    def _remove(self, id_: str) -> None:
        machine_remove(machine_folder(self._folder, id_), Progress(f"machine {id_}"))

    @staticmethod
    def _tell_failure(act: Any, subject: Any) -> None:
        try:
            act(subject)
        except Exception as error:  # noqa: BLE001: a thread has nobody above it who would tell
            evidence = getattr(error, "evidence", "")
            Progress(f"{act.__name__.strip('_')} {subject}").say(f"failed: {type(error).__name__}: {error}\n{evidence}")


def machine_folder(folder: Path, instance_id: str) -> Path:
    """The folder of an instance's machine."""
    return folder / "machines" / instance_id


def remove_all(folder: Path, network: NetworkSpec) -> None:
    """Remove every machine below the folder, and then the bridge."""
    for machine in sorted((folder / "machines").glob("*")):
        machine_remove(machine, Progress(f"machine {machine.name}"))
    network_remove(network, Progress("network"))
