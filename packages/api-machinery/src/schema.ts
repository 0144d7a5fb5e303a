/** The subset of OpenAPI v3 that Kubernetes schemas use. */
export interface Schema {
  description?: string
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  format?: string
  /** Name of another schema in the same set. */
  $ref?: string
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: Schema
  items?: Schema
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map'
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-map-type'?: 'atomic' | 'granular'
  'x-kubernetes-patch-merge-key'?: string
  'x-kubernetes-patch-strategy'?: string
  /**
   * Of a property that its Go type cannot leave out, so that every Go client sends its zero: `absent` where the zero is
   * not written, `written` where it always is. Either way it means the same as no value.
   */
  'x-go-zero'?: 'absent' | 'written'
}

/** Named schemas that refer to one another. */
export type SchemaSet = Readonly<Record<string, Schema>>

/** Follows a reference; the list and patch extensions of the referring property stay readable on the referrer. */
export function resolveSchema(schema: Schema, set: SchemaSet): Schema {
  return schema.$ref ? (set[schema.$ref] ?? {}) : schema
}
