/** The API's MicroTime: RFC 3339 in UTC with exactly six decimals; the API server refuses other precisions. */
export function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
