import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { makeRouter } from './routes.js';
import { usePreferences } from './stores/preferences.js';

const app = createApp(App);
app.use(createPinia());
// The theme stands before the first paint.
usePreferences();
app.use(makeRouter());
app.mount('#app');
