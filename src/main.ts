import { helpText } from './operator/flag-help.ts';
import { parseFlags } from './operator/flags.ts';
import { createLogger } from './operator/logger.ts';
import { runProcess } from './operator/process.ts';
import { errorChain } from './base/error-chain.ts';

const version = process.env['ECR_OPERATOR_VERSION'] ?? '0.1.0';

async function main(): Promise<number> {
  const parsed = parseFlags(process.argv.slice(2), process.env);
  if (parsed.kind === 'help') return print(helpText());
  if (parsed.kind === 'version') return print(version);
  if (parsed.kind === 'error') {
    console.error(parsed.message);
    return 2;
  }
  const { flags } = parsed;
  const log = createLogger(flags.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'stopping: finishing what has begun');
      stop.abort(new Error(`received ${signal}`));
    });
  }
  log.info({ version, flags }, 'ecr-operator starts');
  try {
    await runProcess({ flags, env: process.env, version, log }, stop.signal);
    log.info({}, 'stopped');
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 0;
    log.error({ err: error }, 'ecr-operator cannot go on');
    console.error(errorChain(error));
    return 1;
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

// A process that lost its lease must not linger for a request that is still under way.
process.exit(await main());
