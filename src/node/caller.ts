// How this program was called, so that what it tells people to type is what works where they are.

import { basename, relative } from "node:path";

/** What is known of that; `process` has it. */
export interface Caller {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv0: string;
  readonly argv: readonly string[];
  cwd(): string;
}

// How the programs that install packages run one of a project.
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  npm: ["npx", "ello"],
  pnpm: ["pnpm", "ello"],
  yarn: ["yarn", "ello"],
  bun: ["bunx", "ello"],
};
const COMMANDS = [
  ...["train", "sample", "eval", "inspect", "runs", "compare", "sweep", "plan"],
  ...["worker", "verify", "export", "bench"],
];

/** What a command of ours begins with, called in the way in which this one was. */
export function startOf(command: string, caller: Caller = process): string[] {
  const { env, argv0, argv, cwd } = caller;
  const agent = env["npm_config_user_agent"]?.split("/")[0] ?? ""; // npm, pnpm, yarn, bun
  if (isScript(caller)) return [agent, "run", command, ...(agent === "npm" ? ["--"] : [])];
  const [, script = ""] = argv;
  if (agent in RUNNERS && env["npm_command"] === "exec")
    return [...(RUNNERS[agent] ?? []), command];
  if (basename(script) === "cli.js") return [argv0, relative(cwd(), script), command];
  // A link in a folder of the PATH, or in that of a project's packages, where npx finds it.
  return [...(script.includes("node_modules") ? ["npx"] : []), "ello", command];
}

/** Whether a script of this project's own package.json was run. */
export function isScript({ env }: Caller = process): boolean {
  const isOurs = env["npm_package_name"] === "ello" && env["npm_config_user_agent"] !== undefined;
  return isOurs && COMMANDS.includes(env["npm_lifecycle_event"] ?? "");
}

/** The same in words, for a help text. */
export function usageOf(command: string): string {
  return startOf(command).join(" ");
}
