import { checkImmutable, immutableOutput } from "../../lib/settings/immutable";
import { parseSettings } from "../../lib/settings";

const app = { module: "shop.web:app" };
const machine = {
  name: "one",
  address: "10.0.0.1",
  roles: ["web", "balancer"],
  user: "admin",
  hostKey: "ssh-ed25519 AAAA",
};
const local = parseSettings({ app });
const hosts = parseSettings({ app, target: "hosts", hosts: { machines: [machine] } });
const other = (group: object) => parseSettings({ app, local: group });

it.each([
  ["local", local],
  ["hosts", hosts],
])("a stack of target %s remembers what it stands on, and stays there", (_target, settings) => {
  expect(() => checkImmutable(immutableOutput(settings).place, settings)).not.toThrow();
});

it.each([
  [
    "another range",
    other({ addressRange: "10.31.80.0/24" }),
    'portico:local.addressRange: got "10.31.80.0/24"; allowed: 10.31.64.0/24, which the stack has; set it back, or take the stack down first (bin/down STACK)',
  ],
  [
    "another system",
    other({ platform: "debian-12" }),
    'portico:local.platform: got "debian-12"; allowed: debian-13, which the stack has',
  ],
  ["another target", hosts, 'portico:target: got "hosts"; allowed: local, which the stack has'],
])("does not move to %s, which would take the site away", (_what, settings, message) => {
  expect(() => checkImmutable(immutableOutput(local).place, settings)).toThrow(message);
});

it.each([undefined, null, {}])("one whose last update said nothing of its place (%j) may be anywhere", (previous) => {
  expect(() => checkImmutable(previous, other({ platform: "debian-12" }))).not.toThrow();
});
