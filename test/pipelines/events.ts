import { events, type KubeObject } from '../../src/kube/object.ts';
import { waitFor } from '../support/wait-for.ts';
import type { Fixture } from '../operator/fixture.ts';

interface Event extends KubeObject {
  type: string;
  reason: string;
  note: string;
  regarding: { kind: string; name: string };
}

/** What was told of a pipeline so far, as `<reason>: <note>`, in no order. */
async function eventsOf({ client, namespace }: Fixture, pipeline: string): Promise<string[]> {
  const { items } = await client.list<Event>(events, { namespace });
  return items
    .filter(({ regarding }) => regarding.kind === 'EcrPipeline' && regarding.name === pipeline)
    .map(({ reason, note }) => `${reason}: ${note}`);
}

/** Waits for an event of a pipeline that matches. */
export async function eventLike(f: Fixture, pipeline: string, pattern: RegExp): Promise<string> {
  return waitFor(`an event of ${pipeline} like ${pattern}`, async () =>
    (await eventsOf(f, pipeline)).find((event) => pattern.test(event)),
  );
}
