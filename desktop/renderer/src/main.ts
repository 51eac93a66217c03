import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { createApp, watch } from 'vue';
import App from './App.vue';
import { fetchTexts } from './i18n/fetch-texts.js';
import { i18n, speak } from './i18n/i18n.js';
import type { Language } from './i18n/languages.js';
import { makeRouter } from './routes.js';
import { useNotices } from './stores/notices.js';
import { usePreferences } from './stores/preferences.js';
import { startStores } from './stores/start-stores.js';

const app = createApp(App);
app.use(startStores());
app.use(i18n);
// The theme stands before the first paint, and so does the language: nobody sees the page change its words.
const preferences = usePreferences();
await begin();

async function begin(): Promise<void> {
  try {
    speak(preferences.shownLanguage, await fetchTexts(preferences.shownLanguage));
  } catch (error) {
    // Not a word of the page is there yet.
    document.body.textContent = 'Faultline could not be loaded. Load the page again in a moment.';
    throw error;
  }
  watch(() => preferences.shownLanguage, changeLanguage);
  app.use(makeRouter());
  app.mount('#app');
}

async function changeLanguage(language: Language): Promise<void> {
  try {
    speak(language, await fetchTexts(language));
  } catch (error) {
    useNotices().fail(error);
  }
}
