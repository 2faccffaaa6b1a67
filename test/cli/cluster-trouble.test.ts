import { expect, test } from 'vitest';
import { troubleOf } from '../../src/cli/cluster-trouble.ts';
import { NoLogin } from '../../src/cli/connection.ts';

const server = 'https://10.0.0.1/ of context main';

test('only what the kubeconfig gives no login for is called a login', () => {
  const cause = new Error('the helper ended with 1');
  expect(troubleOf(new NoLogin('the kubeconfig gives no login', { cause }), server).message).toBe(
    `cannot log in to the API server ${server}: the kubeconfig gives no login: the helper ended with 1`,
  );
  const { message, code } = troubleOf(new TypeError('x is not a function'), server);
  expect([code, message]).toEqual([3, 'something went wrong that nobody foresaw: x is not a function']);
});
