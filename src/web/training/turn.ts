// Waiting between two slices of steps, so that messages come in.

const channel = new MessageChannel();
let turned = (): void => {};
channel.port1.onmessage = () => turned();

/** Lets messages in: at once, since a timer would wait 4 ms, or after `delay` ms. */
export function turn(delay: number): Promise<void> {
  return new Promise((resolve) => {
    turned = resolve;
    if (delay > 1) setTimeout(resolve, delay);
    else channel.port2.postMessage(null);
  });
}

/** Ends the wait that there may be. */
export function wake(): void {
  turned();
}
