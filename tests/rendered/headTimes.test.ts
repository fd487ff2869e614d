import path from "node:path";
import { baselineSettings } from "../support/baseline";
import { describeOn } from "../support/systems";
import { balancerAddress, TestSite, webAddress } from "../support/testSite";

describeOn("debian-13", "heads of requests that do not end", (base) => {
  let running: TestSite;
  beforeAll(async () => {
    running = await TestSite.start(base(), "debian-13", baselineSettings());
  });
  afterAll(() => running?.stop());

  test("who sends no whole head is cut by the balancer within its limit, while a host has patience with its balancer", async () => {
    const wait = async (address: string, port: number, longest: number): Promise<string> => {
      const { stdout, stderr } = await running.balancer.runInNetwork([
        "python3",
        path.join(__dirname, "../support/halfHead.py"),
        address,
        String(port),
        "portico.internal",
        String(longest),
      ]);
      expect(stderr).toBe("");
      return stdout.trim();
    };
    const [client, balancer] = await Promise.all([wait(balancerAddress, 443, 40), wait(webAddress, 8443, 20)]);
    expect(Number(client)).toBeGreaterThan(5);
    expect(balancer).toBe("open");
  });
});
