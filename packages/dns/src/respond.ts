import packet from 'dns-packet'

import { answer, type DnsAnswer } from './answer.ts'
import type { DnsIndex } from './dns-index.ts'
import type { Upstream } from './upstream.ts'

const codes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const
const plainUdpBytes = 512
const maxUdpBytes = 4_096
const authoritative = packet.AUTHORITATIVE_ANSWER
const available = packet.RECURSION_AVAILABLE

export interface RespondOptions {
  index: DnsIndex
  upstream: Upstream
}

/** The response to one message; undefined for what is no question. Answers too long for UDP are cut and say so. */
export async function respond(message: Buffer, transport: 'udp' | 'tcp', { index, upstream }: RespondOptions): Promise<Buffer | undefined> {
  const query = decode(message)
  if (!query || query.type !== 'query') return undefined
  const [question] = query.questions ?? []
  if (!question || query.questions?.length !== 1) return encode(query, codes.NOTIMP)
  const found = answer({ name: question.name, type: question.type }, index)
  if (!found) return (await upstream.ask(message, transport)) ?? encode(query, codes.SERVFAIL)
  const whole = await withAliases(found, question.type, upstream)
  const response = encode(query, whole.code === 'NXDOMAIN' ? codes.NXDOMAIN : codes.NOERROR, whole)
  if (transport === 'tcp' || response.length <= sizeLimitOf(query)) return response
  return encode(query, codes.NOERROR, { ...whole, answers: [], additionals: [] }, packet.TRUNCATED_RESPONSE)
}

function decode(message: Buffer): packet.DecodedPacket | undefined {
  try {
    return packet.decode(message)
  } catch {
    return undefined // not DNS
  }
}

/** A service that stands for an outside name: whoever asks for addresses wants them too. */
async function withAliases(found: DnsAnswer, type: string, upstream: Upstream): Promise<DnsAnswer> {
  const [alias] = found.answers
  if (alias?.type !== 'CNAME' || (type !== 'A' && type !== 'AAAA')) return found
  const id = Math.floor(Math.random() * 65_536)
  const message = packet.encode({ type: 'query', id, flags: packet.RECURSION_DESIRED, questions: [{ type, name: alias.data }] })
  const response = await upstream.ask(message, 'udp')
  const decoded = response && decode(response)
  const further = (decoded?.answers ?? []).filter((record) => record.type === 'A' || record.type === 'AAAA' || record.type === 'CNAME')
  return { ...found, answers: [...found.answers, ...(further as DnsAnswer['answers'])] }
}

function encode(query: packet.DecodedPacket, code: number, found?: DnsAnswer, flags = 0): Buffer {
  const known = found ? authoritative : 0
  return packet.encode({
    type: 'response',
    id: query.id ?? 0,
    flags: code | known | available | flags | ((query.flags ?? 0) & packet.RECURSION_DESIRED),
    questions: query.questions ?? [],
    answers: found?.answers ?? [],
    authorities: found?.authorities ?? [],
    additionals: found?.additionals ?? [],
  })
}

/** What the asker says it can take (EDNS), within reason. */
function sizeLimitOf(query: packet.DecodedPacket): number {
  const option = query.additionals?.find((record) => record.type === 'OPT') as { udpPayloadSize?: number } | undefined
  return Math.min(maxUdpBytes, Math.max(plainUdpBytes, option?.udpPayloadSize ?? plainUdpBytes))
}
