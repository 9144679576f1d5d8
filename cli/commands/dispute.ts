import type { Hex } from "@elench/bytes/hex";
import { type ConnectOptions, connectTo } from "@elench/challenger/l1/connect";
import { dueAt } from "@elench/challenger/strategy/settlement";
import { standingOf } from "@elench/challenger/strategy/standing";
import { type Forest, type Game, type Node, nodeDeadline, proposalDeadline } from "@elench/challenger/strategy/tree";
import { createAgent } from "@elench/challenger/watch/agent";
import { defaultStore, ModelStore } from "@elench/challenger/watch/store";
import type { GameParameters } from "@elench/challenger/watch/watchtower";
import { UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import { withL1 } from "../input/l1-options.ts";
import { backendOf } from "../input/model-file.ts";
import { jsonOption } from "../input/options.ts";
import { journal } from "../report/journal.ts";
import { columns, print } from "../report/output.ts";

interface DisputeOptions extends ConnectOptions {
  readonly json?: boolean;
}

export function disputeCommand(): Command {
  const list = withL1(new Command("list").description("list all games with their status and number of claims"))
    .addOption(jsonOption())
    .action(async (options: DisputeOptions) => {
      const { forest } = await read(options);
      const games = [...forest.games.values()].map((game) => ({
        id: game.id,
        status: game.status,
        proposer: game.proposal.proposer,
        output: game.output ?? game.proposal.output,
        claims: game.claims.size,
        made: game.proposal.made,
      }));
      print(options.json, games, () =>
        games.length === 0
          ? "no games"
          : columns([
              ["game", "status", "claims", "proposer"],
              ...games.map((g) => [g.id, g.status, String(g.claims), g.proposer]),
            ]),
      );
    });
  const show = withL1(new Command("show").description("show one game: its claim tree, clocks and bonds"))
    .argument("<game>", "the game's id, or a prefix of it")
    .addOption(jsonOption())
    .action(async (id: string, options: DisputeOptions) => {
      const { forest, parameters, now } = await read(options);
      const game = findGame(forest, id);
      print(options.json, describeGame(game, parameters, now), () => drawGame(game, parameters, now));
    });
  return new Command("dispute").description("show disputes on L1").addCommand(list).addCommand(show);
}

/** The game whose id has this prefix. @throws UserError if there is none, or more than one. */
export function findGame(forest: Forest, id: string): Game {
  if (!/^0x[\da-f]+$/i.test(id))
    throw new UserError(`"${id}" is not a game id: give 0x and hexadecimal digits; elench dispute list shows the ids`);
  const found = [...forest.games.values()].filter((game) => game.id.startsWith(id.toLowerCase()));
  if (found.length === 0)
    throw new UserError(`no game has an id that starts with ${id}; elench dispute list shows the ids`);
  if (found.length > 1) throw new UserError(`${found.length} games have ids that start with ${id}: give more digits`);
  return found[0] as Game;
}

async function read(options: DisputeOptions) {
  const connection = await connectTo(options);
  const backend = backendOf("auto", 1);
  const agent = await createAgent({
    ...connection,
    store: new ModelStore(defaultStore(), backend),
    backend,
    account: undefined,
    quorum: connection.clients.length,
    bumpAfter: 0,
    maxFeePerGas: 0n,
    report: journal(false).report,
  });
  const head = await agent.watchtower.look();
  return { forest: agent.watchtower.forest, parameters: agent.parameters, now: Number(head.timestamp), agent };
}

/** A counter's bond is twice a move's; a refutation has none. */
const bondOf = (node: Node, { bond }: GameParameters): bigint => (node.kind === "counter" ? 2n * bond : bond);

function describeGame(game: Game, parameters: GameParameters, now: number) {
  const { stands } = standingOf(game);
  return {
    id: game.id,
    status: game.status,
    proposal: { ...game.proposal, bond: 4n * parameters.bond, deadline: proposalDeadline(game, parameters) },
    output: game.output ?? null,
    now,
    due: dueAt(game, parameters),
    claims: [...game.claims.values()].map((node) => ({
      number: node.number,
      parent: node.parent,
      kind: node.kind,
      claimant: node.claimant,
      machine: node.machine,
      level: node.level,
      segment: node.segment,
      firstStep: node.offset,
      end: endOf(node),
      bond: bondOf(node, parameters),
      clock: node.clock,
      made: node.made,
      deadline: nodeDeadline(node, parameters),
      refutations: node.refutations.map(({ number, claimant, segment, made }) => ({
        number,
        by: claimant,
        segment,
        made,
      })),
      stands: stands(node.number),
    })),
  };
}

/** The output of a claim about a whole run; the last state of any other. */
const endOf = (node: Node): Hex => node.output ?? (node.points.at(-1) as Hex);

const short = (hash: string): string => `${hash.slice(0, 10)}…`;

function drawGame(game: Game, parameters: GameParameters, now: number): string {
  const left = (deadline: number): string => (deadline > now ? `${deadline - now} s left` : "clock expired");
  const lines = [
    `game ${game.id}: ${game.status}`,
    `proposal  output ${short(game.proposal.output)}  by ${game.proposal.proposer}  bond ${4n * parameters.bond} wei  ${left(proposalDeadline(game, parameters))}`,
  ];
  const { stands } = standingOf(game);
  const draw = (number: number, indent: string): void => {
    const node = game.claims.get(number) as Node;
    const isOver = game.status !== "open";
    const verdict = isOver ? (stands(number) ? "stood" : "fell") : left(nodeDeadline(node, parameters));
    lines.push(
      `${indent}└ claim ${number}: ${node.kind === "delegation" ? `machine ${short(node.machine)} is asked: ` : ""}level ${node.level}, segment ${node.segment}, from step ${node.offset}: ends ${short(endOf(node))}  by ${node.claimant}  bond ${bondOf(node, parameters)} wei  ${verdict}`,
    );
    for (const { segment, claimant } of node.refutations) {
      lines.push(
        `${indent}  └ step ${node.offset + BigInt(segment)} executed on L1 by ${claimant}: the claim is false`,
      );
    }
    for (const child of node.children) draw(child, `${indent}  `);
  };
  for (const counter of game.counters) draw(counter, "");
  return lines.join("\n");
}
