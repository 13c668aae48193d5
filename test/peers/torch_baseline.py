"""Trains a network of PyTorch's on a text as ello does: same split, streams, optimizer, epochs.

Arguments: text, cell (rnn, gru, lstm), layers, hidden units, dropout, seed, epochs. Adam, 4e-3 after 100
steps of warm-up, a cosine to a tenth of it at the last step, clip by norm 5, B 32, T 50, f32; dropout
on every layer's output. Prints a line of JSON for each epoch.
"""

import json
import math
import sys
import time

import torch
from torch import nn

T, B, RATE, WARMUP, LEAST = 50, 32, 4e-3, 100, 0.1
text = open(sys.argv[1], encoding="utf-8", newline="").read()
cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[sys.argv[2]]
layers, H = map(int, sys.argv[3:5])
dropout = float(sys.argv[5])
seed, epochs = map(int, sys.argv[6:8])
torch.set_num_threads(1)
torch.manual_seed(seed)

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
        yield nn.functional.one_hot(x, V).float(), y.reshape(-1)


stack = nn.ModuleList(cell(V if layer == 0 else H, H) for layer in range(layers))
drop, fc = nn.Dropout(dropout), nn.Linear(H, V)
for one in stack if sys.argv[2] != "gru" else []:
    one.bias_hh_l0.requires_grad_(False).zero_()
parameters = [p for m in (stack, fc) for p in m.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(parameters, lr=RATE)
train_tokens, val_tokens = tokens[: len(tokens) - tail], tokens[len(tokens) - tail :]
steps_in_all = epochs * ((len(train_tokens) - 1) // B // T)
done = 0


def rate():
    if done < WARMUP:
        return RATE * (done + 1) / (WARMUP + 1)
    along = (done - WARMUP) / max(1, steps_in_all - 1 - WARMUP)
    return RATE * (LEAST + (1 - LEAST) * (1 + math.cos(math.pi * along)) / 2)


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
    return total / steps, steps


count = sum(p.numel() for p in parameters)
for epoch in range(epochs):
    began = time.perf_counter()
    loss, steps = epoch_of(train_tokens, True)
    seconds = time.perf_counter() - began
    with torch.no_grad():
        validation, _ = epoch_of(val_tokens, False)
    row = {"epoch": epoch, "parameters": count, "train": loss, "validation": validation}
    print(json.dumps({**row, "seconds": seconds, "charsPerSecond": steps * T * B / seconds}), flush=True)
