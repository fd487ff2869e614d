import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** An instance that `aws ec2 describe-instances` tells of, and the port of this computer that its sshd stands for. */
export interface FakeInstance {
  id: string;
  machine: string;
  launched: string;
  port: number;
}

/** A program `aws` that knows public parameters and the instances of one stack, and pipes sessions to ports of this computer, as the plugin would. */
const program = `#!/usr/bin/env python3
import json, os, socket, sys, threading
from pathlib import Path

folder = Path(__file__).parent
instances = json.loads((folder / "instances.json").read_text())
words = sys.argv[1:]
option = lambda name: words[words.index(name) + 1]
with open(folder / "calls.txt", "a") as calls:
    calls.write(" ".join(words) + "\\n")

if words[:2] == ["ec2", "describe-instances"]:
    wanted = [word.split("Values=")[1] for word in words if word.startswith("Name=tag:portico:machine")][0]
    found = [{"InstanceId": one["id"], "LaunchTime": one["launched"]} for one in instances if one["machine"] == wanted]
    print(json.dumps({"Reservations": [{"Instances": [one]} for one in found]}))
elif words[:2] == ["ssm", "get-parameter"]:
    parameters = json.loads((folder / "parameters.json").read_text())
    if option("--name") not in parameters:
        sys.exit("An error occurred (ParameterNotFound) when calling the GetParameter operation:")
    print(json.dumps({"Parameter": {"Value": parameters[option("--name")]}}))
elif words[:2] == ["ssm", "start-session"]:
    (folder / ("session-%d" % os.getpid())).write_text("")
    target = [one for one in instances if one["id"] == option("--target")]
    if not target or target[0]["port"] == 0:
        sys.exit("An error occurred (TargetNotConnected) when calling the StartSession operation: %s is not connected." % option("--target"))
    sock = socket.create_connection(("127.0.0.1", target[0]["port"]))

    def answer():
        while data := sock.recv(65536):
            os.write(1, data)
        os._exit(0)

    threading.Thread(target=answer, daemon=True).start()
    while data := os.read(0, 65536):
        sock.sendall(data)
    # As the real one, it does not end with its input.
    threading.Event().wait()
`;

export class FakeAws {
  /**
   * @param folder empty or missing; to be first on PATH
   * @param plugin whether the session manager plugin is there
   */
  constructor(
    readonly folder: string,
    plugin = true,
  ) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "aws"), program, { mode: 0o755 });
    if (plugin) writeFileSync(path.join(folder, "session-manager-plugin"), "#!/bin/sh\n", { mode: 0o755 });
    this.set([]);
  }

  setParameters(parameters: Record<string, string>): void {
    writeFileSync(path.join(this.folder, "parameters.json"), JSON.stringify(parameters));
  }

  set(instances: readonly FakeInstance[]): void {
    writeFileSync(path.join(this.folder, "instances.json"), JSON.stringify(instances));
  }
}
