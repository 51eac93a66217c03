import type { Texts } from './gather-texts.js';

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const accented = [...'áƀćďéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẍýźÁƁĆĎÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẌÝŹ'];

/**
 * English with every letter accented and a tail that makes it a third longer, as German is: what still shows plain
 * letters on a screen has not gone through the texts, and what is cut has too little room. Placeholders stay.
 */
export function pseudoTexts(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, typeof value === 'string' ? pseudo(value) : pseudoTexts(value)]),
  );
}

/** One message; `{name}`, `{'@'}` and the bar between plural forms are kept. */
export function pseudo(message: string): string {
  return message
    .split(' | ')
    .map((form) => `${accent(form)}${' ·'.repeat(Math.ceil(form.length / 12))}`)
    .join(' | ');
}

function accent(text: string): string {
  return text
    .split(/(\{[^}]*\})/)
    .map((piece) =>
      piece.startsWith('{') ? piece : piece.replace(/[a-zA-Z]/g, (letter) => accented[plain.indexOf(letter)] ?? letter),
    )
    .join('');
}
