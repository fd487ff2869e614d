import { group, type Probe } from "../probe";

/** Archives, requirements and wheels, and the bundle. */
export const release: readonly Probe[] = [
  ...group(
    {
      jest: ["release/archive.test.ts", "release/appTree.test.ts", "release/build.test.ts", "release/targets.test.ts"],
    },
    [
      {
        name: "an archive of another time is another archive",
        file: "archive.ts",
        find: "mtime: new Date(0)",
        replace: "mtime: new Date()",
      },
      {
        name: "a file that changed while it was packed",
        file: "archive.ts",
        find: 'done(length === size && hash.digest("hex") === digest ? null : changed(path));',
        replace: "done(length === size ? null : changed(path));",
      },
      {
        name: "the mode of a file is no part of a release",
        file: "archive.ts",
        find: "`${mode.toString(8)} ${digest} ${path}\\0`",
        replace: "`${digest} ${path}\\0`",
      },
      {
        name: "the wheels are no part of a release's name",
        file: "release/index.ts",
        find: "...wheelEntries(found), description",
        replace: "description",
      },
      {
        name: "wheels are deflated a second time",
        file: "wheelArchives.ts",
        find: 'writeArchive(entries, place, "store")',
        replace: "writeArchive(entries, place)",
      },
      {
        name: "hosts get the wheels of all targets",
        file: "wheelArchives.ts",
        find: "wheelEntries([each])",
        replace: "wheelEntries(found)",
      },
      {
        name: "a link that leaves the application",
        file: "appTree.ts",
        find: "if (!isBelow(source, walk.root))\n",
        replace: 'if (source === "/")\n',
      },
      {
        name: "a database file goes into a release",
        file: "appTree.ts",
        find: "if (databaseFile.test(path) && !walk.ignores.isWanted(path))",
        replace: "if (databaseFile.test(path) && walk.ignores.isWanted(path))",
      },
      {
        name: "an old Gunicorn that loses requests",
        file: "python/requirements.ts",
        find: 'gunicorn: "26.1"',
        replace: 'gunicorn: "20.0"',
      },
      {
        name: "a module that is not there",
        file: "checks.ts",
        find: "if (isThere(candidates)) return [];",
        replace: "if (entries.length > 0) return [];",
      },
    ],
  ),
  ...group(
    {
      jest: ["python/requirements.test.ts", "python/platformTags.test.ts", "python/wheels.test.ts"],
    },
    [
      {
        name: "a lock without hashes",
        file: "requirements.ts",
        find: "if (first === undefined) return [];",
        replace: "if (others.length === 0) return [];",
      },
      {
        name: "a hash of another kind",
        file: "requirements.ts",
        find: '.filter(([, algorithm]) => algorithm === "sha256")',
        replace: "",
      },
      {
        name: "a marker of this computer",
        file: "markers.ts",
        find: "platform_machine: architecture,",
        replace: "platform_machine: process.arch,",
      },
      {
        name: "one version of several is taken for the only one",
        file: "distributions.py",
        find: 'len(specifiers) != 1 or specifiers[0].operator != "=="',
        replace: 'specifiers[0].operator != "=="',
      },
      {
        name: "wheels for a newer C library",
        file: "platformTags.ts",
        find: '"debian-12": 36',
        replace: '"debian-12": 41',
      },
      {
        name: "shared wheels are for the newest C library",
        file: "platformTags.ts",
        find: "glibcMinor[right.id] - glibcMinor[left.id]",
        replace: "glibcMinor[left.id] - glibcMinor[right.id]",
      },
      {
        name: "a damaged wheel of the cache",
        file: "wheelCache.ts",
        find: " ||\n      !requirement.hashes.includes(file.sha256)\n",
        replace: "\n",
      },
      {
        name: "pip downloads without hashes",
        file: "wheels.ts",
        find: '"download",\n    "--require-hashes",\n',
        replace: '"download",\n',
      },
      {
        name: "a lock with credentials is open to readers",
        file: "wheels.ts",
        find: "mode: 0o600,",
        replace: "mode: 0o644,",
      },
    ],
  ),
  ...group({ jest: ["python/nothingRuns.test.ts"] }, [
    {
      name: "an option of pip hides behind the value of another",
      file: "requirements.ts",
      find: "(?:=|\\s+)[^\\s\\p{C}'\"\\\\]+|--no-index)",
      replace: "(?:=|\\s+).+|--no-index)",
    },
    {
      name: "a sign that ends a line for pip is part of a value",
      file: "requirements.ts",
      find: "[^\\s\\p{C}'",
      replace: "[^ '",
    },
    {
      name: "metadata of a wheel may have any size",
      file: "distributions.py",
      find: "    if len(content) > limit:\n",
      replace: "    if False:\n",
    },
    {
      name: "wheels that hosts refuse go to them first",
      file: "distributions.py",
      find: "    if size > most_size or members > most_members:\n",
      replace: "    if size > most_size:\n",
    },
  ]),
  ...group({ jest: ["rendered/locks.test.ts"] }, [
    {
      name: "uv builds a project to read its lock",
      file: "locks/uv.ts",
      find: '"--offline", "--no-build", ',
      replace: "",
    },
    {
      name: "a lock that is older than its project is taken",
      file: "locks/uv.ts",
      find: 'run("--locked")',
      replace: 'run("--frozen")',
    },
    {
      name: "a poetry.lock that is older than its project is taken",
      file: "exportPoetry.py",
      find: "if not poetry.locker.is_fresh():",
      replace: "if False:",
    },
    {
      name: "a form of Pipfile.lock that is not known is taken",
      file: "locks/pipenv.ts",
      find: "if (found !== knownForm)",
      replace: "if (false)",
    },
    {
      name: "a source package of a pylock.toml is taken for a wheel",
      file: "exportPylock.py",
      find: "if not isinstance(source, PackageWheel):",
      replace: "if False:",
    },
  ]),
  ...group({ jest: ["release/project.test.ts"] }, [
    {
      name: "a script of a project overwrites a file of the application",
      file: "project/install.ts",
      find: "!taken.has(path)",
      replace: "true",
    },
    {
      name: "an entry point may be any text",
      file: "project/metadata.py",
      find: "if not SAFE_NAME.fullmatch(name) or not SAFE_NAME.fullmatch(group) or not OBJECT.fullmatch(target):",
      replace: "if False:",
    },
    {
      name: "what an editable installation left is found first",
      file: "project/install.ts",
      find: "tree.filter(({ path }) => !isMetadata(path, start))",
      replace: "[...tree]",
    },
  ]),
  ...group({ jest: ["rendered/packageIndexes.test.ts"] }, [
    {
      name: "an index that refuses looks like one without the package",
      file: "python/wheels.ts",
      find: "if (!hidesWhy(result))",
      replace: "if (true)",
    },
    {
      name: "logins of the stack do not reach pip",
      file: "python/pip.ts",
      find: "...(netrc !== undefined && { NETRC: inheritedPath })",
      replace: "",
    },
  ]),
  ...group({ jest: ["graph/configuration.test.ts"] }, [
    {
      name: "logins of indexes may have any form",
      file: "python/credentials.ts",
      find: "if (form.test(text))",
      replace: "if (true)",
    },
  ]),
  ...group({ jest: ["release/lockKinds.test.ts"] }, [
    {
      name: "the lock of another tool is read as requirements",
      file: "locks/kinds.ts",
      find: "!otherForm.test(first)",
      replace: "true",
    },
    {
      name: "groups are ignored with requirements",
      file: "locks/readLocks.ts",
      find: "choice[name].length > 0",
      replace: "false",
    },
  ]),
  ...group({ jest: ["release/build.test.ts"] }, [
    {
      name: "an application that hosts refuse goes to them first",
      file: "release/index.ts",
      find: "    ...sizeFaults(options.appFolder, [...tree, ...added]),\n",
      replace: "",
    },
  ]),
  ...group({ jest: ["bundle/bundle.test.ts"] }, [
    {
      name: "a bundle of another time is another bundle",
      file: "zip.ts",
      find: "return new Date(1980, 0, 1, 12, 0, 0);",
      replace: "return new Date();",
    },
    {
      name: "tests of the host program go to hosts",
      file: "bundle/index.ts",
      find: ' || item.name === "tests" ? []',
      replace: " ? []",
    },
    {
      name: "a file of a bundle climbs up",
      file: "bundle/index.ts",
      find: " || posix.normalize(path) !== path);",
      replace: ");",
    },
    {
      name: "a bundle is open to readers",
      file: "bundle/index.ts",
      find: '{ flag: "wx", mode: 0o600 }',
      replace: '{ flag: "wx", mode: 0o644 }',
    },
  ]),
  ...group({ jest: ["keptLines.test.ts"] }, [
    {
      name: "what was kept of a lock file is never read again",
      file: "keptLines.ts",
      find: "isOld(place) ? undefined : (",
      replace: "(",
    },
    {
      name: "a fault of a lock file is kept, with words of it",
      file: "keptLines.ts",
      find: 'if (lines.every((line) => !("fault" in line))) keep',
      replace: "keep",
    },
  ]),
];
