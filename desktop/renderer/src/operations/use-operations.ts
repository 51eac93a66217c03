import type { OperationsSnapshot } from '@faultline/sdk/api';
import { onScopeDispose } from 'vue';
import { useApi } from '../api/current-api.js';
import { useResource, type Resource } from '../common/use-resource.js';

/** The server looks each five seconds; a process counts as gone after twelve. */
const interval = 2500;

/** How everything is, asked again and again while the screen stands and the tab is looked at. */
export function useOperations(): { snapshot: Resource<OperationsSnapshot>; reload(): void } {
  const api = useApi();
  const snapshot = useResource<OperationsSnapshot>();
  const reload = () => {
    void snapshot.load('operations', (signal) => api.get<OperationsSnapshot>('operations', {}, signal));
  };
  const timer = setInterval(() => {
    if (!document.hidden && !snapshot.isLoading.value) reload();
  }, interval);
  onScopeDispose(() => clearInterval(timer));
  reload();
  return { snapshot, reload };
}
