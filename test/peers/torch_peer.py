"""The training step in PyTorch: nn.RNN, GRU or LSTM and nn.Linear, cross entropy, clip by value, SGD."""

import sys

import torch
from peer import Job, blas, serve
from torch import nn

kind = getattr(torch, sys.argv[1])


def make(job: Job):
    V, H, T, B = job.V, job.H, job.T, job.B
    rnn = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[job.cell](V, H, job.layers).to(kind)
    fc = nn.Linear(H, V).to(kind)
    with torch.no_grad():
        for layer, ((wx, wh), bias) in enumerate(zip(job.matrices, job.biases)):
            own = [getattr(rnn, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih")]
            for tensor, array in zip(own, (wx, wh, bias)):
                tensor.copy_(torch.from_numpy(array[: len(tensor)]))
            second = getattr(rnn, f"bias_hh_l{layer}")
            second.zero_()
            # One bias is enough, and is what is compared; n of a GRU has two.
            if job.cell == "gru":
                second[2 * H :] = torch.from_numpy(bias[3 * H :])
                kept = torch.cat([torch.zeros(2 * H), torch.ones(H)]).to(kind)
                second.register_hook(lambda gradient, kept=kept: gradient * kept)
            else:
                second.requires_grad_(False)
        fc.weight.copy_(torch.from_numpy(job.Why))
        fc.bias.copy_(torch.from_numpy(job.by))
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
