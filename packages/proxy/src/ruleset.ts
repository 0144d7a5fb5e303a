import { isDeepStrictEqual } from 'node:util'

/** An nftables table as data: what `plan` makes, `render` writes down and `apply` hands to the kernel. */
export interface Ruleset {
  table: string
  maps: Map<string, { type: string; elements: string[] }>
  /** Sets that the kernel fills by itself; their elements outlive a new ruleset. */
  dynamicSets: Map<string, { timeoutSeconds: number }>
  chains: Map<string, { hook?: string; rules: string[] }>
}

/** The whole table, made anew, as one `nft -f` transaction. */
export function renderRuleset(ruleset: Ruleset): string {
  const { table } = ruleset
  const lines = [`add table ip ${table}`, `delete table ip ${table}`, `add table ip ${table}`]
  return [...lines, ...additions(ruleset, emptyOf(table)), ''].join('\n')
}

/**
 * What turns one table into another, as one `nft -f` transaction whose length goes with the difference; empty if there is none. Sets
 * that the kernel fills keep what they hold. Fails, changing nothing, where the kernel does not hold `previous`.
 */
export function renderChange(ruleset: Ruleset, previous: Ruleset): string {
  const { table, chains, dynamicSets } = ruleset
  // A set cannot change its timeout.
  const isAnew = [...dynamicSets].some(([name, set]) => !isDeepStrictEqual(previous.dynamicSets.get(name) ?? set, set))
  if (isAnew) return renderRuleset(ruleset)
  const staleChains = [...previous.chains.keys()].filter((name) => !chains.has(name))
  const staleSets = [...previous.dynamicSets.keys()].filter((name) => !dynamicSets.has(name))
  const changedChains = [...chains].filter(([name, chain]) => hasOtherRules(chain, previous.chains.get(name))).map(([name]) => name)
  const lines = [
    ...[...staleChains, ...changedChains].map((name) => `flush chain ip ${table} ${name}`),
    ...[...previous.maps].flatMap(([name, { elements }]) => {
      const kept = new Set(ruleset.maps.get(name)?.elements)
      return elementsLine('delete', { table, name, elements: elements.filter((element) => !kept.has(element)) })
    }),
    ...additions(ruleset, previous),
    ...staleChains.map((name) => `delete chain ip ${table} ${name}`),
    ...staleSets.map((name) => `delete set ip ${table} ${name}`),
  ]
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}

/** What `ruleset` has and `previous` has not; chains that differ are empty by then. */
function additions({ table, maps, dynamicSets, chains }: Ruleset, previous: Ruleset): string[] {
  const newChains = [...chains].filter(([name]) => !previous.chains.has(name))
  const newSets = [...dynamicSets].filter(([name]) => !previous.dynamicSets.has(name))
  const newMaps = [...maps].filter(([name]) => !previous.maps.has(name))
  const chainsToFill = [...chains].filter(([name, chain]) => !isDeepStrictEqual(chain.rules, previous.chains.get(name)?.rules))
  return [
    ...newChains.map(([name, { hook }]) => `add chain ip ${table} ${name}${hook ? ` { ${hook}; }` : ''}`),
    ...newSets.map(
      ([name, { timeoutSeconds }]) => `add set ip ${table} ${name} { type ipv4_addr; flags dynamic,timeout; timeout ${timeoutSeconds}s; }`,
    ),
    ...newMaps.map(([name, { type }]) => `add map ip ${table} ${name} { type ${type}; }`),
    ...[...maps].flatMap(([name, { elements }]) => {
      const known = new Set(previous.maps.get(name)?.elements)
      return elementsLine('add', { table, name, elements: elements.filter((element) => !known.has(element)) })
    }),
    ...chainsToFill.flatMap(([name, { rules }]) => rules.map((rule) => `add rule ip ${table} ${name} ${rule}`)),
  ]
}

const hasOtherRules = (chain: { rules: string[] }, previous: { rules: string[] } | undefined): boolean =>
  previous !== undefined && !isDeepStrictEqual(chain.rules, previous.rules)

const elementsLine = (verb: 'add' | 'delete', { table, name, elements }: { table: string; name: string; elements: string[] }): string[] =>
  elements.length > 0 ? [`${verb} element ip ${table} ${name} { ${elements.join(', ')} }`] : []

const emptyOf = (table: string): Ruleset => ({ table, maps: new Map(), dynamicSets: new Map(), chains: new Map() })
