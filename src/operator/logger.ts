import pino, { type Logger } from 'pino';
import { errorChain } from '../base/error-chain.ts';

/**
 * JSON lines on standard output. Errors are logged by their messages alone: an error object may carry the request that
 * failed, and with it a token.
 */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorChain(error) },
  });
}
