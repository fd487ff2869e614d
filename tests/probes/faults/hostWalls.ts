import { group, type Probe } from "../probe";

/** What a release may do before it runs, and what is left of it afterwards. */
export const hostWalls: readonly Probe[] = [
  ...group({ python: ["test_hostile_wheel"] }, [
    {
      name: "byte code is made by an interpreter that reads what a release brings",
      file: "environments.py",
      find: '    command = [sys.executable, "-I", "-S", "-m", "compileall"',
      replace:
        '    found = [folder.parent / "bin/python", folder.parent / "venv/bin/python"]\n    command = [str(next(p for p in found if p.exists())), "-m", "compileall"',
    },
    {
      name: "pip gets wheels that nobody looked at",
      file: "environments.py",
      find: "        check_wheels(wheels)\n",
      replace: "",
    },
    {
      name: "a wheel brings a link",
      file: "wheels.py",
      find: "if kind not in (0, stat.S_IFREG, stat.S_IFDIR):",
      replace: "if False:",
    },
    {
      name: "a wheel unpacks to any size",
      file: "wheels.py",
      find: "size > most_size or ",
      replace: "",
    },
  ]),
  ...group({ python: ["test_sandbox"] }, [
    {
      name: "the installer of a release is root",
      file: "sandbox.py",
      find: 'f"User={self.user}", f"Group={self.user}", ',
      replace: "",
    },
    {
      name: "the installer of a release writes everywhere",
      file: "sandbox.py",
      find: '    "ProtectSystem=strict",\n',
      replace: "",
    },
    {
      name: "the installer of a release has the network",
      file: "sandbox.py",
      find: '    "PrivateNetwork=yes",\n',
      replace: "",
    },
    {
      name: "what the installer made stays the application's",
      file: "sandbox.py",
      find: "                os.lchown(path, *root)\n",
      replace: "                pass\n",
    },
    {
      name: "a folder that leads elsewhere is given away",
      file: "sandbox.py",
      find: "    if folder.is_symlink():\n",
      replace: "    if False:\n",
    },
    {
      name: "what the installer made can be written by all",
      file: "sandbox.py",
      find: "                os.chmod(path, facts.st_mode & OPEN)\n",
      replace: "                pass\n",
    },
    {
      name: "the installer leaves a link or a pipe",
      file: "sandbox.py",
      find: "if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):",
      replace: "if False:",
    },
    {
      name: "an installer of a killed call writes on",
      file: "sandbox.py",
      find: "        self.end()\n        give",
      replace: "        give",
    },
    {
      name: "an installer outlives an interrupt",
      file: "sandbox.py",
      find: "            self.end()\n            take_back",
      replace: "            take_back",
    },
  ]),
  ...group({ python: ["test_forget"] }, [
    {
      name: "an earlier secret stays in the slot that is idle",
      file: "forget.py",
      find: "            remove_file(context.paths.slots / slot)\n",
      replace: "            pass\n",
    },
    {
      name: "an earlier secret stays with a good release",
      file: "forget.py",
      find: "confirmed=record.current, good=good)",
      replace: "confirmed=record.current)",
    },
    {
      name: "what a rollback took back is forgotten with what serves",
      file: "forget.py",
      find: "if newest is None or newest.parent.name != record.current.key:",
      replace: "if newest is None:",
    },
    {
      name: "what serves before its confirmation is all that is kept",
      file: "forget.py",
      find: "if find_lease(context) is not None:",
      replace: "if False:",
    },
    {
      name: "a slot that still works loses its revision",
      file: "forget.py",
      find: "if not slots.is_idle(slot):",
      replace: "if False:",
    },
    {
      name: "secrets that could not be removed are no failure",
      file: "forget.py",
      find: "    if left:\n",
      replace: "    if False:\n",
    },
  ]),
];
