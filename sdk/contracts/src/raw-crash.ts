import type { CrashId } from './crash-id.js';
import type { Bytes } from './units.js';

/** JSON as it came from outside. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** One binary part of a crash report: a minidump or an attachment. */
export interface PartSummary {
  /** Sanitised form name, `upload_file_minidump` for the main dump; unique in its report. */
  name: string;
  /** The client's file name, for people; "" when it gave none. Hostile. */
  filename: string;
  contentType: string;
  size: Bytes;
  /** SHA-256 of the bytes, lower-case hex. */
  sha256: string;
}

/** What the collector adds. Keys are Socorro's. */
export interface RawCrashMetadata {
  payload: 'multipart' | 'json';
  payload_compressed: '0' | '1';
  /** Bytes on the wire. */
  payload_size: Bytes;
  collector_notes: string[];
  /** Part name to SHA-256. */
  dump_checksums: Record<string, string>;
  user_agent: string;
  throttle_rule: string;
  /** Product, version and so on as decided from the aliases that clients use, with disagreements in the notes. */
  identity: ReportIdentity;
}

/** Who crashed, whatever the client calls its annotations. "" when the report does not say. */
export interface ReportIdentity {
  product: string;
  version: string;
  channel: string;
  processType: string;
  platform: string;
  /** Hash of the client's own installation id, with a local secret; "" when there is none. */
  install: string;
}

/** A crash report as received: annotations plus what the collector knows. Never rewritten. */
export interface RawCrash {
  crashId: CrashId;
  /** UTC, ISO 8601 with milliseconds. */
  submittedTimestamp: string;
  /** Strings from forms; a JSON part may give any value. Names and values are hostile. */
  annotations: Record<string, JsonValue>;
  metadata: RawCrashMetadata;
  parts: PartSummary[];
}

export const mainDumpName = 'upload_file_minidump';
