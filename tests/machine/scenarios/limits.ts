import { canLimitUnitsHere } from "../../../bin/commands/update/controlGroups";
import { ask } from "../../support/ask";
import { clients, type TestStack } from "../../support/testStack";

const routes = `
import threading
HELD = []
def hold():
    for _ in range(96): HELD.append(bytearray(b"x") * (8 << 20))
    return "held"
def threads():
    started, waiting = 0, threading.Event()
    try:
        while started < 3000: threading.Thread(target=waiting.wait, args=(20,), daemon=True).start(); started += 1
    except RuntimeError: pass
    waiting.set()
    return str(started)
for name, view in (("hold", hold), ("threads", threads)): app.add_url_rule("/" + name, name, view)
`;

/** Control groups of version 2 keep these limits; where this computer has none, nothing can be said about them. */
const describeLimits = canLimitUnitsHere() ? describe : describe.skip;
const note = canLimitUnitsHere() ? "" : ": NOT TESTED, this computer's control groups are of version 1";

export function describeSlotLimits(stack: TestStack): void {
  describeLimits(`the limits of a slot${note}`, () => {
    let restore = () => undefined as void;
    const answerOf = (route: string) => ask(stack, route, "--interface", clients.load);
    const slots = () =>
      ["web-1", "web-2"].map((host) =>
        stack.onHost(host, "systemctl show --property=NRestarts --value portico-app@blue portico-app@green").trim(),
      );

    it("end a worker that takes more memory than the slot may, and the others serve on", async () => {
      restore = stack.appendToApp("portico_sample/__init__.py", routes);
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      const before = slots();
      expect((await answerOf("/hold")).status).toBe(502);
      for (let turn = 0; turn < 10; turn++) expect((await answerOf("/whoami")).status).toBe(200);
      expect(slots()).toEqual(before);
      expect(
        stack.onHost("web-1", "journalctl --unit='portico-app@*' --lines=200 --output=cat") +
          stack.onHost("web-2", "journalctl --unit='portico-app@*' --lines=200 --output=cat"),
      ).toMatch(/was sent SIGKILL! Perhaps out of memory\?/);
    });

    it("keep threads below the number of tasks of a slot", async () => {
      const started = Number((await answerOf("/threads")).body);
      expect(started).toBeGreaterThan(100);
      expect(started).toBeLessThan(1024);
    });

    it("refuse the metadata address of a cloud", async () => {
      expect((await answerOf("/metadata")).body).toBe("refused");
      restore();
      expect((await stack.up()).code).toBe(0);
    });
  });
}
