"""The training step in NumPy: batched, every product one call of BLAS, no array made in the loop."""

import os

import numpy as np
from peer import Job, blas, serve


def make(job: Job):
    V, H, T, B = job.V, job.H, job.T, job.B
    ((Wxh, Whh),), (bh,), Why, by = job.matrices, job.biases, job.Why, job.by  # one layer of tanh
    rows = np.arange(T * B)
    targets = job.targets.ravel()
    one_hot = np.zeros((T * B, V))
    one_hot[rows, job.inputs.ravel()] = 1
    hidden = np.zeros((T + 1, B, H))
    da = np.empty((T, B, H))
    dh = np.empty((T * B, H))
    logits = np.empty((T * B, V))
    carried = np.empty((B, H))

    def step():
        table = Wxh.T + bh
        embedded = table[job.inputs]
        for t in range(T):
            a = hidden[t + 1]
            np.dot(hidden[t], Whh.T, out=a)
            a += embedded[t]
            np.tanh(a, out=a)
        after = hidden[1:].reshape(T * B, H)
        before = hidden[:-1].reshape(T * B, H)
        np.dot(after, Why.T, out=logits)
        logits.__iadd__(by)
        logits.__isub__(logits.max(axis=1, keepdims=True))
        p = np.exp(logits, out=logits)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(np.clip(p[rows, targets], 1e-9, 1 - 1e-9)).mean()
        p[rows, targets] -= 1
        p /= T * B
        dWhy, dby = p.T @ after, p.sum(axis=0)
        np.dot(p, Why, out=dh)
        by_time = dh.reshape(T, B, H)
        slope = 1 - after * after
        slopes = slope.reshape(T, B, H)
        carried.fill(0)
        for t in range(T - 1, -1, -1):
            d = da[t]
            np.add(by_time[t], carried, out=d)
            d *= slopes[t]
            np.dot(d, Whh, out=carried)
        flat = da.reshape(T * B, H)
        gradients = (flat.T @ one_hot, flat.T @ before, dWhy, flat.sum(axis=0), dby)
        for weight, gradient in zip((Wxh, Whh, Why, bh, by), gradients):
            np.clip(gradient, -job.clip, job.clip, out=gradient)
            gradient *= job.learning_rate
            weight -= gradient
        return loss

    return step


threads = os.environ.get("OMP_NUM_THREADS")
serve(f"NumPy {np.__version__}, f64, {threads} thread(s), {blas()}", make)
