/** A migration, for settings of `app`. */
export const migration = { command: ["flask", "db", "upgrade"] };

export const each = (role: string, hosts: string[]) => hosts.map((host) => `${host}-${role}`);

/** One for each batch, named after its first host. */
export const gatesOf = (batches: string[][]) => batches.map(([first]) => `balancer-gate-${first}`);

/** Whether the resource of this label comes after all is staged. */
export const isSwitching = (label: string) => /-(migrate|activate|confirm)$|-gate-/.test(label);
