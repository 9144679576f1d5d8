import { toHex } from "@elench/bytes/hex";
import { formatGenesis } from "@elench/evm/chain/genesis";
import { L1_CALLDATA_BYTES, toBatches } from "../../devnet/batches.ts";
import type { DevClock } from "../../devnet/clock.ts";
import type { Sequencer } from "../../devnet/sequencer.ts";
import { quantityHex } from "../format.ts";
import { quantity } from "../params.ts";
import type { Methods } from "../server.ts";

/** Methods of development chains: time, snapshots, and the chain as batches. */
export function developmentMethods(sequencer: Sequencer, clock: DevClock): Methods {
  const { chain } = sequencer;
  const { genesis } = chain.chain;
  return {
    evm_mine: async () => {
      await sequencer.seal();
      return "0x0";
    },
    evm_increaseTime: ([seconds]) => {
      // Tools send either a JSON number or a quantity.
      const isNumber = Number.isSafeInteger(seconds) && (seconds as number) >= 0;
      const asked = isNumber ? BigInt(seconds as number) : quantity("the seconds", seconds);
      clock.pass(asked, chain.latest.timestamp);
      return quantityHex(clock.passed);
    },
    /** A snapshot's id is the number of its block. */
    evm_snapshot: () => quantityHex(chain.latest.number),
    evm_revert: async ([snapshot]) => {
      const number = quantity("the snapshot", snapshot);
      if (number > chain.latest.number) return false;
      await sequencer.revertTo(number);
      return true;
    },
    elench_genesis: () => JSON.parse(formatGenesis(genesis)) as unknown,
    /** From block 1, or from the given block. */
    elench_batches: ([from]) => {
      const first = from === undefined ? 1n : quantity("the first block", from);
      const blocks = chain.blocks.filter(({ number }) => number >= first);
      return toBatches(blocks, { ...genesis, maxBytes: L1_CALLDATA_BYTES }).map((batch) => toHex(batch));
    },
  };
}
