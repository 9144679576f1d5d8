import assert from "node:assert/strict";
import { test } from "node:test";
import { createPublicClient, custom, HttpRequestError, RpcRequestError, TimeoutError } from "viem";
import { CallRefused, EndpointSilent } from "./endpoint-error.ts";
import { endpointFailure, isSilence } from "./endpoint-failure.ts";

const url = "http://host/v3/0123456789abcdef";
const rpc = (code: number, data?: unknown) =>
  new RpcRequestError({ body: {}, url, error: { code, message: "no", ...(data !== undefined && { data }) } as never });
const http = (status?: number, headers?: Headers) =>
  new HttpRequestError({ url, details: "go away", ...(status && { status }), ...(headers && { headers }) });
const origin = { endpoint: "endpoint 2 (host)", method: "eth_getLogs" };

test("an endpoint that is down, hangs or limits us is silent; one that refuses a call has answered", () => {
  for (const error of [http(), http(401), http(429), http(503), new TimeoutError({ body: {}, url }), rpc(429)])
    assert.ok(endpointFailure(error) instanceof EndpointSilent, error.message);
  for (const error of [http(400), http(413), rpc(-32_000), rpc(-32_005)])
    assert.ok(endpointFailure(error) instanceof CallRefused, error.message);
});

test("what is no endpoint's doing is not taken for it", () => {
  for (const error of [new TypeError("x is not a function"), new Error("execution reverted"), "a text", undefined])
    assert.equal(endpointFailure(error), null);
});

test("a failure names the endpoint, the method and the node's words, and no URL", () => {
  const refused = endpointFailure(rpc(-32_005), origin);
  assert.equal(refused?.message, "L1 endpoint 2 (host) refuses eth_getLogs: no (code -32005)");
  const silent = endpointFailure(http(503, new Headers({ "retry-after": "2" })), origin) as EndpointSilent;
  assert.match(silent.message, /^L1 endpoint 2 \(host\) answers with HTTP status 503: go away; check --rpc/);
  assert.equal(silent.retryAfter, 2_000);
});

test("what refuses a read is something that is not there; what refuses to execute is L1's answer", () => {
  assert.equal(endpointFailure(rpc(-32_000), origin)?.kind, "environment");
  assert.equal(endpointFailure(rpc(3), { method: "eth_estimateGas" })?.kind, "refused");
});

test("it is found again in what viem makes of it, with what the contract reverted with", async () => {
  for (const code of [3, -32_000, -32_603, -39_999]) {
    const failure = endpointFailure(rpc(code, "0x01020304"), { method: "eth_call" }) as CallRefused;
    const client = createPublicClient({
      transport: custom({ request: () => Promise.reject(failure) }, { retryCount: 0 }),
    });
    const thrown = await client.call({ to: `0x${"11".repeat(20)}`, data: "0x" }).catch((error: unknown) => error);
    assert.equal(endpointFailure(thrown), failure, `code ${code}`);
    assert.equal(failure.data, "0x01020304");
    assert.equal(isSilence(thrown), false);
  }
});
