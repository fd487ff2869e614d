import { contract } from "../../base/contract";

/** What makes a slot of a service: how it starts, is reached, ends and comes back. All else in its unit is what it runs in. */
const ofTheSlot = new RegExp(`^(${contract.slots.serviceDirectives})=`);

/**
 * The lines by which a slot's unit gives the application its folder, its settings and secrets, its limits and its sandbox, for
 * a unit that has them of `slot`. What the slot gets later, such a unit gets too.
 */
export function linesOfSlot(unit: string, slot: string): string {
  const start = "[Service]\n";
  return unit
    .slice(unit.indexOf(start) + start.length, unit.indexOf("\n[Install]\n"))
    .split("\n\n")
    .map((paragraph) => shared(paragraph.split("\n")).join("\n").trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n")
    .replaceAll("%i", slot);
}

/** A comment goes with the line below it. */
function shared(lines: readonly string[]): string[] {
  return lines.filter((_, index) => {
    const described = lines.slice(index).find((each) => !each.startsWith("#")) ?? "";
    return !ofTheSlot.test(described);
  });
}
