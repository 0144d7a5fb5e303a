import { readFileSync } from 'node:fs'

import type { Schema, SchemaSet } from '@quarterdeck/api-machinery'

interface GeneratedSchemas {
  /** OpenAPI package of each model: `io.k8s.api.core.v1`. */
  packages: Record<string, string>
  schemas: Record<string, Schema>
}

function readGenerated(): GeneratedSchemas {
  return JSON.parse(readFileSync(new URL('./generated/schemas.json', import.meta.url), 'utf8')) as GeneratedSchemas
}

/** The schemas of every model without descriptions: what decoding and patching need in memory. */
export const modelSchemas: SchemaSet = withoutDescriptions(readGenerated().schemas)

function withoutDescriptions(schemas: Record<string, Schema>): SchemaSet {
  for (const schema of Object.values(schemas)) strip(schema)
  return schemas
}

function strip(schema: Schema): void {
  delete schema.description
  if (schema.items) strip(schema.items)
  if (schema.additionalProperties) strip(schema.additionalProperties)
  for (const property of Object.values(schema.properties ?? {})) strip(property)
}

/** The schemas with their descriptions, read anew: OpenAPI documents are built once and kept as bytes. */
export function documentedSchemas(): GeneratedSchemas {
  return readGenerated()
}
