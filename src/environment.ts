// Names of what every place that runs the library has, for those who compile without the DOM's types and
// Node's: empty where nothing declares them, and nothing more than they are where something does.

declare global {
  interface AbortSignal {}
  interface URL {}
  namespace WebAssembly {
    interface Global {}
    interface Memory {}
    interface Module {}
  }
}

export {};
