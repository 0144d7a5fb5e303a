import type { CreateNodeOptions, DocumentOptions, ParseOptions, ScalarTag, SchemaOptions, Tags, ToStringOptions } from 'yaml'

/** What a value of Kubernetes' YAML may be: no dates, sets or times of day, which JSON does not have. */
const valueTags = new Set(['null', 'bool', 'int', 'float', 'str', 'map', 'seq', 'merge'].map((name) => `tag:yaml.org,2002:${name}`))

/** `0o600`, which YAML 1.1 does not know as a number. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => (text.startsWith('-') ? -1 : 1) * parseInt(text.replace(/^[-+]?0o/, ''), 8),
}

const tagsOf = (tags: Tags): Tags => [
  octal,
  ...tags.filter((tag) => typeof tag === 'object' && valueTags.has(tag.tag) && !('format' in tag && tag.format === 'TIME')),
]

/** How YAML is read: as Kubernetes and kubectl do, by YAML 1.1, where `0644` is octal and `yes` is true. */
export const yamlReading: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'yaml-1.1',
  merge: true,
  customTags: tagsOf,
  uniqueKeys: true,
}

/** How YAML is written: so that readers of YAML 1.1 and of 1.2 understand the same. */
export const yamlWriting: DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions = {
  compat: 'yaml-1.1',
  aliasDuplicateObjects: false,
  lineWidth: 0,
}
