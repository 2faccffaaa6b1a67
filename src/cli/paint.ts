import { styleText } from 'node:util';
import type { Io, Output } from './io.ts';

export type Colour = 'bold' | 'green' | 'red' | 'yellow' | 'dim';

/** Colours a text, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/** Colours on a terminal only, and not where `NO_COLOR` is set or the terminal is dumb. */
export function paintFor(out: Output, env: Io['env']): Paint {
  const inColour = out.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (colour, text) => (inColour ? styleText(colour, text, { validateStream: false }) : text);
}

/** Text as it is. */
export const plain: Paint = (_colour, text) => text;
