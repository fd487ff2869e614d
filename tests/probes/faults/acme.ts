import { group, type Probe } from "../probe";

/** The site's certificate by ACME: orders, judgement, what Nginx shows. */
export const acme: readonly Probe[] = [
  ...group({ python: ["test_certify", "test_judge"] }, [
    {
      name: "an authority that fails is asked again at once",
      file: "acme/attempts.py",
      find: "self.failures + 1, why, now + wait",
      replace: "self.failures + 1, why, now",
    },
    {
      name: "orders that fail wait no longer each time",
      file: "acme/attempts.py",
      find: "FIRST_WAIT_SECONDS * 2**self.failures",
      replace: "FIRST_WAIT_SECONDS",
    },
    {
      name: "one that is to be renewed takes the place of the new one",
      file: "acme/certify.py",
      find: "            elif kept is not None:",
      replace: "            if kept is not None:",
    },
    {
      name: "names are not looked at",
      file: "acme/judge.py",
      find: '"-purpose", "sslserver", "-verify_hostname", wanted',
      replace: '"-purpose", "sslserver"',
    },
    {
      name: "the key is not looked at",
      file: "acme/judge.py",
      find: "        _check_key(issued, folder)\n",
      replace: "",
    },
    {
      name: "the rest of the chain is not looked at",
      file: "acme/judge.py",
      find: "for place in range(1, len(files) - 1):",
      replace: "for place in range(0):",
    },
    {
      name: "what was issued is shown unseen",
      file: "acme/certify.py",
      find: "    judge(new, order)\n",
      replace: "",
    },
    {
      name: "what is not shown is lost",
      file: "acme/certify.py",
      find: "    issued.keep(context.paths, order, new)\n",
      replace: "",
    },
    {
      name: "a signal counts as a failure of the authority",
      file: "acme/issue.py",
      find: "    except Interrupted:\n        raise\n",
      replace: "",
    },
    {
      name: "what Nginx refuses stays in place",
      file: "acme/show.py",
      find: "[lambda: _put(context, order, files, before)]",
      replace: "[]",
    },
    {
      name: "a reload that changed nothing is believed",
      file: "acme/show.py",
      find: "    if not good:",
      replace: "    if good is None:",
    },
    {
      name: "the certificate of another word is written over",
      file: "acme/show.py",
      find: "path in managed and managed[path].effect == AGENT",
      replace: "path in managed",
    },
    {
      name: "a renewal waits for the last day",
      file: "acme/issued.py",
      find: "RENEWED_AT = 1 / 3",
      replace: "RENEWED_AT = 1 / 90",
    },
    {
      name: "what one authority issued is good for another",
      file: "acme/order.py",
      find: "json.dumps([self.directory, sorted(self.names)])",
      replace: "json.dumps(sorted(self.names))",
    },
  ]),
  ...group({ jest: ["rendered/siteChallenge.test.ts"] }, [
    {
      name: "a proof is sent to HTTPS",
      file: "edge/challenge.conf",
      find: "location ^~ /.well-known/acme-challenge/ {",
      replace: "location ^~ /.well-known/none/ {",
    },
    {
      name: "a proof that nobody makes is an error",
      file: "edge/challenge.conf",
      find: "error_page 502 504 =404 /.portico/no-challenge;",
      replace: "error_page 504 =404 /.portico/no-challenge;",
    },
  ]),
];
