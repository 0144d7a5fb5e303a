/** An nftables table as data: what `plan` makes, `render` writes down and `apply` hands to the kernel. */
export interface Ruleset {
  table: string
  maps: Map<string, { type: string; elements: string[] }>
  /** Sets that the kernel fills by itself; their elements outlive a new ruleset. */
  dynamicSets: Map<string, { timeoutSeconds: number }>
  chains: Map<string, { hook?: string; rules: string[] }>
}

/**
 * The whole table as one `nft -f` transaction. Sets the kernel fills are kept if `previous` is what is loaded now;
 * without it the table is made anew.
 */
export function renderRuleset(ruleset: Ruleset, previous?: Ruleset): string {
  const { table, maps, dynamicSets, chains } = ruleset
  const lines = [`add table ip ${table}`]
  if (previous) lines.push(`flush table ip ${table}`, ...[...previous.maps.keys()].map((map) => `flush map ip ${table} ${map}`))
  else lines.push(`delete table ip ${table}`, `add table ip ${table}`)
  for (const [name, { hook }] of chains) lines.push(`add chain ip ${table} ${name}${hook ? ` { ${hook}; }` : ''}`)
  for (const [name, { timeoutSeconds }] of dynamicSets)
    lines.push(`add set ip ${table} ${name} { type ipv4_addr; flags dynamic,timeout; timeout ${timeoutSeconds}s; }`)
  for (const [name, { type, elements }] of maps) {
    lines.push(`add map ip ${table} ${name} { type ${type}; }`)
    if (elements.length > 0) lines.push(`add element ip ${table} ${name} { ${elements.join(', ')} }`)
  }
  for (const [name, { rules }] of chains) for (const rule of rules) lines.push(`add rule ip ${table} ${name} ${rule}`)
  if (previous) lines.push(...removals(ruleset, previous))
  return `${lines.join('\n')}\n`
}

function removals(ruleset: Ruleset, previous: Ruleset): string[] {
  const { table } = ruleset
  const stale = (kind: 'chains' | 'dynamicSets') => [...previous[kind].keys()].filter((name) => !ruleset[kind].has(name))
  return [
    ...stale('chains').map((name) => `delete chain ip ${table} ${name}`),
    ...stale('dynamicSets').map((name) => `delete set ip ${table} ${name}`),
  ]
}
