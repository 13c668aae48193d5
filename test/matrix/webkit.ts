// WebKitGTK's own little browser, on a screen of its own: the third family of engines.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";

const PACKAGES = ["webkit2gtk-driver", "xvfb"]; // Debian's; the first brings the browser along
const LIBRARIES = "/usr/lib";

/** The version of WebKitGTK that is installed. */
export function webkitVersion(): string {
  const words = ["-s", PACKAGES[0] as string];
  const { stdout } = spawnSync("dpkg-query", words, { encoding: "utf8" });
  return /^Version: ([^-\n]*)/m.exec(stdout)?.[1] ?? "";
}

/** Opens a page; the browser ends with the test. @throws {Error} where there is none and none can be installed. */
export function openWebKit(url: string): void {
  if (!find()) {
    const words = ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES];
    spawnSync("apt-get", words, { stdio: ["ignore", 2, 2] });
  }
  const browser = find();
  if (browser === undefined) {
    throw new Error(
      `WebKitGTK: expected Debian's ${PACKAGES.join(" and ")}, got none; install them`,
    );
  }
  const env = { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
  const words = ["-a", "--server-args=-screen 0 1200x900x24", browser, url];
  const child = spawn("xvfb-run", words, { stdio: "ignore", detached: true, env });
  onTestFinished(() => void process.kill(-(child.pid as number), "SIGKILL"));
}

/** /usr/lib/…/webkit2gtk-4.…/MiniBrowser, where there is a screen for it too. */
function find(): string | undefined {
  if (!existsSync("/usr/bin/xvfb-run")) return undefined;
  const folders = readdirSync(LIBRARIES, { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  return folders
    .flatMap(({ name }) =>
      readdirSync(join(LIBRARIES, name)).map((one) => join(LIBRARIES, name, one)),
    )
    .filter((path) => /\/webkit2gtk-4\.\d$/.test(path))
    .map((path) => join(path, "MiniBrowser"))
    .find(existsSync);
}
