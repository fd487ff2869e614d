import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Health = { id: string; state: string; reason?: string; description?: string };
/** Machines of the group, the code of an error, or `silence`: no answer at all. */
export type Answer = readonly Health[] | { error: string; status?: number } | "silence";

/** Answers as Elastic Load Balancing does when it is asked for the health of a group: each of `answers` once, the last one for ever. */
export class BalancerApi {
  /** Bodies of all questions. */
  readonly questions: URLSearchParams[] = [];
  private readonly server: Server;

  constructor(answers: readonly Answer[]) {
    this.server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const answer = answers[Math.min(this.questions.length, answers.length - 1)]!;
        this.questions.push(new URLSearchParams(body));
        if (answer === "silence") return void request.socket.destroy();
        response.statusCode = "error" in answer ? (answer.status ?? 400) : 200;
        response.setHeader("Content-Type", "text/xml");
        response.end("error" in answer ? describeError(answer.error) : describeHealth(answer));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const namespace = 'xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"';

function describeHealth(machines: readonly Health[]): string {
  const members = machines.map(
    ({ id, state, reason, description }) =>
      `<member><Target><Id>${id}</Id><Port>8443</Port></Target><TargetHealth>${element("State", state)}${element("Reason", reason)}${element("Description", description)}</TargetHealth></member>`,
  );
  return `<DescribeTargetHealthResponse ${namespace}><DescribeTargetHealthResult><TargetHealthDescriptions>${members.join("")}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`;
}

function describeError(code: string): string {
  return `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>no: ${code}</Message></Error></ErrorResponse>`;
}

function element(name: string, value?: string): string {
  return value === undefined ? "" : `<${name}>${value}</${name}>`;
}
