import { isOpen, nextOpening, parseWeeklyWindow } from "../../lib/base/weeklyWindow";

const at = (text: string) => new Date(text);
const open = (window: string, time: string) => isOpen(parseWeeklyWindow(window)!, at(time));

describe("a window of the week", () => {
  it.each([
    ["02:00-04:00", { days: [0, 1, 2, 3, 4, 5, 6], from: 120, until: 240, zone: "UTC" }],
    ["Sun 02:00-04:30", { days: [0], from: 120, until: 270, zone: "UTC" }],
    ["Mon..Fri,Sun 23:00-01:00", { days: [1, 2, 3, 4, 5, 0], from: 1380, until: 60, zone: "UTC" }],
    ["Fri..Mon 00:00-05:00 Europe/Berlin", { days: [5, 6, 0, 1], from: 0, until: 300, zone: "Europe/Berlin" }],
  ])("is read from '%s'", (text, window) => {
    expect(parseWeeklyWindow(text)).toEqual(window);
  });

  it.each([
    "",
    "Sun",
    "02:00",
    "2:00-4:00",
    "02:00-24:00",
    "02:00-02:00",
    "sun 02:00-04:00",
    "Sunday 02:00-04:00",
    "Sun,, 02:00-04:00",
    "Sun.. 02:00-04:00",
    "Mon..Tue..Wed 02:00-04:00",
    "Sun 02:00-04:00 Europe/Nowhere",
    "Sun 02:00-04:00 ",
  ])("is none in '%s'", (text) => {
    expect(parseWeeklyWindow(text)).toBeUndefined();
  });

  it("opens with its first minute and is closed from its last one on", () => {
    const times = ["01:59:59", "02:00:00", "03:59:59", "04:00:00"].map((time) => `2026-11-29T${time}Z`);
    expect(times.map((time) => open("Sun 02:00-04:00", time))).toEqual([false, true, true, false]);
    expect(open("Sun 02:00-04:00", "2026-11-30T03:00:00Z")).toBe(false);
  });

  it("that goes past midnight belongs to the day on which it begins", () => {
    const times = ["2026-11-28T01:00:00Z", "2026-11-28T23:30:00Z", "2026-11-29T00:59:00Z", "2026-11-29T23:30:00Z"];
    expect(times.map((time) => open("Sat 23:00-01:00", time))).toEqual([false, true, true, false]);
  });

  it("is one of its time zone, in summer as in winter", () => {
    const times = ["2026-07-05T00:30:00Z", "2026-07-05T01:30:00Z", "2026-12-06T00:30:00Z", "2026-12-06T01:30:00Z"];
    expect(times.map((time) => open("Sun 02:00-03:00 Europe/Berlin", time))).toEqual([true, false, false, true]);
  });

  it("tells when it opens next, also where a clock skips its hour", () => {
    const next = (window: string, time: string) => nextOpening(parseWeeklyWindow(window)!, at(time)).toISOString();
    expect(next("Sun 02:00-04:00", "2026-11-28T15:00:20Z")).toBe("2026-11-29T02:00:00.000Z");
    expect(next("Sun 02:00-04:00", "2026-11-29T03:00:20Z")).toBe("2026-11-29T03:00:20.000Z");
    expect(next("Sun 02:00-04:00", "2026-11-29T04:00:00Z")).toBe("2026-12-06T02:00:00.000Z");
    expect(next("Sun 02:15-02:45 Europe/Berlin", "2026-03-28T12:00:00Z")).toBe("2026-04-05T00:15:00.000Z");
  });
});
