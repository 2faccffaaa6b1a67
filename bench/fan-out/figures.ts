/** One figure of a benchmark beside its bar. */
export interface Figure {
  what: string;
  value: number;
  unit: string;
  /** What the API server alone took in the same run, in the same unit. */
  ceiling?: number;
  /** In words; empty where nothing is promised. */
  bar: string;
  passed: boolean;
}

/** `limit` is in the unit of the value. */
export function atMost(what: string, value: number, limit: number, unit: string): Figure {
  return { what, value, unit, bar: `<= ${limit} ${unit}`.trim(), passed: value <= limit };
}

/** `limit` is in the unit of the value. */
export function below(what: string, value: number, limit: number, unit: string): Figure {
  return { what, value, unit, bar: `< ${limit} ${unit}`.trim(), passed: value < limit };
}

/** A count that is known beforehand. */
export function exactly(what: string, value: number, wanted: number): Figure {
  return { what, value, unit: '', bar: `exactly ${wanted}`, passed: value === wanted };
}

/** A rate per second beside the rate that the API server alone allows; `leastShare` is between 0 and 1. */
export function ofCeiling(what: string, value: number, ceiling: number, leastShare: number): Figure {
  const bar = `>= ${Math.round(100 * leastShare)} % of the ceiling`;
  return { what, value, unit: '/s', ceiling, bar, passed: value >= leastShare * ceiling };
}

/** Shown for the picture; there is no bar. */
export function noted(what: string, value: number, unit: string): Figure {
  return { what, value, unit, bar: '', passed: true };
}
