import { createServer, type ServerResponse } from "node:http";

/** An L1 endpoint in front of another, which can be made to fail or to lie. */
export interface ProxyEndpoint {
  readonly url: string;
  /** What to make of an answer; undefined refuses the connection. */
  treat: ((method: string, result: unknown) => unknown) | undefined;
  /** Done with a call before it is passed on: whoever runs an endpoint sees what it is told first. */
  overhear: ((method: string, params: readonly unknown[]) => Promise<void>) | undefined;
  close(): Promise<void>;
}

interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

export const honestly = (_method: string, result: unknown): unknown => result;

export async function startProxy(target: string): Promise<ProxyEndpoint> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (proxy.treat === undefined) return void response.destroy();
    const body = Buffer.concat(chunks).toString();
    const { method, params } = JSON.parse(body) as Call;
    await proxy.overhear?.(method, params);
    await forward(target, body, proxy.treat, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const proxy: ProxyEndpoint = {
    url: `http://127.0.0.1:${port}`,
    treat: honestly,
    overhear: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
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
