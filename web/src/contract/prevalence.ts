/** What a probability becomes where malignant moles are rarer, or commoner, than it was calibrated for. */

/**
 * Shift a probability from one prevalence to another, all in 0..1 and both prevalences strictly between:
 * odds' = odds * (to / (1 - to)) / (from / (1 - from)). It holds where only the mix of benign and malignant differs
 * (Saerens, Latinne, Decaestecker 2002). Throws RangeError for a prevalence of 0 or 1.
 */
export function shiftPrevalence(probability: number, from: number, to: number): number {
  for (const share of [from, to]) {
    if (!(share > 0 && share < 1)) throw new RangeError(`Expected a prevalence between 0 and 1, got ${share}.`);
  }
  const factor = oddsOf(to) / oddsOf(from);
  // Not by way of the odds of a certainty, which are infinite.
  return (probability * factor) / (probability * factor + (1 - probability));
}

function oddsOf(share: number): number {
  return share / (1 - share);
}
