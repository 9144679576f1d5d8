import { unpackProposal } from "@elench/challenger/strategy/record";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import type { Address, Hex } from "viem";
import { gameEvents } from "../e2e/stage.ts";
import type { Field } from "./attack.ts";
import { BOND } from "./calls.ts";

/** What the accounts of one side have, and what they spent, in wei. */
export interface Worth {
  /** Balances, credits, fees, and what is staked in games that are not over. */
  readonly owned: bigint;
  /** Gas paid in the attack. */
  readonly gas: bigint;
}

/**
 * @param accounts of one side.
 * @param from the block before the attack's first.
 */
export async function worthOf(field: Field, accounts: readonly Address[], from: bigint): Promise<Worth> {
  const {
    chain: { client },
    deployment,
  } = field;
  let owned = 0n;
  for (const address of accounts) {
    const game = { address: deployment.disputeGame, abi: disputeGameAbi } as const;
    const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
    const [credit] = await client.readContract({ ...game, functionName: "accountOf", args: [address] });
    const fees = await client.readContract({ ...oracle, functionName: "creditOf", args: [address] });
    owned += (await client.getBalance({ address })) + credit + fees;
  }
  const concluded = new Set((await gameEvents(field, "Concluded")).map(({ args }) => args.number));
  owned += await stakesOf(field, accounts, (game) => !concluded.has(game));
  return { owned, gas: await gasOf(client, new Set(accounts.map((address) => address.toLowerCase())), from) };
}

async function gasOf(client: Field["chain"]["client"], accounts: ReadonlySet<string>, from: bigint): Promise<bigint> {
  let paid = 0n;
  const last = await client.getBlockNumber();
  for (let number = from + 1n; number <= last; number++) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, hash } of transactions) {
      if (!accounts.has(from.toLowerCase())) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      paid += gasUsed * effectiveGasPrice;
    }
  }
  return paid;
}

/** All bonds and prepayments that the accounts have staked. @param counts which games, by their numbers; default: all */
export async function stakesOf(
  field: Field,
  accounts: readonly Address[],
  counts: (game: bigint) => boolean = () => true,
): Promise<bigint> {
  const ours = new Set(accounts.map((address) => address.toLowerCase()));
  const isOurs = (account: Hex) => ours.has(account.toLowerCase());
  const proposed = (await gameEvents(field, "Proposed")).filter(
    ({ args }) => isOurs(args.proposer) && counts(unpackProposal(args.proposal).number),
  );
  const claimed = (await gameEvents(field, "Claimed")).filter(
    ({ args }) => isOurs(claimantOf(args.origin)) && counts(args.number),
  );
  return (
    BOND.proposal * BigInt(proposed.length) +
    claimed.reduce((sum, { args }) => sum + (parentOf(args.origin) === 0n ? BOND.counter : BOND.move), 0n)
  );
}

const claimantOf = (origin: bigint): Hex => `0x${(origin & ((1n << 160n) - 1n)).toString(16).padStart(40, "0")}`;
const parentOf = (origin: bigint): bigint => (origin >> 160n) & 0xffffffn;
