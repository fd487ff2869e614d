import { randomBytes } from "node:crypto";
import { givenAddress } from "../support/givenMachines";
import { HostsStack, removeHostsWorkspace } from "../support/hostsStack";
import { PackageProxy } from "../support/packageProxy";
import { describeGivenCertificate } from "./givenHosts/certificate";
import { describeDoctor } from "./givenHosts/doctor";
import { describeGivenLeaving } from "./givenHosts/leaving";
import { describeGivenSite } from "./givenHosts/site";
import { describeGivenReleases } from "./givenHosts/releases";

jest.setTimeout(10 * 60 * 1000);

/** Two hosts that no stack made: one of the older Debian, one of the newer which is the balancer too. */
const stack = new HostsStack(
  [
    {
      name: "north",
      address: givenAddress(11),
      suite: "bookworm",
      memoryMegabytes: 1024,
      roles: ["web"],
      platform: "debian-12",
    },
    {
      name: "south",
      address: givenAddress(12),
      suite: "trixie",
      memoryMegabytes: 1024,
      roles: ["web", "balancer"],
      platform: "debian-13",
    },
  ],
  { startSeconds: 20, readySeconds: 15, memoryMegabytes: 256 },
);
const proxy = new PackageProxy();

beforeAll(() => stack.create(`planted-${randomBytes(16).toString("hex")}`));
beforeEach(() => void process.stderr.write(`   … ${expect.getState().currentTestName}\n`));
afterAll(async () => {
  await proxy.close();
  await removeHostsWorkspace();
});

describeDoctor(stack, proxy);
describeGivenSite(stack);
describeGivenReleases(stack);
describeGivenCertificate(stack);
describeGivenLeaving(stack);
