import type { Agent } from "./agent.ts";
import type { World } from "./world.ts";

/** Asks again, as its kind says (`GuardianKind`): right, late, at random, or to do harm. */
export class Guardian {
  readonly world: World;
  asked = 0;
  #asksAt: number | undefined;
  #sawFreeze = false;

  constructor(world: World) {
    this.world = world;
  }

  ask(): void {
    const { world } = this;
    const { outputs, now } = world;
    if (outputs.askAgain(now) !== undefined) return;
    this.asked++;
    world.lastDisturbance = now;
  }

  /** L1 took its asking back. */
  afterReorganisation(askingUndone: boolean): void {
    if (!askingUndone) return;
    if (this.world.dice.chance(0.7)) this.ask();
    else if (this.world.setting.guardian === "mindful") this.#asksAt = this.world.now + 1;
  }

  act(agent: Agent, isCalm: boolean): void {
    const { setting, dice, outputs } = this.world;
    const isFrozen = outputs.frozenAt !== undefined;
    if (setting.guardian === "mindful") this.#actMindfully(isFrozen);
    if (setting.guardian === "woken" && isFrozen) {
      this.#asksAt ??= this.world.now + dice.below(setting.patience + 1);
      if (this.world.now >= this.#asksAt) {
        this.#asksAt = undefined;
        this.ask();
      }
    }
    if (setting.guardian === "random" && isCalm && dice.chance(0.004)) this.ask();
    if (setting.guardian === "spiteful" && isCalm) this.#actSpitefully(agent, isFrozen);
  }

  #actMindfully(isFrozen: boolean): void {
    const { setting, dice, now } = this.world;
    if (this.#asksAt === undefined && this.#isWrong(isFrozen)) this.#asksAt = now + dice.below(setting.patience + 1);
    if (isFrozen && setting.patienceInFreeze !== undefined && !this.#sawFreeze) {
      this.#sawFreeze = true;
      this.#asksAt = now + dice.below(setting.patienceInFreeze + 1);
    }
    if (this.#asksAt === undefined || now < this.#asksAt) return;
    this.#asksAt = undefined;
    this.#sawFreeze = false;
    if (this.#isWrong(isFrozen)) this.ask();
  }

  #isWrong(isFrozen: boolean): boolean {
    const { outputs, now } = this.world;
    if (isFrozen) return true;
    for (const { index, output } of outputs.settled())
      if (!this.world.isTrue(index, output) && !outputs.isFinal(index, now)) return true;
    return false;
  }

  /** In the hour of finality, or while the agent's proposal is on its way; sometimes twice. */
  #actSpitefully(agent: Agent, isFrozen: boolean): void {
    const { dice, outputs, now } = this.world;
    const isEdge = [...outputs.settled()].some(({ readyAt }) => readyAt === now || readyAt === now + 1);
    if ((isEdge && dice.chance(0.05)) || (agent.hasInFlight && dice.chance(0.02)) || dice.chance(0.001)) {
      this.ask();
      if (dice.chance(0.3)) this.ask();
    }
    if (isFrozen && outputs.frozenAt !== undefined) this.ask();
  }
}
