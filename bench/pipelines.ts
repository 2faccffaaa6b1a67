import { type KubeObject, namespaces } from '../src/kube/object.ts';
import {
  askedMs,
  createPipelines,
  createRegistries,
  keyOf,
  namespace,
  pipelines,
  regions,
  requestRefresh,
  secretsOf,
  stillDue,
  triggers,
} from './pipeline-world.ts';
import { PlainSecrets } from './plain-secrets.ts';
import { residentMemory } from './process-memory.ts';
import { SecretChanges } from './secret-changes.ts';
import {
  describeRequests,
  describeTimes,
  measure,
  secretWrites,
  type Step,
  type StepInput,
} from './steps.ts';
import { addIdentity, machine, startTestbed, type Testbed } from './testbed.ts';

/**
 * Two hundred pipelines with five triggers and three registries: from the refresh of one registry until all 1,200 Secrets
 * have the new login, and what that costs. One trigger of each pipeline has a service account of its own. Beside it plain
 * writes of as many Secrets. Run with `make bench-pipelines`.
 */
const latencyMs = 30;
/** As many as the operator keeps to the API server. */
const connections = 32;
const all = Object.values(secretsOf).flat();
const identities = Object.keys(secretsOf);
/** A token of 12 hours lives four minutes, and falls due after half of them: time enough to refresh the other registries. */
const fourMinutes = 180;
/** Plain writes of as many Secrets, by a client that does nothing else. */
const ceilings = {
  create: 'ceiling: plain creates',
  patch: 'ceiling: plain patches',
  readAndPatch: 'plain reads and patches',
};

type Run = (input: StepInput) => Promise<void>;

async function createAll(bed: Testbed, run: Run): Promise<void> {
  let since = Number.NaN;
  bed.aws.settings.update({ lifetimeScale: fourMinutes });
  await run({
    what: 'first creation',
    ceiling: ceilings.create,
    keys: [...all, ...regions.map(keyOf)],
    async work() {
      await createRegistries(bed);
      since = performance.now();
      await createPipelines(bed);
    },
    timed: all,
    since: () => since,
  });
  // What is issued from now on lives long.
  bed.aws.settings.update({ lifetimeScale: 1 });
}

/** The other registries get new tokens in time, so that the first one alone falls due. */
async function refreshEach(bed: Testbed, run: Run): Promise<void> {
  const [first, ...others] = regions;
  const ceiling = ceilings.patch;
  for (const name of others) {
    await run({
      what: 'refresh of one registry, on request',
      ceiling,
      keys: [...all, keyOf(name)],
      work: () => requestRefresh(bed, name),
      timed: all,
    });
  }
  await run({
    what: 'refresh of one registry, when due',
    ceiling,
    keys: [...all, keyOf(first)],
    work: () => stillDue(bed, first),
    // Each service account has a token of its own, which falls due at its own time.
    timed: secretsOf.puller,
    since: () => askedMs(bed, 'puller'),
  });
}

async function measureAll(bed: Testbed, run: Run): Promise<void> {
  await createAll(bed, run);
  await refreshEach(bed, run);
  const model = { from: namespace, name: 'pipeline-0-ecr' };
  const plain = await PlainSecrets.like(bed, model, { count: all.length, connections });
  const { keys } = plain;
  const patch: StepInput = { what: ceilings.patch, keys, work: () => plain.patchAll({ reading: false }) };
  await run({ what: ceilings.create, keys, work: () => plain.createAll() });
  await run(patch);
  await run({ what: ceilings.readAndPatch, keys, work: () => plain.patchAll({ reading: true }) });
  await run(patch);
  plain.close();
}

async function main(): Promise<void> {
  const bed = await startTestbed(latencyMs);
  const changes = new SecretChanges(bed.client);
  try {
    await bed.client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
    for (const name of identities) await addIdentity(bed, namespace, name);
    const operator = await bed.operator();
    await changes.synced();
    const steps: Step[] = [];
    await measureAll(bed, async (input) => {
      console.log(`${input.what} ...`);
      steps.push(await measure(bed, changes, input));
    });
    const size = `${pipelines.length} pipelines x ${triggers.length} triggers x ${regions.length} registries`;
    const waits = `${latencyMs} ms latency at AWS, ${connections} connections to the API server`;
    console.log(`\n${size}, ${identities.length} service accounts, ${waits}. ${machine()}\n`);
    console.log(`${describeTimes(steps)}\n\n${describeRequests(steps)}`);
    console.log(`\nresident memory of the operator: ${Math.round(residentMemory(operator.pid).rss)} MB`);
    check(steps);
  } finally {
    changes.stop();
    await bed.stop();
  }
}

/** No Secret is written twice, and AWS is asked once for each identity and region. */
function check(steps: readonly Step[]): void {
  for (const step of steps) {
    const { what, ecr, most, needed } = step;
    if (most !== 1 || secretWrites(step) !== needed)
      throw new Error(`${what}: ${secretWrites(step)} writes of ${needed} Secrets, ${most} of one of them`);
    const refreshed = what.startsWith('first') ? regions.length : Number(what.startsWith('refresh'));
    if (ecr !== identities.length * refreshed) throw new Error(`${what}: ${ecr} calls to ECR`);
  }
  console.log('\nNo Secret was written twice; one ECR call for each identity and region.');
}

await main();
