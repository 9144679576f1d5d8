import { readFile } from "node:fs/promises";

/** A model by its path. The browser build has another implementation, which fetches: model-bytes.browser.ts. */
export const modelBytes = async (path: string): Promise<Uint8Array> => new Uint8Array(await readFile(path));
