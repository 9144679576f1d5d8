import { Numbered } from "./numbered.ts";

/** What every event of a consumer has (`IResults`): the number of its events before it; and of some, the number of a game. */
interface ConsumerEvent {
  readonly args: { readonly sequence: bigint; readonly number?: bigint };
}

/** Which events of a consumer of the game are known, and which games they name. */
export class ConsumerLog {
  readonly events = new Numbered<true>();
  /** Numbers of games. */
  readonly games = new Set<bigint>();

  forget(): void {
    this.events.forget();
    this.games.clear();
  }

  learn(events: readonly ConsumerEvent[]): void {
    for (const { args } of events) {
      this.events.add(Number(args.sequence), true);
      if (args.number) this.games.add(args.number);
    }
  }
}
