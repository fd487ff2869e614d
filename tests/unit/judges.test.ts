import { readExposure } from "../../audit/judges/exposure";
import { readLynis } from "../../audit/judges/lynis";
import { readNmap } from "../../audit/judges/nmap";
import { readObservatory } from "../../audit/judges/observatory";
import { readSshAudit } from "../../audit/judges/sshAudit";
import { readSslyze } from "../../audit/judges/sslyze";
import { readTestssl } from "../../audit/judges/testssl";

describe("a judge's words become a figure, and faults where the bar is missed:", () => {
  test("exposure, by role, and of a unit without a figure", () => {
    const said = "portico-nginx.service 1.4\nportico-watch.service 1.3\n";
    expect(readExposure(said, "balancer")).toEqual({ figure: "nginx 1.4, watch 1.3", faults: [] });
    expect(readExposure(said, "host").faults).toEqual(["portico-nginx.service: 1.4; at most 1.1"]);
    expect(readExposure("portico-mine.service 2.1\nportico-other.service \n", "host").faults).toHaveLength(2);
  });

  test("ssh-audit, with one warning that has a reason", () => {
    const report = (kex: string, notes: object) =>
      JSON.stringify({ kex: [{ algorithm: kex, notes }], key: [], enc: [], mac: [], cves: [] });
    const warn = ["does not provide protection against post-quantum attacks"];
    expect(readSshAudit(report("curve25519-sha256", { warn }))).toEqual({ figure: "0 fail, 1 warn", faults: [] });
    expect(readSshAudit(report("ecdh-sha2-nistp256", { fail: ["weak"], warn })).faults).toHaveLength(2);
    const holes = { kex: [], key: [], enc: [], mac: [], cves: [{ name: "CVE-2024-6387" }] };
    expect(readSshAudit(JSON.stringify(holes)).faults).toEqual(["fail CVE-2024-6387"]);
  });

  test("the Observatory, by grade, score and each of its tests", () => {
    const report = (grade: string, score: number, pass: boolean) =>
      readObservatory(
        JSON.stringify({ scan: { grade, score }, tests: { csp: { result: "r", scoreModifier: 0, pass } } }),
      );
    expect(report("A+", 130, true)).toEqual({ figure: "A+ 130", faults: [] });
    for (const worse of [report("A", 130, true), report("A+", 125, true), report("A+", 130, false)])
      expect(worse.faults.length).toBeGreaterThan(0);
    expect(readObservatory('{"error":"down"}').faults).toEqual(["down"]);
  });

  test("sslyze, and where it said nothing of the profile", () => {
    const said = (verdict: string) => readSslyze(`\n COMPLIANCE AGAINST TLS CONFIGURATION\n --\n${verdict}`);
    expect(said("    portico.internal:443: OK - Compliant.\n")).toEqual({ figure: "no deviation", faults: [] });
    expect(said("    x:443: FAILED - Not compliant.\n        * ciphers: too many\n").faults).toEqual([
      "ciphers: too many",
    ]);
    expect(readSslyze("could not connect").faults).toEqual(["could not connect"]);
  });

  test("testssl, where a grade may be capped for want of HSTS, and for nothing else", () => {
    const cap = (finding: string) => ({ id: "grade_cap_reason_1", severity: "INFO", finding });
    const said = (grade: string, hsts: boolean, ...more: object[]) =>
      readTestssl(JSON.stringify([{ id: "overall_grade", severity: "OK", finding: grade }, ...more]), hsts).faults;
    expect(said("A+", true)).toEqual([]);
    expect(said("A", false, cap("Grade capped to A. HSTS is not offered"))).toEqual([]);
    expect(said("A", true, cap("Grade capped to A. HSTS is not offered"))).toHaveLength(2);
    expect(said("A", false, cap("Grade capped to A. Something else"))).toHaveLength(2);
    expect(said("B", false)).toHaveLength(1);
  });

  test("nmap, and where it found nothing at all", () => {
    const said = (ports: string) => `Host: 10.0.0.1 ()\tPorts: ${ports}\n# Nmap done at\n`;
    expect(readNmap(said("22/open/tcp//ssh///, 8443/open/tcp//x///"), "host", "w")).toEqual({
      figure: "22 8443",
      faults: [],
    });
    expect(readNmap(said("22/open/tcp//ssh///, 80/open/tcp//x///"), "host", "w").faults).toEqual(["w: 80 is open"]);
    expect(readNmap(said(""), "host", "w").faults).toEqual(["w: found no open port"]);
    expect(readNmap("", "host", "w").faults).toHaveLength(1);
  });

  test("lynis, by warnings and by the index of what a container can have", () => {
    const said = (...lines: string[]) => readLynis(`hardening_index=60\nsuggestion[]=S\n${lines.join("\n")}\n`);
    const test = (name: string) => `2026-11-28 13:00:00 Performing test ID ${name} (Some words)`;
    const key = (name: string) => `2026-11-28 13:00:00 Result: sysctl key ${name} has a different value`;
    const part = (got: number, most: number) =>
      `2026-11-28 13:00:00 Hardening: assigned partial number of hardening points (${got} of ${most}). Currently having 1 points (out of 2)`;
    const whole =
      "2026-11-28 13:00:00 Hardening: assigned maximum number of hardening points for this item (3). Currently having 1 points (out of 2)";
    const ok = [test("SSH-7408"), whole, part(1, 1)];
    expect(said(...ok, part(0, 1))).toEqual({
      figure: "0 warnings, index 60, 80 of what a container can have",
      faults: [],
    });
    expect(said(...ok, part(0, 2)).faults).toEqual(["index 66", "S"]);
    expect(said(...ok, "warning[]=W").faults).toEqual(["W"]);
    // What is not the container's to have; a setting of the network is.
    expect(said(...ok, test("USB-3000"), part(0, 8)).faults).toEqual([]);
    const kernel = [test("KRNL-6000"), key("kernel.kptr_restrict"), part(0, 8)];
    expect(said(...ok, ...kernel).faults).toEqual([]);
    expect(said(...ok, ...kernel, key("net.ipv4.conf.all.rp_filter"), part(0, 2)).faults).toEqual(["index 66", "S"]);
    expect(said(...ok, ...kernel, test("SSH-7440"), part(0, 2)).faults).toEqual(["index 66", "S"]);
    expect(readLynis("").faults).toEqual(["index NaN"]);
  });
});
