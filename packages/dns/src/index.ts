export { answer, type DnsAnswer, type DnsQuestion, type DnsRecord } from './answer.ts'
export { DnsIndex } from './dns-index.ts'
export { startDnsServer, type DnsServerOptions } from './dns-server.ts'
