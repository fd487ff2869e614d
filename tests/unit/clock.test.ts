import { setTimeout as wait } from "node:timers/promises";
import { realClock, turn } from "../support/clock";

function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test("time in which the process stood still does not count", async () => {
  let acted = 0;
  realClock.after(300, () => (acted += 1));
  standStill(1500);
  await turn();
  expect(acted).toBe(0);
  while (acted === 0) await wait(20);
  await wait(400);
  expect(acted).toBe(1);
});

test("nor does it when it ends just when the time would be over", async () => {
  let acted = 0;
  realClock.after(1500, () => (acted += 1));
  standStill(1550);
  await wait(100);
  expect(acted).toBe(0);
  while (acted === 0) await wait(20);
});

test("what is forgotten never comes, before and after a standstill", async () => {
  let acted = 0;
  const forget = [realClock.after(100, () => (acted += 1)), realClock.after(300, () => (acted += 1))];
  forget[0]!();
  standStill(1500);
  await turn();
  forget[1]!();
  await wait(500);
  expect(acted).toBe(0);
});

test("a time that is over since long comes at once, and once", async () => {
  let acted = 0;
  realClock.after(-2000, () => (acted += 1));
  while (acted === 0) await wait(20);
  await wait(300);
  expect(acted).toBe(1);
});
