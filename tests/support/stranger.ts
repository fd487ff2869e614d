import type { TestStack } from "./testStack";

const program = `
import http.client, ssl, sys
connection = http.client.HTTPSConnection(sys.argv[1], 8443, timeout=20, context=ssl._create_unverified_context())
connection.request("GET", "/healthz", headers={"Host": "portico.internal"})
print(connection.getresponse().status)
`;

/** Status of what the first application host answers on 8443 at the address of its balancer, which the firewall lets in, without a certificate. */
export function askAsStranger(stack: TestStack): string {
  const host = new URL(stack.url).hostname.replace(/\d+$/, "11");
  return stack.onHost("balancer", `python3 - ${host}`, program).trim();
}
