import { rmSync } from "node:fs";
import path from "node:path";
import { copyCheckout } from "../../tests/support/checkoutCopy";
import { cleanEnvironment, demand } from "../base/command";
import { workspace } from "../base/places";
import { say } from "../base/progress";
import type { Figure } from "../report/results";

const mostSeconds = 360;

/** `bin/setup` of a new checkout with nothing in any cache of ours, npm's and Go's, and once more. Minutes, so only by name. */
export async function measureSetup(sources: readonly { name: string; source: string }[]): Promise<Figure[]> {
  const [cold, warm]: [Figure["series"], Figure["series"]] = [{}, {}];
  for (const { name, source } of sources) {
    const folder = path.join(workspace, `setup-${name}`);
    const environment = {
      ...cleanEnvironment(),
      PORTICO_CACHE_DIR: path.join(folder, "cache"),
      GOCACHE: path.join(folder, "go-build"),
      GOMODCACHE: path.join(folder, "go-modules"),
      npm_config_cache: path.join(folder, "npm"),
    };
    const checkout = path.join(folder, "checkout");
    const setUp = async () => (await demand(["bin/setup"], { cwd: checkout, env: environment })).seconds;
    try {
      copyCheckout(checkout, source);
      rmSync(path.join(checkout, "node_modules"));
      say(`${name}: setting up from nothing (minutes)`);
      cold[name] = [{ value: await setUp() }];
      warm[name] = [{ value: await setUp() }, { value: await setUp() }];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return [
    figure("cold", "set-up, nothing cached, Debian packages there", [{ most: mostSeconds }], cold),
    figure("warm", "set-up, nothing missing", [], warm),
  ];
}

function figure(kind: string, title: string, goals: Figure["goals"], series: Figure["series"]): Figure {
  return { id: `setup ${kind}`, measure: "setup", title, unit: "s", better: "less", goals, series };
}
