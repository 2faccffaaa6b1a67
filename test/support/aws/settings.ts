/** A token bucket: `burst` calls at once, refilled at `perSecond`. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What can be changed while the local AWS runs. */
interface Settings {
  /** Sessions and authorization tokens live this many times shorter: at 1000, twelve hours are 43.2 s. */
  readonly lifetimeScale: number;
  /** Delay of every answer. */
  readonly latencyMs: number;
  /** By `<service>:<operation>`, and `*` for the rest; each applies per region and account. */
  readonly rateLimits: Readonly<Record<string, RateLimit>>;
}

export interface SettingsStore {
  current(): Settings;
  /** Replaces the members that are given. What was issued before keeps its lifetime. */
  update(change: Partial<Settings>): void;
}

const defaults: Settings = {
  lifetimeScale: 1,
  latencyMs: 0,
  rateLimits: { '*': { perSecond: 500, burst: 500 } },
};

/** Settings at AWS's own values: true lifetimes, 500 calls a second. */
export function createSettings(): SettingsStore {
  let current = defaults;
  return {
    current: () => current,
    update(change) {
      // Another process sends these as JSON, so their types are not a given.
      const unknown = Object.keys(change).find((name) => !Object.hasOwn(defaults, name));
      if (unknown !== undefined) throw new Error(`there is no setting ${unknown}`);
      const next = { ...current, ...change };
      if (!Number.isFinite(next.lifetimeScale) || next.lifetimeScale <= 0) {
        throw new Error(`lifetimeScale must be a number above 0, not ${next.lifetimeScale}`);
      }
      if (!Number.isFinite(next.latencyMs) || next.latencyMs < 0) {
        throw new Error(`latencyMs must be a number of at least 0, not ${next.latencyMs}`);
      }
      current = next;
    },
  };
}
