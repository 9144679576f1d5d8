import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { CODE, RpcError } from "./errors.ts";

/** Maps a method's parameters to its result. @throws RpcError */
export type Method = (params: readonly unknown[]) => unknown;
export type Methods = Readonly<Record<string, Method>>;

export interface ServerOptions {
  readonly methods: Methods;
  /** TCP port; 0 for any free port. */
  readonly port: number;
  /** Called after each call. */
  readonly onCall?: (call: CallReport) => void;
}

export interface CallReport {
  readonly method: string;
  readonly ms: number;
  readonly error?: { readonly code: number; readonly message: string };
}

/** Maximum bytes of a request: more than a transaction's data in hexadecimal. */
const MAX_REQUEST_BYTES = 16 * 2 ** 20;

interface Request {
  readonly jsonrpc: "2.0";
  readonly method: string;
  readonly params?: readonly unknown[];
  /** Missing in a notification, which has no response. */
  readonly id?: string | number | null;
}

/** JSON-RPC 2.0 over HTTP, on loopback only. @returns the listening server. */
export function startServer(options: ServerOptions): Promise<Server> {
  const server = createServer((request, response) => {
    serve(request, response, options).catch(() => response.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", () => resolve(server));
  });
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST, OPTIONS",
  "access-control-allow-headers": "content-type",
};

async function serve(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  if (request.method === "OPTIONS") {
    response.writeHead(204, CORS).end();
    return;
  }
  if (request.method !== "POST") {
    response
      .writeHead(405, { ...CORS, allow: "POST, OPTIONS" })
      .end("method not allowed: send JSON-RPC calls with POST\n");
    return;
  }
  const text = await body(request);
  const answer =
    text === null
      ? failure(null, new RpcError(CODE.invalidRequest, "invalid request: the request is too large"))
      : await respond(text, options);
  response.writeHead(answer === undefined ? 204 : 200, { ...CORS, "content-type": "application/json" });
  response.end(answer === undefined ? undefined : JSON.stringify(answer));
}

/** @returns null if the body is too large. */
async function body(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** @returns undefined if no response is due. */
async function respond(text: string, options: ServerOptions): Promise<unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return failure(null, new RpcError(CODE.parse, `parse error: ${(error as Error).message}`));
  }
  if (!Array.isArray(json)) return respondTo(json, options);
  if (json.length === 0) return failure(null, new RpcError(CODE.invalidRequest, "invalid request: an empty batch"));
  const answers: unknown[] = [];
  for (const request of json) answers.push(await respondTo(request, options));
  const told = answers.filter((answer) => answer !== undefined);
  return told.length === 0 ? undefined : told;
}

async function respondTo(json: unknown, { methods, onCall }: ServerOptions): Promise<unknown> {
  const request = json as Partial<Request> | null;
  if (typeof request !== "object" || request === null || typeof request.method !== "string")
    return failure(null, new RpcError(CODE.invalidRequest, "invalid request: it needs jsonrpc, method, params and id"));
  const { method, params = [], id } = request;
  const started = performance.now();
  const report = (error?: RpcError): void =>
    onCall?.({
      method,
      ms: performance.now() - started,
      ...(error && { error: { code: error.code, message: error.message } }),
    });
  try {
    if (!Array.isArray(params)) throw new RpcError(CODE.invalidParams, "invalid params: params must be a list");
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) throw new RpcError(CODE.unknownMethod, `the method ${method} does not exist/is not available`);
    const result = (await run(params)) ?? null;
    report();
    return id === undefined ? undefined : { jsonrpc: "2.0", id, result };
  } catch (error) {
    const told = error instanceof RpcError ? error : new RpcError(CODE.internal, (error as Error).message);
    report(told);
    return id === undefined ? undefined : failure(id, told);
  }
}

const failure = (id: Request["id"], { code, message, data }: RpcError) => ({
  jsonrpc: "2.0",
  id,
  error: { code, message, ...(data !== undefined && { data }) },
});
