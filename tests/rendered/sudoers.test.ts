import { callHostProgram, waitUntilReady } from "../../lib/hosts/commands";
import { platformIds } from "../../lib/hosts/platforms";
import { factsScript } from "../../lib/targets/hosts/doctor/factsScript";
import { describeOn } from "../support/systems";
import { sudoLines } from "../support/sudoLines";
import { TestHost } from "../support/testHost";

jest.setTimeout(60_000);

const user = "www-data";
const file = { owner: "root", group: "root", effect: "none" } as const;
/** Says of each command what the real one would do with it, and does nothing. */
const judge = `#!/bin/sh
[ "$1" != -n ] || shift
if /usr/bin/sudo -n -l -U ${user} "$@" >/dev/null 2>&1; then echo "yes $*" >>/run/asked; else echo "no $*" >>/run/asked; fi
`;
const files = [
  { ...file, path: "/etc/sudoers.d/lines", content: sudoLines(user), mode: "0440" },
  { ...file, path: "/usr/local/bin/sudo", content: judge, mode: "0755" },
  { ...file, path: "/usr/local/sbin/systemctl", content: "#!/bin/sh\necho running\n", mode: "0755" },
  { ...file, path: "/usr/local/sbin/portico-host", content: "#!/bin/sh\n", mode: "0755" },
];

describe.each(platformIds)("%s", (id) => {
  describeOn(id, "sudo", (base) => {
    let host: TestHost;
    let installed: boolean;
    beforeAll(async () => {
      host = await TestHost.lay(base(), files);
      installed = (await host.run(["test", "-x", "/usr/bin/sudo"])).status === 0;
      if (!installed) console.warn(`sudo is not installed on ${id}: the lines for it were NOT TESTED`);
    });
    afterAll(() => host?.stop());

    /** What the script asks sudo for, each with the verdict. */
    const asked = async (script: string) => {
      await host.run(["sh", "-c", `rm -f /run/asked; mkdir -p /tmp/portico; cd /tmp; ${script}`]);
      return (await host.run(["cat", "/run/asked"])).stdout.trim().split("\n");
    };

    test("allows all that a deployer asks for as root, packages apart", async () => {
      if (!installed) return;
      const commands = ["stage", "migrate", "trust", "activate", "gate", "visit", "confirm"] as const;
      const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
      const calls = commands.map((command) =>
        callHostProgram({ bundle: "web-edge-debian-12-0a1b2c.pyz", sha256, command, seconds: 900 }),
      );
      const scripts = [
        waitUntilReady(),
        factsScript([], [80, 443, 8443]),
        ...calls.map((call) => `: >portico/web-edge-debian-12-0a1b2c.pyz\n${call}`),
        "exec sudo -n /usr/local/sbin/portico-host check",
      ];
      for (const script of scripts)
        expect((await asked(script)).filter((verdict) => !verdict.startsWith("yes "))).toEqual([]);
    });

    test.each([
      "sh -c id",
      "python3 -I portico/web.pyz stage",
      "timeout --kill-after=10 9 sh -c id",
      "timeout --kill-after=10 9 sh -c 'id # python3 -I portico/web.pyz stage'",
      "timeout --kill-after=10 9 python3 -I portico/../../../tmp/web.pyz stage",
      "timeout --kill-after=10 9 python3 -I /tmp/web.pyz stage",
      "timeout --kill-after=10 9 python3 portico/web.pyz stage",
      "nft flush ruleset",
      "cat /etc/shadow",
    ])("refuses %s", async (command) => {
      if (!installed) return;
      expect(await asked(`sudo -n ${command}`)).toEqual([expect.stringMatching(/^no /)]);
    });
  });
});
