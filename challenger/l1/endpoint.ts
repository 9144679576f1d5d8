import {
  createPublicClient,
  custom,
  HttpRequestError,
  http,
  type PublicClient,
  TimeoutError,
  withRetry,
  withTimeout,
} from "viem";
import { EndpointSilent } from "./endpoint-error.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { Rests } from "./rests.ts";

export interface EndpointOptions {
  readonly url: URL;
  /** Position among the endpoints, from 1. Number and host together name the endpoint. */
  readonly number: number;
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** Called with the failure at each failure, and with null when the endpoint is back. */
  readonly onChange?: (name: string, failure: EndpointSilent | null) => void;
}

interface Call {
  readonly method: string;
  readonly params?: unknown;
}

/** Attempts of one request if the endpoint fails at once, as a busy one does. */
const RETRIES = 2;
/** Longest `Retry-After` that a request waits for by itself, in milliseconds. */
const SHORT_WAIT = 1_000;
/** Milliseconds between two checks of the endpoint's chain id. */
const CHAIN_CHECK = 60_000;
/** Bytes of a response. A log of the inbox contains its batch in hexadecimal. */
const MAX_ANSWER = 1 << 27;

/**
 * One L1 endpoint.
 *
 * If the endpoint does not answer, it *rests*: requests fail at once, so that no caller waits for it, until one probe in the background
 * found it back on the same chain.
 *
 * The URL may contain an API key. It stays in `fetch` below: errors contain the host alone, and the key is removed from the endpoint's messages.
 */
export class Endpoint {
  readonly name: string;
  readonly client: PublicClient;
  readonly #options: EndpointOptions;
  readonly #wire: (call: Call, signal: AbortSignal) => Promise<unknown>;
  readonly #shown: string;
  readonly #closed = new AbortController();
  #chainId: number | undefined;
  #failure: EndpointSilent | undefined;
  #probeAt = 0;
  #isProbing = false;
  readonly #rests = new Rests();
  #chainCheckedAt = 0;

  constructor(options: EndpointOptions) {
    const { url, number } = options;
    this.#options = options;
    this.name = `endpoint ${number} (${url.host})`;
    this.#shown = `${url.protocol}//${url.host}/`;
    // viem's own timeout and retries are off: they do not cover the body, and they wait for `Retry-After` however long it is.
    const { request } = http(this.#shown, {
      fetchFn: fetchFrom(url, this.#shown),
      timeout: 0,
      retryCount: 0,
      maxResponseBodySize: MAX_ANSWER,
    })({});
    this.#wire = (call, signal) =>
      request(call as never, { signal: AbortSignal.any([signal, this.#closed.signal]) } as never);
    this.client = createPublicClient({
      name: this.name,
      transport: custom({ request: (call: Call) => this.#request(call) }, { retryCount: 0 }),
      pollingInterval: 200,
      cacheTime: 0,
    });
  }

  /** Aborts all requests in flight, so that an endpoint that hangs does not keep the process alive. */
  close(): void {
    this.#closed.abort();
  }

  /** From now on, the endpoint is used only while it serves this chain. */
  expectChain(chainId: number): void {
    this.#chainId = chainId;
    this.#chainCheckedAt = performance.now();
  }

  async #request(call: Call): Promise<unknown> {
    if (this.#failure) {
      if (performance.now() >= this.#probeAt) void this.#probe();
      throw this.#failure;
    }
    if (this.#chainId !== undefined && performance.now() - this.#chainCheckedAt > CHAIN_CHECK) void this.#probe();
    try {
      return await withRetry(() => this.#ask(call), {
        retryCount: RETRIES,
        delay: ({ count, error }) => (error as Partial<EndpointSilent>).retryAfter ?? 150 * 2 ** count,
        shouldRetry: ({ error }) => isWorthRetrying(error),
      });
    } catch (error) {
      // Requests in flight fail together: they count as one failure.
      if (error instanceof EndpointSilent && !this.#failure) this.#rest(error);
      throw error;
    }
  }

  /** @throws EndpointSilent, CallRefused, or the abort error after `close` */
  async #ask(call: Call): Promise<unknown> {
    try {
      const answer = await withTimeout(({ signal }) => this.#wire(call, signal as AbortSignal), {
        timeout: this.#options.timeout,
        errorInstance: new TimeoutError({ body: { method: call.method }, url: this.#shown }),
        signal: true,
      });
      if (call.method === "eth_chainId") this.#checkChain(Number(answer));
      return answer;
    } catch (error) {
      hideSecrets(error, secretsOf(this.#options.url));
      throw endpointFailure(error, { endpoint: this.name, method: call.method }) ?? error;
    }
  }

  #checkChain(found: number): void {
    if (this.#chainId === undefined || found === this.#chainId) return;
    throw new EndpointSilent(
      `L1 ${this.name} serves chain ${found}, not chain ${this.#chainId}: it is not used until it serves chain ${this.#chainId}`,
      { reason: "chain" },
    );
  }

  #rest(failure: EndpointSilent): void {
    this.#probeAt = performance.now() + this.#rests.next(failure.retryAfter);
    this.#failure = failure;
    this.#options.onChange?.(this.name, failure);
  }

  #rise(): void {
    this.#failure = undefined;
    this.#rests.rise();
    this.#options.onChange?.(this.name, null);
  }

  async #probe(): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    this.#chainCheckedAt = performance.now();
    try {
      await this.#ask({ method: "eth_chainId" });
      if (this.#failure) this.#rise();
    } catch (error) {
      if (error instanceof EndpointSilent) this.#rest(error);
      else if (this.#failure) this.#rest(this.#failure);
    } finally {
      this.#isProbing = false;
    }
  }
}

/** A `fetch` that always requests this URL. An HTTP error keeps the endpoint's message. */
function fetchFrom(url: URL, shown: string): (input: unknown, init?: RequestInit) => Promise<Response> {
  const [target, credentials] = [new URL(url), `${url.username}:${url.password}`];
  target.username = target.password = "";
  // `fetch` refuses URLs with credentials.
  const authorization =
    credentials === ":" ? {} : { authorization: `Basic ${Buffer.from(decoded(credentials)).toString("base64")}` };
  return async (_, init) => {
    const headers = { ...(init?.headers as Record<string, string>), ...authorization };
    const response = await fetch(target, { ...init, headers });
    if (response.ok) return response;
    const [{ status }, text] = [response, await response.text()];
    // Some nodes send JSON-RPC answers with an error status. A rate limit is never such an answer.
    if (status !== 429 && isRpcError(text)) return new Response(text, { status, headers: response.headers });
    const details = wordsOf(text) || response.statusText;
    throw new HttpRequestError({ details, status, headers: response.headers, url: shown });
  };
}

function isRpcError(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { error?: { code?: unknown } }).error?.code === "number";
  } catch {
    return false;
  }
}

/** The message in the body of an HTTP error, in one line. */
function wordsOf(text: string): string {
  const line = (words: string): string => words.replaceAll(/\s+/g, " ").trim().slice(0, 300);
  try {
    const { error, message } = JSON.parse(text) as { error?: string | { message?: string }; message?: string };
    return line((typeof error === "string" ? error : error?.message) ?? message ?? text);
  } catch {
    return line(text);
  }
}

/** A busy endpoint is asked again at once; one that hangs, refuses access, or asks for a long wait, is not. */
function isWorthRetrying(error: Error): boolean {
  if (!(error instanceof EndpointSilent) || (error.retryAfter ?? 0) > SHORT_WAIT) return false;
  const { reason, status = 0 } = error;
  return reason === "limit" || reason === "connection" || status === 408 || status >= 500;
}

/** Parts of a URL that may be a key: user, password, long parts of the path, values of the query. */
function secretsOf({ username, password, pathname, searchParams }: URL): string[] {
  const parts = [
    username,
    password,
    ...searchParams.values(),
    ...pathname.split("/").filter((part) => part.length > 7),
  ];
  return parts.flatMap((part) => [part, decoded(part)]).filter((part) => part.length > 3);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Removes an endpoint's secrets from an error and all its causes. */
function hideSecrets(error: unknown, secrets: readonly string[]): void {
  type Said = { [field in "message" | "details" | "shortMessage" | "stack"]?: string } & { cause?: unknown };
  for (let at = error as Said | undefined; typeof at === "object" && at !== null; at = at.cause as Said | undefined) {
    for (const field of ["message", "details", "shortMessage", "stack"] as const) {
      const text = at[field];
      if (typeof text === "string" && secrets.some((secret) => text.includes(secret)))
        at[field] = secrets.reduce((hidden, secret) => hidden.replaceAll(secret, "***"), text);
    }
  }
}
