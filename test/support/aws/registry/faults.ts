import { matchesGlob } from '../glob.ts';

/** What goes wrong with a request to a registry. Patterns may hold `*`; without one, all requests are meant. */
export interface RegistryFault {
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status: number;
  /** Of the OCI distribution API: `TOOMANYREQUESTS`. */
  readonly code: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many requests it hits before it is used up; default: all until it is removed. */
  readonly times?: number;
}

export interface RegistryFaults {
  /** Adds a fault and returns what removes it. The oldest one that matches hits a request, before its login is looked at. */
  inject(fault: RegistryFault): () => void;
  /** The server's side: uses up the fault that hits this request. */
  take(request: {
    readonly host: string;
    readonly method: string;
    readonly path: string;
  }): RegistryFault | undefined;
}

/** No faults yet. */
export function createRegistryFaults(): RegistryFaults {
  const active = new Map<symbol, { readonly fault: RegistryFault; left: number }>();
  return {
    inject(fault) {
      const id = Symbol(fault.code);
      active.set(id, { fault, left: fault.times ?? Infinity });
      return () => void active.delete(id);
    },
    take({ host, method, path }) {
      for (const [id, entry] of active) {
        const { fault } = entry;
        const hits =
          matchesGlob(fault.host ?? '*', host) &&
          matchesGlob(fault.method ?? '*', method) &&
          matchesGlob(fault.path ?? '*', path);
        if (!hits) continue;
        entry.left -= 1;
        if (entry.left <= 0) active.delete(id);
        return fault;
      }
      return undefined;
    },
  };
}
