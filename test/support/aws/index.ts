import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { createApi } from './api.ts';
import { createAuthorizationTokens } from './authorization-tokens.ts';
import { createCallLog, type Call, type CallFilter } from './calls.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIam, type Iam } from './iam.ts';
import { createRateLimiter } from './rate-limit.ts';
import { startRegistry, type LocalRegistry } from './registry/index.ts';
import { startApiServer } from './server.ts';
import { createSessions } from './sessions.ts';
import { createSettings, type SettingsStore } from './settings.ts';
import type { ReadJwks } from './web-identity.ts';
import type { World } from './world.ts';

export interface LocalAwsOptions {
  /** The `iss` of the service-account tokens of the cluster. */
  readonly issuer: string;
  /** Reads the keys that the issuer signs with. */
  readonly jwks: ReadJwks;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** The regions whose registry host names get a certificate; default: one or more of each partition. */
  readonly regions?: readonly string[];
}

/** STS, ECR, ECR Public and their registries on loopback ports, verifying what AWS verifies. */
export interface LocalAws {
  /** One address for all services and regions. */
  readonly endpoint: string;
  /** An address that stands for one region: it takes no signature for another, and unsigned calls have a region. */
  endpointOf(region: string): string;
  /** For the process that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  readonly iam: Iam;
  readonly faults: Faults;
  readonly settings: SettingsStore;
  readonly registry: LocalRegistry;
  /** The API calls since the last reset, oldest first. */
  calls(): readonly Call[];
  countCalls(filter?: CallFilter): number;
  resetCalls(): void;
  /** Closes all servers and cuts all connections. */
  stop(): Promise<void>;
}

/** Starts the local AWS. Its IAM is empty, but for the issuer, which every account knows. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { issuer, jwks, clock = systemClock, regions } = options;
  const settings = createSettings();
  const iam = createIam(issuer, jwks);
  const world: World = {
    clock,
    settings,
    iam,
    sessions: createSessions(),
    tokens: createAuthorizationTokens(),
  };
  const faults = createFaults();
  const calls = createCallLog();
  const api = createApi({ world, faults, calls, takeCall: createRateLimiter(clock, settings) });
  const registry = await startRegistry(world, regions);
  const server = await startApiServer(api, { faults, calls, settings }, clock);
  const endpoint = `http://127.0.0.1:${server.port}`;
  return {
    endpoint,
    endpointOf: (region) => `${endpoint}/region/${region}`,
    env: environment(endpoint),
    iam,
    faults,
    settings,
    registry,
    calls: () => calls.list(),
    countCalls: (filter) => calls.count(filter),
    resetCalls: () => calls.reset(),
    async stop() {
      await Promise.all([server.stop(), registry.stop()]);
    },
  };
}

/** The names are made of `AWS_ENDPOINT_URL` and the service id of each SDK client: `STS`, `ECR`, `ECR PUBLIC`. */
function environment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ENDPOINT_URL_ECR: endpoint,
    AWS_ENDPOINT_URL_ECR_PUBLIC: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
