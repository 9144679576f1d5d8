/** The part of the browser's `fetch` used here. */
declare const fetch: (url: string) => Promise<{
  readonly ok: boolean;
  readonly status: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}>;

/** A model by its URL. @throws Error if the server does not give it */
export async function modelBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`InferenceSession.create: GET ${url} answered HTTP ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
