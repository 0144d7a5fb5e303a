import { readFileSync } from 'node:fs'

import type { Schema, SchemaSet } from '@quarterdeck/api-machinery'

import { ownModels } from './own-models.ts'
import { isProtobufMessage, protobufMessage } from './protobuf.ts'

interface GeneratedSchemas {
  /** OpenAPI package of each model: `io.k8s.api.core.v1`. */
  packages: Record<string, string>
  schemas: Record<string, Schema>
}

function readGenerated(): GeneratedSchemas {
  const { packages, schemas } = JSON.parse(readFileSync(new URL('./generated/schemas.json', import.meta.url), 'utf8')) as GeneratedSchemas
  for (const [model, { package: own, schema }] of Object.entries(ownModels)) {
    packages[model] = own
    schemas[model] = structuredClone(schema)
  }
  return { packages, schemas }
}

/** The schemas of every model without descriptions and with the zeros of Go: what decoding and patching need in memory. */
export const modelSchemas: SchemaSet = withZeros(withoutDescriptions(readGenerated().schemas))

function withZeros(schemas: SchemaSet): SchemaSet {
  for (const [model, { properties = {} }] of Object.entries(schemas)) if (isProtobufMessage(model)) markZeros(properties, model)
  return schemas
}

function markZeros(properties: Record<string, Schema>, message: string): void {
  for (const { name, type, form, dropsZero, writesZero } of protobufMessage(message).values()) {
    const property = properties[name]
    if (name === '') markZeros(properties, type)
    // Empty lists and maps mean the same as none whatever their type.
    else if (property && form === 'single' && (dropsZero || writesZero)) property['x-go-zero'] = dropsZero ? 'absent' : 'written'
  }
}

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

/** The name of a model in OpenAPI documents, its package apart: `Pod` of `V1Pod`, `Event` of `CoreV1Event`. */
export const bareModelName = (model: string): string => model.replace(/^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/, '')

/** The schemas with their descriptions, read anew: OpenAPI documents are built once and kept as bytes. */
export function documentedSchemas(): GeneratedSchemas {
  return readGenerated()
}
