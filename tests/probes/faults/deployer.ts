import { group, type Probe } from "../probe";

/** bin/env: folders of the deployer. */
export const deployer: readonly Probe[] = [
  ...group({ jest: ["stateFolder.test.ts"] }, [
    {
      name: "a state folder that somebody had is closed to all others",
      file: "bin/env",
      find: '  chmod 0700 -- "$stateFolder"\n',
      replace: '  chmod 0700 -- "$stateRoot" "$stateFolder"\n',
    },
    {
      name: "the folder of a stack stays open",
      file: "bin/env",
      find: '  chmod 0700 -- "$stateFolder"\n',
      replace: "",
    },
    {
      name: "a state folder with other things is taken",
      file: "bin/env",
      find: '  refuseForeign "$stateRoot"\n',
      replace: "  :\n",
    },
    {
      name: "a state folder with many other things ends the command without a word",
      file: "bin/env",
      find: "| sed -n 1p)",
      replace: "| head -n 1)",
    },
    {
      name: "somebody's folder with the name of the stack is taken",
      file: "bin/env",
      find: '  isStack "$stateFolder" || refuseForeign "$stateFolder"\n',
      replace: "",
    },
    {
      name: "a passphrase is open to readers",
      file: "bin/env",
      find: "  (umask 077 && mkdir",
      replace: "  (umask 022 && mkdir",
    },
  ]),
];
