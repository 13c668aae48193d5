"""Trains a network of PyTorch's on a text as ello does: same split, streams, optimizer, epochs.

Arguments: text, cell (rnn, gru, lstm), layers, hidden units, dropout, seed, epochs. Adam, 4e-3 after 100
steps of warm-up, a cosine to a tenth of it at the last step, clip by norm 5, B 32, T 50, f32; dropout
on every layer's output. Prints a line of JSON for each epoch. --rate, --warmup and --least are other
schedules, --precision and --threads other arithmetic; --steps stops after so many and prints the speed alone.
"""

import argparse
import json
import math
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
for name, kind in {"text": str, "cell": str, "layers": int, "H": int, "dropout": float}.items():
    parser.add_argument(name, type=kind)
parser.add_argument("seed", type=int)
parser.add_argument("epochs", type=int)
parser.add_argument("--rate", type=float, default=4e-3)
parser.add_argument("--warmup", type=int, default=100)
parser.add_argument("--least", type=float, default=0.1, help="of the rate, at the end")
parser.add_argument("--precision", choices=["f32", "f64"], default="f32")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--steps", type=int, default=0)
given = parser.parse_args()

T, B = 50, 32
text = open(given.text, encoding="utf-8", newline="").read()
cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[given.cell]
layers, H, epochs = given.layers, given.H, given.epochs
torch.set_default_dtype({"f32": torch.float32, "f64": torch.float64}[given.precision])
torch.set_num_threads(given.threads)
torch.manual_seed(given.seed)

characters = sorted(set(text))
V = len(characters)
ids = {character: i for i, character in enumerate(characters)}
tokens = torch.tensor([ids[character] for character in text])
tail = math.floor(len(tokens) * 0.1)


def batches(tokens):
    length = (len(tokens) - 1) // B
    for step in range(length // T):
        at = [b * length + step * T for b in range(B)]
        x = torch.stack([tokens[i : i + T] for i in at], dim=1)
        y = torch.stack([tokens[i + 1 : i + T + 1] for i in at], dim=1)
        yield nn.functional.one_hot(x, V).to(torch.get_default_dtype()), y.reshape(-1)


stack = nn.ModuleList(cell(V if layer == 0 else H, H) for layer in range(layers))
drop, fc = nn.Dropout(given.dropout), nn.Linear(H, V)
for one in stack if given.cell != "gru" else []:
    one.bias_hh_l0.requires_grad_(False).zero_()
parameters = [p for m in (stack, fc) for p in m.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(parameters, lr=given.rate)
train_tokens, val_tokens = tokens[: len(tokens) - tail], tokens[len(tokens) - tail :]
steps_in_all = epochs * ((len(train_tokens) - 1) // B // T)
done = 0


def rate():
    if done < given.warmup:
        return given.rate * (done + 1) / (given.warmup + 1)
    along = (done - given.warmup) / max(1, steps_in_all - 1 - given.warmup)
    least = given.least
    return given.rate * (least + (1 - least) * (1 + math.cos(math.pi * along)) / 2)


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def epoch_of(tokens, train):
    global done
    states, total, steps = [None] * layers, 0.0, 0
    drop.train(train)
    for x, y in batches(tokens):
        for layer, one in enumerate(stack):
            x, state = one(x, states[layer])
            states[layer] = detached(state)
            x = drop(x)
        loss = nn.functional.cross_entropy(fc(x).reshape(T * B, V), y)
        if train:
            for group in optimizer.param_groups:
                group["lr"] = rate()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 5)
            optimizer.step()
            done += 1
        total += loss.item()
        steps += 1
        if given.steps and steps >= given.steps:
            break
    return total / steps, steps


count = sum(p.numel() for p in parameters)
for epoch in range(epochs):
    began = time.perf_counter()
    loss, steps = epoch_of(train_tokens, True)
    seconds = time.perf_counter() - began
    row = {"epoch": epoch, "parameters": count, "train": loss}
    if not given.steps:
        with torch.no_grad():
            row["validation"], _ = epoch_of(val_tokens, False)
    print(json.dumps({**row, "seconds": seconds, "charsPerSecond": steps * T * B / seconds}), flush=True)
    if given.steps:
        break
