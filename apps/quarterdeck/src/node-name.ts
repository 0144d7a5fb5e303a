import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { SettingError } from '@quarterdeck/process'

import type { DataDirectory } from './data-directory.ts'

type Place = Pick<DataDirectory, 'path' | 'node'>

const fileOf = ({ node }: Place): string => join(node, 'name')

/**
 * The name of a data directory's node: kept from its first start on, also when the machine is renamed, since what the node has made on
 * the machine is found by it. Throws SettingError when another is `wanted`.
 */
export function nodeNameOf(data: Place, wanted: string | undefined): string {
  const kept = keptName(data)
  if (kept === undefined) return validName(wanted ?? hostname())
  if (wanted !== undefined && validName(wanted) !== kept)
    throw new SettingError(
      `the node of ${data.path} is called ${kept}: leave --node-name out, or remove what it made with --teardown first`,
    )
  return kept
}

/** Written once: who is killed at a later start can't lose it. */
export function keepNodeName(data: Place, name: string): void {
  if (keptName(data) !== name) writeFileSync(fileOf(data), `${name}\n`)
}

/** Nothing of the node is left on the machine: the next start may call it otherwise. */
export function forgetNodeName(data: Place): void {
  rmSync(fileOf(data), { force: true })
}

function keptName(data: Place): string | undefined {
  try {
    return readFileSync(fileOf(data), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** A name that Kubernetes allows for a node. */
function validName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  if (!name) throw new SettingError(`no node name can be made of ${JSON.stringify(text)}: choose one with --node-name`)
  return name
}
