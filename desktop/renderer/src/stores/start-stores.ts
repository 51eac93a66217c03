import { createPinia, setActivePinia, type Pinia } from 'pinia';

/** Empty stores, in force from here on: for the page, and anew for each test. */
export function startStores(): Pinia {
  const pinia = createPinia();
  setActivePinia(pinia);
  return pinia;
}
