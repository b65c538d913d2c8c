/**
 * Where the coach speaks: where the AUC of validation images had fallen by 0.02, and one in twenty of the images as they
 * are lies beyond it at most. `dermsplit quality` finds them, docs/quality.md has the table.
 */
export const LIMITS = {
  /** Mean luma. The sweep says 122, of light skin alone; this is two stops below what its images have. */
  darkest: 82,
  brightest: 198,
  /** Share of the picture that is blown out. */
  glare: 0.045,
  sharpness: 0.022,
  /** Mean change of luma from one look to the next: a hand that moves. Not of the sweep, which has stills only. */
  movement: 14,
  /** Mean absolute deviation of luma: less is a wall, not a mole. Not of the sweep either. */
  contrast: 1.5,
} as const;
