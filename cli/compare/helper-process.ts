import { type ChildProcess, fork } from "node:child_process";

/** Why a process did not answer. */
export interface Died {
  readonly died: string;
}

/**
 * A process that answers one question at a time, and may crash or hang. It is started when it is first needed, and again
 * after a crash. Its script sends "ready" once, then an answer to each message.
 */
export class HelperProcess<Question extends object, Answer extends object> {
  readonly #script: URL;
  readonly #patience: number;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #settle: (answer: Answer | Died | "ready") => void = () => {};

  /**
   * @param patience timeout of one question, in milliseconds; then the process is killed.
   * @param args arguments of the script.
   */
  constructor(script: URL, patience: number, args: readonly string[] = []) {
    this.#script = script;
    this.#patience = patience;
    this.#args = args;
  }

  /** Starts the process if it is not running. @returns whether it is running. */
  async start(): Promise<boolean> {
    if (this.#child) return true;
    const first = await this.#await(() => {
      this.#child = this.#fork();
    });
    return first === "ready";
  }

  async ask(question: Question): Promise<Answer | Died> {
    if (!(await this.start())) return { died: "it does not start" };
    return (await this.#await(() => this.#child?.send(question))) as Answer | Died;
  }

  close(): void {
    if (this.#child?.connected) this.#child.disconnect();
  }

  #fork(): ChildProcess {
    const child = fork(this.#script, this.#args, { serialization: "advanced", stdio: "ignore" });
    child.on("message", (message) => this.#settle(message as Answer | "ready"));
    child.on("exit", (code, signal) => {
      if (this.#child === child) this.#child = null;
      this.#settle({ died: signal ?? `exit code ${code}` });
    });
    return child;
  }

  #await(begin: () => void): Promise<Answer | Died | "ready"> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child?.kill("SIGKILL"), this.#patience);
      this.#settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      begin();
    });
  }
}
