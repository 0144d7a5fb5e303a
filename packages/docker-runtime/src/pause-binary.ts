/**
 * The first process of every sandbox, as machine code: it has to exist on machines that reach no registry and have no
 * compiler. It blocks SIGINT, SIGTERM and SIGCHLD and waits for them in a loop: SIGCHLD reaps every dead child (it is
 * process 1 of pods that share a process namespace), the others end it. docs/adr/0005-node.md has the sources.
 */
const machineCode: Record<string, { elfMachine: number; code: string }> = {
  x64: {
    elfMachine: 62,
    code:
      'b80e00000031ff488d355200000031d241ba080000000f05' + // rt_sigprocmask(SIG_BLOCK, mask, 0, 8)
      'b880000000488d3d3c00000031f631d241ba080000000f05' + // next: rt_sigtimedwait(mask, 0, 0, 8)
      '83f811740d85c078df' + // SIGCHLD: reap; interrupted: next
      'b8e700000031ff0f05' + // exit_group(0)
      'b83d000000bfffffffff31f6ba010000004531d20f05' + // reap: wait4(-1, 0, WNOHANG, 0)
      '85c07fe6ebba6690' + // a child: reap again; none: next
      '0240010000000000', // mask
  },
  arm64: {
    elfMachine: 183,
    code:
      '000080d261030010020080d2030180d2e81080d2010000d4' +
      'c0020010010080d2020080d2030180d2281180d2010000d4' +
      '1f440071a000005400ffff37' +
      '000080d2c80b80d2010000d4' +
      '00008092010080d2220080d2030080d2882080d2010000d4' +
      '1f0000712cffff54ecffff171f2003d5' +
      '0240010000000000',
  },
}

const elfHeaderBytes = 64
const programHeaderBytes = 56
const loadAddress = 0x400000n

/** A static ELF executable for `architecture` (as process.arch names it). */
export function pauseBinary(architecture: string = process.arch): Buffer {
  const target = machineCode[architecture]
  if (!target) throw new Error(`no pause program for the architecture ${architecture}: x64 and arm64 are supported`)
  const code = Buffer.from(target.code, 'hex')
  const codeOffset = elfHeaderBytes + programHeaderBytes
  const file = Buffer.alloc(codeOffset + code.length)
  file.write('\x7fELF\x02\x01\x01', 'latin1')
  file.writeUInt16LE(2, 16) // executable
  file.writeUInt16LE(target.elfMachine, 18)
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(loadAddress + BigInt(codeOffset), 24) // entry
  file.writeBigUInt64LE(BigInt(elfHeaderBytes), 32) // program headers
  file.writeUInt16LE(elfHeaderBytes, 52)
  file.writeUInt16LE(programHeaderBytes, 54)
  file.writeUInt16LE(1, 56)
  const segment = file.subarray(elfHeaderBytes)
  segment.writeUInt32LE(1, 0) // loaded
  segment.writeUInt32LE(5, 4) // readable, executable
  segment.writeBigUInt64LE(loadAddress, 16)
  segment.writeBigUInt64LE(loadAddress, 24)
  segment.writeBigUInt64LE(BigInt(file.length), 32)
  segment.writeBigUInt64LE(BigInt(file.length), 40)
  segment.writeBigUInt64LE(0x10000n, 48)
  code.copy(file, codeOffset)
  return file
}
