/** Light, dark, or as the system has it: remembered in this browser. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const PLACE = "kgservice.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const changed = new EventTarget();

export function keptTheme(): Theme {
  const kept = localStorage.getItem(PLACE) as Theme | null;
  return kept && THEMES.includes(kept) ? kept : "system";
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(PLACE, theme);
  applyTheme();
}

/** What was chosen, on the page; style/theme.css has the rest. */
export function applyTheme(): void {
  const theme = keptTheme();
  document.documentElement.style.colorScheme = theme === "system" ? "light dark" : theme;
  changed.dispatchEvent(new Event("change"));
}

/** Tells when the colours of the page change; returns what ends that. */
export function whenThemeChanges(tell: () => void): () => void {
  changed.addEventListener("change", tell);
  dark.addEventListener("change", tell);
  return () => {
    changed.removeEventListener("change", tell);
    dark.removeEventListener("change", tell);
  };
}
