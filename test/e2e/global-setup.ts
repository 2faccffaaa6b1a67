import type { TestProject } from 'vitest/node';
import { stage } from '../support/node/stages.ts';
import type { E2eCluster } from './cluster.ts';
import { installOperator } from './operator-release.ts';
import { readSettings } from './settings.ts';
import { startKindCluster } from './start-kind.ts';
import { startNodeCluster } from './start-node.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster that all end-to-end tests share. */
    e2eCluster: E2eCluster;
  }
}

/** Brings the cluster up before the first test; the function that it gives stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const settings = readSettings();
  const start = settings.cluster === 'kind' ? startKindCluster : startNodeCluster;
  const { stop, ...cluster } = await start(settings);
  try {
    await stage('operator from the chart, ready as a pod', () => installOperator(cluster));
  } catch (cause) {
    await stop();
    throw cause;
  }
  project.provide('e2eCluster', cluster);
  return stop;
}
