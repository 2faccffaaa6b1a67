import { expect, test } from 'vitest';
import { buildProgress, duration, lineReport, terminalReport } from '../support/controlplane/progress.ts';

test('durations are in seconds below a minute', () => {
  expect([0, 1_499, 59_400, 60_000, 125_000].map(duration)).toEqual([
    '0 s',
    '1 s',
    '59 s',
    '1 min 0 s',
    '2 min 5 s',
  ]);
});

test('a build tells how many packages it has started, how long it takes and what it compiles', () => {
  const current = 'k8s.io/api/core/v1';
  expect(buildProgress({ started: 312, total: 1410, elapsedMs: 70_000, current })).toBe(
    'compiling package 312 of 1410 (22 %), 1 min 10 s: k8s.io/api/core/v1',
  );
});

test('before the packages are counted it tells about modules, after the last about linking', () => {
  expect(buildProgress({ started: 0, total: undefined, elapsedMs: 2_000, current: undefined })).toBe(
    'resolving Go modules, 2 s',
  );
  expect(buildProgress({ started: 9, total: 9, elapsedMs: 90_000, current: 'x' })).toBe(
    'linking, 1 min 30 s',
  );
  expect(buildProgress({ started: 0, total: 0, elapsedMs: 1_000, current: undefined })).toBe('linking, 1 s');
});

test('a log gets every line, and progress only every few seconds', () => {
  const lines: string[] = [];
  let now = 0;
  const report = lineReport(
    (line) => lines.push(line),
    () => now,
    5_000,
  );
  for (now = 1_000; now <= 11_000; now += 1_000) report.progress(`at ${now}`);
  report.line('done');
  expect(lines).toEqual(['at 5000', 'at 10000', 'done']);
});

test('a terminal shows progress in one line of its width, which the next line replaces', () => {
  let written = '';
  const report = terminalReport({ write: (text) => (written += text), columns: 11 });
  report.progress('compiling a long name');
  report.line('done');
  expect(written).toBe('\r\x1b[Kcompiling \r\x1b[Kdone\n');
});
