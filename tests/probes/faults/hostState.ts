import { group, type Probe } from "../probe";

/** What the host program keeps and for how long, and what of it is secret. */
export const hostState: readonly Probe[] = [
  ...group({ python: ["test_byte_code"] }, [
    {
      name: "byte code that others may have written",
      file: "byte_code.py",
      find: "facts.st_uid == 0 and not open_to_others",
      replace: "facts.st_uid == 0",
    },
    {
      name: "byte code of another user",
      file: "byte_code.py",
      find: "facts.st_uid == 0 and not open_to_others",
      replace: "not open_to_others",
    },
    {
      name: "byte code in a folder that others write",
      file: "byte_code.py",
      find: "_is_only_roots(place.parent, stat.S_IFDIR) and ",
      replace: "",
    },
    {
      name: "byte code of another bundle",
      file: "byte_code.py",
      find: "{hashlib.sha256(bundle).hexdigest()}",
      replace: "bundle",
    },
  ]),
  ...group({ python: ["test_record", "test_state_file", "test_telemetry"] }, [
    {
      name: "the history grows for ever",
      file: "record.py",
      find: "transactions=(*self.transactions, transaction)[-HISTORY_LENGTH:]",
      replace: "transactions=(*self.transactions, transaction)",
    },
    {
      name: "the same state again is its own former state",
      file: "record.py",
      find: "            return replace(self, current=entry)\n",
      replace: "            return replace(self, current=entry, previous=self.current)\n",
    },
    {
      name: "a bad revision stays good",
      file: "record.py",
      find: "if each.revision != revision or revision is None",
      replace: "if True",
    },
    {
      name: "a release that was left stays good",
      file: "record.py",
      find: "if each.release != withdrawn.release or withdrawn.release is None",
      replace: "if True",
    },
    {
      name: "good releases stand in a wrong order",
      file: "record.py",
      find: "good=(entry, *others)[:GOOD_LENGTH]",
      replace: "good=(*others, entry)[:GOOD_LENGTH]",
    },
    {
      name: "a migration is forgotten",
      file: "record.py",
      find: "{**self.migrated, release: now()}",
      replace: "{release: now()}",
    },
    {
      name: "what a newer version keeps is lost",
      file: "record.py",
      find: '{**value.pop("more"), **value, "format": FORMAT}',
      replace: '{**value, "format": FORMAT}',
    },
    { name: "a newer format is read", file: "state_file.py", find: "    if found > FORMAT:", replace: "    if False:" },
    {
      name: "a way back is no bad end",
      file: "record.py",
      find: 'each.outcome in {"failed", "went back"}',
      replace: 'each.outcome in {"failed"}',
    },
  ]),
  ...group({ python: ["test_retention"] }, [
    {
      name: "what the lease goes back to is removed",
      file: "retention.py",
      find: "((armed.key, armed.back) if armed else ())",
      replace: "((armed.key,) if armed else ())",
    },
    {
      name: "one good release less is kept",
      file: "retention.py",
      find: "record.good[: plan.description.app.keep_releases]",
      replace: "record.good[: plan.description.app.keep_releases - 1]",
    },
    {
      name: "the rehearsal's revision is removed",
      file: "retention.py",
      find: "(*slots.SLOTS, slots.REHEARSAL, slots.MIGRATION, slots.SCHEDULED)",
      replace: "slots.SLOTS",
    },
    {
      name: "a release in use is removed",
      file: "retention.py",
      find: 'complete | in_use(context) | {plan.release or ""}',
      replace: 'complete | {plan.release or ""}',
    },
    {
      name: "a full disk fails the call",
      file: "retention.py",
      find: "        except (OSError, HostError) as error:",
      replace: "        except HostError as error:",
    },
    {
      name: "files of others beside the bundle are removed",
      file: "retention.py",
      find: "if INCOMING.fullmatch(path.name) and path.name not in kept",
      replace: "if path.name not in kept",
    },
    {
      name: "the running bundle is removed",
      file: "retention.py",
      find: "kept = {program.name, *(",
      replace: "kept = {*(",
    },
    {
      name: "the archives that the state came with are removed",
      file: "retention.py",
      find: "*(plan.delivery.files if plan.delivery else ())",
      replace: "",
    },
    {
      name: "archives of before wheels had their own stay for ever",
      file: "retention.py",
      find: '("application", "wheels", "combined")',
      replace: '("application", "wheels")',
    },
  ]),
  ...group({ python: ["test_revisions"] }, [
    {
      name: "secrets of a revision are open to readers",
      file: "revisions.py",
      find: "SECRET_MODE = 0o600",
      replace: "SECRET_MODE = 0o640",
    },
    {
      name: "the folder of secrets is open",
      file: "revisions.py",
      find: "make_folder(credentials, 0o700)",
      replace: "make_folder(credentials)",
    },
    {
      name: "another secret is the same revision",
      file: "revisions.py",
      find: '["revision", release, parts, secrets]',
      replace: '["revision", release, parts]',
    },
    { name: "another unit is the same revision", file: "revisions.py", find: '{"app", "appUnit"}', replace: '{"app"}' },
  ]),
  ...group({ python: ["test_redaction"] }, [
    {
      name: "a line is cut before secrets are hidden",
      file: "report.py",
      find: "    line = redactor.clean(text)\n",
      replace: "    line = redactor.clean(text[: LINE_LIMIT - 1])\n",
    },
    {
      name: "lines of a key are shown",
      file: "redaction.py",
      find: "    lines = {line.strip() for line in value.splitlines() if len(line.strip()) >= SHORTEST_PART}\n",
      replace: "    lines: set[str] = set()\n",
    },
    {
      name: "secrets in a URL are shown",
      file: "redaction.py",
      find: '    lambda text: quote(text, safe=""),\n    quote,\n',
      replace: "",
    },
    { name: "secrets of a form are shown", file: "redaction.py", find: "    quote_plus,\n", replace: "" },
    { name: "secrets of a page are shown", file: "redaction.py", find: "    html.escape,\n", replace: "" },
    {
      name: "secrets in bytes are shown",
      file: "redaction.py",
      find: "    lambda text: repr(text.encode())[2:-1],\n",
      replace: "",
    },
    {
      name: "encoded secrets are shown",
      file: "redaction.py",
      find: "escaped | lowered | encoded if",
      replace: "escaped | lowered if",
    },
    {
      name: "secrets amid others in base64 are shown",
      file: "redaction.py",
      find: "for before in range(3):",
      replace: "for before in range(1):",
    },
    {
      name: "small letters after a percent sign",
      file: "redaction.py",
      find: "escaped | lowered | encoded if",
      replace: "escaped | encoded if",
    },
    {
      name: "the password in a URL is shown",
      file: "redaction.py",
      find: "yield from (password, unquote(password)) if password else ()",
      replace: "yield from ()",
    },
    {
      name: "the password in a connection string is shown",
      file: "redaction.py",
      find: "        if SECRET_NAME.search(name):\n",
      replace: "        if False:\n",
    },
    {
      name: "a JSON secret is shown in parts",
      file: "redaction.py",
      find: "yield from (text, *_parts(text))",
      replace: "yield from ()",
    },
    {
      name: "control characters are shown",
      file: "report.py",
      find: 'c if c.isprintable() else " " for c in line',
      replace: "c for c in line",
    },
  ]),
];
