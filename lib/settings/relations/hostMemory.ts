import { processMegabytes } from "../../hosts/processes";
import type { Settings } from "../schema";

/** For Nginx and the system, in MiB. */
export const systemMegabytes = 256;
/** Two run during a release: the one that serves and the one that will. */
const slots = 2;

/**
 * Memory that an application host needs, in MiB. With less, the slot that serves waits for its own pages while the next
 * one starts: requests that are quick otherwise take a second, and some are refused.
 */
export function webMegabytes({ app }: Pick<Settings, "app">): number {
  return systemMegabytes + slots * app.memoryMegabytes + processMegabytes(app);
}
