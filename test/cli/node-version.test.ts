import { expect, test } from 'vitest';
import { nodeProblem } from '../../src/cli/node-version.ts';

test('an older Node is told which one is needed', () => {
  expect(nodeProblem('v20.20.2')).toContain('needs Node 24 or newer, this is v20.20.2');
  expect(nodeProblem('v24.0.0')).toBeUndefined();
  expect(nodeProblem('v100.1.0')).toBeUndefined();
});
