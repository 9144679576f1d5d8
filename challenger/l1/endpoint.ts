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
  /** Place among the endpoints, from 1: with the host, it names the endpoint. */
  readonly number: number;
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** Told that it is down, with the failure, at each further failure again; and with null that it is back. */
  readonly onChange?: (name: string, failure: EndpointSilent | null) => void;
}

interface Call {
  readonly method: string;
  readonly params?: unknown;
}

/** Tries of one request, where the endpoint fails at once, as a busy one does. */
const RETRIES = 2;
/** A wait, asked for by the endpoint, that a request itself sits out; milliseconds. */
const SHORT_WAIT = 1_000;
/** Milliseconds after which it is made sure again that it serves the same chain. */
const CHAIN_CHECK = 60_000;
/** A batch's log is as large as the batch, in hex. */
const MAX_ANSWER = 1 << 27;

/**
 * One L1 endpoint.
 *
 * When it does not answer, it *rests*: requests fail at once, so that nobody waits for it, until a single probe in the background has
 * found it back on the same chain.
 *
 * Its URL may hold a key. The URL stays in `fetch` below: errors know the host alone, and what the endpoint says is searched for the key.
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
    // Its own time limits and retries are off: they would not cover the body, and `Retry-After` would be waited for at any length.
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

  /** Gives up whatever is under way: an endpoint that hangs keeps no process from ending. */
  close(): void {
    this.#closed.abort();
  }

  /** From now on, it counts only while it serves this chain. */
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
      // Others in flight fail with it: that is one failure.
      if (error instanceof EndpointSilent && !this.#failure) this.#rest(error);
      throw error;
    }
  }

  /** @throws EndpointSilent; CallRefused; and what `close` ends a call with */
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
      `L1 ${this.name} serves chain ${found}, and chain ${this.#chainId} is wanted: it is not asked until it serves that`,
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

/** A `fetch` of this URL, whatever it is called with. An HTTP error keeps the endpoint's own words. */
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
    // Some nodes send answers with a status; a limit of calls is none, whatever it looks like.
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

/** What an endpoint says in the body of an HTTP error, in one line. */
function wordsOf(text: string): string {
  const line = (words: string): string => words.replaceAll(/\s+/g, " ").trim().slice(0, 300);
  try {
    const { error, message } = JSON.parse(text) as { error?: string | { message?: string }; message?: string };
    return line((typeof error === "string" ? error : error?.message) ?? message ?? text);
  } catch {
    return line(text);
  }
}

/** Busy endpoints are asked again at once; those that hang, refuse us, or ask for a long rest, are not. */
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

/** Takes an endpoint's secrets out of what it said, down to the last cause. */
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
