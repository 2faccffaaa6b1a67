/**
 * Shows the operator at work, on a real API server and a local AWS that verifies what AWS verifies.
 *   npx node test/demo/demo.ts [--once]     --once ends when all was shown; else all keeps running until Ctrl-C
 * Every step checks what it shows: the exit code is 1 when something was not so.
 */
import { parseArgs } from 'node:util';
import { errorChain } from '../../src/base/error-chain.ts';
import { duration } from '../support/controlplane/progress.ts';
import { lastLines, type RunningOperator } from './operator-in-cluster.ts';
import { createScreen, type Screen } from './screen.ts';
import { startClusterAndAws } from './step-1-cluster-and-aws.ts';
import { installOperator } from './step-2-install.ts';
import { applyRegistries } from './step-3-registries.ts';
import { pushAndPull } from './step-4-push-and-pull.ts';
import { showRefresh } from './step-5-refresh.ts';
import { showOutage } from './step-6-outage.ts';
import { showBadInput } from './step-7-bad-input.ts';
import { showSummary } from './step-8-summary.ts';
import { createCleanup, numberedSteps, type Cleanup } from './steps.ts';
import type { World } from './world.ts';

interface Stage {
  readonly world: World;
  readonly operator: RunningOperator;
}

async function play(screen: Screen, cleanup: Cleanup): Promise<Stage> {
  const step = numberedSteps(screen, Date.now);
  const world = await step('A cluster and an AWS on this machine', () => startClusterAndAws(screen, cleanup));
  const operator = await step('Install the operator with Helm', () => installOperator(world));
  try {
    await step('Two registries: account level and runtime level', () => applyRegistries(world));
    const tool = await step('Push and pull an image with the Secrets', () => pushAndPull(world));
    await step('Tokens are refreshed before they expire', () => showRefresh(world, tool));
    await step('AWS is down for a while', () => showOutage(world, tool));
    await step('What is said about mistakes', () => showBadInput(world, operator));
    await step('Summary', () => showSummary(world, operator));
  } catch (error) {
    screen.say('The last lines of the operator were:');
    screen.output(await lastLines(operator.logFile, 20));
    throw error;
  }
  return { world, operator };
}

/** Resolves when somebody wants the demo to end; a second Ctrl-C ends it at once. */
function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = (): void => {
      // The supervisors kill what is left and remove its files.
      if (asked) process.exit(130);
      asked = true;
      resolve('interrupted');
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const since = Date.now();
  const screen = createScreen(process.stdout);
  const cleanup = createCleanup();
  const interrupted = interruption();
  let code = 0;
  try {
    const stage = await Promise.race([play(screen, cleanup), interrupted]);
    if (stage !== 'interrupted') {
      screen.heading(`All of it was as claimed, after ${duration(Date.now() - since)}`);
      if (!values.once) await invite(screen, stage, interrupted);
    } else code = 130;
  } catch (error) {
    screen.heading(`The demo failed after ${duration(Date.now() - since)}: ${errorChain(error)}`);
    code = 1;
  }
  screen.say('\nStopping everything.');
  await cleanup.run((what, error) => {
    screen.say(`${what}: ${errorChain(error)}`);
    code ||= 1;
  });
  return code;
}

async function invite(screen: Screen, { world, operator }: Stage, until: Promise<unknown>): Promise<void> {
  const { KUBECONFIG } = world.shell.env;
  const tries = [
    ...world.shell.addedToPath.map((folder) => `export PATH="${folder}:$PATH"`),
    `export KUBECONFIG=${KUBECONFIG}`,
    'kubectl get ecr -A -o wide',
    'kubectl explain ecr.spec.credentials',
    'kubectl delete secret push-ecr -n ci; kubectl get secret -n ci',
    'kubectl annotate serviceaccount ecr-runtime -n ci eks.amazonaws.com/role-arn-; kubectl describe ecr pull -n ci',
    `curl -s ${operator.metricsUrl} | grep ^ecr_operator`,
    `tail -f ${operator.logFile}`,
  ];
  screen.say(`Everything keeps running. In another terminal, in this folder:\n\n  ${tries.join('\n  ')}\n`);
  screen.say('Ctrl-C stops it and removes its data.');
  await until;
}

// Steps that were interrupted may still hold timers and processes.
process.exit(await main());
