import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { EventObject } from '../../src/kube/event-object.ts';
import { EventRecorder } from '../../src/kube/events.ts';
import { events, type KubeObject } from '../../src/kube/object.ts';
import { kubeClient } from '../support/kube-client.ts';

let client: KubeClient & { close(): void };

beforeAll(async () => {
  client = await kubeClient(inject('controlPlane').adminKubeconfig);
});

afterAll(() => client.close());

test('the API server takes events and their series, also with long messages and of cluster-scoped objects', async () => {
  const failures: unknown[] = [];
  const refuse = (): void => undefined;
  const log = {
    debug: (fields: object) => void failures.push(fields),
    info: refuse,
    warn: refuse,
    error: refuse,
  };
  const reporter = { controller: 'ecr-operator.dev/registry', instance: 'pod-1' };
  const recorder = new EventRecorder({ client, clock: systemClock, random: Math.random, log, reporter });
  const uid = randomUUID();
  const object = (namespace?: string): KubeObject => ({
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: namespace === undefined ? 'ClusterEcrRegistry' : 'EcrRegistry',
    metadata: { name: `prod-${uid}`, uid, ...(namespace !== undefined && { namespace }) },
  });
  const note = {
    type: 'Warning',
    reason: 'AccessDenied',
    action: 'Refresh',
    message: 'é'.repeat(1000),
  } as const;
  for (let i = 0; i < 3; i++) recorder.record({ ...note, object: object('kube-public') });
  recorder.record({ ...note, type: 'Normal', object: object() });
  await recorder.flush();

  expect(failures).toEqual([]);
  const { items } = await client.list<EventObject>(events);
  const ours = items.filter((event) => event.regarding.uid === uid);
  const told = ours.map((e) => `${e.metadata.namespace} ${e.regarding.kind} ${e.type} ${e.series?.count}`);
  expect(new Set(told)).toEqual(
    new Set(['default ClusterEcrRegistry Normal undefined', 'kube-public EcrRegistry Warning 3']),
  );
});
