import type { Service } from './api-request.ts';

/** One API call as the local AWS saw it. */
export interface Call {
  /** Epoch milliseconds of its arrival. */
  readonly at: number;
  readonly service: Service;
  readonly operation: string;
  readonly region: string;
  /** The holder of the access key, or the assumed-role ARN that a web-identity call was for; undefined when unknown. */
  readonly principalArn: string | undefined;
  /** The role that the call asked for, or whose session made it. */
  readonly roleArn?: string;
  /** 200, the code of the error, or `hang` or `reset`. */
  readonly code: number | string;
  readonly requestId: string;
}

export type CallFilter = Partial<
  Pick<Call, 'service' | 'operation' | 'region' | 'principalArn' | 'roleArn' | 'code'>
>;

export interface CallLog {
  record(call: Call): void;
  /** All calls since the last reset, oldest first. */
  list(): readonly Call[];
  /** How many of them have all the values of `filter`. */
  count(filter?: CallFilter): number;
  reset(): void;
}

/** An empty log. */
export function createCallLog(): CallLog {
  let calls: Call[] = [];
  return {
    record: (call) => void calls.push(call),
    list: () => [...calls],
    count: (filter = {}) => calls.filter((call) => hasAll(call, filter)).length,
    reset() {
      calls = [];
    },
  };
}

function hasAll(call: Call, filter: CallFilter): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...call };
  return Object.entries(filter).every(([name, value]) => fields[name] === value);
}
