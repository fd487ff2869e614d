"""Usage: python -m standIn serve FOLDER | remove FOLDER | call FOLDER SERVICE OPERATION [JSON]

serve   runs until SIGTERM or SIGINT; FOLDER/standIn.json appears when all is there
remove  removes the machines and the bridge that a killed one left
call    does one operation of the API as someone beside the program would; prints the answer
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

from localMachines.base.faults import Fault
from localMachines.base.folders import write_aside
from localMachines.base.specs import NetworkSpec

from .account import contents, describe_images, make_zone
from .follower import Follower, remove_all

REGION = "eu-central-1"
BRIDGE = "portico-aws"
ADDRESS_RANGE = "10.40.0.0/16"
SUITE = "trixie"
RECORD = "standIn.json"


def main(words: list[str]) -> int:
    """Run one command; gives the exit code."""
    commands = {("serve", 2): serve, ("remove", 2): remove}
    try:
        if len(words) in (4, 5) and words[0] == "call":
            return call(Path(words[1]), words[2], words[3], words[4] if len(words) == 5 else "{}")
        if command := commands.get((words[0] if words else "", len(words))):
            return command(Path(words[1]).absolute())
    except Fault as fault:
        print(f"stand-in: {fault}\n{fault.evidence}", file=sys.stderr)
        return 1
    print(__doc__, file=sys.stderr)
    return 2


def serve(folder: Path) -> int:
    """Serve until told to end, then leave nothing."""
    describe_images(folder / "images.json")
    # Only from here on: moto reads its settings when it is imported.
    from .capacity import watch_capacity
    from .client import client
    from .server import start_server

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    server = start_server(folder / "calls.txt")
    endpoint = f"http://localhost:{server.server_port}"
    follower = Follower(client("ec2", endpoint, REGION), folder, BRIDGE, ADDRESS_RANGE, SUITE)
    follower.open()
    try:
        watch = (client("elbv2", endpoint, REGION), folder / "capacity.jsonl", stop, 1.0)
        threading.Thread(target=watch_capacity, args=watch, daemon=True).start()
        make_zone(client("route53", endpoint, REGION))
        record = {"pid": os.getpid(), "endpoint": endpoint, "region": REGION, **contents()}
        write_aside(folder / RECORD, json.dumps(record), 0o644)
        follower.follow(stop, 0.5)
    finally:
        (folder / RECORD).unlink(missing_ok=True)
        follower.close()
        server.shutdown()
    return 0


def remove(folder: Path) -> int:
    """Remove what a killed process left."""
    remove_all(folder, NetworkSpec(bridge=BRIDGE, addressRange=ADDRESS_RANGE, owner=str(folder)))
    return 0


def call(folder: Path, service: str, operation: str, parameters: str) -> int:
    """Do one operation."""
    from .client import client

    record = json.loads((folder / RECORD).read_text())
    answer = getattr(client(service, record["endpoint"], record["region"]), operation)(**json.loads(parameters))
    answer.pop("ResponseMetadata", None)
    print(json.dumps(answer, default=str))
    return 0


sys.exit(main(sys.argv[1:]))
