import { randomBytes } from "node:crypto";
import path from "node:path";
import { copyCheckout } from "../../support/checkoutCopy";
import type { Run } from "../../support/run";
import { AwsStack, type Group } from "./awsStack";
import { Report } from "./report";
import { StandIn } from "./standIn";
import { removeWorkspace, standInFolder, workspaceFolder } from "./workspace";

/** Where the deployer is for the machines: this computer's end of their bridge. */
const deployerRange = "10.40.0.1/32";

/** What all scenarios of a run share: the stand-in and the two stacks, one after the other in the same range. */
export class AwsTests {
  readonly report = new Report();
  readonly standIn = new StandIn(standInFolder);
  readonly plantedSecret = `planted-${randomBytes(16).toString("hex")}`;
  readonly folder = path.join(workspaceFolder, "checkout");
  staging!: AwsStack;
  prod!: AwsStack;

  async open(): Promise<void> {
    await removeWorkspace();
    await this.standIn.start();
    copyCheckout(this.folder);
    const { domain } = this.standIn.account;
    this.staging = await this.stack("staging", [`staging.${domain}`]);
    this.prod = await this.stack("prod", [`www.${domain}`, domain]);
  }

  async close(): Promise<void> {
    process.stdout.write(`\n${this.report.text}\n`);
    await removeWorkspace();
  }

  /** The run of an act, timed for the report; throws with what it printed when it failed. */
  async succeed(stack: AwsStack, name: string, act: Promise<Run>): Promise<Run> {
    const result = await act;
    this.report.time(stack.name, name, result.seconds);
    if (result.code !== 0)
      throw new Error(
        `${name} of ${stack.name} ended with ${result.code}:\n${result.output}\n\nThe stand-in for AWS:\n${this.standIn.lastLines()}`,
      );
    return result;
  }

  /** Fewest healthy targets at any moment since the given one. */
  leastCapacity(since: number): number {
    const moments = this.standIn.moments(since);
    if (moments.length === 0) throw new Error("no moment was watched");
    return Math.min(
      ...moments.map(({ states }) => Object.values(states).filter((state) => state === "healthy").length),
    );
  }

  private async stack(name: string, domains: string[]): Promise<AwsStack> {
    const { accountId, region, imageId, zoneId } = this.standIn.account;
    const changes: Record<string, Group> = {
      site: { domains },
      app: { secrets: ["plantedSecret"], startSeconds: 20, readySeconds: 8 },
      aws: {
        accountId,
        region,
        network: { addressRange: "10.40.0.0/16" },
        machines: { imageId },
        access: { mode: "ssh", sshRanges: [deployerRange] },
        certificate: { zoneId },
      },
    };
    const stack = new AwsStack(name, this.folder, this.standIn, changes);
    await stack.create("plantedSecret", this.plantedSecret);
    return stack;
  }
}
