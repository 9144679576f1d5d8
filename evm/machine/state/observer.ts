/** Receives what a step reads while it runs, by names that the state holds only as hashes. Used to describe steps. */
export interface Observer {
  /** An account is opened, or inserted into the journal. */
  account(address: bigint): void;
  /** A slot is opened, or inserted into the journal. */
  slot(address: bigint, slot: bigint): void;
  transient(address: bigint, slot: bigint): void;
  /** The bytes are valid only during the call. */
  memoryRead(offset: number, bytes: Uint8Array): void;
  /** The bytes are valid only during the call. */
  memoryWrite(offset: number, before: Uint8Array, after: Uint8Array): void;
  /** A charge exceeds the gas left. */
  outOfGas(cost: bigint, left: bigint): void;
}
