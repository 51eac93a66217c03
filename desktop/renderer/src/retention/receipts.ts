/** Receipts that the jobs of retention and erasing leave; read with care, for an older server wrote older ones. */
interface Receipt {
  crashes: number;
  freed: number;
  /** Days that the clock was ahead, for which nothing was purged; null otherwise. */
  clockAhead: number | null;
  /** Ids that were asked for; null for a purge. */
  asked: number | null;
  places: { place: string; records: number | null }[];
}

/** Null for what is no receipt of either. */
export function receiptOf(result: unknown): Receipt | null {
  if (!isObject(result)) return null;
  const { crashes, freed, clockAhead, asked, places } = result;
  if (typeof crashes !== 'number' || typeof freed !== 'number') return null;
  return {
    crashes,
    freed,
    clockAhead: typeof clockAhead === 'number' ? clockAhead : null,
    asked: typeof asked === 'number' ? asked : null,
    places: Array.isArray(places) ? places.flatMap(placeOf) : [],
  };
}

/** Ids out of typed lines, or out of a list with commas. */
export function idsOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

function placeOf(value: unknown): Receipt['places'] {
  if (!isObject(value) || typeof value['place'] !== 'string') return [];
  const { place, records } = value;
  return [{ place, records: typeof records === 'number' ? records : null }];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
