/** One entry of a tar archive: a file has `content`, a symbolic link has `link`, a folder neither. */
export interface TarEntry {
  path: string
  mode: number
  content?: Buffer
  link?: string
}

const blockBytes = 512

/** A ustar archive with times at zero, so that the same entries give the same bytes. Paths are at most 100 bytes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = []
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0)
    blocks.push(headerOf(entry, content.length), content)
    const rest = content.length % blockBytes
    if (rest > 0) blocks.push(Buffer.alloc(blockBytes - rest))
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)])
}

function headerOf(entry: TarEntry, sizeBytes: number): Buffer {
  if (Buffer.byteLength(entry.path) > 100) throw new Error(`path too long for a tar header: ${entry.path}`)
  const header = Buffer.alloc(blockBytes)
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`
  header.write(entry.path, 0)
  header.write(octal(entry.mode, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(sizeBytes, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148)
  header.write(entry.content ? '0' : entry.link === undefined ? '5' : '2', 156)
  header.write(entry.link ?? '', 157)
  header.write('ustar\x0000', 257)
  let checksum = 0
  for (const byte of header) checksum += byte
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
