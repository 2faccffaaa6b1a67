import type { Clock } from '../../../src/base/clock.ts';
import type { AuthorizationTokens } from './authorization-tokens.ts';
import type { Iam, IamQueries } from './iam.ts';
import type { Sessions } from './sessions.ts';
import type { SettingsStore } from './settings.ts';

/** The state that the services share. */
export interface World {
  readonly clock: Clock;
  readonly settings: SettingsStore;
  readonly iam: Iam & IamQueries;
  readonly sessions: Sessions;
  readonly tokens: AuthorizationTokens;
}

/** When something that lives `seconds` in AWS ends here, in epoch milliseconds. */
export function endOfLife(world: World, seconds: number): number {
  return world.clock.now() + (seconds * 1000) / world.settings.current().lifetimeScale;
}
