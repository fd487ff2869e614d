import { z } from "zod";
import { listOf, text, wholeNumber } from "./fields";
import { name, network } from "./processes";

const schedulesAllowed =
  "a map of names (small letters, digits and single hyphens, a letter first, at most 32) to groups with command and calendar";

/** Commands of the application that systemd starts at set times, by name. */
export const schedules = z
  .record(
    name(schedulesAllowed),
    z.strictObject(
      {
        command: listOf(
          /^[^\0\r\n]+$/,
          "words without line breaks",
          "Program and arguments, run in the application's folder with the release's environment first on PATH.",
        ).min(1, { error: "at least the program" }),
        calendar: text(
          /^[\w *,:./~+-]+$/,
          "a calendar expression of systemd, as daily, Mon *-*-* 04:30:00 or *:0/15",
          "When it runs, on the first host; systemd-analyze calendar says what an expression means. In UTC, unless it ends with a time zone. A time at which the last run still goes on is passed over; one at which the host was off is made up for.",
        ),
        timeLimitSeconds: wholeNumber(
          "seconds",
          1,
          86400,
          "Longest time that a run may take; beyond it TERM, and ten seconds later it is killed.",
        ).default(3600),
        memoryMegabytes: wholeNumber("MiB", 32, 1048576, "Memory limit of a run; a quarter of it may be /tmp.").default(
          256,
        ),
        network: network.default(null),
      },
      { error: schedulesAllowed },
    ),
    { error: schedulesAllowed },
  )
  .meta({
    about:
      "Commands that run at set times on the first host, in the sandbox of a slot. A release in between lets a run end with the release that it began with.",
    allowed: schedulesAllowed,
  });
