import { createServer, type ServerResponse } from "node:http";

/** An L1 endpoint in front of another, which can be made to fail or to lie. */
export interface ProxyEndpoint {
  readonly url: string;
  /** Where calls are passed on to. */
  target: string;
  /** What to make of an answer; undefined refuses the connection. */
  treat: ((method: string, result: unknown) => unknown) | undefined;
  /** What to do instead of passing a call on; undefined passes it on. */
  fault: ((call: Call) => Fault | undefined) | undefined;
  /** Done with a call before it is passed on: whoever runs an endpoint sees what it is told first. */
  overhear: ((method: string, params: readonly unknown[]) => Promise<void>) | undefined;
  /** Every call that reached it. */
  readonly calls: Call[];
  close(): Promise<void>;
}

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** How an endpoint can fail: with an HTTP status, with an error or an invented result of JSON-RPC, by never answering. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | { readonly error: { readonly code: number; readonly message: string } }
  | { readonly result: unknown }
  | "hangs";

export const honestly = (_method: string, result: unknown): unknown => result;

export async function startProxy(target: string): Promise<ProxyEndpoint> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (proxy.treat === undefined) return void response.destroy();
    const body = Buffer.concat(chunks).toString();
    const call = { params: [], ...JSON.parse(body) } as Call;
    proxy.calls.push(call);
    const fault = proxy.fault?.(call);
    if (fault) return fail(fault, call, response);
    await proxy.overhear?.(call.method, call.params);
    await forward(proxy.target, body, proxy.treat, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const proxy: ProxyEndpoint = {
    url: `http://127.0.0.1:${port}`,
    target,
    treat: honestly,
    fault: undefined,
    overhear: undefined,
    calls: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}

function fail(fault: Fault, { id }: Call, response: ServerResponse): void {
  if (fault === "hangs") return;
  if ("status" in fault) {
    response.writeHead(fault.status, fault.headers);
    response.end(fault.body);
    return;
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ jsonrpc: "2.0", id, ...fault }));
}

async function forward(
  target: string,
  body: string,
  treat: NonNullable<ProxyEndpoint["treat"]>,
  response: ServerResponse,
): Promise<void> {
  const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
  const [call, told] = [JSON.parse(body) as Call, (await answer.json()) as { result?: unknown }];
  if (told.result !== undefined) told.result = treat(call.method, told.result);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(told));
}
