import { equalBytes } from "@elench/bytes/words";
import type { Hash } from "@elench/merkle/tree";
import { Code } from "../../structures/code.ts";
import { codeWords, EMPTY_CODE_HASH, PHASE, type Tx } from "../../structures/layout.ts";
import { get, open, put } from "../../structures/sparse.ts";
import type { Machine } from "./machine.ts";
import { NotLoaded } from "./not-loaded.ts";

/** The code table: codes that the transaction has loaded, by code hash. */

/** Opens a code of the table; the Tx must be open. The empty code hash is never looked up. @throws NotLoaded */
export function openCode(m: Machine, codeHash: Hash): Code {
  if (equalBytes(codeHash, EMPTY_CODE_HASH)) return Code.NONE;
  const { codes } = m.tx as Tx;
  m.tape?.bytes(open(codes, codeHash));
  const code = get(codes, codeHash);
  if (!code) throw new NotLoaded({ phase: PHASE.loadCode, codeHash });
  return code;
}

/** Inserts a code into the table; the Tx must be open. */
export function insertCode(m: Machine, codeHash: Hash, code: Code): void {
  const tx = m.tx as Tx;
  m.tape?.bytes(open(tx.codes, codeHash));
  m.tx = { ...tx, codes: put(tx.codes, codeHash, code, codeWords) };
}
