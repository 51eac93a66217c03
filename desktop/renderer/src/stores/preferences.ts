import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import { browserLanguage, languages, type Language } from '../i18n/languages.js';

export const themes = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof themes)[number];
export const densities = ['dense', 'roomy'] as const;
export type Density = (typeof densities)[number];

interface Saved {
  theme?: Theme;
  density?: Density;
  language?: Language;
  railFolded?: boolean;
  hasSeenTour?: boolean;
  columns?: Record<string, string[]>;
}

const key = 'faultline.preferences';

/** What this person likes, kept in this browser and followed by its other tabs. */
export const usePreferences = defineStore('preferences', () => {
  const saved = read();
  const theme = ref<Theme>(saved.theme ?? 'system');
  const density = ref<Density>(saved.density ?? 'dense');
  /** Null follows the browser. */
  const language = ref<Language | null>(saved.language ?? null);
  const railFolded = ref(saved.railFolded ?? false);
  /** Was asked whether to be shown around, and answered. */
  const hasSeenTour = ref(saved.hasSeenTour ?? false);
  const columns = ref<Record<string, string[]>>(saved.columns ?? {});

  const systemIsDark = mediaQuery('(prefers-color-scheme: dark)');
  const systemWantsContrast = mediaQuery('(prefers-contrast: more)');
  /** The value of `data-theme`. */
  const shownTheme = computed(() => {
    if (theme.value === 'contrast') return systemIsDark.value ? 'contrast-dark' : 'contrast';
    if (theme.value !== 'system') return theme.value;
    if (systemWantsContrast.value) return systemIsDark.value ? 'contrast-dark' : 'contrast';
    return systemIsDark.value ? 'dark' : 'light';
  });

  const shownLanguage = computed(() => language.value ?? browserLanguage(navigator.languages));

  watch(
    [shownTheme, density],
    () => {
      document.documentElement.dataset['theme'] = shownTheme.value;
      document.documentElement.dataset['density'] = density.value;
    },
    { immediate: true },
  );
  watch([theme, density, language, railFolded, hasSeenTour, columns], () =>
    write({
      theme: theme.value,
      density: density.value,
      ...(language.value === null ? {} : { language: language.value }),
      railFolded: railFolded.value,
      hasSeenTour: hasSeenTour.value,
      columns: columns.value,
    }),
  );
  window.addEventListener('storage', (event) => {
    if (event.key !== key) return;
    const next = read();
    theme.value = next.theme ?? 'system';
    density.value = next.density ?? 'dense';
    language.value = next.language ?? null;
  });

  return { theme, density, language, railFolded, hasSeenTour, columns, shownTheme, shownLanguage };
});

function mediaQuery(query: string) {
  const list = window.matchMedia(query);
  const matches = ref(list.matches);
  list.addEventListener('change', () => (matches.value = list.matches));
  return matches;
}

function read(): Saved {
  try {
    const value = JSON.parse(localStorage.getItem(key) ?? '{}') as Saved;
    return {
      ...(themes.some((one) => one === value.theme) ? { theme: value.theme } : {}),
      ...(densities.some((one) => one === value.density) ? { density: value.density } : {}),
      ...(languages.some((one) => one === value.language) ? { language: value.language } : {}),
      ...(typeof value.railFolded === 'boolean' ? { railFolded: value.railFolded } : {}),
      ...(typeof value.hasSeenTour === 'boolean' ? { hasSeenTour: value.hasSeenTour } : {}),
      ...(isColumns(value.columns) ? { columns: value.columns } : {}),
    } as Saved;
  } catch {
    // Storage may be forbidden or hold something foreign: the defaults are good.
    return {};
  }
}

function isColumns(value: unknown): value is Record<string, string[]> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => Array.isArray(one) && one.every((name) => typeof name === 'string'))
  );
}

function write(value: Saved): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs only the memory of a preference.
    return;
  }
}
