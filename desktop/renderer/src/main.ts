import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { makeRouter } from './routes.js';
import { usePreferences } from './stores/preferences.js';
import { startStores } from './stores/start-stores.js';

const app = createApp(App);
app.use(startStores());
// The theme stands before the first paint.
usePreferences();
app.use(makeRouter());
app.mount('#app');
