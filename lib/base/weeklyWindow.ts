/** Hours of the week in which something may happen, in a time zone of their own. */
export interface WeeklyWindow {
  /** 0 is Sunday; the day on which a window begins. */
  days: readonly number[];
  /** Minutes after midnight. */
  from: number;
  /** Minutes after midnight, not part of the window; not after `from` is on the next day. */
  until: number;
  zone: string;
}

const dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const minutesOfDay = 24 * 60;
const minuteMilliseconds = 60_000;

/** `[Sat,Sun ]02:00-04:00[ Europe/Berlin]`: all days and UTC where they are left out; undefined for anything else. */
export function parseWeeklyWindow(text: string): WeeklyWindow | undefined {
  const clock = "((?:[01]\\d|2[0-3]):[0-5]\\d)";
  const found = new RegExp(`^(?:([A-Z][A-Za-z.,]*) )?${clock}-${clock}(?: ([A-Za-z0-9_+/-]+))?$`).exec(text);
  if (found === null) return undefined;
  const [, dayText, from, until, zone = "UTC"] = found;
  const days = dayText === undefined ? dayNames.map((_, day) => day) : parseDays(dayText);
  if (days === undefined || from === until || !isZone(zone)) return undefined;
  return { days, from: minutesOf(from!), until: minutesOf(until!), zone };
}

export function isOpen({ days, from, until, zone }: WeeklyWindow, at: Date): boolean {
  const { day, minute } = clockIn(zone, at);
  if (from < until) return days.includes(day) && minute >= from && minute < until;
  const dayBefore = (day + 6) % 7;
  return (days.includes(day) && minute >= from) || (days.includes(dayBefore) && minute < until);
}

/** The minute at which it is open next; `at` itself where it is open. Every window opens within a week, and an hour that a clock skips. */
export function nextOpening(window: WeeklyWindow, at: Date): Date {
  if (isOpen(window, at)) return at;
  const first = Math.floor(at.getTime() / minuteMilliseconds) + 1;
  for (let minute = first; minute <= first + 14 * minutesOfDay; minute += 1) {
    const time = new Date(minute * minuteMilliseconds);
    if (isOpen(window, time)) return time;
  }
  throw new Error("window: none opens within two weeks");
}

/** Names and ranges of days, as `Mon..Fri,Sun`. */
function parseDays(text: string): number[] | undefined {
  const days = text.split(",").flatMap((part) => {
    const [first, last, ...more] = part.split("..").map((name) => dayNames.indexOf(name));
    if (first === undefined || more.length > 0 || first < 0) return [-1];
    if (last === undefined) return [first];
    if (last < 0) return [-1];
    return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, index) => (first + index) % 7);
  });
  return days.includes(-1) ? undefined : days;
}

function isZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Kept: to make one takes longer than a thousand readings of it. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  clocks.set(zone, made);
  return made;
}

function clockIn(zone: string, at: Date): { day: number; minute: number } {
  const parts = Object.fromEntries(
    clockOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return { day: dayNames.indexOf(parts.weekday!), minute: minutesOf(`${parts.hour}:${parts.minute}`) };
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(":").map(Number);
  return hours! * 60 + minutes!;
}
