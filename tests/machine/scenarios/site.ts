import { ask } from "../../support/ask";
import type { HttpAnswer } from "../../support/httpAnswer";
import { run } from "../../support/run";
import { startLoad } from "../../support/strictClient";
import { askAsStranger } from "../../support/stranger";
import { clients, type TestStack } from "../../support/testStack";

const securityHeaders = [
  "strict-transport-security",
  "content-security-policy",
  "x-frame-options",
  "x-content-type-options",
  "referrer-policy",
];

interface WhoAmI {
  host: string;
  release: string;
  client: string;
  scheme: string;
  requestId: string;
}

export function describeSite(stack: TestStack): void {
  describe("the site", () => {
    it("answers 20 requests with a verified certificate, from both hosts, with the client's real address", async () => {
      const answers: WhoAmI[] = [];
      for (let turn = 0; turn < 20; turn += 1) {
        const answer = await ask(stack, "/whoami", "--interface", clients.load);
        expect({ status: answer.status, complaint: answer.complaint }).toEqual({ status: 200, complaint: "" });
        answers.push(JSON.parse(answer.body) as WhoAmI);
      }
      expect([...new Set(answers.map(({ host }) => host))].sort()).toEqual(["web-1", "web-2"]);
      expect(new Set(answers.map(({ client, scheme }) => `${client} ${scheme}`))).toEqual(
        new Set([`${clients.load} https`]),
      );
      expect(new Set(answers.map(({ requestId }) => requestId)).size).toBe(20);
    });

    it("is not believed without its authority", async () => {
      const answer = await ask(stack, "/whoami", "--cacert", "/dev/null");
      expect(answer.status).toBe(0);
    });

    it("ignores a forged client address, and a host asked directly answers nobody but the balancer", async () => {
      const forged = ["--header", "X-Forwarded-For: 6.6.6.6", "--header", "X-Real-IP: 6.6.6.6"];
      const through = JSON.parse((await ask(stack, "/whoami", "--interface", clients.load, ...forged)).body) as WhoAmI;
      expect(through.client).toBe(clients.load);
      const direct = [
        "--insecure",
        "--connect-to",
        `::${clients.load.replace(/\d+$/, "11")}:8443`,
        "--header",
        "Host: portico.internal",
        "--header",
        "X-Forwarded-Proto: https",
        ...forged,
      ];
      const { status, body } = await ask(stack, "/whoami", "--interface", clients.load, "--max-time", "5", ...direct);
      expect({ status, body }).toEqual({ status: 0, body: "" });
      expect(askAsStranger(stack)).toBe("403");
    });

    it("gives no application to an unknown Host", async () => {
      const unknown = await ask(stack, "/", "--header", "Host: stranger.example");
      expect(unknown).toMatchObject({ status: 0, body: "" });
    });

    it("sends the security headers once each on 200, 404 and 429, limits one client and leaves others alone", async () => {
      const limited = await startLoad({ ...stack.target("greedy"), connections: 8, methods: ["GET"], maxRequests: 200 })
        .ended;
      expect(Object.keys(limited.failures.statuses)).toEqual(["429"]);
      expect(limited.succeeded).toBeGreaterThanOrEqual(21);
      const refused = await askUntilRefused(stack);
      const missing = await ask(stack, "/missing", "--interface", clients.modest);
      const page = await ask(stack, "/", "--interface", clients.modest);
      expect([refused.status, missing.status, page.status]).toEqual([429, 404, 200]);
      expect(refused.headers["retry-after"]).toHaveLength(1);
      for (const { headers } of [refused, missing, page]) {
        for (const name of securityHeaders)
          expect({ name, values: headers[name] }).toEqual({ name, values: [expect.any(String)] });
      }
    });

    it("passes events on as they are sent", async () => {
      const arrivals = await streamArrivals(stack, "/events?count=3");
      expect(arrivals).toHaveLength(3);
      // The application sends one a second.
      expect(arrivals[2]! - arrivals[0]!).toBeGreaterThan(1000);
    });

    it("serves hashed assets for a year and never lets a missing one be kept", async () => {
      const page = await ask(stack, "/", "--interface", clients.load);
      const asset = /\/static\/[\w.-]+\.[0-9a-f]{8}\.css/.exec(page.body)?.[0];
      const found = await ask(
        stack,
        asset!,
        "--interface",
        clients.load,
        "--header",
        "Accept-Encoding: gzip",
        "--output",
        "/dev/null",
        "--dump-header",
        "-",
      );
      expect(found.status).toBe(200);
      expect(found.headers["cache-control"]).toEqual(["public, max-age=31536000, immutable"]);
      expect(found.headers["content-encoding"]).toEqual(["gzip"]);
      const missing = await ask(stack, "/static/none.0123abcd.css", "--interface", clients.load);
      expect(missing.status).toBe(404);
      expect(missing.headers["cache-control"]?.join()).not.toContain("immutable");
    });

    it("takes an upload up to the limit and refuses more with 413", async () => {
      const upload = (megabytes: number) =>
        ask(
          stack,
          "/upload",
          "--interface",
          clients.load,
          "--header",
          "Expect:",
          "--header",
          "Content-Type: application/octet-stream",
          "--data-binary",
          `@${stack.makeFile(`body-${megabytes}`, megabytes)}`,
        );
      const accepted = await upload(9);
      expect(accepted.status).toBe(200);
      expect(JSON.parse(accepted.body)).toMatchObject({ bytes: 9 * 1024 * 1024 });
      expect((await upload(11)).status).toBe(413);
    });
  });
}

/** The next answer 429: between two requests the client may earn a token back. */
async function askUntilRefused(stack: TestStack): Promise<HttpAnswer> {
  for (let turn = 0; turn < 100; turn += 1) {
    const answer = await ask(stack, "/whoami", "--interface", clients.greedy);
    if (answer.status === 429) return answer;
  }
  throw new Error("100 requests in a row were not limited");
}

async function streamArrivals(stack: TestStack, path: string): Promise<number[]> {
  const arrivals: number[] = [];
  const command = ["curl", "--silent", "--no-buffer", "--insecure", "--interface", clients.load, stack.url + path];
  await run(command, {
    onOutput: (output) => {
      const events = output.match(/^data:/gm)?.length ?? 0;
      while (arrivals.length < events) arrivals.push(performance.now());
    },
  });
  return arrivals;
}
