// The colour of letters that can be read on any ground.

/** Dark or white, whichever has the contrast. */
export function inkOn(ground: readonly number[]): string {
  return luminance(ground) > 0.3 ? "#10141a" : "#ffffff";
}

/** Relative luminance of a colour, as WCAG defines it. */
function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
