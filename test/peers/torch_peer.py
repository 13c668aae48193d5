"""The training step in PyTorch: nn.RNN and nn.Linear, cross entropy, clip by value, SGD."""

import sys

import numpy as np
import torch
from peer import Job, blas, serve
from torch import nn

kind = getattr(torch, sys.argv[1])


def make(job: Job):
    V, H, T, B = job.V, job.H, job.T, job.B
    rnn = nn.RNN(V, H).to(kind)
    fc = nn.Linear(H, V).to(kind)
    rnn.bias_hh_l0.requires_grad_(False)  # one bias is enough, and is what is compared
    with torch.no_grad():
        for tensor, array in (
            (rnn.weight_ih_l0, job.Wxh),
            (rnn.weight_hh_l0, job.Whh),
            (rnn.bias_ih_l0, job.bh),
            (rnn.bias_hh_l0, np.zeros(H)),
            (fc.weight, job.Why),
            (fc.bias, job.by),
        ):
            tensor.copy_(torch.from_numpy(array))
    parameters = [p for m in (rnn, fc) for p in m.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=job.learning_rate)
    inputs = nn.functional.one_hot(torch.from_numpy(job.inputs), V).to(kind)
    targets = torch.from_numpy(job.targets).reshape(-1)

    def step():
        optimizer.zero_grad(set_to_none=True)
        hidden, _ = rnn(inputs)
        loss = nn.functional.cross_entropy(fc(hidden).reshape(T * B, V), targets)
        loss.backward()
        nn.utils.clip_grad_value_(parameters, job.clip)
        optimizer.step()
        return loss.item()

    return step


name = {"float64": "f64", "float32": "f32"}[sys.argv[1]]
serve(f"PyTorch {torch.__version__}, {name}, {torch.get_num_threads()} thread(s), {blas()}", make)
