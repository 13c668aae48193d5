// Makes docs/api.md of the docstrings of what src/api.ts exports, by TypeDoc: `npm run docs`.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../..");
const HEAD = `# Reference

Everything that \`import … from "ello"\` gives, made of the docstrings by \`npm run docs\`. [guide.md](guide.md)
shows how the calls are used. Losses are in nats, a token (a character, of a text) at a time; V is the size of the
vocabulary, H the hidden units of a layer, T the time steps and B the rows of a batch.

In the examples \`text\` is a string, \`model\` what \`fit\` made of it, and \`file\` the bytes of its checkpoint. Every error is
an [ElloError](#elloerror); what a call throws stands below it.

`;
const OPTIONS = {
  plugin: [createRequire(import.meta.url).resolve("typedoc-plugin-markdown")],
  outputFileStrategy: "modules",
  ...{ readme: "none", hidePageHeader: true, hideBreadcrumbs: true, disableSources: true },
  ...{ excludePrivate: true, excludeExternals: true, logLevel: "Error" },
  sort: ["source-order"],
  groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables"],
  ...{ parametersFormat: "table", interfacePropertiesFormat: "table", useCodeBlocks: true },
};

const work = mkdtempSync(join(tmpdir(), "ello-docs-"));
try {
  // TypeDoc leaves out the class of an error that stands in braces.
  cpSync(join(ROOT, "src"), join(work, "src"), { recursive: true });
  for (const name of readdirSync(join(work, "src"), { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const path = join(work, "src", name);
    const code = readFileSync(path, "utf8");
    writeFileSync(path, code.replaceAll(/@throws \{(\w+)\}/g, "@throws `$1`"));
  }
  for (const name of ["package.json", "tsconfig.json"]) cpSync(join(ROOT, name), join(work, name));
  symlinkSync(join(ROOT, "node_modules"), join(work, "node_modules"), "junction");
  const own = { ...OPTIONS, entryPoints: ["src/api.ts"], tsconfig: "tsconfig.json", out: "out" };
  writeFileSync(join(work, "typedoc.json"), JSON.stringify(own));
  const typedoc = join(HERE, "node_modules/typedoc/bin/typedoc");
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc], { cwd: work, encoding: "utf8" });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  const made = readFileSync(join(work, "out/README.md"), "utf8");
  writeFileSync(join(ROOT, "docs/api.md"), HEAD + tidy(made));
} finally {
  rmSync(work, { recursive: true });
}

/** One list of the errors of a call, and no rules between what headings part. @param {string} made */
function tidy(made) {
  return made
    .replace(/^#[^#][\s\S]*?(?=^## )/m, "")
    .replaceAll(/(?:^#### Throws\n+(?:(?!^#|^\*\*\*)[\s\S])*)+/gm, (block) => {
      const all = block.split(/^#### Throws\n+/m).map((text) => text.trim().replaceAll(/\s+/g, " "));
      return `#### Throws\n\n${all.filter((text) => text !== "").map((text) => `- ${text}`).join("\n")}\n\n`;
    })
    .replaceAll(/^\*\*\*\n\n/gm, "");
}
