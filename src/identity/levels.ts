/** The levels at which a service account can be named, in ascending priority. */
export const levels = ['runtime', 'account', 'pipeline', 'trigger'] as const;
export type Level = (typeof levels)[number];

/** What each level names. A level is unset when it is absent or the empty string. */
export type LevelNames = { readonly [L in Level]?: string | undefined };

/** The service account of the highest level that is set. */
export interface Winner {
  level: Level;
  serviceAccount: string;
}

/** Picks the winner; undefined when no level is set. Whether it can be used is not asked here: there is no fall-through. */
export function resolveWinner(names: LevelNames): Winner | undefined {
  for (const level of levels.toReversed()) {
    const serviceAccount = names[level];
    if (serviceAccount !== undefined && serviceAccount !== '') return { level, serviceAccount };
  }
  return undefined;
}
