"""The loop of a peer written in Python: reads a line of JSON, answers with one."""

import json
import sys
import time

import numpy as np


class Job:
    """What a training step works on: sizes, rule, batch (T, B) and the start weights as arrays."""

    def __init__(self, given):
        self.V, self.H, self.T, self.B = (given[name] for name in "VHTB")
        self.learning_rate, self.clip = given["learningRate"], given["clipValue"]
        self.cell, self.layers = given["cell"], given["layers"]
        V, H = self.V, self.H
        self.inputs = np.array(given["inputs"], dtype=np.int64).reshape(self.T, self.B)
        self.targets = np.array(given["targets"], dtype=np.int64).reshape(self.T, self.B)
        # Gates of H rows: r z n of a GRU, whose biases are those and n's second; i f g o of an LSTM.
        gates = {"rnn": 1, "gru": 3, "lstm": 4}[self.cell]
        biases = {"rnn": 1, "gru": 4, "lstm": 4}[self.cell]
        arena = iter(np.fromfile(given["parameters"]))
        take = lambda *shape: np.fromiter(arena, float, int(np.prod(shape))).reshape(shape)
        self.matrices = []  # of each layer, input and recurrent
        for layer in range(self.layers):
            self.matrices.append((take(gates * H, V if layer == 0 else H), take(gates * H, H)))
        self.Why = take(V, H)
        self.biases = [take(biases * H) for _ in range(self.layers)]
        self.by = take(V)


def blas():
    """The OpenBLAS this process has loaded, and the kernels it chose."""
    import ctypes
    import re

    with open("/proc/self/maps") as maps:
        libraries = sorted(set(re.findall(r"/\S*openblas\S*", maps.read())))
    for library in libraries:
        loaded = ctypes.CDLL(library)
        for name in ("openblas_get_config", "scipy_openblas_get_config64_"):
            config = getattr(loaded, name, None)
            if config:
                config.restype = ctypes.c_char_p
                return config().decode().strip()
    return "a BLAS that is not OpenBLAS"


def serve(setup, make):
    """`make(job)` returns a function that does one step from the zero state and returns its loss."""
    step = None
    for line in sys.stdin:
        given = json.loads(line)
        if "hello" in given:
            answer = {"setup": setup}
        elif "time" in given:
            began = time.perf_counter()
            for _ in range(given["time"]):
                step()
            answer = {"microseconds": (time.perf_counter() - began) * 1e6 / given["time"]}
        else:
            step = make(Job(given))
            answer = {"losses": [float(step()) for _ in range(given["steps"])]}
        print(json.dumps(answer), flush=True)
