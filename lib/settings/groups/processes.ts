import { z } from "zod";
import { contract } from "../../base/contract";
import { listOf, wholeNumber, wholeNumberOr } from "./fields";

const processName = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const longestName = 32;
const processesAllowed = `a map of names (small letters, digits and single hyphens, a letter first, at most ${longestName}) to groups with a command`;

const networkAllowed = "null, none or outbound";

/** As app.network, where it is null. */
export const network = z
  .enum(["none", "outbound"], { error: networkAllowed })
  .nullable()
  .meta({ about: "As app.network, which it has where this is null.", allowed: networkAllowed });

/** Of a process or a schedule: part of the names of its units. */
export function name(error: string) {
  return z.string().max(longestName, { error }).regex(processName, { error });
}

/** Programs of the application that run beside its slots, by name. */
export const processes = z
  .record(
    name(processesAllowed),
    z.strictObject(
      {
        command: listOf(
          /^[^\0\r\n]+$/,
          "words without line breaks",
          "Program and arguments, run in the application's folder with the release's environment first on PATH.",
        )
          .min(1, { error: "at least the program" })
          .refine(([program]) => !program?.includes("="), { error: "a program first, without = in its name" }),
        hosts: wholeNumberOr(1, 100, (error) => z.enum(["all", "first"], { error }), {
          about:
            "Application hosts that run it, in the order of their names in the stack. With one instance on one host it runs once in the whole fleet: then the old one ends before the new one starts. In an update without the first host (bin/up --without) the next one takes its place.",
          allowed: "all, first, or a number of hosts from 1 to 100",
        }).default("all"),
        instances: wholeNumber("instances", 1, 32, "How many run on each of these hosts.").default(1),
        memoryMegabytes: wholeNumber(
          "MiB",
          32,
          1048576,
          "Memory limit of each instance; the old and the new one run during a release, so a host needs twice this. A quarter of it may be /tmp.",
        ).default(256),
        stopSeconds: wholeNumber(
          "seconds",
          1,
          contract.limits.processStopSeconds,
          "How long it may take to end after TERM, as a worker that finishes its job; then it is killed. A release takes that much longer.",
        ).default(60),
        steadySeconds: wholeNumber(
          "seconds",
          1,
          60,
          "How long a new one has to run before the release counts as started; one that ends before takes the host back.",
        ).default(5),
        network: network.default(null),
      },
      { error: processesAllowed },
    ),
    { error: processesAllowed },
  )
  .meta({
    about:
      "Programs that run beside Gunicorn, as workers of a queue: in the sandbox of a slot, with its environment and secrets, started and taken back with the release.",
    allowed: processesAllowed,
  });
