import type { FieldList } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { useNotices } from './notices.js';

type Field = FieldList['fields'][number];

/** The field dictionary of the server: titles, descriptions, what can be searched and counted. */
export const useFields = defineStore('fields', () => {
  const api = useApi();
  const fields = shallowRef<Field[]>([]);
  const byId = computed(() => new Map(fields.value.map((field) => [field.id, field])));
  let loading: Promise<void> | null = null;

  function load(): Promise<void> {
    loading ??= api
      .fields()
      .then((answer) => {
        fields.value = answer.fields;
      })
      .catch((error: unknown) => {
        loading = null;
        useNotices().fail(error);
      });
    return loading;
  }

  function title(id: string): string {
    return byId.value.get(id)?.title ?? id;
  }

  return { fields, byId, load, title };
});
