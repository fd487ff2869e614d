import * as pulumi from "@pulumi/pulumi";

/** What the last finished update of this stack left as outputs; none for a stack that is new. */
export interface PreviousOutputs {
  history: pulumi.Output<unknown>;
  authorityGeneration: unknown;
  place: unknown;
}

export async function readPreviousOutputs(): Promise<PreviousOutputs> {
  const self = new pulumi.StackReference("self", {
    name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
  });
  const [authorityGeneration, place] = await Promise.all(
    ["authorityGeneration", "place"].map((name) => self.getOutputDetails(name)),
  );
  return { history: self.getOutput("history"), authorityGeneration: authorityGeneration!.value, place: place!.value };
}
