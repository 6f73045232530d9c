// Benchmarks whose sides are processes that take turns: one stays ready while the other is measured.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * One side: a process that first prints, as a line of JSON, what it can do, and then a line for each line that it reads.
 * Its messages go to the terminal.
 */
export class Side {
  #process;
  #lines;

  constructor(command, args) {
    this.#process = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    // what is written to a process that has ended is missed as its answer
    this.#process.stdin.on("error", () => {});
    this.#process.on("error", () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.name = `${command} ${args[0]}`;
  }

  /** Its next line. */
  async read() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name}: ended without an answer`);
    return JSON.parse(value);
  }

  ask(question) {
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    return this.read();
  }

  end() {
    this.#process.stdin.end();
  }
}

/**
 * The other end of a `Side`, in Node.
 * @param about what it can do
 * @param answer what is said to each question
 */
export async function takeTurns(about, answer) {
  const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
  say(about);
  for await (const line of createInterface({ input: process.stdin })) say(await answer(JSON.parse(line)));
}
