import type { StateWords } from './state-words.js';

const plural = (value: number, one: string, many: string) => (value === 1 ? one : many);

export const german: StateWords = {
  since: (time) => `seit ${time}`,
  reasons: {
    STORAGE_FULL: 'die Platte ist voll',
    DISK_FULL: 'die Platte ist voll',
    STORAGE_FAILED: 'die Platte lässt sich nicht beschreiben',
    PROCESSOR_DIED: 'der Prozessor starb damit in der Hand',
    SINK_TIMEOUT: 'es dauert zu lange',
    SINK_FAILED: 'es schlägt fehl',
    SEARCH_INDEX_DAMAGED: 'der Index ist beschädigt',
    JOB_STUCK: 'er endete nicht, als er sollte',
  },
  error: (code) => `Fehler ${code}`,
  allWell({ perMinute, lastHour, waiting }, count) {
    const rate =
      perMinute > 0
        ? `${count(perMinute)} ${plural(perMinute, 'Absturz', 'Abstürze')} pro Minute`
        : lastHour > 0
          ? `${count(lastHour)} ${plural(lastHour, 'Absturz', 'Abstürze')} in der letzten Stunde`
          : 'kein Absturz in der letzten Stunde';
    const queue =
      waiting === 0 ? 'nichts wartet' : `${count(waiting)} ${plural(waiting, 'wartet', 'warten')} auf die Verarbeitung`;
    return `Alles in Ordnung: ${rate}, ${queue}.`;
  },
  problems: {
    'node-gone': ({ host, roles, seconds }, { since, span }) => ({
      text: `Der Prozess auf ${host} (${roles}) ist ${since} weg: ${span(seconds)} lang kam nichts von ihm.`,
      hint: 'Neu starten; was er in Arbeit hatte, geht von selbst an die anderen.',
    }),
    'no-processor': ({ waiting }, { count, since }) => ({
      text: `Niemand verarbeitet Abstürze ${since}: ${count(waiting)} ${plural(waiting, 'wartet', 'warten')}.`,
      hint: 'Einen Server mit der Rolle processor starten. Berichte werden weiter angenommen und bewahrt.',
    }),
    'queue-behind': ({ lane, waiting, oldestSeconds, perMinuteIn, perMinuteOut }, { count, span }) => ({
      text:
        `${count(waiting)} ${plural(waiting, 'Absturz wartet', 'Abstürze warten')} in der Spur ${lane}, der älteste ` +
        `seit ${span(oldestSeconds)}: ${count(perMinuteIn)} pro Minute kommen, ${count(perMinuteOut)} gehen.`,
      hint:
        perMinuteOut > perMinuteIn
          ? 'Das holt sich von selbst auf.'
          : 'Einen Prozessor dazunehmen, processor.concurrency erhöhen oder mit Drosselregeln weniger annehmen.',
    }),
    'sink-behind': ({ title, waiting, code }, { count, since, reason }) => ({
      text:
        `${title} ist ${since} ${count(waiting)} ${plural(waiting, 'Absturz', 'Abstürze')} im Rückstand` +
        `${code === '' ? '' : `: ${reason(code)}`}.`,
      hint:
        code === 'STORAGE_FULL' || code === 'DISK_FULL'
          ? 'Platz schaffen, dann holt es von selbst auf.'
          : code === ''
            ? 'Es arbeitet, aber es kommt mehr, als es schafft.'
            : 'Es wird weiter versucht und holt von selbst auf.',
    }),
    'rule-failing': ({ rule, failed, runs }, { count }) => ({
      text: `Die Regel ${rule} schlug bei ${count(failed)} der letzten ${count(runs)} Abstürze fehl.`,
      hint: 'Diesen Abstürzen fehlt, was sie schreibt. Einen ansehen, das Plugin richten oder abschalten, dann neu verarbeiten.',
    }),
    'rule-parked': ({ rule }, { since }) => ({
      text: `Die Regel ${rule} wird ${since} ausgelassen: Sie wurde zu oft abgebrochen.`,
      hint: 'Mit dem nächsten Start des Prozessors kommt sie wieder. Vorher ihr Plugin richten.',
    }),
    'walk-failing': ({ failed, walks }, { count }) => ({
      text: `${count(failed)} der letzten ${count(walks)} Minidumps ließen sich nicht auswerten.`,
      hint: 'Einen der Abstürze ansehen: Sein Bericht sagt, warum.',
    }),
    'disk-low': ({ free, total }, { size }) => ({
      text: `Die Platte des Datenordners ist fast voll: ${size(free)} von ${size(total)} sind frei.`,
      hint: 'Platz schaffen, oder retention.dumpDays senken und retention/purge ausführen. Ist sie voll, werden Berichte abgelehnt.',
    }),
    'dead-letters': ({ count: letters, code }, { count, reason }) => ({
      text:
        `${count(letters)} ${plural(letters, 'Absturz wurde', 'Abstürze wurden')} aufgegeben` +
        `${code === '' ? '' : `, zuletzt: ${reason(code)}`}.`,
      hint: 'Nachsehen, warum; dann wiederholen oder verwerfen.',
    }),
    'job-failing': ({ title, failures, code }, { count, reason }) => ({
      text: `Der Auftrag „${title}“ schlug ${failures === 1 ? '' : `${count(failures)}-mal hintereinander `}fehl: ${reason(code)}.`,
      hint: 'Sein Protokoll sagt mehr. Er wird von selbst wiederholt.',
    }),
    'plugin-failed': ({ plugin, code, host }) => ({
      text: `Das Plugin ${plugin} läuft auf ${host} nicht (${code}).`,
      hint: 'Die Seite Plugins sagt, warum und was zu tun ist.',
    }),
    'part-unwell': ({ part, code }, { since, reason }) => ({
      text: `${{ store: 'Der Speicher', state: 'Der Zustandsspeicher', search: 'Die Suche' }[part] ?? part} arbeitet ${since} nicht: ${reason(code)}.`,
      hint:
        part === 'search'
          ? 'Berichte werden weiter angenommen und bewahrt.'
          : 'Berichte werden mit 503 abgelehnt, bis es wieder geht.',
    }),
    'loop-slow': ({ host, roles, milliseconds }, { count }) => ({
      text: `Der Prozess auf ${host} (${roles}) lässt alle warten: Seine Ereignisschleife stand ${count(milliseconds)} ms still.`,
      hint: 'Der Maschine fehlt Rechenzeit oder Speicher, oder ein Plugin blockiert.',
    }),
    'index-rebuilding': ({ done, total }, { count }) => ({
      text: `Die Suche wird neu aufgebaut: ${count(done)}${total > 0 ? ` von ${count(total)}` : ''} Abstürzen.`,
      hint: 'Bis dahin fehlen in Suchen einige davon.',
    }),
    'config-drift': ({ host, roles, sections }) => ({
      text: `Der Prozess auf ${host} (${roles}) läuft mit anderen Einstellungen als die übrigen: ${sections}.`,
      hint: 'Neu starten, damit er die Konfiguration liest, oder in seine Umgebung und Befehlszeile sehen.',
    }),
    'symbol-server-down': ({ server, code }, { since, reason }) => ({
      text: `Der Symbolserver ${server} ist ${since} nicht zu gebrauchen: ${reason(code)}.`,
      hint: 'Abstürze werden ohne seine Symbole verarbeitet, und noch einmal, wenn diese da sind.',
    }),
  },
};
