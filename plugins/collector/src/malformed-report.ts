/** Why a post is not a crash report. The words are Antenna's, so that clients and dashboards know them. */
export type MalformedReason =
  | 'no_content_type'
  | 'wrong_content_type'
  | 'no_boundary'
  | 'no_content_length'
  | 'bad_gzip'
  | 'invalid_json'
  | 'invalid_json_value'
  | 'invalid_dump_name'
  | 'invalid_payload_structure'
  | 'no_annotations'
  | 'invalid_uuid'
  /** Ours: beyond the documented number of parts, or an annotation beyond its size. */
  | 'too_many_parts'
  | 'annotation_too_large';

/** The post is answered with 400 and never retried. */
export class MalformedReport extends Error {
  override readonly name = 'MalformedReport';
  constructor(readonly reason: MalformedReason) {
    super(`malformed_${reason}`);
  }
}

/** The post is answered with 413: larger than this server takes, on the wire or unpacked. */
export class ReportTooLarge extends Error {
  override readonly name = 'ReportTooLarge';
  constructor(readonly limit: number) {
    super(`larger than ${limit} bytes`);
  }
}
