import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LinkPlan,
  planLinks,
  type PullSecret,
} from '../../../src/controllers/service-account-links/plan.ts';

const entries = (...names: string[]): PullSecret[] => names.map((name) => ({ name }));

const name: fc.Arbitrary<string> = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const someNames = fc.uniqueArray(name).map((names) => names.toSorted());
const someEntries: fc.Arbitrary<PullSecret[]> = fc.array(
  fc.oneof({ weight: 9, arbitrary: name.map((n) => ({ name: n })) }, fc.constant({})),
);

/** The list and the record after the plan was carried out. */
function after(
  plan: LinkPlan | undefined,
  list: PullSecret[],
  recorded: string[],
): { list: PullSecret[]; recorded: string[] } {
  return plan === undefined ? { list, recorded } : { list: plan.list, recorded: plan.links };
}

describe('the plan for a list', () => {
  it('puts a Secret behind what is there', () => {
    expect(planLinks(entries('x', 'y'), [], ['prod-ecr'])).toEqual({
      list: entries('x', 'y', 'prod-ecr'),
      links: ['prod-ecr'],
      added: ['prod-ecr'],
      removed: [],
      restores: false,
    });
  });

  it('swaps a former name for a new one in one step', () => {
    expect(planLinks(entries('x', 'old'), ['old'], ['new'])).toMatchObject({
      list: entries('x', 'new'),
      added: ['new'],
      removed: ['old'],
    });
  });

  it('says so when it puts back what somebody took out', () => {
    expect(planLinks(entries('x'), ['prod-ecr'], ['prod-ecr'])).toMatchObject({
      list: entries('x', 'prod-ecr'),
      restores: true,
    });
  });

  it('leaves a list alone in which a foreign entry stands behind ours', () => {
    expect(planLinks(entries('prod-ecr', 'x'), ['prod-ecr'], ['prod-ecr'])).toBeUndefined();
  });

  it('does not claim an entry of the same name that was there before, and so never removes it', () => {
    const list = entries('prod-ecr');
    expect(planLinks(list, [], ['prod-ecr'])).toBeUndefined();
    expect(planLinks(list, [], [])).toBeUndefined();
  });

  it('corrects the record when there is nothing left to take out', () => {
    expect(planLinks(entries('x'), ['gone'], [])).toMatchObject({
      list: entries('x'),
      links: [],
      removed: [],
    });
  });
});

describe('whatever the list, the record and the wish are', () => {
  it('foreign entries are all kept, in order, before ours', () => {
    fc.assert(
      fc.property(someEntries, someNames, someNames, (list, recorded, wanted) => {
        const plan = planLinks(list, recorded, wanted);
        const foreign = list.filter((entry) => entry.name === undefined || !recorded.includes(entry.name));
        if (plan !== undefined) expect(plan.list.slice(0, foreign.length)).toEqual(foreign);
      }),
    );
  });

  it('everything wanted is in the list afterwards, and nothing of ours besides', () => {
    fc.assert(
      fc.property(someEntries, someNames, someNames, (list, recorded, wanted) => {
        const next = after(planLinks(list, recorded, wanted), list, recorded);
        const names = next.list.map((entry) => entry.name);
        expect(wanted.filter((link) => !names.includes(link))).toEqual([]);
        expect(next.recorded.filter((link) => !wanted.includes(link))).toEqual([]);
        const unwanted = recorded.filter((link) => !wanted.includes(link));
        expect(unwanted.filter((link) => names.includes(link))).toEqual([]);
      }),
    );
  });

  it('a second look finds nothing to do', () => {
    fc.assert(
      fc.property(someEntries, someNames, someNames, (list, recorded, wanted) => {
        const next = after(planLinks(list, recorded, wanted), list, recorded);
        expect(planLinks(next.list, next.recorded, wanted)).toBeUndefined();
      }),
    );
  });

  it('linking and unlinking gives back the list as it was', () => {
    fc.assert(
      fc.property(someEntries, someNames, (list, wanted) => {
        const linked = after(planLinks(list, [], wanted), list, []);
        expect(after(planLinks(linked.list, linked.recorded, []), linked.list, linked.recorded)).toEqual({
          list,
          recorded: [],
        });
      }),
    );
  });

  it('what somebody takes out comes back', () => {
    fc.assert(
      fc.property(someEntries, someNames, name, (list, wanted, taken) => {
        const linked = after(planLinks(list, [], wanted), list, []);
        const left = linked.list.filter((entry) => entry.name !== taken);
        const plan = planLinks(left, linked.recorded, wanted);
        const names = after(plan, left, linked.recorded).list.map((entry) => entry.name);
        expect(wanted.filter((link) => !names.includes(link))).toEqual([]);
      }),
    );
  });
});
