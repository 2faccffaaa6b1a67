import type { Denial } from './denial.ts';
import type { OciCall, OciErrorFacts, OciErrorRow } from './error-model.ts';
import { denialRows, loginRows } from './error-rows-access.ts';
import { networkRows } from './error-rows-network.ts';
import { contentRows, serviceRows } from './error-rows-registry.ts';

/**
 * What every error of a registry and of the way to it means, and what to do about it: the first row that matches decides.
 * What the text tells comes before what only the code or the HTTP status tells.
 */
export const ociErrorTable: readonly OciErrorRow[] = [
  ...loginRows,
  ...denialRows,
  ...contentRows,
  ...serviceRows,
  ...networkRows,
];

/** What an error is taken for that no row knows: trying again is the safer guess. */
const unknownRow: OciErrorRow = {
  kind: 'transient',
  reason: 'RegistryError',
  nextStep: 'Try again; if this lasts, ask who runs {host} about the code.',
};

/** The row that decides about a failed request. */
export function findRow(facts: OciErrorFacts, call: OciCall, denial: Denial): OciErrorRow {
  return ociErrorTable.find((row) => matches(row, facts, call, denial)) ?? unknownRow;
}

function matches(row: OciErrorRow, facts: OciErrorFacts, call: OciCall, denial: Denial): boolean {
  const { code, status, said } = facts;
  return (
    (row.codes === undefined || row.codes.includes(code)) &&
    (row.status === undefined || (status >= row.status[0] && status <= row.status[1])) &&
    (row.message === undefined || row.message.test(said)) &&
    (row.operation === undefined || row.operation === call.operation) &&
    (row.permission === undefined || row.permission === denial.permission) &&
    (row.explicit === undefined || denial.explicit) &&
    (row.anonymous === undefined || call.anonymous === true)
  );
}
