import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Genesis } from "@elench/evm/chain/genesis";
import type { Models } from "@elench/evm/inference/models";
import { LIMIT } from "@elench/spec/evm/limits";
import type { PendingTransaction } from "./devnet/admission.ts";
import { DevChain, type SealedBlock } from "./devnet/chain.ts";
import { DevClock } from "./devnet/clock.ts";
import { Sequencer } from "./devnet/sequencer.ts";
import { callMethods } from "./rpc/methods/calls.ts";
import { chainMethods } from "./rpc/methods/chain.ts";
import { developmentMethods } from "./rpc/methods/development.ts";
import { logMethods } from "./rpc/methods/logs.ts";
import { stateMethods } from "./rpc/methods/state.ts";
import { transactionMethods } from "./rpc/methods/transactions.ts";
import { type CallReport, startServer } from "./rpc/server.ts";

/** A development L2: one process on loopback, with the models of its genesis. */

export interface DevnetOptions {
  readonly genesis: Genesis;
  readonly models: Models;
  /** TCP port; 0 for any free port. */
  readonly port: number;
  /** Gas limit of a block. Default: 30,000,000. */
  readonly gasLimit?: bigint;
  /** Seconds between blocks. If it is missing, each transaction gets its own block at once. */
  readonly blockTime?: number;
  readonly onBlock?: (block: SealedBlock) => void;
  readonly onCall?: (call: CallReport) => void;
  readonly onDropped?: (transaction: PendingTransaction) => void;
  /** Called if a block could not be made; its transactions are dropped. */
  readonly onTrouble?: (error: Error) => void;
}

export interface Devnet {
  readonly url: string;
  readonly chain: DevChain;
  stop(): Promise<void>;
}

const GAS_LIMIT = 30_000_000n;
/** 1 gwei. */
const BASE_FEE = 10n ** 9n;
/** Fee recipient; nobody has its key. */
const COINBASE = 0xfeen;

export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const { genesis, models, port, blockTime, onCall } = options;
  const clock = new DevClock();
  const wanted = options.gasLimit ?? GAS_LIMIT;
  // A transaction with a gas limit above the batch's gas would be dropped.
  const gasLimit = wanted < LIMIT.BATCH_GAS ? wanted : LIMIT.BATCH_GAS;
  const rules = { gasLimit, baseFee: BASE_FEE, coinbase: COINBASE, now: clock.now };
  const chain = await DevChain.create(genesis, rules, models);
  const sequencer = new Sequencer(chain, { ...options, automine: blockTime === undefined });
  const methods = {
    ...chainMethods(sequencer),
    ...stateMethods(sequencer),
    ...callMethods(sequencer),
    ...transactionMethods(sequencer),
    ...logMethods(sequencer),
    ...developmentMethods(sequencer, clock),
  };
  const server = await startServer({ methods, port, ...(onCall && { onCall }) });
  const seal = () => sequencer.seal().catch((error: Error) => options.onTrouble?.(error));
  const timer = blockTime === undefined ? undefined : setInterval(seal, blockTime * 1_000);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    chain,
    stop: () => {
      clearInterval(timer);
      return close(server);
    },
  };
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    // Clients keep connections alive.
    server.closeAllConnections();
  });
