import 'reflect-metadata'

import { isIP } from 'node:net'

import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(globalThis.crypto as unknown as Crypto)

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 24 * 60 * 60 * 1000
/** Clocks of other machines may be behind. */
const backdateMs = 5 * 60 * 1000

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  certificatePem: string
  keyPem: string
}

export interface CertificateAuthority extends KeyPair {
  /** For TLS servers; `hosts` are DNS names and IP addresses. */
  issueServer(hosts: readonly string[], days: number): Promise<KeyPair>
  /** For TLS clients: the user name is the common name, the groups the organizations. */
  issueClient(user: string, groups: readonly string[], days: number): Promise<KeyPair>
}

export async function createAuthorityKeyPair(commonName: string, days: number): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    ...validity(days),
    signingAlgorithm: algorithm,
    keys: keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificatePem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) }
}

/** Opens an authority made by createAuthorityKeyPair. */
export async function openAuthority(pair: KeyPair): Promise<CertificateAuthority> {
  const certificate = new x509.X509Certificate(pair.certificatePem)
  const signingKey = await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pair.keyPem), algorithm, false, ['sign'])

  async function issue(
    name: x509.X509CertificateCreateParamsName,
    usage: x509.ExtendedKeyUsage,
    days: number,
    hosts: readonly string[],
  ): Promise<KeyPair> {
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const issued = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: name,
      issuer: certificate.subject,
      ...validity(days),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: signingKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(certificate),
        ...(hosts.length > 0
          ? [
              new x509.SubjectAlternativeNameExtension(
                hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value })),
              ),
            ]
          : []),
      ],
    })
    return { certificatePem: issued.toString('pem'), keyPem: await exportKey(keys.privateKey) }
  }

  return {
    ...pair,
    issueServer: (hosts, days) => issue([{ CN: ['quarterdeck-apiserver'] }], x509.ExtendedKeyUsage.serverAuth, days, hosts),
    issueClient: (user, groups, days) =>
      issue([...groups.map((group) => ({ O: [group] })), { CN: [user] }], x509.ExtendedKeyUsage.clientAuth, days, []),
  }
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now()
  return { notBefore: new Date(now - backdateMs), notAfter: new Date(now + days * dayMs) }
}

/** 127 random bits, so that the number is positive. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0]! &= 0x7f
  return Buffer.from(bytes).toString('hex')
}

async function exportKey(key: Parameters<typeof crypto.subtle.exportKey>[1]): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')
}
