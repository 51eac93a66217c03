import { defineRoute, type CrashProcessing, type FieldDictionary, type HttpRoute } from '@faultline/sdk';
import { DataDictionary } from '@faultline/sdk/api';
import { isFaultlineError } from '@faultline/sdk/errors';
import { dataDictionary } from './data-dictionary.js';

export function dictionaryRoute(dictionary: FieldDictionary, processing: () => CrashProcessing): HttpRoute {
  const rulesets = async () => {
    try {
      return await processing().describeRulesets();
    } catch (error) {
      // A web process without a processor beside it knows the fields all the same.
      if (isFaultlineError(error) && error.kind !== 'Internal') return null;
      throw error;
    }
  };
  return defineRoute({
    id: 'rules/data-dictionary',
    method: 'GET',
    path: '/api/v1/data-dictionary',
    summary: 'Every field with its type, source, permission, description and the rules that write it',
    access: 'reader',
    response: DataDictionary,
    // That there is a protected field is for those who may see it.
    async handle({ principal }) {
      const seesAll = principal.permissions.has('view_pii');
      const visible = dictionary.all().filter(({ permission }) => seesAll || permission === 'public');
      return { body: dataDictionary(visible, await rulesets()) };
    },
  });
}
