import { healthCheck, steadySeconds } from "../../lib/targets/aws/balancer/health";
import { baselinePlan, contentOf } from "../support/baseline";
import { units, web } from "../support/webHost";

describe("a host that sends measures and logs", () => {
  const telemetry = {
    region: "eu-central-1",
    namespace: "Portico",
    logGroup: "/portico/portico-prod",
    stack: "portico-prod",
  };
  const observed = web({}, { ...baselinePlan("debian-13"), telemetry });
  const added = [
    "/etc/portico/observe.json",
    `${units}/portico-observe.service`,
    `${units}/portico-observe.timer`,
    "/etc/tmpfiles.d/portico-observe.conf",
  ];

  test("gets what does it besides all other files, which stay as they are", () => {
    expect(observed.files.filter(({ path }) => !added.includes(path))).toEqual(web().files);
    expect(observed.paths.filter((path) => added.includes(path))).toEqual(added);
  });

  test("knows where to send", () => {
    expect(JSON.parse(contentOf(observed.files, "/etc/portico/observe.json"))).toEqual(telemetry);
  });

  test("sends each minute, and for the first time before the balancer can have found it healthy for as long as it has to", () => {
    const timer = observed.lines(`${units}/portico-observe.timer`);
    expect(timer).toEqual(expect.arrayContaining(["OnActiveSec=10s", "OnCalendar=*:*:00"]));
    expect(healthCheck.interval + steadySeconds).toBeGreaterThan(10);
  });

  test("is alone with a unit that may ask the metadata service", () => {
    const denying = (path: string) =>
      observed.lines(path).some((line) => /^IPAddressDeny=(any$|169\.254\.169\.254\/32 )/.test(line));
    const services = observed.paths.filter((path) => /\.service$/.test(path) && path.startsWith(units));
    const open = services.filter(
      (path) => !denying(path) && !observed.paths.some((other) => other.startsWith(`${path}.d/`) && denying(other)),
    );
    expect(open).toEqual([`${units}/portico-observe.service`]);
    expect(services.length).toBeGreaterThan(3);
  });
});
