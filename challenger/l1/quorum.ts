import { ElenchError } from "@elench/errors/elench-error";
import type { PublicClient } from "viem";
import { isSilence } from "./endpoint-failure.ts";

/** Endpoints that do not tell the same: none of them is believed. */
export class EndpointsDisagree extends ElenchError {
  override readonly name = "EndpointsDisagree";
  override readonly kind = "environment";
}

/** How one endpoint stands to what the quorum decided. */
export type Ballot =
  | { readonly client: PublicClient; readonly says: "the same" | "otherwise" }
  | { readonly client: PublicClient; readonly says: "nothing"; readonly failure: unknown };

export interface Question<T> {
  readonly clients: readonly PublicClient[];
  /** As many must tell the same. */
  readonly quorum: number;
  /** What is asked for, in words. */
  readonly what: string;
  readonly ask: (client: PublicClient) => Promise<T>;
  /** Equal for answers that are the same. */
  readonly digestOf: (answer: T) => string;
  /** Told of each endpoint once the quorum has decided, also of those that answer later. */
  readonly onBallot?: (ballot: Ballot) => void;
}

/**
 * What as many endpoints as the quorum tell alike, as soon as they do: nobody waits for the others.
 * @throws EndpointsDisagree when no quorum can be reached any more; or an endpoint's failure, where that is why
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
        `${what}: ${votes.size} different answers from ${clients.length} endpoints (${sides}), and no ${quorum} agree; nothing is done until they do`,
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

/** Waits until so many have succeeded. @throws a failure, when that is impossible */
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

/** Of several failures, one that tells more than that somebody is not there. */
const telling = (failures: readonly unknown[]): unknown => failures.find((f) => !isSilence(f)) ?? failures[0];
