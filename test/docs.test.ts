// Every command and snippet of the documents is run, and the outputs they show are compared.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeSafetensors } from "../src/checkpoint/safetensors.ts";
import {
  corpusOf,
  createModel,
  saveCheckpoint,
  score,
  splitCorpus,
  TEXT_DEFAULTS,
  train,
} from "../src/index.ts";
import { ROOT, runSweep, startServer } from "./docs-commands.ts";
import { makeFolder, type Outcome, run } from "./node/run.ts";
import { findTorch, SAFETENSORS } from "./torch.ts";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));

interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a document, in order. */
function blocksOf(document: string): Block[] {
  const fences = read(document).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fences].map(([, language = "", text = ""]) => ({ language, text }));
}

const commands = DOCUMENTS.flatMap((document) =>
  blocksOf(document)
    .filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.trimEnd().split("\n")),
);

/** Runs a command in the checkout, its files into a folder of its own. */
function runTrain(command: string): Promise<Outcome> {
  const flags = `${command.includes(" -- ") ? "" : " --"} --out-dir ${makeFolder()}`;
  return run("bash", ["-c", command + flags], ROOT);
}

const TORCH_NAMES = [
  ...["fc.bias", "fc.weight", "rnn.bias_hh_l0", "rnn.bias_ih_l0"],
  ...["rnn.weight_hh_l0", "rnn.weight_ih_l0"],
];

/** The README's run on a text: its command, its folder, and what it printed. */
const textCommand = commands.find((command) => command.includes("--text ")) as string;
let textRun = "";
let textOutcome: Outcome;

beforeAll(async () => {
  textRun = mkdtempSync(join(tmpdir(), "ello-docs-"));
  textOutcome = await run("bash", ["-c", `${textCommand} --out-dir ${textRun}`], ROOT);
});
afterAll(() => rmSync(textRun, { recursive: true }));

/** What is printed, but for the folder, the time it took and the threads. */
const form = (printed: string): string[] =>
  printed
    .trimEnd()
    .replaceAll(textRun, "out")
    .replaceAll(/\/tmp\/ello-test-\w+/g, "out")
    .replaceAll(
      / in [\d.]+ s(?:, [\d,]+ characters\/s)? \((\w+) engine, (?:up to )?\d+ threads?\)/g,
      " $1",
    )
    .split("\n");

/** Trains hello and verifies its receipt, as the README says it. */
function verifyHello(): Promise<Outcome> {
  const folder = makeFolder();
  const line = `npm run --silent train -- --quiet --out-dir ${folder} && npm run --silent verify -- ${folder}`;
  return run("bash", ["-c", line], ROOT);
}

describe("commands", () => {
  test.each(commands)("%s", async (command) => {
    const last = command.split(" && ").at(-1) as string;
    if (last === "npm test") {
      // This very run; the clean-machine script runs it as it stands.
      expect(read(".ci/run")).toContain(command);
    } else if (/^npm run train/.test(last)) {
      const { code, stdout } = last === textCommand ? textOutcome : await runTrain(last);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Usage|^SHA-256 of the weights [0-9a-f]{64}$/m);
    } else if (/^npm run (sample|eval|inspect|runs)\b/.test(last)) {
      const { code, stdout } = await run(
        "bash",
        ["-c", last.replace(/\bout\b|\.$/, textRun)],
        ROOT,
      );
      expect(code).toBe(0);
      expect(stdout.split("\n").length).toBeGreaterThan(3);
    } else if (/^npm run (sweep|plan)/.test(last)) {
      const { code, stdout } = await runSweep(last);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Wrote .*sweep\.html$|^At most [\d.,]+ MiB of memory|^One run: /m);
    } else if (last === "npm run verify") {
      const { code, stdout } = await verifyHello();
      expect(code).toBe(0);
      const shown = blocksOf("README.md").find(({ text }) => text.startsWith("out/receipt.json:"));
      expect(form(stdout)).toEqual(form(shown?.text as string));
    } else if (last === "npm run bench:loss") {
      const { stdout } = await run("bash", ["-c", last], ROOT);
      expect(stdout).toContain("speeds TEXT SPEEDS.jsonl");
    } else if (/^npm run bench/.test(last)) {
      const flags = last.includes(" -- ") ? "" : " --";
      // Each peer takes a second to start: where a command names no rows, ours and one of them.
      const rows = /--rows|^npm run bench( |$)/.test(last) ? "" : " --rows wasm-1,numpy-1";
      const quick = `${last}${flags} --seconds 0.01 --shapes 4x10x4x1${rows}`;
      const aside = quick.replaceAll(/(--json|--chart) /g, `$1 ${makeFolder()}/`);
      const { code, stdout } = await run("bash", ["-c", aside], ROOT);
      expect(code).toBe(0);
      expect(stdout).toContain("wasm-1");
    } else if (last === "npm run campaign") {
      // Hours of work; that its files can be run is checked with the types.
      expect(JSON.parse(read("package.json")).scripts.campaign).toContain("--mode campaign");
    } else if (/^npm run (dev|preview)$/.test(last)) {
      const page = await fetch(await startServer(command));
      expect(page.headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(await page.text()).toContain("<title>ello");
    } else {
      expect.unreachable(`no test runs ${command}`);
    }
  });

  test("are found", () => {
    expect(commands.slice(0, 2)).toEqual(["npm ci && npm run train", "npm ci && npm test"]);
  });

  test("npm run --silent train -- --json prints only JSON", async () => {
    const { stdout } = await runTrain("npm run --silent train -- --json --epochs 3");
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).epoch),
    ).toEqual([0, 1, 2]);
  });
});

describe("README", () => {
  const blocks = blocksOf("README.md");

  test("shows what npm run train prints", async () => {
    const shown = blocks.find(({ text }) => text.startsWith("Epoch 0:"))?.text as string;
    const { stdout } = await runTrain("npm run --silent train");
    expect(form(stdout)).toEqual(form(shown));
  });

  test("shows what training on a text, writing and evaluating print", async () => {
    const at = blocks.findIndex(({ text }) => text.trimEnd() === textCommand);
    const [trained, , written, , evaluated] = blocks.slice(at + 1).map(({ text }) => form(text));
    expect(form(textOutcome.stdout).slice(-5)).toEqual(trained);
    for (const [name, shown] of Object.entries({ sample: written, eval: evaluated })) {
      const command = commands.find((one) => one.startsWith(`npm run ${name} `)) as string;
      const silent = command
        .replace("npm run", "npm run --silent")
        .replace(/ out\b/, ` ${textRun}`);
      const { code, stdout } = await run("bash", ["-c", silent], ROOT);
      expect({ code, lines: form(stdout) }).toEqual({ code: 0, lines: shown });
    }
  });

  test("has examples of at most 12 lines that print what they say", async () => {
    const examples = blocks.flatMap(({ language, text }, at) =>
      language === "ts" ? [{ text, printed: blocks[at + 1]?.text as string }] : [],
    );
    expect(examples.length).toBe(1);
    for (const { text, printed } of examples) {
      expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
      // Inside the package, where the name "ello" is the package itself.
      const file = join(ROOT, "build/readme-example.mjs");
      writeFileSync(file, text);
      const { stdout, stderr } = await run(process.execPath, [file], makeFolder());
      rmSync(file);
      expect({ stdout: stdout.trimEnd(), stderr }).toEqual({
        stdout: printed.trimEnd(),
        stderr: "",
      });
    }
  });

  test("has lines of Python that open a model in PyTorch, where there is one", async () => {
    const lines = blocks.find(({ language }) => language === "python")?.text as string;
    const python = await findTorch();
    const { tensors } = decodeSafetensors(readFileSync(join(textRun, "model.safetensors")));
    expect(tensors.map(({ name }) => name).sort()).toEqual(TORCH_NAMES);
    if (!python) return; // no PyTorch here: the names are all that can be checked
    const folder = makeFolder();
    mkdirSync(join(folder, "safetensors"));
    writeFileSync(join(folder, "safetensors/torch.py"), SAFETENSORS);
    const check = `
import hashlib, numpy
names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
input, hidden, bias, second = (rnn.state_dict()[name] for name in names)
parts = [input, hidden, fc.weight, bias, second[2 * H:], fc.bias]
print(hashlib.sha256(b"".join(part.detach().numpy().tobytes() for part in parts)).hexdigest())`;
    const script = lines.replace("out/", `${textRun}/`) + check;
    const { stdout, stderr } = await run(python, ["-c", script], folder);
    const receipt = JSON.parse(readFileSync(join(textRun, "receipt.json"), "utf8"));
    expect({ stdout, stderr }).toEqual({
      stdout: `${receipt.parametersSha256.final}\n`,
      stderr: "",
    });
  });

  test.each<[cell: "rnn" | "gru" | "lstm", layers: number]>([
    ["rnn", 2],
    ["gru", 2],
    ["lstm", 3],
  ])(
    "its lines of Python open %s of %i layers too, and PyTorch has the same loss",
    async (cell, layers) => {
      const python = await findTorch();
      if (!python) return; // no PyTorch here
      const lines = blocks.find(({ language }) => language === "python")?.text as string;
      const folder = makeFolder();
      mkdirSync(join(folder, "safetensors"));
      writeFileSync(join(folder, "safetensors/torch.py"), SAFETENSORS);
      const text = "she sells sea shells by the sea shore. ".repeat(8);
      const settings = {
        ...TEXT_DEFAULTS,
        cell,
        layers,
        hiddenSize: 9,
        seqLength: 8,
        batchSize: 2,
      };
      const config = { ...settings, epochs: 3, valFraction: 0 };
      const { training } = splitCorpus(corpusOf(text, config), config);
      const model = await createModel(training, config);
      for (const _ of train(model, training));
      writeFileSync(join(folder, "model.safetensors"), await saveCheckpoint(model));
      const ids = [...model.vocabulary.encode(text)];
      const check = `
ids = torch.tensor(${JSON.stringify(ids)})
h, _ = rnn(torch.nn.functional.one_hot(ids[:-1], V).double())
print(repr(torch.nn.functional.cross_entropy(fc(h), ids[1:]).item()))`;
      const made = lines
        .replace("out/", "")
        .replace("torch.nn.GRU(V, H)", `torch.nn.${cell.toUpperCase()}(V, H, ${layers})`);
      const { stdout, stderr } = await run(python, ["-c", made + check], folder);
      expect(stderr).toBe("");
      expect(Math.abs(Number(stdout) / (await score(model, text)).loss - 1)).toBeLessThan(1e-12);
      model.engine.close();
    },
  );

  test("links to files that are there", () => {
    for (const document of DOCUMENTS) {
      for (const [, link = ""] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(ROOT, document, "..", link)), `${document}: ${link}`).toBe(true);
      }
    }
  });
});
