import { planGivenHosts } from "./hosts/target";
import { planLocalTarget } from "./local/target";
import type { TargetContext, TargetPlan } from "./target";

/** Reads and checks what the target needs; nothing is declared yet. */
export async function planTarget(context: TargetContext): Promise<TargetPlan> {
  switch (context.settings.target) {
    case "local":
      return planLocalTarget(context);
    case "aws":
      return loadAwsTarget().planAwsTarget(context);
    case "hosts":
      return planGivenHosts(context);
  }
}

/** Loaded when it is needed alone, so that other targets start without the SDK of AWS. */
function loadAwsTarget() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the SDK's own loader of programs does not support import() of .ts files
  return require("./aws/target") as typeof import("./aws/target");
}
