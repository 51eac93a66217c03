import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** What each measure of Firefox's memory report is. */
const measures: Readonly<Record<string, [title: string, description: string]>> = {
  explicit: ['Explicit memory', 'Memory that the program allocated and can account for, heap and other.'],
  gfx_textures: ['Textures', 'Memory of textures of the graphics system.'],
  heap_allocated: ['Heap', 'Memory that the heap has given out.'],
  heap_overhead: ['Heap overhead', 'Memory that the heap needs for itself.'],
  heap_unclassified: ['Unclassified heap', 'Heap memory that nobody reported.'],
  images: ['Images', 'Memory of decoded and encoded images.'],
  js_main_runtime: ['JavaScript', 'Memory of the main JavaScript runtime.'],
  private: ['Private memory', 'Memory that no other process shares.'],
  resident: ['Resident memory', 'Memory that was in the machine’s own, not swapped out.'],
  resident_unique: ['Resident unique memory', 'Resident memory that no other process shares.'],
  system_heap_allocated: ['System heap', 'Memory that the system’s own heap has given out.'],
  top_none_detached: ['Detached windows', 'Memory of windows that are closed and not yet freed.'],
  vsize: ['Address space', 'Virtual memory in use.'],
  vsize_max_contiguous: ['Largest free block', 'Largest piece of virtual memory that was free in one.'],
};
/** Numbers of things rather than bytes. */
const counts: Readonly<Record<string, [title: string, description: string]>> = {
  ghost_windows: ['Ghost windows', 'Windows that are closed and, after a while, still not freed.'],
  host_object_urls: ['Object addresses', 'Addresses that pages made for objects in memory.'],
};

export const memoryFields: FieldDefinition[] = [
  {
    id: 'memory_measures',
    title: 'Memory measures',
    type: 'object',
    description: 'Main figures of the memory report, of the process that crashed.',
    permission: 'public',
  },
  ...Object.entries({ ...measures, ...counts }).map(([name, [title, description]]): FieldDefinition => ({
    id: `memory_${name}`,
    title,
    type: 'integer',
    description,
    ...(Object.hasOwn(counts, name) ? {} : { unit: 'bytes' }),
    permission: 'public',
    path: `memory_measures.${name}`,
  })),
];
