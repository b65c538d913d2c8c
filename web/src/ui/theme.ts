/** Light or dark: as the system has it, until the person chooses. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "dermsplit.theme";

/** What was chosen before, "system" where nothing was. */
export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === stored) ?? "system";
  } catch {
    return "system";
  }
}

/** The ground of each theme, which browsers paint their own bar with: --ground of the style sheet. */
const GROUNDS = { light: "#f6f8f7", dark: "#101615" } as const;

/** The style sheet does the rest, by the colour scheme that this attribute sets. */
export function showTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = GROUNDS[theme === "system" ? systemThemeOf(meta) : theme];
  }
}

/** Which of the system's themes a meta element speaks for. */
function systemThemeOf({ media }: HTMLMetaElement): keyof typeof GROUNDS {
  return media.includes("dark") ? "dark" : "light";
}

export function chooseTheme(theme: Theme): void {
  showTheme(theme);
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is refused in some private windows; the choice then holds for this visit.
  }
}
