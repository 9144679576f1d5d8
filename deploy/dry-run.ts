import type { Address } from "viem";
import { type InputFiles, readInputs } from "./inputs.ts";
import { type Created, createdBy, sentBy } from "./journal.ts";
import { configOf, deployerOf, type Endpoint, hasEndpoint, openEndpoint } from "./network.ts";
import { requireFitForPublicChain } from "./public-chain.ts";
import { explainReading } from "./refusals.ts";
import { type Creation, simulate } from "./simulation.ts";

/** The transactions of `elench deploy`. Gas and costs count those that are not sent yet. */
export interface Plan {
  /** Null if no endpoint is given. */
  readonly chainId: number | null;
  /** Null if no key is given. */
  readonly deployer: Address | null;
  /** Balance of the deployer, in wei. */
  readonly balance: bigint | null;
  readonly transactions: readonly PlannedTransaction[];
  readonly gas: bigint;
  readonly costs: readonly Cost[];
  /** What is not known, and the input that is missing. */
  readonly unknown: readonly string[];
}

export interface PlannedTransaction extends Creation {
  /** Whether an earlier run has sent it; it is not sent again. */
  readonly isSent: boolean;
  /** Address of the contract, if it is deployed. */
  readonly address: Address | null;
}

export interface Cost {
  readonly at: "present" | "given";
  /** Wei. */
  readonly gasPrice: bigint;
  /** Wei. */
  readonly cost: bigint;
}

export interface DryRunOptions extends InputFiles {
  /** Gas price for the cost, in wei. */
  readonly fee?: bigint | undefined;
}

/** Computes the transactions of a deployment without sending any. It needs no key. @throws UserError */
export async function dryRun(options: DryRunOptions): Promise<Plan> {
  const { network, fee } = options;
  const inputs = await readInputs(options);
  const { hre } = await configOf(network);
  try {
    const outside = await lookAround(network);
    if (outside.endpoint) requireFitForPublicChain(inputs.parameters, outside.endpoint.chainId);
    const creations = await simulate(hre, inputs);
    const transactions = creations.map((creation) => ({
      ...creation,
      isSent: outside.sent.has(creation.id),
      address: outside.created.get(creation.id)?.address ?? null,
    }));
    const gas = transactions.reduce((sum, { isSent, gas }) => sum + (isSent ? 0n : gas), 0n);
    const prices: [Cost["at"], bigint | undefined][] = [
      ["present", await outside.endpoint?.client.getGasPrice()],
      ["given", fee],
    ];
    return {
      chainId: outside.endpoint?.chainId ?? null,
      deployer: outside.deployer ?? null,
      balance: outside.balance,
      transactions,
      gas,
      costs: prices.flatMap(([at, gasPrice]) =>
        gasPrice === undefined ? [] : [{ at, gasPrice, cost: gas * gasPrice }],
      ),
      unknown: outside.unknown,
    };
  } catch (error) {
    throw explainReading(error, network);
  }
}

/** The state of L1 and of the journal, as far as an endpoint and a key are given. */
interface Outside {
  readonly endpoint: Endpoint | undefined;
  readonly deployer: Address | undefined;
  readonly balance: bigint | null;
  readonly created: ReadonlyMap<string, Created>;
  readonly sent: ReadonlySet<string>;
  readonly unknown: readonly string[];
}

async function lookAround(network: string): Promise<Outside> {
  if (!(await hasEndpoint(network)))
    return {
      endpoint: undefined,
      deployer: undefined,
      balance: null,
      created: new Map(),
      sent: new Set(),
      unknown: [
        `the present gas price, and which of these transactions were sent before: network ${network} has no endpoint (set ELENCH_L1_URL)`,
        "whether the deployer can pay (set ELENCH_L1_URL and ELENCH_KEY)",
      ],
    };
  const endpoint = await openEndpoint(network);
  const { client, deploymentId } = endpoint;
  const deployer = await deployerOf(network, client);
  const [nextNonce, balance] = deployer
    ? await Promise.all([
        client.getTransactionCount({ address: deployer, blockTag: "pending" }),
        client.getBalance({ address: deployer }),
      ])
    : [0, null];
  return {
    endpoint,
    deployer,
    balance,
    created: createdBy(deploymentId),
    sent: sentBy(deploymentId, nextNonce),
    unknown: deployer ? [] : ["who pays, and whether the deployer has enough (set ELENCH_KEY)"],
  };
}

/** Whether the deployer's balance is known to be insufficient at the present gas price. */
export const isTooPoor = ({ balance, costs }: Plan): boolean => {
  const present = costs.find(({ at }) => at === "present");
  return balance !== null && present !== undefined && balance < present.cost;
};
