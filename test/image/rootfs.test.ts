import { expect, it } from 'vitest';
import { librariesIn } from '../../tools/image/rootfs.ts';

const output = `	linux-vdso.so.1 (0x00007ffd0d9f2000)
	libdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1e6b9d5000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1e6b1d2000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f1e6b9e2000)
`;

it('a program brings its libraries and its loader, and not what the kernel provides', () => {
  expect(librariesIn(output)).toEqual([
    '/lib/x86_64-linux-gnu/libdl.so.2',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});

it('a program whose library is not installed is an error that names it', () => {
  const broken = output.replace('/lib/x86_64-linux-gnu/libdl.so.2 (0x00007f1e6b9d5000)', 'not found');
  expect(() => librariesIn(broken)).toThrow('libdl.so.2 is not installed');
});
