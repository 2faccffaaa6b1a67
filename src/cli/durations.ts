const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const longestMs = 24 * 3_600_000;

/** Milliseconds of a duration as kubectl takes it: `90s`, `1m30s`, or `30` for seconds. Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,6}$/.test(text)) return within(Number(text) * 1_000);
  if (!/^(\d{1,9}(ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|s|m|h)/g)];
  return within(parts.reduce((sum, [, n, unit]) => sum + Number(n) * (unitMs[unit ?? ''] ?? 0), 0));
}

function within(ms: number): number | undefined {
  return ms > 0 && ms <= longestMs ? ms : undefined;
}

/** A length of time by its two greatest units, cut: `11h59m`, `3d4h`, `42s`. For tables and sentences. */
export function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return joined(days, 'd', hours % 24, 'h');
  if (hours > 0) return joined(hours, 'h', minutes % 60, 'm');
  if (minutes > 0) return joined(minutes, 'm', seconds % 60, 's');
  return `${seconds}s`;
}

function joined(great: number, greatUnit: string, small: number, smallUnit: string): string {
  return `${great}${greatUnit}${small === 0 ? '' : `${small}${smallUnit}`}`;
}

/** How long a stage took: `12 ms`, `1.3 s`. */
export function stageDuration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** How far away a time is: `in 5h58m`, `3m ago`. Undefined for what is no time. */
export function relativeTime(time: string | undefined, now: number): string | undefined {
  const ms = Date.parse(time ?? '');
  if (Number.isNaN(ms)) return undefined;
  return ms >= now ? `in ${shortDuration(ms - now)}` : `${shortDuration(now - ms)} ago`;
}
