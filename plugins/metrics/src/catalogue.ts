/**
 * Every metric there is, with what it means. Recording one that does not stand here is an error of the program
 * (`METRIC_UNKNOWN`). The README's table is this list; a test compares them.
 */
export interface MetricDefinition {
  kind: 'counter' | 'gauge' | 'histogram';
  /** For people: what is counted, and the unit where it is not in the name. */
  help: string;
  labels: readonly string[];
}

/** Seconds: from a rule-only run to a dump that takes minutes. */
export const secondsBuckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600];

export const catalogue = {
  faultline_crashes_received_total: {
    kind: 'counter',
    help: 'Crash reports that were taken and stored.',
    labels: [],
  },
  faultline_crashes_processed_total: {
    kind: 'counter',
    help: 'Runs that were written, by their outcome: complete, partial or failed.',
    labels: ['status'],
  },
  faultline_crashes_dead_total: { kind: 'counter', help: 'Crashes that were given up, by reason.', labels: ['code'] },
  faultline_crashes_deleted_total: { kind: 'counter', help: 'Crashes that were erased.', labels: [] },
  faultline_processing_seconds: {
    kind: 'histogram',
    help: 'From the start of a run to its end.',
    labels: [],
  },
  faultline_ingestion_seconds: {
    kind: 'histogram',
    help: 'From the receipt of a report to the end of its first run.',
    labels: [],
  },
  faultline_jobs_finished_total: { kind: 'counter', help: 'Runs of jobs that ended.', labels: ['job', 'status'] },
  faultline_queue_depth: { kind: 'gauge', help: 'Crashes in a lane: waiting, delayed and in hand.', labels: ['lane'] },
  faultline_queue_in_hand: { kind: 'gauge', help: 'Crashes of a lane that are being processed.', labels: ['lane'] },
  faultline_queue_oldest_seconds: { kind: 'gauge', help: 'Age of the oldest crash of a lane.', labels: ['lane'] },
  faultline_outbox_rows: { kind: 'gauge', help: 'Crashes that a sink has still to take.', labels: ['sink'] },
  faultline_outbox_oldest_seconds: { kind: 'gauge', help: 'Age of the oldest of them.', labels: ['sink'] },
  faultline_dead_letters: { kind: 'gauge', help: 'Crashes that were given up and wait for somebody.', labels: [] },
  faultline_rules_parked: { kind: 'gauge', help: 'Rules that were stopped too often and are left out.', labels: [] },
  faultline_search_crashes: { kind: 'gauge', help: 'Crashes in the search index.', labels: [] },
  faultline_process_resident_bytes: { kind: 'gauge', help: 'Memory of this process.', labels: [] },
  faultline_process_cpu_seconds_total: { kind: 'gauge', help: 'Processor time of this process.', labels: [] },
  faultline_process_uptime_seconds: { kind: 'gauge', help: 'Time since this process started.', labels: [] },
  faultline_plugins: { kind: 'gauge', help: 'Plugins of this process, by state.', labels: ['state'] },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof catalogue;
export type Labels = Readonly<Record<string, string>>;

/** All names with their definitions. */
export function allMetrics(): (MetricDefinition & { name: MetricName })[] {
  return Object.entries(catalogue).map(([name, metric]) => ({ name: name as MetricName, ...metric }));
}
