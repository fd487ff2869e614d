import { processorTicks } from "../../../bench/base/computer";
import { groupOf, parseProcessTime, processesOf } from "../../../bench/base/processes";
import { noiseOf } from "../../../bench/measures/measuring";
import { interleaved } from "../../../bench/measures/rounds";
import type { Peer } from "../../../bench/peers/peer";

const statLine = (name: string) =>
  `4711 (${name}) S 1 4711 4711 0 -1 4194560 1500 900 0 0 120 30 7 5 20 0 1 0 1234 340152320 7840 18446744073709551615`;

test.each(["nginx", "a) S 1 (b", "python -m x"])("time of the process and of its ended children, named %s", (name) => {
  expect(parseProcessTime(statLine(name))).toEqual({ user: 127, system: 35 });
});

test.each([
  ["nginx: worker process", "nginx"],
  ["nginx: master process /usr/sbin/nginx -c /etc/portico/nginx/nginx.conf", "nginx"],
  ["/srv/sample/venv/bin/python3 /srv/sample/venv/bin/gunicorn --workers 5 portico_sample:app", "application"],
  ["/opt/portico/slots/blue/release/venv/bin/python -m gunicorn --config /opt/portico/x", "application"],
  ["/usr/bin/python3 -m portico_host watch", "other"],
  ["tail -f /var/log/nginx/access.log", "other"],
])("%s is part of %s", (commandLine, group) => {
  expect(groupOf(commandLine)).toBe(group);
});

test("processes of a namespace are all of it", () => {
  expect(processesOf(process.pid)).toEqual(expect.arrayContaining([process.pid, process.ppid]));
});

test("idle and waiting time is not busy, and stolen time stands apart", () => {
  expect(processorTicks("cpu  100 10 50 800 40 5 15 20 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0")).toEqual({
    busy: 180,
    stolen: 20,
    total: 1040,
  });
});

describe("a run is noisy", () => {
  const ticks = (total: number, stolen = 0) => ({ busy: 0, total, stolen });
  test.each([
    ["others used 30 % of the processors before", 0.3, 0, 0],
    ["others used 45 % of the processors during", 0, 450, 0],
    ["the host of this computer took 5 % of the processors", 0, 0, 50],
  ])("when %s", (why, before, rest, stolen) => {
    expect(noiseOf(before, ticks(5000), ticks(6000, stolen), rest)).toContain(why);
  });

  test("and is not when others use a little, and the kernel its share", () => {
    expect(noiseOf(0.05, ticks(5000), ticks(6000, 10), 150)).toBeUndefined();
  });
});

test("runs are interleaved, and none is always the first", async () => {
  const peers = ["a", "b", "c"].map((name) => ({ name }) as Peer);
  const order: string[] = [];
  const series = await interleaved(peers, 3, async ({ name }, round) => {
    order.push(name);
    return `${name}${round}`;
  });
  expect(order.join("")).toBe("abccbaabc");
  expect(series).toEqual({ a: ["a0", "a1", "a2"], b: ["b0", "b1", "b2"], c: ["c0", "c1", "c2"] });
});
