import { contract } from "../../lib/base/contract";
import { platformIds } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { describeNginxOf } from "../support/systems";
import { TestSite } from "../support/testSite";

const path = "/.well-known/acme-challenge/token";
/** What certbot listens with while it orders: one answer, with the request in it. */
const responder = `
import http.server
class Responder(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{self.path} for {self.headers['Host']}".encode())
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", ${contract.ports.challenge}), Responder).serve_forever()
`;

describe.each(platformIds)("%s", (id) => {
  describeNginxOf(id, "the proof of a name", (base) => {
    let running: TestSite;
    beforeAll(async () => {
      const settings = baselineSettings({
        site: { certificate: "acme", acme: { directory: "https://ca.test/directory" } },
      });
      running = await TestSite.startCombinedHost(base(), id, settings, "10.31.64.90");
    });
    afterAll(() => running?.stop());

    test("is answered by certbot over plain HTTP, while it orders and under the site's names alone; all else goes to HTTPS", async () => {
      const ask = (url: string, ...words: string[]) => running.ask(url, ...words);
      expect(await ask(`http://portico.internal${path}`)).toMatchObject({ status: 404 });
      const listening = running.balancer.startInNetwork(["python3", "-c", responder]);
      let answer = await ask(`http://portico.internal${path}`);
      for (let attempt = 0; answer.status !== 200 && attempt < 100; attempt += 1)
        answer = await ask(`http://portico.internal${path}`);
      expect(answer.body).toBe(`${path} for portico.internal`);
      expect((await ask(`http://portico.internal${path}`, "--request", "POST", "--data", "x")).status).toBe(403);
      expect((await ask(`http://portico.internal/.portico/no-challenge`)).status).toBe(404);
      expect((await ask(`http://unknown.internal${path}`)).status).toBe(0);
      listening.kill();
      const other = await ask("http://portico.internal/shop?x=1");
      expect(other).toMatchObject({ status: 308 });
      expect(other.headers.location).toEqual(["https://portico.internal/shop?x=1"]);
    });
  });
});
