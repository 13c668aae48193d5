// What a training step reports.

/** What an evaluation on the validation text found. */
export interface Evaluation {
  /** Nats per character. */
  readonly loss: number;
  /** Share of characters whose likeliest prediction is right, 0 … 1. */
  readonly accuracy: number;
}

/** What a training step reports. */
export interface StepRecord {
  /** Steps before this one, from 0. */
  readonly step: number;
  /** Epochs before this one, from 0. */
  readonly epoch: number;
  /** Nats per character, mean over the batch, before the step's update. */
  readonly loss: number;
  /** Share of the batch whose likeliest character is the target, 0 … 1. */
  readonly accuracy: number;
  /** Global L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Characters trained on per second since the run began or was resumed. */
  readonly charsPerSecond: number;
  /** After this step's update, if it was time; `best` if no evaluation before was as good. */
  readonly validation?: Evaluation & { readonly best: boolean };
  /** Set if training has gone back to this step since the last record, with half the learning rate. */
  readonly rolledBack?: { readonly from: number; readonly reason: string };
}
