/** What a host said, without what would move the cursor of a terminal or recolour it: a host is believed to be no friend. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, " ");
}
