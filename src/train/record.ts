// What a training step reports.

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
  /** Characters trained on per second since the run began. */
  readonly charsPerSecond: number;
}
