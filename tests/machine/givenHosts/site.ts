import { ask } from "../../support/ask";
import { givenAddress } from "../../support/givenMachines";
import { clients, type HostsStack } from "../../support/hostsStack";
import { startLoad } from "../../support/strictClient";

interface WhoAmI {
  host: string;
  client: string;
  scheme: string;
}

const starts =
  "systemctl show --property=Id,ActiveEnterTimestampMonotonic,MainPID portico-nginx.service 'portico-app@*.service' portico-app.socket ssh.service";

export function describeGivenSite(stack: HostsStack): void {
  const startsOfAll = () => stack.hosts.map(({ name }) => stack.machines.onMachine(name, starts)).join("\n");

  describe("the first up on given hosts", () => {
    it("installs what is missing, and leaves the distribution's Nginx stopped", async () => {
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(output).toMatch(new RegExp(`north +web +${givenAddress(11)}`));
      expect(output).toMatch(new RegExp(`south +web, balancer +${givenAddress(12)}`));
      for (const { name } of stack.hosts) {
        expect(
          stack.machines
            .onMachine(name, "dpkg-query --show --showformat='${db:Status-Status} ' nginx logrotate")
            .trim(),
        ).toBe("installed installed");
        expect(stack.machines.onMachine(name, "systemctl is-active nginx.service || true").trim()).toBe("inactive");
      }
    });

    it("runs Nginx 1.22 with Python 3.11 on one and Nginx 1.26 with Python 3.13 on the other", () => {
      const versions = ({ name }: { name: string }) =>
        stack.machines
          .onMachine(name, "nginx -v 2>&1 | grep -o '[0-9.]*$'; /opt/portico/environments/*/bin/python -V")
          .split("\n");
      expect(stack.hosts.map(versions)).toEqual([
        [expect.stringMatching(/^1\.22\./), expect.stringMatching(/^Python 3\.11\./), ""],
        [expect.stringMatching(/^1\.26\./), expect.stringMatching(/^Python 3\.13\./), ""],
      ]);
    });

    it("changes nothing and restarts nothing when run again", async () => {
      const before = startsOfAll();
      const { code, output } = await stack.up();
      expect(code).toBe(0);
      expect(output).toMatch(/Resources:\s+\d+ unchanged\n/);
      expect(startsOfAll()).toBe(before);
    });
  });

  describe("the site on given hosts", () => {
    it("answers 20 requests with a verified certificate, ten from each host, with the client's real address", async () => {
      const answers: WhoAmI[] = [];
      for (let turn = 0; turn < 20; turn += 1)
        answers.push(JSON.parse((await ask(stack, "/whoami", "--interface", clients.load)).body) as WhoAmI);
      const from = (name: string) => answers.filter(({ host }) => host === name).length;
      expect(stack.hosts.map(({ name }) => from(name))).toEqual([10, 10]);
      expect(new Set(answers.map(({ client, scheme }) => `${client} ${scheme}`))).toEqual(
        new Set([`${clients.load} https`]),
      );
    });

    it("believes no client about its address, on the way to either host", async () => {
      const forged = ["--header", "X-Forwarded-For: 6.6.6.6", "--header", "X-Real-IP: 6.6.6.6"];
      const seen = new Set<string>();
      for (let turn = 0; turn < 4; turn += 1) {
        const { host, client } = JSON.parse(
          (await ask(stack, "/whoami", "--interface", clients.load, ...forged)).body,
        ) as WhoAmI;
        seen.add(`${host} ${client}`);
      }
      expect([...seen].sort()).toEqual([`north ${clients.load}`, `south ${clients.load}`]);
    });

    it("limits one client and leaves others alone, though all requests reach the application from the balancer", async () => {
      const limited = await startLoad({ ...stack.target("greedy"), connections: 8, methods: ["GET"], maxRequests: 200 })
        .ended;
      expect(Object.keys(limited.failures.statuses)).toEqual(["429"]);
      expect((await ask(stack, "/whoami", "--interface", clients.modest)).status).toBe(200);
    });

    it("gives no application to an unknown Host, and is not believed without its authority", async () => {
      expect(await ask(stack, "/", "--header", "Host: stranger.example")).toMatchObject({ status: 0, body: "" });
      expect((await ask(stack, "/", "--cacert", "/dev/null")).status).toBe(0);
    });
  });
}
