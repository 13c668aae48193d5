// The library in Node: the public API on Node's threads and files.

import { usePlatform } from "./library/platform.ts";
import * as node from "./node/platform.ts";

usePlatform(node);

export * from "./api.ts";
