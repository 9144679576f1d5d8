import type { AbiEvent, Address, GetLogsReturnType, PublicClient } from "viem";

export interface LogRange<Events extends readonly AbiEvent[]> {
  readonly address: Address;
  readonly events: Events;
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

type Logs<Events extends readonly AbiEvent[]> = GetLogsReturnType<undefined, Events, true>;

/**
 * The logs of a contract in a range of blocks. Endpoints limit the blocks or the results of a request, by numbers of their own: a refused
 * range is halved, and the next one is tried at twice the width.
 * @throws the endpoint's error if it refuses a single block
 */
export async function logsOf<const Events extends readonly AbiEvent[]>(
  client: PublicClient,
  { address, events, fromBlock, toBlock }: LogRange<Events>,
): Promise<Logs<Events>> {
  const logs: Logs<Events>[number][] = [];
  let from = fromBlock;
  let width = toBlock - fromBlock + 1n;
  while (from <= toBlock) {
    const to = from + width <= toBlock ? from + width - 1n : toBlock;
    try {
      logs.push(...(await client.getLogs({ address, events, fromBlock: from, toBlock: to, strict: true })));
      from = to + 1n;
      width *= 2n;
    } catch (error) {
      if (to === from) throw error;
      width = (to - from + 1n) / 2n;
    }
  }
  return logs as Logs<Events>;
}
