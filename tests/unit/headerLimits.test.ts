import {
  balancerAnswerBuffers,
  balancerRequestBuffers,
  gunicornLimits,
  hostAnswerBuffers,
  hostRequestBuffers,
} from "../../lib/hostFiles/nginx/headerLimits";
import { baselineSettings } from "../support/baseline";

const nginx = (overrides: Record<string, unknown> = {}) => baselineSettings({ nginx: overrides }).nginx;
const extremes = [
  {},
  { requestFieldKilobytes: 2, requestHeaderKilobytes: 4 },
  { requestFieldKilobytes: 64, requestHeaderKilobytes: 512 },
  { responseHeaderKilobytes: 4 },
  { responseHeaderKilobytes: 128, headers: { contentSecurityPolicy: "x".repeat(10_000) } },
];

test("a host has room for all fields, and one buffer for what comes along", () => {
  expect(hostRequestBuffers(nginx())).toEqual({ requestBuffers: 5, requestFieldKilobytes: 8 });
  expect(hostRequestBuffers(nginx({ requestFieldKilobytes: 10, requestHeaderKilobytes: 32 }))).toEqual({
    requestBuffers: 5,
    requestFieldKilobytes: 10,
  });
});

test.each(extremes)("balancer and Gunicorn take more than a host, which checks (%j)", (overrides) => {
  const host = hostRequestBuffers(nginx(overrides));
  const balancer = balancerRequestBuffers(nginx(overrides));
  expect(balancer).toEqual({
    requestBuffers: host.requestBuffers,
    requestFieldKilobytes: 2 * host.requestFieldKilobytes,
    requestHeaderKilobytes: 2 * host.requestBuffers * host.requestFieldKilobytes,
  });
  expect(gunicornLimits(nginx(overrides)).fieldBytes).toBeGreaterThan(host.requestFieldKilobytes * 1024);
});

test("Gunicorn counts the fields that Nginx adds", () => {
  expect(gunicornLimits(nginx({ requestFields: 50 })).fields).toBe(55);
});

test("the balancer has room for what the host adds to an answer, a long policy included", () => {
  expect(hostAnswerBuffers(nginx()).headKilobytes).toBe(32);
  expect(balancerAnswerBuffers(nginx()).headKilobytes).toBe(37);
  expect(balancerAnswerBuffers(nginx({ headers: { contentSecurityPolicy: "x".repeat(5000) } })).headKilobytes).toBe(41);
});

test.each(extremes)("the buffers of an answer are as Nginx demands them (%j)", (overrides) => {
  for (const { headKilobytes, busyKilobytes, buffers } of [
    hostAnswerBuffers(nginx(overrides)),
    balancerAnswerBuffers(nginx(overrides)),
  ]) {
    expect(busyKilobytes).toBeGreaterThanOrEqual(Math.max(headKilobytes, 16));
    expect(busyKilobytes).toBeLessThan((buffers - 1) * 16);
  }
});
