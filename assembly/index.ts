// The exported surface of the core; nothing else.

export { holdMasks, measure, setActive } from "./dimensions";
export { setMask } from "./dropout";
export { exp, log, sigmoid, tanh } from "./elementary/lanes";
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
export { runKernel } from "./peak";
export { drawBlock, normal, seed, uniform } from "./random";
export { REAL } from "./real";
export { draw, seedDraws } from "./sample";
export { evaluate, gradientsOf, probabilityAt, runPhase, serve, stop, trainStep } from "./step";
export { giveUp } from "./team";
export { tensorColumns, tensorCount, tensorOffset, tensorRows } from "./tensors";
