// What can be asked for of a run.

/** What a token of a text is. */
export type Unit = "codepoint" | "byte";
/** What to do with characters that the vocabulary does not have. */
export type UnknownPolicy = "error" | "skip" | "symbol";
/** The cells, as PyTorch defines them; rnn is tanh. */
export type CellName = "rnn" | "gru" | "lstm";
/** The optimizers, as PyTorch defines them. */
export type OptimizerName = "sgd" | "adagrad" | "rmsprop" | "adam" | "adamw";
/** How gradients of the positions of a batch are combined before clipping. */
export type Reduction = "sum" | "mean";
/** What computes: the WebAssembly core, or the plain TypeScript that has the same bits. */
export type EngineName = "wasm" | "reference";
/** What numbers are: 64 bits or 32. */
export type Precision = "f64" | "f32";
/** How the learning rate goes along a run. */
export type Schedule = "constant" | "step" | "cosine";
/** Everything that decides a run: the same config and text give the same weights, to the last bit. */
export interface Config {
  /** Text the network reads, T code points; empty for a corpus. */
  input: string;
  /** Text it learns to write, T code points; empty for a corpus. */
  target: string;

  /** What a token of a corpus is. */
  unit: Unit;
  /** Characters seen less often than this are unknown. */
  minCount: number;
  unknown: UnknownPolicy;
  /** Turns CR LF and CR into LF. */
  normalizeNewlines: boolean;
  /** Share of a corpus, at its end, that is not trained on. */
  valFraction: number;

  cell: CellName;
  /** Layers of cells, one above the other. */
  layers: number;
  /** Hidden units H of each layer. */
  hiddenSize: number;
  /** Share of every layer's units, the last one's too, that are dropped in a training step. */
  dropout: number;
  /** Time steps T of a training step. */
  seqLength: number;
  /** Rows B of a batch: parallel streams through the corpus. */
  batchSize: number;
  /** The weights at the start: "normal:S", "uniform" or "orthogonal"; see initial.ts. */
  init: string;
  /** What an LSTM's forget biases begin with; 0 leaves them as they are drawn. */
  forgetBias: number;
  /** What each tanh layer's Whh is scaled to at the start: its spectral radius; 0 leaves it as it is drawn. */
  recurrentRadius: number;
  /** Of the first weights, and of which units dropout drops. */
  seed: number;

  epochs: number;
  optimizer: OptimizerName;
  learningRate: number;
  /** SGD: share of the last direction that is kept. */
  momentum: number;
  /** RMSprop: share of the mean of squares that is kept. */
  alpha: number;
  /** Adam and AdamW: share of the mean that is kept. */
  beta1: number;
  /** Adam and AdamW: share of the mean of squares that is kept. */
  beta2: number;
  /** Added to the root of the mean of squares. */
  epsilon: number;
  /** AdamW: what is taken off every parameter at each step, times the learning rate. */
  weightDecay: number;
  schedule: Schedule;
  /** "step": what the learning rate is multiplied by at each epoch … */
  decayRate: number;
  /** … from this one on. */
  decayAfter: number;
  /** Steps over which the learning rate rises from zero. */
  warmupSteps: number;
  /** "cosine": the learning rate at the end. */
  minLearningRate: number;
  /** Bound on every gradient element, after `clipNorm`; 0 for none. */
  clipValue: number;
  /** Bound on the global norm of the gradients; 0 for none. */
  clipNorm: number;
  /** "sum" over time and mean over rows, or "mean" over both. */
  reduction: Reduction;
  /** Whether the hidden state goes on from one training step to the next within an epoch. */
  carryState: boolean;
  /** Steps between evaluations on the validation text; 0 evaluates at the end of each epoch. */
  evalEvery: number;
  /** Evaluations without a better loss after which training stops; 0 never stops. */
  patience: number;
  /** Whether a loss that explodes stops training, or goes back to the last good state. */
  onDivergence: "stop" | "rollback";
  maxRollbacks: number;

  /** What the numbers of the model are. */
  precision: Precision;

  engine: EngineName;
  /** Threads of the wasm engine; 0 for as many as pay. Decides no bit of the result. */
  threads: number;
  /**
   * Lets the wasm engine fuse multiplications and additions where the machine can: quicker on some,
   * but no longer the same bits everywhere.
   */
  fast: boolean;
}
