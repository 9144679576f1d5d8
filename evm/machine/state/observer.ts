/** Is told what a step looks at while it is taken, by the names that the state keeps as hashes: for descriptions of steps. */
export interface Observer {
  /** An account that is opened, or put into the journal. */
  account(address: bigint): void;
  /** A slot that is opened, or put into the journal. */
  slot(address: bigint, slot: bigint): void;
  transient(address: bigint, slot: bigint): void;
  /** The bytes are valid during the call alone. */
  memoryRead(offset: number, bytes: Uint8Array): void;
  /** The bytes are valid during the call alone. */
  memoryWrite(offset: number, before: Uint8Array, after: Uint8Array): void;
  /** Gas that was to be paid, and that there is less of. */
  outOfGas(cost: bigint, left: bigint): void;
}
