const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines. The cut is made in bytes, where a newline is never part of a longer UTF-8 character,
 * and a line is joined once when it is complete, so that one that comes in many chunks costs no more than its length.
 */
export class LineSplitter {
  #pieces: Buffer[] = [];

  /** The lines that this chunk completes, without their newlines. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      lines.push(this.#finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
    return lines;
  }

  /** Whether bytes are left over that no newline has ended. */
  get midLine(): boolean {
    return this.#pieces.length > 0;
  }

  #finish(last: Buffer): string {
    if (this.#pieces.length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.#pieces, last]).toString('utf8');
    this.#pieces = [];
    return line;
  }
}
