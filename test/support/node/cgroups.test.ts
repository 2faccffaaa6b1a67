import { expect, it } from 'vitest';
import { cgroupMounts } from './cgroups.ts';

it('the one hierarchy of cgroup v2 is found', () => {
  const mountinfo = `24 1 0:22 / /proc rw - proc proc rw
30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw
`;
  expect(cgroupMounts(mountinfo)).toEqual([{ folder: '/sys/fs/cgroup', unified: true }]);
});

it('each hierarchy of cgroup v1 is found once, beside a v2 that is mounted too', () => {
  const mountinfo = `30 24 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw
31 30 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory
31 30 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory
32 30 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`;
  expect(cgroupMounts(mountinfo)).toEqual([
    { folder: '/sys/fs/cgroup/memory', unified: false },
    { folder: '/sys/fs/cgroup/cpu', unified: false },
    { folder: '/sys/fs/cgroup/unified', unified: true },
  ]);
});

it('there is none where no cgroup file system is mounted', () => {
  expect(cgroupMounts('24 1 0:22 / /proc rw - proc proc rw\n')).toEqual([]);
});
