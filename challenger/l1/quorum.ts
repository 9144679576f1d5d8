import { ElenchError } from "@elench/errors/elench-error";
import type { PublicClient } from "viem";
import { isSilence } from "./endpoint-failure.ts";

/** The endpoints disagree, and no quorum can be reached. */
export class EndpointsDisagree extends ElenchError {
  override readonly name = "EndpointsDisagree";
  override readonly kind = "environment";
}

/** One endpoint's vote, compared with the quorum's answer. */
export type Ballot =
  | { readonly client: PublicClient; readonly says: "the same" | "otherwise" }
  | { readonly client: PublicClient; readonly says: "nothing"; readonly failure: unknown };

export interface Question<T> {
  readonly clients: readonly PublicClient[];
  /** Number of endpoints that must agree. */
  readonly quorum: number;
  /** The subject of the request, for messages. */
  readonly what: string;
  readonly ask: (client: PublicClient) => Promise<T>;
  /** Maps equal answers to equal strings. */
  readonly digestOf: (answer: T) => string;
  /** Called for each endpoint after the quorum has decided, also for endpoints that answer later. */
  readonly onBallot?: (ballot: Ballot) => void;
}

/**
 * The answer on which a quorum of endpoints agrees, as soon as it does; it does not wait for the others.
 * @throws EndpointsDisagree if no quorum can be reached any more; or an endpoint's failure, if that is the reason
 */
export function agree<T>({ clients, quorum, what, ask, digestOf, onBallot }: Question<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const votes = new Map<string, PublicClient[]>();
    const failures: { client: PublicClient; failure: unknown }[] = [];
    let [open, decided] = [clients.length, undefined as string | undefined];
    const tell = (client: PublicClient, digest: string) =>
      onBallot?.({ client, says: digest === decided ? "the same" : "otherwise" });

    const decide = (digest: string, answer: T): void => {
      decided = digest;
      for (const [key, voters] of votes) for (const voter of voters) tell(voter, key);
      for (const failed of failures) onBallot?.({ ...failed, says: "nothing" });
      resolve(answer);
    };
    const vote = (client: PublicClient, answer: T): void => {
      const digest = digestOf(answer);
      if (decided !== undefined) return void tell(client, digest);
      const voters = [...(votes.get(digest) ?? []), client];
      votes.set(digest, voters);
      if (voters.length >= quorum) decide(digest, answer);
    };
    const fail = (client: PublicClient, failure: unknown): void => {
      failures.push({ client, failure });
      if (decided !== undefined) onBallot?.({ client, says: "nothing", failure });
    };
    const giveUpIfHopeless = (): void => {
      open--;
      const most = Math.max(0, ...[...votes.values()].map(({ length }) => length));
      if (decided !== undefined || most + open >= quorum) return;
      reject(votes.size <= 1 && failures.length > 0 ? telling(failures.map(({ failure }) => failure)) : disagreement());
    };
    const disagreement = (): EndpointsDisagree => {
      const sides = [...votes.values()].map((voters) => voters.map(({ name }) => name).join(", ")).join(" | ");
      return new EndpointsDisagree(
        `${what}: ${votes.size} different answers from ${clients.length} endpoints (${sides}), and no ${quorum} agree; nothing is sent until they do`,
      );
    };
    for (const client of clients)
      ask(client)
        .then(
          (answer) => vote(client, answer),
          (failure) => fail(client, failure),
        )
        .then(giveUpIfHopeless)
        .catch(reject);
  });
}

/** Waits until a number of promises have succeeded. @throws a failure, once that is impossible */
export function enough(tries: readonly Promise<unknown>[], count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let succeeded = 0;
    const failures: unknown[] = [];
    for (const one of tries)
      one.then(
        () => {
          if (++succeeded >= count) resolve();
        },
        (failure) => {
          failures.push(failure);
          if (tries.length - failures.length < count) reject(telling(failures));
        },
      );
  });
}

/** Of several failures, the first that is not an unavailable endpoint. */
const telling = (failures: readonly unknown[]): unknown => failures.find((f) => !isSilence(f)) ?? failures[0];
