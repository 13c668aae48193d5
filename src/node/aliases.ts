// Names that people know from char-rnn and nanoGPT, and the flags they stand for here. Underscores
// stand for hyphens anyway.

export const ALIASES: Readonly<Record<string, string>> = {
  // char-rnn
  data_dir: "text",
  rnn_size: "hidden-size",
  seq_length: "seq-length",
  batch_size: "batch-size",
  max_epochs: "epochs",
  grad_clip: "clip-value",
  learning_rate: "learning-rate",
  learning_rate_decay: "decay-rate",
  learning_rate_decay_after: "decay-after",
  decay_rate: "alpha",
  val_frac: "val-fraction",
  print_every: "log-every",
  eval_val_every: "eval-every",
  checkpoint_dir: "out-dir",
  init_from: "init-from",
  primetext: "prime",
  // nanoGPT
  out_dir: "out-dir",
  n_embd: "hidden-size",
  block_size: "seq-length",
  eval_interval: "eval-every",
  log_interval: "log-every",
  warmup_iters: "warmup-steps",
  min_lr: "min-learning-rate",
  start: "prime",
  num_samples: "count",
  max_new_tokens: "length",
  top_k: "top-k",
  // both, shortened
  lr: "learning-rate",
};
