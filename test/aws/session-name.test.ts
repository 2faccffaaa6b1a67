import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionName } from '../../src/aws/session-name.ts';

describe('a session name', () => {
  it('shows namespace and name as they are where that is clear', () => {
    expect(sessionName(['ci', 'builder'])).toBe('ecr-operator-ci-builder');
  });

  it('tells apart what reads the same when joined', () => {
    expect(sessionName(['a-b', 'c'])).not.toBe(sessionName(['a', 'b-c']));
    expect(sessionName(['a-b', 'c'])).toMatch(/^ecr-operator-a-b-c-[0-9a-f]{8}$/);
  });

  it('keeps a name of exactly 64 characters and cuts a longer one', () => {
    const room = 64 - 'ecr-operator-ci-'.length;
    expect(sessionName(['ci', 'n'.repeat(room)])).toBe(`ecr-operator-ci-${'n'.repeat(room)}`);
    expect(sessionName(['ci', 'n'.repeat(room + 1)])).toMatch(/^ecr-operator-ci-n{39}-[0-9a-f]{8}$/);
  });

  it('never changes between versions, since trust policies may name it', () => {
    expect(sessionName(['team-a', 'build-api'])).toBe('ecr-operator-team-a-build-api-3e926407');
  });

  it('is legal for STS and different for different parts, whatever they are', () => {
    const part = fc.oneof(fc.stringMatching(/^[a-z-]{0,3}$/), fc.string({ unit: 'binary', maxLength: 80 }));
    const partLists = fc.uniqueArray(fc.array(part, { maxLength: 3 }), {
      selector: (parts) => JSON.stringify(parts),
    });
    fc.assert(
      fc.property(partLists, (lists) => {
        const names = lists.map((parts) => sessionName(parts));
        for (const name of names) expect(name).toMatch(/^[\w+=,.@-]{2,64}$/);
        expect(new Set(names).size).toBe(lists.length);
      }),
      { numRuns: 300 },
    );
  });
});
