import type { DataDictionary, DictionaryField } from '@faultline/sdk/api';

/** The data dictionary as a page of Markdown: a table, a row for each field. */
export function dictionaryMarkdown({ fields, knowsRules }: DataDictionary): string {
  const columns = ['Field', 'Type', 'From', 'Seen by', 'What it is', ...(knowsRules ? ['Written by'] : [])];
  const lines = [
    '# Data dictionary',
    '',
    `${fields.length} fields of processed crashes. Protected fields need the permission \`view_pii\`.`,
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...fields.map((field) => row(cells(field, knowsRules))),
  ];
  return `${lines.join('\n')}\n`;
}

function cells(field: DictionaryField, knowsRules: boolean): string[] {
  const unit = field.unit === '' ? '' : ` (${field.unit})`;
  const hidden = field.searchable ? '' : ', not searchable';
  return [
    `\`${field.id}\``,
    `${field.type}${unit}${hidden}`,
    field.annotation === '' ? '' : `\`${field.annotation}\``,
    field.permission,
    `**${plain(field.title)}.** ${plain(field.description)}`,
    ...(knowsRules ? [field.rules.map(({ id }) => `\`${id}\``).join(', ')] : []),
  ];
}

function row(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

/** Descriptions are ours or a plugin's, and stay in their cell. */
function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>*_`[\]]/g, (sign) => `\\${sign}`);
}
