// Guards of debug builds: GUARD bytes before the first buffer and behind every one, which nothing
// may write. Their addresses stand in a table. In other builds all of this compiles to nothing.

export const GUARD: u64 = ASC_NO_ASSERT ? 0 : 64;
const GUARD_BYTE: u8 = 0x5a;
const GUARDS: i32 = 64;
const guardTable: usize = memory.data(GUARDS * sizeof<usize>());
let guardCount: i32 = 0;

/** Where the table keeps the address of guard `i`. */
function guardAt(i: i32): usize {
  return guardTable + ((<usize>i) << alignof<usize>());
}

/** Forgets all guards. */
export function clearGuards(): void {
  guardCount = 0;
}

/** Notes a guard at `address`. */
export function addGuard(address: usize): void {
  if (ASC_NO_ASSERT) return;
  assert(guardCount < GUARDS);
  store<usize>(guardAt(guardCount), address);
  guardCount += 1;
}

/** Writes the guards, once there is memory. */
export function fillGuards(): void {
  for (let i = 0; i < guardCount; i++) {
    memory.fill(load<usize>(guardAt(i)), GUARD_BYTE, <usize>GUARD);
  }
}

/** Index of the first guard that was written over, in the order of their making, or -1. */
export function brokenGuard(): i32 {
  for (let i = 0; i < guardCount; i++) {
    const guard = load<usize>(guardAt(i));
    for (let byte: usize = 0; byte < <usize>GUARD; byte++) {
      if (load<u8>(guard + byte) != GUARD_BYTE) return i;
    }
  }
  return -1;
}
