import { group, type Probe } from "../probe";

/** What Nginx answers before the application gets a request. */
export const siteAnswers: readonly Probe[] = [
  ...group({ jest: ["unit/webFiles.test.ts"] }, [
    {
      name: "every name of the site serves it",
      file: "lib/hostFiles/webHost.ts",
      find: "siteNames.filter((name) => !elsewhere.includes(name))",
      replace: "siteNames",
    },
  ]),
  ...group({ jest: ["rendered/siteRedirects.test.ts"] }, [
    {
      name: "hidden files are shown",
      file: "web/locations/static.conf",
      find: "/\\.(?!well-known/)|",
      replace: "",
    },
    {
      name: "what security.txt lies in is hidden",
      file: "web/locations/static.conf",
      find: "(?!well-known/)",
      replace: "",
    },
    {
      name: "a redirect forgets the query",
      file: "nginx/webLocations.ts",
      find: '"$is_args$args"',
      replace: '""',
    },
    {
      name: "caches keep a file of the root for as long as they like",
      file: "hostFiles/nginx/rootFiles.ts",
      find: '"no-cache";',
      replace: '"";',
    },
  ]),
];
