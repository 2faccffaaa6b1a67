import { inspect } from 'node:util';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';

describe('Redacted', () => {
  const secret = new Redacted('hunter2');

  it('gives its value only to reveal()', () => {
    expect(secret.reveal()).toBe('hunter2');
  });

  it.each<[string, string]>([
    ['a template', `it is ${secret as unknown as string}`],
    ['concatenation', 'x' + (secret as unknown as string)],
    ['String()', String(secret)],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['an error message', new Error(`failed with ${secret as unknown as string}`).message],
    ['its own properties', JSON.stringify(Object.entries(secret))],
  ])('stays hidden in %s', (_where, text) => {
    expect(text).not.toContain('hunter2');
  });

  it('stays hidden in the log, also as the cause of an error', () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => lines.push(line) });
    log.error({ secret, err: new Error('x', { cause: secret }) }, 'failed');
    expect(lines.join()).toContain('[redacted]');
    expect(lines.join()).not.toContain('hunter2');
  });
});
