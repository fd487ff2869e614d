import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findNamespaceObstacle } from "../../lib/targets/local/userNamespaces";
import { temporaryFolders } from "../support/temporaryFolder";

const newFolder = temporaryFolders();

/** A folder that looks like the root of a computer whose kernel says this. */
function makeComputer({ own = true, most = "95000", map = "         0          0 4294967295" } = {}): string {
  const root = newFolder();
  for (const folder of ["self/ns", "sys/user"]) mkdirSync(path.join(root, "proc", folder), { recursive: true });
  if (own) writeFileSync(path.join(root, "proc/self/ns/user"), "");
  writeFileSync(path.join(root, "proc/sys/user/max_user_namespaces"), `${most}\n`);
  writeFileSync(path.join(root, "proc/self/uid_map"), `${map}\n`);
  return root;
}

describe("findNamespaceObstacle", () => {
  it("finds none on a computer as Debian and Ubuntu have it", () => {
    expect(findNamespaceObstacle(makeComputer())).toBeUndefined();
  });

  it.each([
    ["a kernel without them", { own: false }, "its kernel has none", "CONFIG_USER_NS"],
    [
      "a kernel that allows none",
      { most: "0" },
      "user.max_user_namespaces is 0",
      "sysctl -w user.max_user_namespaces=",
    ],
    [
      "a container with users of its own",
      { map: "         0     100000      65536\n     65536     300000      65536" },
      "a container without enough user numbers",
      "outside",
    ],
  ])("names %s, and what helps", (_, facts, found, remedy) => {
    const obstacle = findNamespaceObstacle(makeComputer(facts));
    expect(obstacle?.found).toContain(found);
    expect(obstacle?.remedy).toContain(remedy);
  });
});
