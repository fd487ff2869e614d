import { lostIn, startLoad } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { releaseOf } from "./releases";

/** A connection and a thread of the import; the other end is the application itself, so that the test needs no database. */
const imports = `
import os, socket, threading, time
LISTENING = socket.socket(); LISTENING.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1); LISTENING.bind(("127.0.0.1", 5999)); LISTENING.listen()
LINE = socket.create_connection(("127.0.0.1", 5999))
threading.Thread(target=time.sleep, args=(86400,), daemon=True, name="planted poller").start()
`;

export function describePreload(stack: TestStack): void {
  describe("an application that opens a connection and starts a thread at import", () => {
    let restoreApp = () => undefined as void;
    let restoreSettings = () => undefined as void;

    async function underLoad() {
      const load = startLoad({ ...stack.target("load"), connections: 16, maxSeconds: 300 });
      const { code, output } = await stack.up();
      return { code, output, lost: lostIn(await load.stop()) };
    }

    it("is refused in its rehearsal by the names of both, and the old release serves on", async () => {
      const serving = await releaseOf(stack);
      restoreApp = stack.appendToApp("portico_sample/__init__.py", imports);
      const { code, output, lost } = await underLoad();
      expect(code).not.toBe(0);
      expect(output).toMatch(
        /got connections to TCP 127\.0\.0\.1:5999 and threads named planted poller in the master process after the import; .+ gunicorn\.preload: false/,
      );
      expect(lost).toEqual([]);
      expect(await releaseOf(stack)).toBe(serving);
    });

    it("is released with gunicorn.preload: false without a lost request, each worker with its own", async () => {
      // A worker that is recycled meanwhile would end the connections of others to it.
      restoreSettings = stack.set("gunicorn", { preload: false, maxRequests: 0 });
      const { code, output, lost } = await underLoad();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(lost).toEqual([]);
      const [workers, lines] = stack
        .onHost(
          "web-1",
          "pgrep --full --uid portico 'slots/(blue|green)/' | wc -l; ss --tcp --numeric --no-header state established dst 127.0.0.1:5999 | wc -l",
        )
        .trim()
        .split("\n")
        .map(Number);
      expect(lines).toBe(workers! - 1);
    });

    it("changes no host when a worker cannot import it any more, and says why", async () => {
      const repair = stack.appendToApp(
        "portico_sample/__init__.py",
        "\nraise ImportError('planted fault of a worker')\n",
      );
      const { code, output, lost } = await underLoad();
      repair();
      expect(code).not.toBe(0);
      expect(output).toMatch(/start of slot rehearsal: got a failure/);
      expect(output).toMatch(/planted fault of a worker/);
      expect(lost).toEqual([]);
    });

    it("goes back to preload without a lost request when it does neither any more", async () => {
      restoreApp();
      restoreSettings();
      const { code, output, lost } = await underLoad();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(lost).toEqual([]);
    });
  });
}
