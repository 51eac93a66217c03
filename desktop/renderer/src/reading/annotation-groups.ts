import { t } from '../i18n/i18n.js';
import type { CrashReport } from '@faultline/sdk/api';

export type Annotation = CrashReport['annotations'][number];
export interface AnnotationGroup {
  title: string;
  annotations: Annotation[];
}

/** By their names alone: clients of any product use these words. The first that matches decides. */
const subjects: [title: string, pattern: RegExp][] = [
  [
    'reading.annotationGroups.product',
    /^(_?product|prod|ProductName|ProductID|_?version|ver|Version|Vendor|BuildID|ReleaseChannel|channel|ApplicationBuildID|DistributionID|release|build|lsb|guid|useragent)/i,
  ],
  ['reading.annotationGroups.process', /process|^ptype|^pid|thread|plugin|actor|^switch|num-switches|command/i],
  [
    'reading.annotationGroups.crash',
    /crash|abort|assert|reason|signature|exception|hang|shutdown|oom|stack|dump|error|ipc/i,
  ],
  ['reading.annotationGroups.time', /time|uptime|date|startup|install/i],
  ['reading.annotationGroups.graphics', /gpu|graphics|adapter|driver|^gl[-_A-Z]|display|screen|angle|d3d|vulkan/i],
  ['reading.annotationGroups.memory', /memory|physical|virtual|page_?file|heap|commit/i],
  [
    'reading.annotationGroups.system',
    /^os|platform|cpu|android|mac|linux|windows|osarch|arch|locale|lang|bios|device/i,
  ],
];

const other = 'reading.annotationGroups.other';

/** Groups that have something in them, in a fixed order, names sorted; "Other" last. */
export function groupAnnotations(annotations: readonly Annotation[], filter: string): AnnotationGroup[] {
  const wanted = filter.trim().toLowerCase();
  const groups = new Map<string, Annotation[]>();
  for (const annotation of annotations) {
    if (wanted !== '' && !matches(annotation, wanted)) continue;
    const title = subjects.find(([, pattern]) => pattern.test(annotation.name))?.[0] ?? other;
    const group = groups.get(title) ?? [];
    group.push(annotation);
    groups.set(title, group);
  }
  return [...subjects.map(([title]) => title), other].flatMap((title) => {
    const found = groups.get(title);
    if (found === undefined) return [];
    return [{ title: t(title), annotations: found.sort((a, b) => a.name.localeCompare(b.name)) }];
  });
}

/** The value as text: strings as they are, everything else as JSON. */
export function annotationText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function matches(annotation: Annotation, wanted: string): boolean {
  return (
    annotation.name.toLowerCase().includes(wanted) ||
    annotationText(annotation.value).toLowerCase().includes(wanted) ||
    annotation.description.toLowerCase().includes(wanted)
  );
}
