// The exported surface of the core; nothing else.

export { exp, log, tanh } from "./elementary";
export { runKernel } from "./gradients";
export { brokenGuard } from "./guards";
export { initialize } from "./initial";
export {
  attach,
  dHidden,
  dLogits,
  firstMoment,
  generator,
  gradients,
  hidden,
  inputs,
  losses,
  memoryBytes,
  parameters,
  predictions,
  reserve,
  rule,
  secondMoment,
  state,
  statistics,
  targets,
} from "./layout";
export { drawBlock, normal, seed, uniform } from "./random";
export { draw, seedDraws } from "./sample";
export { evaluate, probabilityAt, runPhase, serve, stop, trainStep } from "./step";
export { giveUp } from "./team";
