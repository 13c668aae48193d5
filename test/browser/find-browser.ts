// Finds a Chromium to test in, or installs one; never goes without.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

const VARIABLE = "CHROME_PATH";
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
// Where Playwright's installer puts its browsers, and the programs inside.
const PLAYWRIGHT_HOMES = [
  join(homedir(), ".cache/ms-playwright"),
  join(homedir(), "Library/Caches/ms-playwright"),
  join(homedir(), "AppData/Local/ms-playwright"),
];
const PLAYWRIGHT_PROGRAMS = [
  "chrome-linux/chrome",
  "chrome-linux64/chrome",
  "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  "chrome-win/chrome.exe",
];
const PLAYWRIGHT = "playwright-core@1.65.1";

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findInstalled(): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = path.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const playwright = PLAYWRIGHT_HOMES.filter(existsSync).flatMap((home) =>
    readdirSync(home)
      .filter((name) => name.startsWith("chromium-"))
      .flatMap((name) => PLAYWRIGHT_PROGRAMS.map((program) => join(home, name, program))),
  );
  return [...onPath, ...PLACES, ...playwright].find(isProgram);
}

/** Runs an installer, its output to standard error. */
function install(command: string, args: readonly string[]): void {
  process.stderr.write(`no browser found: ${command} ${args.join(" ")}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync(command, args, { env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

/**
 * Path of a Chromium: the one CHROME_PATH names, one in the usual places, or one installed now.
 * @throws {Error} that says what to do if there is none and none can be installed.
 */
export function findBrowser(): string {
  const named = process.env[VARIABLE];
  if (named !== undefined) {
    if (isProgram(named)) return named;
    throw new Error(`${VARIABLE}: expected the path of a Chromium, got ${JSON.stringify(named)}`);
  }
  let browser = findInstalled();
  if (!browser && process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    install("apt-get", ["update", "-qq"]);
    install("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
    browser = findInstalled();
  }
  if (!browser) {
    install("npx", ["-y", PLAYWRIGHT, "install", "chromium"]);
    browser = findInstalled();
  }
  if (browser) return browser;
  throw new Error(
    `browser: expected a Chromium, got none and none could be installed; install Chromium or Chrome and set ${VARIABLE} to its path`,
  );
}
