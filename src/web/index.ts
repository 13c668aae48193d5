// The library everywhere but in Node: the public API on what a page has.

import { usePlatform } from "../library/platform.ts";
import * as web from "./platform.ts";

usePlatform(web);

export * from "../api.ts";
