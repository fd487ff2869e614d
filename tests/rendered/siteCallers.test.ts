import { platformIds } from "../../lib/hosts/platforms";
import { contract } from "../../lib/base/contract";
import { baselineSettings } from "../support/baseline";
import { TestAuthority } from "../support/certificates";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const site = "https://portico.internal";
const { anyCaller } = contract.paths;

/** Whom an application host answers on 8443; each caller comes from the balancer's own address. */
describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "callers of a host", (base) => {
    let running: TestSite;
    const other = new TestAuthority();
    beforeAll(async () => {
      running = await TestSite.start(base(), id, baselineSettings());
      other.clientFile();
    });
    afterAll(async () => {
      await running?.stop();
      other.remove();
    });

    // Versions of OpenSSL name another fault first where a chain is too long.
    const callers: [string, () => string[], number[]][] = [
      ["shows nothing", () => [], [403]],
      ["shows a host's own certificate", () => running.authority.clientWords("server"), [400]],
      ["shows one of another authority", () => other.clientWords(), [403]],
      ["shows the balancer's when it has ended", () => running.authority.wordsOfEnded(), [400]],
      ["shows one of an authority below", () => running.authority.wordsOfAuthorityBelow(), [400, 403]],
    ];

    test.each(callers)("whoever %s gets no answer of the application", async (_, shown, statuses) => {
      const before = { ...running.app.counts };
      for (const url of [`${site}/echo`, `${site}/static/app.css`, "https://unknown.internal/.portico/health"]) {
        const answer = await running.askWebAs(shown(), url, running.balancer, "--http1.1");
        expect(statuses).toContain(answer.status);
        expect(answer.body).toContain(`<title>${answer.status} `);
      }
      expect(running.app.counts).toEqual(before);
    });

    test("the balancer's certificate is answered, whichever name of the host the handshake was for", async () => {
      for (const name of ["web.portico.internal", "web-1.web.portico.internal"])
        expect(
          await running.askWeb(`https://${name}/healthz`, running.balancer, "--header", "Host: portico.internal"),
        ).toMatchObject({ status: 200, body: "healthy\n" });
    });

    test("while portico-host keeps a file, whoever shows nothing or one of another authority is answered too, a host is not", async () => {
      await running.web.run(["sh", "-euc", `mkdir -p $(dirname ${anyCaller}); touch ${anyCaller}`]);
      const statuses = [];
      for (const [, shown] of callers.slice(0, 3))
        statuses.push((await running.askWebAs(shown(), `${site}/healthz`, running.balancer)).status);
      await running.web.run(["rm", anyCaller]);
      expect(statuses).toEqual([200, 400, 200]);
      expect((await running.askWebAs([], `${site}/healthz`, running.balancer)).status).toBe(403);
    });
  });
});
