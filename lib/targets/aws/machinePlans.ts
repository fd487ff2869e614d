import type { AwsSettings } from "../../settings";

/** An application machine as the settings want it. */
export interface MachinePlan {
  /** `web-1` and so on; identity. */
  name: string;
  /** From 0; it decides on subnet and tunnel. */
  index: number;
  imageId: string;
  instanceType: string;
  /** Setting that each value comes from, for faults. */
  imageKey: string;
  typeKey: string;
}

export function planMachines({ count, imageId, instanceType, overrides }: AwsSettings["machines"]): MachinePlan[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `web-${index + 1}`;
    const own = overrides[name];
    const keyOf = (field: "imageId" | "instanceType") =>
      `aws.machines.${own?.[field] === undefined ? "" : `overrides.${name}.`}${field}`;
    return {
      name,
      index,
      imageId: own?.imageId ?? imageId,
      instanceType: own?.instanceType ?? instanceType,
      imageKey: keyOf("imageId"),
      typeKey: keyOf("instanceType"),
    };
  });
}
