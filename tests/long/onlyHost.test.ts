import { randomBytes } from "node:crypto";
import { givenAddress } from "../support/givenMachines";
import { HostsStack, removeHostsWorkspace } from "../support/hostsStack";
import { describeGivenCertificate } from "../machine/givenHosts/certificate";

jest.setTimeout(10 * 60 * 1000);

/** The only host of a stack, of the older Debian, whose certbot is the oldest that is used. */
const stack = new HostsStack(
  [
    {
      name: "only",
      address: givenAddress(12),
      suite: "bookworm",
      memoryMegabytes: 1024,
      roles: ["web", "balancer"],
      platform: "debian-12",
    },
  ],
  { startSeconds: 20, readySeconds: 15, memoryMegabytes: 256 },
);

beforeAll(async () => {
  await stack.create(`planted-${randomBytes(16).toString("hex")}`);
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
});
afterAll(() => removeHostsWorkspace());

describeGivenCertificate(stack);
