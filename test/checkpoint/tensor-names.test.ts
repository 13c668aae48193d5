// Which tensor is which: names alone, of one layer and of several; the line that lists what is there, and when it
// says how to name the layers. Whole files of others are foreign.test.ts's.

import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../src/checkpoint/error.ts";
import type { FileTensor } from "../../src/checkpoint/safetensors.ts";
import {
  inTorchOrder,
  nameTensors,
  secondBiasName,
  type TensorNames,
  torchName,
} from "../../src/checkpoint/tensor-names.ts";
import { parametersOf } from "../../src/index.ts";

const filesOf = (names: readonly string[]): FileTensor[] =>
  names.map((name, i) => ({ name, shape: [1], data: Float64Array.of(i) }));

/** PyTorch's names of a network of so many layers, in its order. */
const torchNames = (layers: number): string[] =>
  inTorchOrder(parametersOf({ V: 1, H: 1, layers })).flatMap((one) =>
    one.role === "bias" ? [torchName(one), secondBiasName(one.layer)] : [torchName(one)],
  );

const ONE = [
  ...["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"],
  ...["fc.weight", "fc.bias"],
];
const EXPECTED = `tensors: expected ${ONE.join(", ")}, got `;

function expectRefused(names: readonly string[], message: string, asked?: TensorNames): void {
  const run = () => nameTensors(filesOf(names), asked);
  expect(run).toThrow(CheckpointError);
  expect(run).toThrow(expect.objectContaining({ message }));
}

/** What each of ours is called in the file; the second biases by layer. */
function found(names: readonly string[], asked?: TensorNames) {
  const files = filesOf(names);
  const { parameters, secondBiases, fileName } = nameTensors(files, asked);
  // The data say which tensor of the file it is.
  const ours = parameters.map(({ name, data }) => [name, names[data[0] as number]]);
  for (const [name, file] of ours) expect(fileName(name as string)).toBe(file);
  const seconds = [...secondBiases].map(([layer, { name }]) => [layer, name]);
  return { ours: Object.fromEntries(ours), seconds: Object.fromEntries(seconds) };
}

describe("the names", () => {
  test("of two layers stand in PyTorch's order", () => {
    expect(torchNames(1)).toEqual(ONE);
    expect(torchNames(2)).toEqual([
      ...["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"],
      ...["rnn.weight_ih_l1", "rnn.weight_hh_l1", "rnn.bias_ih_l1", "rnn.bias_hh_l1"],
      ...["fc.weight", "fc.bias"],
    ]);
  });

  test.each([1, 2, 8])("of %i layers are found, whatever order they are in", (layers) => {
    const names = torchNames(layers).reverse();
    const { ours, seconds } = found(names);
    const all = parametersOf({ V: 1, H: 1, layers });
    expect(ours).toEqual(Object.fromEntries(all.map((one) => [one.name, torchName(one)])));
    expect(seconds).toEqual(
      Object.fromEntries(Array.from({ length: layers }, (_, l) => [l, `rnn.bias_hh_l${l}`])),
    );
  });

  test("of nine layers are one too many", () => {
    expectRefused(torchNames(9), "tensors: expected at most 8 layers, got 9");
    for (const name of ["rnn.bias_hh_l10", "Wxh_l10", "a.weight_ih_l10"]) {
      expectRefused([...ONE, name], "tensors: expected at most 8 layers, got 11");
    }
    const others = ["rnn.xweight_ih_l20", "rnn.weight_ih_l20x", "xWhh_l20", "bh_l20x"];
    expectRefused([...ONE, ...others], EXPECTED + [...ONE, ...others].join(", "));
  });

  test("may be ours, of several layers too, and without biases", () => {
    const names = ["Wxh", "Whh", "Wxh_l1", "Whh_l1", "Why", "bh", "bh_l1", "by"];
    const { ours, seconds } = found(names);
    expect(ours).toEqual(Object.fromEntries(names.map((name) => [name, name])));
    expect(seconds).toEqual({});
    expect(Object.keys(found(names.filter((name) => !name.startsWith("b"))).ours)).toEqual([
      ...["Wxh", "Whh", "Wxh_l1", "Whh_l1", "Why"],
    ]);
  });

  test("may stand deep, in one place or in two", () => {
    for (const [rnn, fc] of [
      ["a.b.rnn", "a.b.fc"],
      ["a.rnn", "a.fc"],
      ["model.a.module.rnn", "a.fc._orig_mod"],
    ]) {
      const names = ONE.map((name) => name.replace("rnn", rnn!).replace("fc", fc!));
      expect(found(names).ours).toMatchObject({ Wxh: names[0], by: names[5] });
    }
    const apart = ONE.map((name) => name.replace("rnn", "a.rnn").replace("fc", "b.fc"));
    expectRefused(
      apart,
      `${EXPECTED}${apart.join(", ")}; name the layers: --tensor-names a.rnn=rnn,b.fc=fc`,
    );
    expect(found(apart, { "a.rnn": "rnn", "b.fc": "fc" }).ours).toMatchObject({ Whh: apart[1] });
  });

  test("of nn.RNNCell have no layer's number, and only these", () => {
    const cell = ONE.map((name) => name.replace("_l0", ""));
    expect(found(cell)).toEqual({
      ours: { Wxh: cell[0], Whh: cell[1], bh: cell[2], Why: cell[4], by: cell[5] },
      seconds: { 0: cell[3] },
    });
    const almost = ["x", ...ONE.slice(1)].map((name) => name.replace(/^x$/, "rnn.weight_ihx"));
    expectRefused(almost, `${EXPECTED}${almost.join(", ")}`);
  });

  test("that are asked for must be there", () => {
    expectRefused(ONE, `tensor names: expected a layer lin\\u001b, got ${ONE.join(", ")}`, {
      rnn: "rnn",
      "lin\u001b": "fc",
    });
    const swapped = ONE.map((name) =>
      name.startsWith("rnn") ? name.replace("rnn", "fc") : name.replace("fc", "rnn"),
    );
    expect(found(swapped, { fc: "rnn", rnn: "fc" }).ours).toMatchObject({
      ...{ Wxh: "fc.weight_ih_l0", Why: "rnn.weight" },
    });
  });
});

describe("what is not found", () => {
  test("is told with all that there is, twelve names at most, each of forty characters", () => {
    const others = (count: number) => Array.from({ length: count }, (_, i) => `x${i}`);
    expectRefused([], `${EXPECTED}none`);
    expectRefused(others(12), EXPECTED + others(12).join(", "));
    expectRefused(others(13), `${EXPECTED}${others(12).join(", ")} and 1 more`);
    expectRefused(["y".repeat(40)], EXPECTED + "y".repeat(40));
    expectRefused(["y".repeat(41)], `${EXPECTED}${"y".repeat(24)}…${"y".repeat(15)}`);
  });

  test.each(ONE.filter((name) => name.includes("weight")))("%s is missed", (name) => {
    const rest = ONE.filter((one) => one !== name);
    expectRefused(rest, EXPECTED + rest.join(", "));
  });

  test.each(ONE.filter((name) => name.includes("bias")))("%s is not", (name) => {
    const rest = ONE.filter((one) => one !== name);
    const { ours, seconds } = found(rest);
    const count = Object.keys(ours).length + Object.keys(seconds).length;
    expect(count).toBe(5);
  });

  const hint = "; name the layers: --tensor-names ";
  test.each<[string, string[], string]>([
    ["one of each", ["encoder.weight_ih_l0", "decoder.weight"], `${hint}encoder=rnn,decoder=fc`],
    [
      "only the linear one by another name",
      ["rnn.weight_ih_l0", "out.weight"],
      `${hint}rnn=rnn,out=fc`,
    ],
    ["only the other", ["gru.weight_ih_l0", "fc.weight"], `${hint}gru=rnn,fc=fc`],
    ["two linear ones", ["a.weight_ih_l0", "b.weight", "c.weight"], `${hint}NAME=rnn,NAME=fc`],
    [
      "two recurrent ones",
      ["a.weight_ih_l0", "b.weight_ih_l0", "c.weight"],
      `${hint}NAME=rnn,NAME=fc`,
    ],
    ["none that is recurrent", ["a.weight_hh_l0", "b.weight"], ""],
    ["none that is linear", ["a.weight_ih_l0", "b.bias"], ""],
    ["both under their names", ["rnn.weight_ih_l0", "fc.weight"], ""],
    ["both in one", ["net.weight_ih_l0", "net.weight"], `${hint}net=rnn,net=fc`],
    ["both in one, deeper", ["a.net.weight_ih_l0", "a.net.weight"], `${hint}net=rnn,net=fc`],
  ])("and how to name the layers, where there are %s", (_name, names, hinted) => {
    expectRefused(names, EXPECTED + names.join(", ") + hinted);
  });

  test("and is only a wrapper's name is listed as it is", () => {
    const names = [...ONE, "module", "model"];
    expectRefused(names, EXPECTED + names.join(", "));
  });

  test("is called by PyTorch's name, and what no file has by its own", () => {
    const { fileName } = nameTensors(filesOf(ONE.filter((name) => !name.includes("bias"))));
    expect(["bh", "by", "else"].map(fileName)).toEqual(["rnn.bias_ih_l0", "fc.bias", "else"]);
  });

  test("is named by what is there twice", () => {
    expectRefused(
      [...ONE, "module.rnn.bias_hh_l0"],
      "rnn.bias_hh_l0: expected a tensor once, got rnn.bias_hh_l0 and module.rnn.bias_hh_l0",
    );
  });
});

describe("what only other networks have", () => {
  const refusal = (name: string, what: string) =>
    `${name}: expected tensors of an nn.RNN, nn.GRU or nn.LSTM of one direction, got one ${what}; it is not supported yet`;

  test.each([
    ["rnn.bias_hh_l0_reverse", "of a bidirectional network"],
    ["weight_ih_reverse", "of a bidirectional network"],
    ["rnn.weight_hr_l0", "of an LSTM with projections"],
    ["weight_hr_l1", "of an LSTM with projections"],
  ])("%s is refused by name", (name, what) => {
    expectRefused([...ONE, name], refusal(name, what));
  });

  test.each(["rnn.x_weight_hr", "rnn.weight_reversed", "weight_hr.x", "x_reverse.x"])(
    "%s is only another tensor",
    (name) => {
      expectRefused([...ONE, name], `${EXPECTED}${ONE.join(", ")}, ${name}`);
    },
  );
});
