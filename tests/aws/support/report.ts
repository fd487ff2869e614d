interface Act {
  stack: string;
  name: string;
  seconds: number;
}

/** What a run measured, for people: nothing here is judged. */
export class Report {
  private readonly acts: Act[] = [];
  private readonly counts: { stack: string; type: string; count: number }[] = [];

  time(stack: string, name: string, seconds: number): void {
    this.acts.push({ stack, name, seconds });
  }

  /** @param types type of each resource of the stack */
  count(stack: string, types: readonly string[]): void {
    const kinds = [...new Set(types)].sort();
    kinds.forEach((type) => this.counts.push({ stack, type, count: types.filter((other) => other === type).length }));
  }

  get text(): string {
    const stacks = [...new Set([...this.counts, ...this.acts].map(({ stack }) => stack))];
    return stacks.map((stack) => this.textOf(stack)).join("\n");
  }

  private textOf(stack: string): string {
    const counts = this.counts.filter((entry) => entry.stack === stack);
    const acts = this.acts.filter((entry) => entry.stack === stack);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return [
      `${stack}: ${total} resources`,
      ...counts.map(({ type, count }) => `  ${String(count).padStart(3)}  ${type}`),
      ...acts.map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(7)} s  ${name}`),
      "",
    ].join("\n");
  }
}
