// `real`, which the build tells the compiler (src/node/build-core.js), for those who read the sources.
declare type real = f64;
// biome-ignore lint/suspicious/noRedeclare: a type and a conversion, as every number type is
declare function real(value: unknown): real;
