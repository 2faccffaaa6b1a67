import { auditedWrites, type AuditEvent } from '../support/controlplane/audit-log.ts';
import type { RunningOperator } from './operator-in-cluster.ts';
import type { World } from './world.ts';

/** Counts what the operator asked of AWS and wrote to the API server in the whole demo. */
export async function showSummary(world: World, operator: RunningOperator): Promise<void> {
  const { screen, aws, controlPlane } = world;
  screen.say('Calls to AWS:');
  screen.output(table(aws.calls().map(({ service, operation, code }) => `${service}:${operation}  ${code}`)));
  const { auditLogFile = '' } = controlPlane;
  const writes = await auditedWrites(auditLogFile, operator.serviceAccount);
  screen.say('Writes of the operator to the API server:');
  screen.output(table(writes.map((event) => `${event.verb} ${resourceOf(event)}`)));
  checkWriteCount(world, writes);
  const forbidden = await forbiddenRequests(operator);
  screen.check(
    "the rights of the chart's ServiceAccount were enough for all of it",
    forbidden === '',
    () => forbidden,
  );
  screen.check('the operator ran all the time', !operator.ended());
}

/** Each token goes into one Secret here, so more writes than tokens would be writes that changed nothing. */
function checkWriteCount({ screen, aws }: World, writes: readonly AuditEvent[]): void {
  const tokens = aws.countCalls({ service: 'ecr', code: 200 });
  const secrets = writes.filter(
    ({ objectRef, responseStatus: { code = 0 } = {} }) => objectRef?.resource === 'secrets' && code < 300,
  );
  screen.check(
    `no Secret was written without a new token: ${tokens} tokens`,
    secrets.length > 0 && secrets.length <= tokens,
    () => `${secrets.length} writes of Secrets`,
  );
}

/** The requests, reads included, that the API server refused to the operator, as its metrics count them. */
async function forbiddenRequests({ metricsUrl }: RunningOperator): Promise<string> {
  const metrics = await (await fetch(metricsUrl)).text();
  const requests = metrics.split('\n').filter((line) => line.startsWith('ecr_operator_kube_requests_total{'));
  if (requests.length === 0) return `${metricsUrl} counts no requests at all`;
  return requests.filter((line) => line.includes('code="403"')).join(', ');
}

function resourceOf({ objectRef }: AuditEvent): string {
  const { resource = '', subresource } = objectRef ?? {};
  return subresource === undefined ? resource : `${resource}/${subresource}`;
}

/** How often each entry occurs, a line each. */
function table(entries: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([entry, count]) => `${String(count).padStart(5)}  ${entry}`)
    .join('\n');
}
