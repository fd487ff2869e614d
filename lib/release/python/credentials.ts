/** Takes user names, passwords and tokens out of all URLs of a text, so that it may be shown. */
export function withoutCredentials(text: string): string {
  return text.replace(/([A-Za-z][\w+.-]*:\/\/)[^\s/?#]*@/g, "$1****@");
}
