"""Trains nn.RNN + nn.Linear on a text as ello does: same split, streams, optimizer and epochs.

Arguments: text, hidden units, seed, epochs. Prints a line of JSON for each epoch.
"""

import json
import math
import sys
import time

import torch
from torch import nn

T, B = 50, 32
text = open(sys.argv[1], encoding="utf-8", newline="").read()
H, seed, epochs = map(int, sys.argv[2:5])
torch.set_num_threads(1)
torch.manual_seed(seed)
torch.set_default_dtype(torch.float64)

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
        yield nn.functional.one_hot(x, V).double(), y.reshape(-1)


rnn, fc = nn.RNN(V, H), nn.Linear(H, V)
rnn.bias_hh_l0.requires_grad_(False).zero_()
parameters = [p for m in (rnn, fc) for p in m.parameters() if p.requires_grad]
optimizer = torch.optim.Adam(parameters, lr=2e-3)


def epoch_of(tokens, train):
    state, total, steps = torch.zeros(1, B, H), 0.0, 0
    for x, y in batches(tokens):
        hidden, state = rnn(x, state)
        state = state.detach()
        loss = nn.functional.cross_entropy(fc(hidden).reshape(T * B, V), y)
        if train:
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 5)
            optimizer.step()
        total += loss.item()
        steps += 1
    return total / steps, steps


for epoch in range(epochs):
    began = time.perf_counter()
    loss, steps = epoch_of(tokens[: len(tokens) - tail], True)
    seconds = time.perf_counter() - began
    with torch.no_grad():
        validation, _ = epoch_of(tokens[len(tokens) - tail :], False)
    row = {"epoch": epoch, "train": loss, "validation": validation}
    print(json.dumps({**row, "seconds": seconds, "charsPerSecond": steps * T * B / seconds}), flush=True)
