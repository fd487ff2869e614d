import * as pulumi from "@pulumi/pulumi";

/** What the last finished update of this stack left as outputs; none for a stack that is new. */
export interface FormerOutputs {
  history: pulumi.Output<unknown>;
  authorityGeneration: unknown;
}

export async function readFormerOutputs(): Promise<FormerOutputs> {
  const self = new pulumi.StackReference("self", { name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}` });
  const { value: authorityGeneration } = await self.getOutputDetails("authorityGeneration");
  return { history: self.getOutput("history"), authorityGeneration };
}
