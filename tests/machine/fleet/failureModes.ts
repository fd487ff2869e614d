import { everything, sampled } from "../../support/sample";
import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { appFile, problemsOf, releases, underLoad, webHosts } from "./support";

const health = (body: string) => `\napp.view_functions["health.ready"] = ${body}\n`;

/** Never more than twice what a machine has, should nothing limit it. */
const leak = "for _ in range(192): LEAK.append(bytearray(b'x') * (8 << 20))";

/** What a release may do wrong, and the sentence that the user is shown for it. */
const modes: readonly [what: string, lines: string, shown: RegExp[]][] = [
  [
    "exits while it is imported",
    "\nraise SystemExit(7)\n",
    [/start of slot rehearsal: got a failure/, /exit code \d+/],
  ],
  [
    "needs a module that is not there",
    "\nimport module_that_is_nowhere\n",
    [/ModuleNotFoundError: No module named 'module_that_is_nowhere'/],
  ],
  [
    "hangs while it is imported",
    "\nimport time\ntime.sleep(600)\n",
    [/start of slot rehearsal: got (no end of it|a failure); allowed: a start within 15 s/],
  ],
  [
    "binds later than it may",
    "\nimport time\ntime.sleep(18)\n",
    [/start of slot rehearsal: got (no end of it|a failure); allowed: a start within 15 s/],
  ],
  [
    "leaks memory to its limit while it is imported",
    `\nLEAK = []\n${leak}\n`,
    [
      /start of slot rehearsal: got a failure/,
      /cause: (SIGKILL, which is how the kernel ends what takes too much memory|killed by the kernel for want of memory); mend what takes it, or raise app\.memoryMegabytes/,
    ],
  ],
  [
    "leaks memory to its limit while it answers",
    `\nLEAK = []\ndef leaking():\n    ${leak}\n    return "ok"\n${health("leaking")}`,
    [/rehearsal GET \/readyz: got no answer/, /Worker \(pid:\d+\) was sent SIGKILL! Perhaps out of memory\?/],
  ],
  [
    "exits after it was ready",
    "\nimport os, time\nif os.fork() == 0:\n    time.sleep(0.7)\n    os.killpg(0, 9)\n",
    [/slot rehearsal: got a process that ended while it was checked|rehearsal GET \/readyz: got/],
  ],
  ["answers 500", health('lambda: ("planted answer", 500)'), [/\/readyz/, /500/, /planted answer/]],
  ["hangs in its ready path", health('lambda: __import__("time").sleep(600)'), [/\/readyz/, /no answer|timed out/i]],
  [
    "leaves a thread to workers that do not have it",
    '\nimport threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True, name="planted poller").start()\n',
    [
      /slot rehearsal: got threads named planted poller in the master process after the import; .+ or set gunicorn\.preload: false/,
    ],
  ],
  [
    "leaves a connection that all workers would share",
    '\nimport os, socket\nPLANTED = socket.create_server(("127.0.0.1", 5999), reuse_port=True)\nSHARED = socket.create_connection(("127.0.0.1", 5999))\n',
    [
      /slot rehearsal: got connections to TCP 127\.0\.0\.1:5999 in the master process after the import; .+ or set gunicorn\.preload: false/,
    ],
  ],
  [
    "has a worker that falls over while others answer",
    "\nimport os\nos.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), 11) if os.getpid() % 2 else None)\n",
    [/slot rehearsal: got 'Worker \(pid:\d+\) was sent SIGSEGV', \d+ times; allowed: workers that stay/],
  ],
  [
    "writes where it may not",
    '\nopen("/opt/portico/forbidden", "w")\n',
    [/Read-only file system: '\/opt\/portico\/forbidden'/],
  ],
];

/** The others differ in what the report says, and are no other way through the release. */
const usual = ["leaks memory to its limit while it answers"];

export function describeFailureModes(stack: TestStack, plantedSecret: string): void {
  describe("a release that", () => {
    it.each(sampled(modes, ([what]) => usual.includes(what)))(
      "%s is found out in its rehearsal, and the report says so without a secret",
      async (_what, lines, shown) => {
        const before = releases(stack);
        const restore = stack.appendToApp(
          appFile,
          `\nprint(open(__import__("os").environ["CREDENTIALS_DIRECTORY"] + "/app_plantedSecret").read(), flush=True)\n${lines}`,
        );
        const { result, report } = await underLoad(stack, () => stack.up());
        restore();
        const { code, output } = result;
        expect(code).not.toBe(0);
        for (const pattern of shown) expect(output).toMatch(pattern);
        expect(output).not.toContain(plantedSecret);
        expect(releases(stack)).toEqual(before);
        expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
        expect(lostIn(report)).toEqual([]);
      },
    );

    if (everything)
      it("meets a full disk changes nothing, and the next up succeeds when there is room", async () => {
        const before = releases(stack);
        stack.onHost(
          "web-2",
          "mkdir -p /tmp/full && mount -t tmpfs -o size=1M tmpfs /opt/portico/releases && dd if=/dev/zero of=/opt/portico/releases/.fill bs=64k 2>/dev/null || true",
        );
        const restore = stack.appendToApp(appFile, "\nDISK = 'full'\n");
        const { code, output } = await stack.up();
        stack.onHost("web-2", "umount /opt/portico/releases");
        expect(code).not.toBe(0);
        expect(output).toMatch(/web-2-stage/);
        expect(output).toMatch(/disk: got no space left/);
        expect(releases(stack)).toEqual(before);
        expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
        const next = await stack.up();
        expect({ code: next.code, output: next.code === 0 ? "" : next.output }).toEqual({ code: 0, output: "" });
        restore();
        expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
      });
  });
}
