import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { trieEntries } from "../../evm/trie/fixtures/entries.ts";
import { NodeStore } from "../../evm/trie/fixtures/store.ts";
import { EMPTY_TRIE_ROOT } from "../../evm/trie/node.ts";
import { type Case, type Report, reportOf } from "./report.ts";

/** Judges the state tries by Ethereum's official TrieTests (github.com/ethereum/tests): files of named cases. */

/** An update: the key as the trie has it, and the value, null to delete. */
export type Step = readonly [key: Uint8Array, value: Uint8Array | null];

export interface RootCase {
  readonly name: string;
  /** Keys are hashed. */
  readonly secure: boolean;
  readonly steps: readonly Step[];
  /** The steps are entries, whose order does not matter. */
  readonly anyOrder: boolean;
  /** Of the trie after all steps. */
  readonly root: Uint8Array;
}

type Json = Record<string, unknown>;

/**
 * Runs every file of `dir`.
 * @throws Error if there is none: no vectors is not a pass.
 */
export async function conformanceTrie(dir: string): Promise<Report> {
  const roots = rootCases(dir).map(judgeRoot);
  const neighbours = casesOf(dir, isNeighbours).map(({ name, test }) => judgeNeighbours(name, test));
  const cases = [...roots, ...neighbours];
  if (cases.length === 0) throw new Error(`no trie tests (*trie*.json) in ${dir}: give the folder TrieTests`);
  return reportOf(cases);
}

/** The cases that give updates and the root after them. */
export function rootCases(dir: string): RootCase[] {
  return casesOf(dir, (file) => !isNeighbours(file)).map(({ file, name, test }) => {
    const secure = /secure/i.test(file);
    const given = test.in as Record<string, string> | [string, string | null][];
    const anyOrder = !Array.isArray(given);
    const steps = (anyOrder ? Object.entries(given) : given).map(([key, value]): Step => {
      const bytes = bytesOfText(key);
      return [secure ? keccak256(bytes) : bytes, value === null ? null : bytesOfText(value)];
    });
    return { name, secure, steps, anyOrder, root: bytesOfText(test.root as string) };
  });
}

const isNeighbours = (file: string): boolean => file.includes("nextprev");

function casesOf(dir: string, wanted: (file: string) => boolean): { file: string; name: string; test: Json }[] {
  const files = existsSync(dir) ? readdirSync(dir).filter((file) => /trie.*\.json$/i.test(file)) : [];
  return files
    .sort()
    .filter(wanted)
    .flatMap((file) => {
      const tests = JSON.parse(readFileSync(join(dir, file), "utf8")) as Record<string, Json>;
      return Object.entries(tests).map(([name, test]) => ({ file, name: `${file} ${name}`, test }));
    });
}

/** Text is hexadecimal after 0x, and its own UTF-8 otherwise. */
const bytesOfText = (text: string): Uint8Array =>
  text.startsWith("0x") ? Uint8Array.from(Buffer.from(text.slice(2), "hex")) : new TextEncoder().encode(text);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function judgeRoot({ name, steps, anyOrder, root }: RootCase): Case {
  return judged(name, () => {
    const store = new NodeStore();
    const rootAfter = (order: readonly Step[]): string =>
      hex(order.reduce((at, [key, value]) => store.update(at, key, value), EMPTY_TRIE_ROOT));
    const roots = [rootAfter(steps), ...(anyOrder ? [rootAfter(steps.toReversed())] : [])];
    const wrong = roots.find((got) => got !== hex(root));
    return wrong === undefined ? "" : `the root is ${wrong}, not ${hex(root)}`;
  });
}

/** Of each text: the greatest key below it, and the least above it, "" for none. */
function judgeNeighbours(name: string, test: Json): Case {
  return judged(name, () => {
    const store = new NodeStore();
    const bytes = (test.in as string[]).map(bytesOfText);
    const root = bytes.reduce((at, key) => store.update(at, key, key), EMPTY_TRIE_ROOT);
    const keys = [...trieEntries(root, store.source)].map(({ key }) => new TextDecoder().decode(key));
    const wrong = (test.tests as [string, string, string][]).find(([text, previous, next]) => {
      const before = keys.findLast((key) => key < text) ?? "";
      const after = keys.find((key) => key > text) ?? "";
      return before !== previous || after !== next;
    });
    return wrong === undefined ? "" : `the neighbours of ${JSON.stringify(wrong[0])} are others among ${keys}`;
  });
}

/** @param problem what is wrong, or "". */
function judged(name: string, problem: () => string): Case {
  try {
    const why = problem();
    return { name, status: why === "" ? "passed" : "failed", why };
  } catch (error) {
    return { name, status: "failed", why: (error as Error).message };
  }
}
