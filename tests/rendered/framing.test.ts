import path from "node:path";
import { platformIds, platforms } from "../../lib/hosts/platforms";
import { baselineSettings } from "../support/baseline";
import { evil, type FramingCase } from "../support/framing/case";
import { http1Claims, http2Claims } from "../support/framing/claims";
import { http1Framing } from "../support/framing/http1Framing";
import { http1Lines } from "../support/framing/http1Lines";
import { http2Cases } from "../support/framing/http2Cases";
import { RecordingApp, type SeenRequest } from "../support/framing/recordingApp";
import { describeOn } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";

const name = "portico.internal";
const numbered = <Case extends FramingCase>(protocol: string, cases: readonly Case[]) =>
  cases.map((each, index) => ({ ...each, name: `${protocol}: ${each.name}`, place: `/${protocol[5]}c${index}` }));
const http1 = numbered("HTTP/1.1", [...http1Framing, ...http1Lines, ...http1Claims]);
const http2 = numbered("HTTP/2", [...http2Cases, ...http2Claims]);
const inPlace = (text: string, place: string) => text.replaceAll("PATH", place).replaceAll("HOST", name);

/** What is sent, by the place of each case. */
const sent = Object.fromEntries([
  ...http1.map(({ place, bytes }) => {
    const then = `GET ${place}/after HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
    return [place, { bytes: inPlace(bytes, place), then }];
  }),
  ...http2.map(({ place, fields, body }) => {
    const inFields = fields.map(([key, value]) => [inPlace(key, place), inPlace(value, place)]);
    return [place, { fields: inFields, body: body === undefined ? undefined : inPlace(body, place) }];
  }),
]);

/** What a request says of client, way and name, where the application looks for it. */
function believed({ fields }: SeenRequest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (let at = 0; at < fields.length; at += 2)
    (found[fields[at]!.toLowerCase().replaceAll("_", "-")] ??= []).push(fields[at + 1]!);
  return found;
}

const nothingClaimed = (host: string) => ({
  host: [host],
  "x-forwarded-for": [balancerAddress],
  "x-forwarded-proto": ["https"],
  "x-request-id": [expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/)],
  "x-request-start": [expect.stringMatching(/^t=\d{10}\.\d{3}$/)],
});
/** What becomes of the connection is for each Nginx to say, whatever the client says: kept where a request may be sent again, or closed. */
const ownConnection = [["keep-alive"], ["close"]];
const neverPassed =
  /^(forwarded|proxy|upgrade|x-real-ip|x-forwarded-(host|port|prefix|protocol|ssl)|transfer-encoding)$/;

/** Nginx 1.18 takes more for a request, such as one with both lengths, and makes of each what it then passes on. */
const judged = platformIds.filter((id) => platforms[id].nginx !== "1.18");

describe.each(judged)("%s", (id) => {
  describeOn(id, "framing and claims", (base) => {
    const app = new RecordingApp();
    let running: TestSite;
    let statuses: Record<string, number[]> = {};

    beforeAll(async () => {
      const settings = baselineSettings({ nginx: { rateLimits: { dryRun: true } } });
      running = await TestSite.start(base(), id, settings, [], {}, app);
      const sender = path.join(__dirname, "../support/framing/send.cli.ts");
      const words = ["node", "-r", "@swc-node/register", sender, balancerAddress, name];
      const { stdout, stderr } = await running.balancer.runInNetwork(words, JSON.stringify(sent));
      if (stdout === "") throw new Error(stderr);
      statuses = JSON.parse(stdout) as typeof statuses;
    });
    afterAll(async () => {
      await running?.stop();
      await app.close();
    });

    test.each([...http1, ...http2])("$name: $must", ({ must, place }) => {
      const seen = app.seen.filter(
        (request) => request.path.startsWith(place) && !/^\d/.test(request.path.slice(place.length)),
      );
      const after = seen.filter((request) => request.path === `${place}/after`);
      const requests = seen.filter((request) => !after.includes(request));
      expect({ place, seen: requests.map((request) => request.path), statuses: statuses[place] }).toMatchObject({
        seen: expect.not.arrayContaining([expect.stringContaining("smuggled")]),
      });
      if (must === "refused" || (must === "either" && requests.length === 0)) {
        expect(requests).toEqual([]);
        expect(statuses[place]![0]).not.toBe(200);
        return;
      }
      expect({ seen: requests.length, first: statuses[place]![0] }).toEqual({ seen: 1, first: 200 });
      const fields = believed(requests[0]!);
      expect(fields).toMatchObject(nothingClaimed(name));
      expect(ownConnection).toContainEqual(fields.connection);
      expect(Object.keys(fields).filter((key) => neverPassed.test(key))).toEqual([]);
      expect(JSON.stringify(requests[0])).not.toContain(evil.address);
    });
  });
});
