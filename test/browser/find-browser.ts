// Finds a browser to test in, or installs one; never goes without. And what Chromium is started with.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export type BrowserName = "chrome" | "firefox";

export const CHROME_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Pages of the address bar's own, in every window: as much work as the page under test.
  "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
];

interface Places {
  /** Environment variable that names the program. */
  readonly variable: string;
  /** Names on the path. */
  readonly names: readonly string[];
  /** Full paths elsewhere. */
  readonly files: readonly string[];
  /** The first that there is gets installed. */
  readonly debianPackages: readonly string[];
  /** What Playwright's installer calls it; its Firefox is patched and does not serve here. */
  readonly playwright?: string;
}

const PLACES: Readonly<Record<BrowserName, Places>> = {
  chrome: {
    variable: "CHROME_PATH",
    // The same engine without a window of its own takes a quarter less of the machine.
    names: [
      "chromium-headless-shell",
      "chromium",
      "chromium-browser",
      "google-chrome",
      "google-chrome-stable",
      "chrome",
    ],
    files: [
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "/Applications/Chromium.app/Contents/MacOS/Chromium",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ],
    debianPackages: ["chromium-headless-shell", "chromium"],
    playwright: "chromium",
  },
  firefox: {
    variable: "FIREFOX_PATH",
    names: ["firefox", "firefox-esr"],
    files: [
      "/Applications/Firefox.app/Contents/MacOS/firefox",
      "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    ],
    debianPackages: ["firefox-esr"],
  },
};
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

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findInstalled({ names, files, playwright }: Places): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const onPath = path.flatMap((folder) => names.map((name) => join(folder, name)));
  const installed = PLAYWRIGHT_HOMES.filter(existsSync).flatMap((home) =>
    readdirSync(home)
      .filter((name) => playwright !== undefined && name.startsWith(`${playwright}-`))
      .flatMap((name) => PLAYWRIGHT_PROGRAMS.map((program) => join(home, name, program))),
  );
  return [...onPath, ...files, ...installed].find(isProgram);
}

/** Runs an installer, its output to standard error. */
export function install(command: string, args: readonly string[]): void {
  process.stderr.write(`to be installed: ${command} ${args.join(" ")}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync(command, args, { env, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
}

/**
 * Path of a browser: the one CHROME_PATH or FIREFOX_PATH names, one in the usual places, or one
 * installed now. @throws {Error} that says what to do if there is none and none can be installed.
 */
export function findBrowser(name: BrowserName = "chrome"): string {
  const places = PLACES[name];
  const named = process.env[places.variable];
  if (named !== undefined) {
    if (isProgram(named)) return named;
    throw new Error(`${places.variable}: expected a program's path, got ${JSON.stringify(named)}`);
  }
  let browser = findInstalled(places);
  if (!browser && process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    install("apt-get", ["update", "-qq"]);
    for (const name of places.debianPackages) {
      if (browser) break;
      install("apt-get", ["install", "-y", "-qq", "--no-install-recommends", name]);
      browser = findInstalled(places);
    }
  }
  if (!browser && places.playwright) {
    install("npx", ["-y", PLAYWRIGHT, "install", places.playwright]);
    browser = findInstalled(places);
  }
  if (browser) return browser;
  throw new Error(
    `browser: expected ${name}, got none and none could be installed; install it and set ${places.variable} to its path`,
  );
}
