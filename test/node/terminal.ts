// Runs a command of ours as on a terminal of some width, and collects what it draws.

import { Writable } from "node:stream";
import { main } from "../../src/node/main.ts";

export interface Drawn {
  readonly code: number;
  readonly text: string;
  readonly stderr: string;
}

/** The terminal's width is `columns` characters; files are named by absolute paths. */
export async function onTerminal(columns: number, ...args: string[]): Promise<Drawn> {
  const [stdout, stderr] = [new Screen(columns), new Screen(columns)];
  const code = await main(args, { stdout, stderr });
  return { code, text: stdout.text, stderr: stderr.text };
}

/** A terminal that keeps what is drawn. */
export class Screen extends Writable {
  readonly isTTY = true;
  readonly columns: number;
  text = "";

  constructor(columns: number) {
    super({ decodeStrings: false });
    this.columns = columns;
  }

  override _write(data: string | Buffer, _encoding: string, done: () => void): void {
    this.text += data.toString();
    done();
  }
}
