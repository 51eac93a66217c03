import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { createApp, watch } from 'vue';
import App from './App.vue';
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
watch(() => preferences.shownLanguage, speakOrStay);
await speakOrStay(preferences.shownLanguage);
app.use(makeRouter());
app.mount('#app');

/** English is always there: a language that could not be loaded is no reason to show nothing. */
async function speakOrStay(language: Language): Promise<void> {
  try {
    await speak(language);
  } catch (error) {
    useNotices().fail(error);
  }
}
