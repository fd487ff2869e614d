import { z } from "zod";
import { choice } from "./fields";

export const sshSettings = z
  .strictObject({
    algorithms: choice(
      ["strict", "system"],
      "What sshd of a host offers to clients. strict: nothing that ssh-audit finds weak: no curves of NIST, no SHA-1, no older groups, no codes that are made before encryption; a pinned hostKey of type ecdsa is offered still. system: what its OpenSSH and files of yours say, for clients that know nothing better, as those of FIPS 140 do. A change reloads sshd.",
    ).default("strict"),
  })
  .meta({ about: "SSH, by which the deployer reaches hosts" });
