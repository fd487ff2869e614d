import { group, type Probe } from "../probe";

/** What keeps data of the application to itself, and an upload from acting as a page of the site. */
export const data: readonly Probe[] = [
  ...group({ jest: ["rendered/siteMedia.test.ts"] }, [
    {
      name: "a link in media is followed",
      file: "web/locations/media.conf",
      find: "    disable_symlinks on from=@mediaFolder@;\n",
      replace: "",
    },
    {
      name: "dot files are media",
      file: "web/locations/media.conf",
      find: '    if ($uri ~ "/\\.|/$") {\n        return 404;\n    }\n',
      replace: "",
    },
    {
      name: "an upload is the page that it says it is",
      file: "web/locations/media.conf",
      find: "    include web/media.types;\n",
      replace: "",
    },
    {
      name: "an upload without a type is opened by the browser",
      file: "web/media.conf",
      find: '"attachment"',
      replace: '""',
    },
    {
      name: "a drawing of an upload is opened by the browser",
      file: "web/media.conf",
      find: "image/(?!svg)",
      replace: "image/",
    },
    {
      name: "a 304 gives an upload the policy of pages",
      file: "web/media.conf",
      find: '"~^(200|206|304):(@mediaPatterns@)"',
      replace: '"~^(200|206):(@mediaPatterns@)"',
    },
    {
      name: "media may run what is in them",
      file: "nginx/media.ts",
      find: "frame-ancestors 'none'; sandbox",
      replace: "frame-ancestors 'none'",
    },
    {
      name: "whoever knows the path gets what is protected",
      file: "nginx/media.ts",
      find: 'medium.access === "protected" ? "internal;" : ""',
      replace: '""',
    },
    {
      name: "media take the rate of pages",
      file: "edge/locations/media.conf",
      find: "include limited/media.conf;",
      replace: "include limited/app.conf;",
    },
  ]),
  ...group({ jest: ["unit/data.test.ts"] }, [
    {
      name: "programs can be run from data",
      file: "50-data.conf",
      find: "NoExecPaths=@dataPaths@\n",
      replace: "",
    },
    {
      name: "a policy of the user for media is taken without a word",
      file: "relations/data.ts",
      find: '      .filter(({ path }) => path !== "/")\n',
      replace: "      .filter(() => false)\n",
    },
    {
      name: "one folder is public and protected",
      file: "relations/data.ts",
      find: "before.some((other) => other.folder === folder)",
      replace: "false",
    },
  ]),
  ...group({ python: ["test_data_folders"] }, [
    {
      name: "everybody on a host gets to data",
      file: "own_folders.py",
      find: "GATE = 0o710",
      replace: "GATE = 0o711",
    },
    {
      name: "Nginx gets to data that it does not serve",
      file: "own_folders.py",
      find: "OPEN if each.served else CLOSED",
      replace: "OPEN",
    },
    {
      name: "the owner of a mounted storage is changed",
      file: "own_folders.py",
      find: " if not os.path.ismount(folder.place)",
      replace: "",
    },
  ]),
  ...group({ jest: ["graph/localDatabase.test.ts"] }, [
    {
      name: "the database lets everybody in the network in",
      file: "local/database.ts",
      find: 'ip saddr { ${clients.join(", ")} } ip daddr',
      replace: "ip daddr",
    },
    {
      name: "a release is rehearsed before its database is there",
      file: "local/database.ts",
      find: "pulumi.all([password!, configured.id])",
      replace: "pulumi.all([password!])",
    },
  ]),
];
