import { homedir } from "node:os";
import { join } from "node:path";

/** Where downloads and images are kept between runs, outside the checkout. */
export function cacheFolder(): string {
  return process.env.PORTICO_CACHE_DIR ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "portico");
}
