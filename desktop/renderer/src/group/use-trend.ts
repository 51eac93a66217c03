import type { Trend } from '@faultline/sdk/api';
import { computed, watch, type ComputedRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { useResource, type Resource } from '../common/use-resource.js';
import { t } from '../i18n/i18n.js';
import { histogramStep } from './histogram-of.js';

/** Lines that the colours reach for, beside what is left. */
const mostLines = 5;

export interface SplitTrend {
  trend: Resource<Trend>;
  series: ComputedRef<{ name: string; counts: readonly number[] }[]>;
  reload(): void;
}

/** Crashes over time, one line for each of a field's most frequent values; "" for all in one. */
export function useTrend(asked: () => { q: string; from: string; to: string; field: string }): SplitTrend {
  const api = useApi();
  const trend = useResource<Trend>();
  const query = computed(() => {
    const { q, from, to, field } = asked();
    return { q, from, to, field, size: mostLines, interval: histogramStep(from, to, Date.now()) };
  });

  function reload(): void {
    const wanted = query.value;
    void trend.load(JSON.stringify(wanted), (signal) => api.get<Trend>('trends', wanted, signal));
  }
  watch(query, reload, { immediate: true });

  const series = computed(() => {
    const found = trend.value.value;
    if (found === null) return [];
    const lines = found.series.map(({ value, counts }) => ({ name: value ?? t('group.missing'), counts }));
    const hasRest = found.other.some((value) => value > 0);
    return hasRest ? [...lines, { name: t('group.others'), counts: found.other }] : lines;
  });
  return { trend, series, reload };
}
