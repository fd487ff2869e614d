import { planGivenHosts } from "./hosts/target";
import { planLocalTarget } from "./local/target";
import type { TargetContext, TargetPlan } from "./target";

/** Reads and checks what the target needs; nothing is declared yet. */
export async function planTarget(context: TargetContext): Promise<TargetPlan> {
  switch (context.settings.target) {
    case "local":
      return planLocalTarget(context);
    case "aws":
      // Loaded here alone, so that other targets start without the SDK of AWS.
      return (await import("./aws/target")).planAwsTarget(context);
    case "hosts":
      return planGivenHosts(context);
  }
}
