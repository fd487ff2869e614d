import { webFiles, type WebPlan } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings, contentOf, directives } from "./baseline";

export const nginx = "/etc/portico/nginx";
export const units = "/etc/systemd/system";

/** A host that faces the internet itself. */
export const standalone: WebPlan = { ...baselinePlan("debian-13"), balancerAddresses: [] };

/** The files of an application host. */
export function web(overrides: Record<string, unknown> = {}, plan: WebPlan = baselinePlan("debian-13")) {
  const files = webFiles(baselineSettings(overrides), plan);
  const paths = files.map(({ path }) => path);
  return { files, paths, lines: (path: string) => directives(contentOf(files, path)) };
}

/** The directives of all files of Nginx, each with its file. */
export const nginxLines = (overrides = {}, plan: WebPlan = baselinePlan("debian-13")) => {
  const { files } = web(overrides, plan);
  return files
    .filter(({ path }) => path.startsWith(nginx))
    .flatMap(({ path, content }) => directives(content).map((line) => ({ path, line })));
};

/** The files of Nginx that have such a directive. */
export const placesOf = (pattern: RegExp, overrides = {}, plan: WebPlan = baselinePlan("debian-13")) =>
  nginxLines(overrides, plan)
    .filter(({ line }) => pattern.test(line))
    .map(({ path }) => path.slice(nginx.length + 1));
