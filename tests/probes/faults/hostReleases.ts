import { group, type Probe } from "../probe";

/** Durable writes, releases with their environments, archives. */
export const hostReleases: readonly Probe[] = [
  ...group({ python: ["test_releases"] }, [
    {
      name: "a process that ends meanwhile fails an activation",
      file: "release/releases.py",
      find: 'Path("/proc").glob("[0-9]*"):',
      replace: '(each.parent for each in Path("/proc").glob("[0-9]*/cwd")):',
    },
  ]),
  ...group({ python: ["test_durable"] }, [
    {
      name: "fsync of a file's content",
      file: "durable.py",
      find: "            stream.flush()\n            os.fsync(descriptor)\n",
      replace: "            stream.flush()\n",
    },
    {
      name: "flush before the fsync of a file",
      file: "durable.py",
      find: "            stream.flush()\n            os.fsync(descriptor)\n",
      replace: "            os.fsync(descriptor)\n",
    },
    {
      name: "fsync of a file after it got its name",
      file: "durable.py",
      find: "            os.fsync(descriptor)\n    os.replace(new, path)\n",
      replace: "            os.replace(new, path)\n            os.fsync(descriptor)\n",
    },
    {
      name: "fsync of the folder of a file",
      file: "durable.py",
      find: "    if synced:\n        sync_folder(path.parent)\n\n\ndef write_json",
      replace: "\n\ndef write_json",
    },
    {
      name: "fsync of the folder of a link",
      file: "durable.py",
      find: "    os.symlink(target, new)\n    os.replace(new, path)\n    sync_folder(path.parent)\n",
      replace: "    os.symlink(target, new)\n    os.replace(new, path)\n",
    },
    {
      name: "fsync of a folder does nothing",
      file: "durable.py",
      find: "    try:\n        os.fsync(descriptor)\n    finally:",
      replace: "    try:\n        pass\n    finally:",
    },
    {
      name: "a link is missing for a moment",
      file: "durable.py",
      find: "    os.symlink(target, new)\n    os.replace(new, path)\n",
      replace: "    remove_file(path)\n    os.symlink(target, path)\n",
    },
    {
      name: "a secret is readable while it is written",
      file: "durable.py",
      find: "os.O_NOFOLLOW, 0o600)",
      replace: "os.O_NOFOLLOW, 0o644)",
    },
    {
      name: "a file gets its mode before its owner",
      file: "durable.py",
      find: "        os.fchmod(descriptor, mode)\n",
      replace: "",
    },
    {
      name: "a leftover of a killed write stops the next",
      file: "durable.py",
      find: "    with contextlib.suppress(FileNotFoundError):\n        new.unlink()\n    descriptor",
      replace: "    descriptor",
    },
    {
      name: "JSON of ours is open to readers",
      file: "durable.py",
      find: "mode: int = 0o600) -> None:",
      replace: "mode: int = 0o644) -> None:",
    },
    {
      name: "umask decides the mode of a folder",
      file: "durable.py",
      find: "    if path.stat().st_mode & 0o7777 != mode:\n        path.chmod(mode)\n",
      replace: "",
    },
    {
      name: "umask decides the mode of folders above",
      file: "durable.py",
      find: "        folder.mkdir()\n        folder.chmod(0o755)\n",
      replace: "        folder.mkdir()\n",
    },
    {
      name: "what is prepared is included already",
      file: "durable.py",
      find: 'f".{path.name}.portico-new"',
      replace: 'f"portico-new-{path.name}"',
    },
  ]),
  ...group({ python: ["test_releases", "test_environments"] }, [
    {
      name: "fsync of a release before it is complete",
      file: "releases.py",
      find: "        os.sync()\n        write_file(self.folder / DESCRIPTION",
      replace: "        write_file(self.folder / DESCRIPTION",
    },
    {
      name: "fsync of an environment before it is complete",
      file: "environments.py",
      find: "        os.sync()\n",
      replace: "",
    },
    {
      name: "a release is complete before it is on the disk",
      file: "releases.py",
      find: "        os.sync()\n        write_file(self.folder / DESCRIPTION, description, 0o644)\n",
      replace: "        write_file(self.folder / DESCRIPTION, description, 0o644)\n        os.sync()\n",
    },
    {
      name: "the archive's description is not compared",
      file: "releases.py",
      find: 'if value.get("id") != self.id:',
      replace: "if False:",
    },
    {
      name: "a release in use is made anew",
      file: "releases.py",
      find: "if self.folder.is_dir() and self.id in in_use(self.context):",
      replace: "if False:",
    },
    {
      name: "a release in use is discarded",
      file: "releases.py",
      find: "self.folder.is_dir() and self.id not in in_use(self.context)",
      replace: "self.folder.is_dir()",
    },
    {
      name: "wheels stay in a release",
      file: "releases.py",
      find: '            remove_folder(self.folder / "wheels")\n',
      replace: "            pass\n",
    },
    {
      name: "wheels are needed where the environment is there",
      file: "releases.py",
      find: "        if not environment.complete:\n            self.install",
      replace: "        if environment.key:\n            self.install",
    },
    {
      name: "a release for another processor is taken",
      file: "releases.py",
      find: "    if machine not in fitting:",
      replace: "    if not fitting:",
    },
    { name: "pip uses the network", file: "environments.py", find: '"--no-index", ', replace: "" },
    {
      name: "pip takes wheels without the locked hash",
      file: "environments.py",
      find: ', "--require-hashes"',
      replace: "",
    },
    {
      name: "half an environment is gone on with",
      file: "environments.py",
      find: "        remove_folder(self.folder)\n        make_folder",
      replace: "        make_folder",
    },
  ]),
  ...group({ python: ["test_archive"] }, [
    {
      name: "a link climbs up behind another link",
      file: "archive.py",
      find: " or turns or",
      replace: " or",
    },
    {
      name: "an archive unpacks to any size",
      file: "archive.py",
      find: '        check_total("archive", size, number)\n',
      replace: "",
    },
    {
      name: "an archive climbs up",
      file: "archive.py",
      find: ' or ".." in parts',
      replace: "",
      survives:
        "a second guard of the same thing: a plain path that climbs up begins with `..`, which is no top-level name of an archive",
    },
    {
      name: "an archive's path is absolute",
      file: "archive.py",
      find: 'if name.startswith("/") or',
      replace: "if",
      survives:
        "a second guard of the same thing: an absolute path begins with an empty part, which is no top-level name of an archive",
    },
    { name: "an archive leads through a link", file: "archive.py", find: "        links.add(plain)\n", replace: "" },
    {
      name: "an archive has a device",
      file: "archive.py",
      find: "elif not (member.isreg() or member.isdir()):",
      replace: "elif member.isfifo():",
    },
    {
      name: "a link of an archive leads to another folder",
      file: "archive.py",
      find: ' or target.split("/")[0] != parts[0]',
      replace: "",
    },
    {
      name: "a program of an archive loses its right to run",
      file: "archive.py",
      find: "0o755 if member.mode & 0o111 else 0o644",
      replace: "0o644",
    },
    {
      name: "what completes a release is unpacked first",
      file: "archive.py",
      find: "                kept = _read(members, member)\n",
      replace:
        "                kept = _read(members, member)\n                (folder / held_back).write_bytes(kept)\n",
    },
    {
      name: "wheels are taken whatever the name of their archive says",
      file: "archive.py",
      find: "if not archive.stem.endswith(",
      replace: "if False and archive.stem.endswith(",
    },
    {
      name: "a damaged archive stays, so that no update copies it again",
      file: "archive.py",
      find: "    remove_file(archive)\n",
      replace: "",
    },
  ]),
  ...group({ python: ["test_staging"] }, [
    {
      name: "a missed archive is not marked",
      file: "staging/staging.py",
      find: "            lost_archives.mark(self.context)\n",
      replace: "            pass\n",
    },
    {
      name: "the mark of a missed archive stays",
      file: "staging/staging.py",
      find: "        lost_archives.clear_mark(self.context)\n",
      replace: "",
    },
    {
      name: "all that is there counts as copied",
      file: "state/delivery.py",
      find: " if name not in before",
      replace: "",
    },
  ]),
];
