import { beforeAll, expect, it } from 'vitest';
import { createMetrics } from '../../src/operator/metrics.ts';
import { createHelm, type Helm } from './helm.ts';
import { deploymentOf, type Manifest, ofKind } from './manifests.ts';

let manifests: Manifest[];
beforeAll(async () => {
  const helm: Helm = await createHelm();
  manifests = await helm.template({
    metrics: {
      serviceMonitor: { enabled: true },
      prometheusRule: { enabled: true, secondsToExpiry: 7200, notReadyFor: '1h' },
    },
  });
});

it('alerts on metrics that the operator has', () => {
  const text = JSON.stringify(ofKind(manifests, 'PrometheusRule'));
  const used = new Set(text.match(/ecr_operator_\w+/g));
  const { registry } = createMetrics(
    () => [],
    () => 0,
  );
  const known = registry.getMetricsAsArray().map(({ name }) => name);
  expect([...used].toSorted()).toEqual([
    'ecr_operator_leader',
    'ecr_operator_pipeline_ready',
    'ecr_operator_pipeline_seconds_to_expiry',
    'ecr_operator_registry_ready',
    'ecr_operator_registry_seconds_to_expiry',
  ]);
  for (const name of used) expect(known).toContain(name);
});

it('alerts at the time to expiry and after the time without success that the values say', () => {
  const [rule] = ofKind(manifests, 'PrometheusRule');
  expect(rule).toMatchObject({
    spec: {
      groups: [
        {
          rules: [
            { alert: 'EcrRegistryExpiresSoon', expr: expect.stringMatching(/ < 7200$/) as unknown },
            { alert: 'EcrRegistryNotReady', for: '1h' },
            { alert: 'EcrPipelineExpiresSoon', expr: expect.stringMatching(/ < 7200$/) as unknown },
            { alert: 'EcrPipelineNotReady', for: '1h' },
            { alert: 'EcrOperatorHasNoLeader' },
          ],
        },
      ],
    },
  });
});

it('misses the leader at the Service of this release', () => {
  const [service] = ofKind(manifests, 'Service');
  const text = JSON.stringify(ofKind(manifests, 'PrometheusRule'));
  expect(text.replaceAll('\\"', "'")).toContain(
    `absent(ecr_operator_leader{namespace='operators', service='${service?.metadata.name}'} == 1)`,
  );
});

it('scrapes the pods through the Service, by the name of their port', () => {
  const { selector, template } = deploymentOf(manifests).spec;
  const [service] = ofKind(manifests, 'Service');
  const [monitor] = ofKind(manifests, 'ServiceMonitor');
  expect(service).toMatchObject({ spec: { selector: selector.matchLabels } });
  expect(service?.['spec']).toMatchObject({ ports: [{ name: 'metrics', targetPort: 'metrics' }] });
  expect(template.spec.containers[0].ports.map((port) => port.name)).toContain('metrics');
  expect(service?.metadata.labels).toMatchObject(selector.matchLabels);
  expect(monitor).toMatchObject({
    spec: { selector, endpoints: [{ port: 'metrics', honorLabels: true }] },
  });
});
