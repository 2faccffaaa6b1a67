import { expect, it } from 'vitest';
import { missingControllers, processesIn } from './cgroup-controllers.ts';

it('a group that passes nothing on lacks what the kubelet needs, and nothing else that it has', () => {
  const controllers = 'cpuset cpu io memory hugetlb pids rdma misc\n';
  expect(missingControllers(controllers, '\n')).toEqual(['cpu', 'cpuset', 'hugetlb', 'memory', 'pids']);
});

it('what is passed on already is not asked for again, as under systemd', () => {
  expect(missingControllers('cpuset cpu io memory pids\n', 'cpuset cpu io memory pids\n')).toEqual([]);
  expect(missingControllers('cpuset cpu memory pids\n', 'memory pids\n')).toEqual(['cpu', 'cpuset']);
});

it('a controller that the group does not have itself cannot be passed on, as beside cgroup v1', () => {
  expect(missingControllers('\n', '\n')).toEqual([]);
  expect(missingControllers('memory pids\n', '\n')).toEqual(['memory', 'pids']);
});

it('the processes of a group are those that this PID namespace has a number for', () => {
  expect(processesIn('1\n0\n4711\n')).toEqual(['1', '4711']);
  expect(processesIn('')).toEqual([]);
});
