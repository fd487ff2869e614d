import { group, type Probe } from "../probe";

/** Generations of the authority, and the given certificate. */
export const certificates: readonly Probe[] = [
  ...group({ jest: ["unit/generations.test.ts", "graph/authority.test.ts"] }, [
    {
      name: "the former authority is not trusted",
      file: "generations.ts",
      find: "[current - 1, current, current + 1]",
      replace: "[current, current + 1]",
    },
    {
      name: "the next authority is not trusted",
      file: "generations.ts",
      find: "[current - 1, current, current + 1]",
      replace: "[current - 1, current]",
    },
    {
      name: "a step over a generation",
      file: "generations.ts",
      find: "trustedGenerations(previous).includes(current)) return;",
      replace: "trustedGenerations(previous + 1).includes(current)) return;",
    },
    {
      name: "a certificate outlives its authority",
      file: "privateAuthority.ts",
      find: "const authorityRenewDays = 900;",
      replace: "const authorityRenewDays = 30;",
    },
    {
      name: "a host's certificate is good for anything",
      file: "privateAuthority.ts",
      find: 'allowedUses: ["digital_signature", use]',
      replace: 'allowedUses: ["digital_signature", use, "client_auth"]',
    },
    {
      name: "two authorities have one name",
      file: "privateAuthority.ts",
      find: "generation === 1 ? commonName : `${commonName}, generation ${generation}`",
      replace: "commonName",
    },
  ]),
  ...group({ jest: ["graph/certificates.test.ts"] }, [
    {
      name: "hosts have no name of their own",
      file: "appServer.ts",
      find: "dnsNames: [webServerName, ownServerName(name)]",
      replace: "dnsNames: [webServerName]",
    },
    {
      name: "everybody on the balancer reads the key that hosts know it by",
      file: "tlsFiles.ts",
      find: 'mode: "0400"',
      replace: 'mode: "0444"',
    },
  ]),
  ...group({ jest: ["rendered/siteCallers.test.ts"] }, [
    { name: "a host answers anybody", file: "web/caller.conf", find: "    return 403;\n", replace: "" },
    {
      name: "a host believes authorities below its own",
      file: "web/caller.conf",
      find: "depth 0;",
      replace: "depth 1;",
    },
    {
      name: "a certificate that is not verified is enough",
      file: "web/request.conf",
      find: '    "0:SUCCESS" 0;\n',
      replace: '    "~^0:(SUCCESS|FAILED)" 0;\n',
    },
    {
      name: "nobody is let in before a confirmation",
      file: "web/caller.conf",
      find: "set $refused 0;",
      replace: "set $refused 1;",
    },
    {
      name: "a balancer of another authority is not let in before a confirmation",
      file: "web/caller.conf",
      find: "ssl_verify_client optional_no_ca;",
      replace: "ssl_verify_client optional;",
    },
    {
      name: "a handshake for a name of hosts is misdirected",
      file: "webHost.ts",
      find: "cloudBalancer === undefined ? served : [...served, webServerName]",
      replace: "[...served, webServerName]",
    },
  ]),
  ...group({ jest: ["rendered/webGuards.test.ts"] }, [
    {
      name: "an application host of any own name is trusted",
      file: "host-proxy.conf",
      find: "proxy_ssl_name @hostName@;",
      replace: "proxy_ssl_name web.portico.internal; # @hostName@",
    },
  ]),
  ...group({ jest: ["unit/edgeFiles.test.ts"] }, [
    {
      name: "the balancer believes authorities below its own",
      file: "host-proxy.conf",
      find: "proxy_ssl_verify_depth 0;\n",
      replace: "",
    },
  ]),
  ...group({ jest: ["graph/rollout.test.ts"] }, [
    {
      name: "hosts demand a certificate of a balancer that is not confirmed",
      file: "hosts/rollout.ts",
      find: "confirm(host, [first])",
      replace: "confirm(host, before)",
    },
  ]),
  ...group({ python: ["test_callers"] }, [
    {
      name: "a host demands at once",
      file: "callers.py",
      find: "    if RULE not in plan.files or",
      replace: "    if True or",
    },
    { name: "a host is open in each update", file: "callers.py", find: " or _known(paths, plan)", replace: "" },
    {
      name: "any authority is a known one",
      file: "callers.py",
      find: "not set(certificates.read(now)).isdisjoint(certificates.read(then))",
      replace: "True",
    },
    {
      name: "a host stays open after its confirmation",
      file: "confirmation.py",
      find: "lambda: callers.admit_balancer_alone(self.context.paths)",
      replace: "lambda: None",
    },
    {
      name: "a host stays open after a way back",
      file: "activation.py",
      find: "if self.trigger.command in lease.WAYS_BACK or callers.RULE",
      replace: "if callers.RULE",
    },
    {
      name: "a host stays open after a switch that failed",
      file: "activation.py",
      find: "if self.admits and not undo.faults:",
      replace: "if False:",
    },
    {
      name: "a host that is left open is not reported",
      file: "leftovers.py",
      find: "if armed is None and callers",
      replace: "if armed and callers",
    },
  ]),
  ...group({ python: ["test_names", "test_http_check", "test_probe_tls", "test_gate", "test_certificates"] }, [
    {
      name: "hosts are shown a certificate that has ended",
      file: "gate.py",
      find: " if client.exists() and _has_ended(client) else client",
      replace: " if False else client",
    },
    {
      name: "nobody sees that the balancer's own certificate ends",
      file: "checks/certificates.py",
      find: '(".crt", ".pem")',
      replace: '".crt"',
    },
    {
      name: "a host that went back is refused",
      file: "names.py",
      find: "SHARED if host.name in shared else own(host.name)",
      replace: "own(host.name)",
    },
    {
      name: "a host that says nothing loses what is known of it",
      file: "health_check/agent.py",
      find: "host.name in self.known.shared if each.names is None else ",
      replace: "each.names is not None and ",
    },
    {
      name: "the health check believes any host of the authority",
      file: "http_check.py",
      find: "server_hostname=address",
      replace: 'server_hostname="web.portico.internal"',
    },
    {
      name: "the gate believes any host of the authority",
      file: "probes/probe.py",
      find: "NamedConnection(address, WEB_PORT, address, trust",
      replace: 'NamedConnection(address, WEB_PORT, "web.portico.internal", trust',
    },
    {
      name: "our programs show no certificate",
      file: "probes/probe.py",
      find: "        context.load_cert_chain(client)\n",
      replace: "        pass\n",
    },
  ]),
  ...group({ jest: ["unit/givenCertificate.test.ts"] }, [
    {
      name: "a certificate for other names",
      file: "givenCertificate.ts",
      find: '{ subject: "never" }) === undefined',
      replace: '{ subject: "never" }) === null',
    },
    {
      name: "a certificate that has ended",
      file: "givenCertificate.ts",
      find: "if (now > new Date(validTo))",
      replace: "if (now < new Date(validTo) && now > new Date(validTo))",
    },
    {
      name: "a chain in any order",
      file: "givenCertificate.ts",
      find: "return authority.ca && below.checkIssued(authority) && below.verify(authority.publicKey);",
      replace: "return authority.ca;",
    },
    {
      name: "a private key beside a certificate",
      file: "certificateFile.ts",
      find: 'if (text.includes("PRIVATE KEY-----"))',
      replace: 'if (text.startsWith("PRIVATE KEY-----"))',
    },
  ]),
];
