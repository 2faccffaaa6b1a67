import { gzipSync } from 'node:zlib';
import { digestOf, manifestType, type Image } from '../support/image-client-layout.ts';

/** A new image of one file with this text; another text gives another digest. */
export function sampleImage(text: string): Image {
  const tar = tarOf('hello.txt', Buffer.from(text));
  // Compressed, as a client that has to compress a layer itself would change its digest.
  const layer = gzipSync(tar);
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
  });
  const describe = (type: string, bytes: Buffer): object => ({
    mediaType: `application/vnd.oci.image.${type}`,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe('config.v1+json', config),
    layers: [describe('layer.v1.tar+gzip', layer)],
  });
  const blobs = new Map([config, layer].map((bytes) => [digestOf(bytes), bytes]));
  return { manifest, blobs };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const blockSize = 512;

/** A tar archive (POSIX ustar) of one small file. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(blockSize);
  header.write(name, 0);
  header.write('0000644\0', 100); // mode
  header.write('0000000\0', 108); // user
  header.write('0000000\0', 116); // group
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136); // time
  header.write('0', 156); // a regular file
  header.write('ustar\x0000', 257);
  // The checksum is taken with its own field full of spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * blockSize)]);
}
