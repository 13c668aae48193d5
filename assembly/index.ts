// The exported surface of the core; nothing else.

export { exp, log, tanh } from "./elementary";
export { runKernel } from "./gradients";
export {
  attach,
  brokenGuard,
  dHidden,
  dLogits,
  generator,
  gradients,
  hidden,
  inputs,
  losses,
  memoryBytes,
  parameters,
  predictions,
  reserve,
  state,
  statistics,
  targets,
} from "./layout";
export { drawBlock, normal, seed, uniform } from "./random";
export { evaluate, initialize, probabilityAt, runPhase, serve, stop, trainStep } from "./step";
export { giveUp } from "./team";
