import { combinedHostFiles } from "../../lib/hostFiles/combinedHost";
import { balancerFiles } from "../../lib/hostFiles/balancer";
import { platformIds } from "../../lib/hosts/platforms";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings, contentOf, directives } from "../support/baseline";

const nginx = "/etc/portico/nginx";
const dropIns = "/etc/systemd/system/portico-nginx.service.d";

/** A host that is the balancer in front of itself and of one other. */
function standalone() {
  const files = combinedHostFiles(baselineSettings(), {
    ...baselinePlan("debian-13"),
    balancerAddresses: ["10.31.64.11"],
  });
  return { files, paths: files.map(({ path }) => path), lines: (path: string) => directives(contentOf(files, path)) };
}

test.each(platformIds)("the files of both roles stand side by side, each once (%s)", (id) => {
  const [plan, settings] = [baselinePlan(id), baselineSettings()];
  const paths = combinedHostFiles(settings, plan).map(({ path }) => path);
  expect(paths).toEqual([...new Set(paths)].sort());
  const ofRoles = [...webFiles(settings, plan), ...balancerFiles(settings, plan)]
    .map(({ path }) => path)
    .filter((path) => path !== `${dropIns}/50-web.conf`);
  expect(paths).toEqual([...new Set(ofRoles)].sort());
});

test("it believes its own balancer, which comes from its own address", () => {
  expect(standalone().lines(`${nginx}/trust.conf`)).toContain("10.31.64.11 1;");
  expect(standalone().lines(`${nginx}/web/client.conf`)).toContain("set_real_ip_from 10.31.64.11;");
});

test("for clients nobody's word replaces their address", () => {
  const { files } = standalone();
  const edge = files
    .filter(({ path }) => /\/(sites\/edge|edge\/)/.test(path))
    .flatMap(({ content }) => directives(content));
  expect(edge.filter((line) => /set_real_ip_from|web\/client\.conf/.test(line))).toEqual([]);
  const common = ["nginx.conf", "trust.conf", "tls.conf"].flatMap((name) =>
    directives(contentOf(files, `${nginx}/${name}`)),
  );
  expect(common.filter((line) => /^(set_)?real_ip/.test(line))).toEqual([]);
});

test("each site has a certificate of its own", () => {
  const { lines } = standalone();
  expect(lines(`${nginx}/web/server.conf`)).toContain("ssl_certificate ../tls/server.crt;");
  expect(lines(`${nginx}/edge/server.conf`)).toContain("ssl_certificate ../tls/site.crt;");
});

test("Nginx keeps the right to low ports, and stops before the application", () => {
  const { paths, lines } = standalone();
  expect(paths.filter((path) => path.startsWith(dropIns))).toEqual([
    `${dropIns}/50-app.conf`,
    `${dropIns}/50-edge.conf`,
    `${dropIns}/60-core.conf`,
    `${dropIns}/60-restart.conf`,
  ]);
  expect(lines(`${dropIns}/50-edge.conf`)).toContain("AmbientCapabilities=CAP_NET_BIND_SERVICE");
  expect(lines(`${dropIns}/50-app.conf`)).toContain("After=portico-app.socket");
});
