/**
 * Writes src/generated from the models of @kubernetes/client-node (generated from the Kubernetes OpenAPI
 * document): types.ts, one interface per model as it looks on the wire, and schemas.json, one OpenAPI v3
 * schema per model. Both hold exactly the models that the roots below reach.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { fieldDescriptions } from '../src/field-descriptions.ts'
import { listTypes, quantityFields, requiredOverrides } from '../src/schema-extensions.ts'

interface Attribute {
  name: string
  type: string
  format: string
}

interface Model {
  description: string
  properties: { name: string; type: string; format: string; description: string; required: boolean }[]
}

type Schema = Record<string, unknown>

/** Models that no declared kind reaches but the server speaks, with the kinds themselves. */
const roots: [apiPackage: string, models: string[]][] = [
  [
    'io.k8s.apimachinery.pkg.apis.meta.v1',
    [
      'V1ObjectMeta',
      'V1ListMeta',
      'V1OwnerReference',
      'V1ManagedFieldsEntry',
      'V1LabelSelector',
      'V1LabelSelectorRequirement',
      'V1Status',
      'V1StatusDetails',
      'V1StatusCause',
      'V1DeleteOptions',
      'V1Preconditions',
      'V1Condition',
      'V1FieldSelectorRequirement',
    ],
  ],
  [
    'io.k8s.api.core.v1',
    [
      'V1Namespace',
      'V1Node',
      'V1Pod',
      'V1Service',
      'V1Endpoints',
      'V1ConfigMap',
      'V1Secret',
      'V1ServiceAccount',
      'CoreV1Event',
      'V1ReplicationController',
      'V1PodTemplate',
      'V1Binding',
      'V1PersistentVolume',
      'V1PersistentVolumeClaim',
      'V1ResourceQuota',
      'V1LimitRange',
      'V1TopologySelectorTerm',
    ],
  ],
  ['io.k8s.api.authentication.v1', ['V1TokenReview', 'AuthenticationV1TokenRequest', 'V1SelfSubjectReview']],
  [
    'io.k8s.api.authorization.v1',
    ['V1SelfSubjectAccessReview', 'V1SubjectAccessReview', 'V1LocalSubjectAccessReview', 'V1SelfSubjectRulesReview'],
  ],
  ['io.k8s.api.events.v1', ['EventsV1Event']],
  ['io.k8s.api.discovery.v1', ['V1EndpointSlice']],
  ['io.k8s.api.coordination.v1', ['V1Lease']],
  ['io.k8s.api.autoscaling.v1', ['V1Scale', 'V1HorizontalPodAutoscaler']],
  ['io.k8s.api.autoscaling.v2', ['V2HorizontalPodAutoscaler']],
  ['io.k8s.api.policy.v1', ['V1Eviction', 'V1PodDisruptionBudget']],
  ['io.k8s.api.apps.v1', ['V1ReplicaSet', 'V1Deployment', 'V1StatefulSet', 'V1DaemonSet', 'V1ControllerRevision']],
  ['io.k8s.api.batch.v1', ['V1Job', 'V1CronJob']],
  ['io.k8s.api.scheduling.v1', ['V1PriorityClass']],
  ['io.k8s.api.node.v1', ['V1RuntimeClass']],
  [
    'io.k8s.api.storage.v1',
    ['V1StorageClass', 'V1VolumeAttachment', 'V1CSINode', 'V1CSIDriver', 'V1CSIStorageCapacity', 'V1VolumeAttributesClass'],
  ],
  ['io.k8s.api.networking.v1', ['V1ServiceCIDR', 'V1IPAddress']],
  ['io.k8s.api.rbac.v1', ['V1Role', 'V1ClusterRole', 'V1RoleBinding', 'V1ClusterRoleBinding']],
  ['io.k8s.api.resource.v1', ['ResourceV1ResourceClaim', 'V1ResourceClaimTemplate', 'V1DeviceClass', 'V1ResourceSlice']],
]

const here = dirname(fileURLToPath(import.meta.url))
const outputDir = join(here, '../src/generated')
const modelsDir = findModels(here)
const available = new Set(
  readdirSync(modelsDir)
    .filter((f) => f.endsWith('.d.ts'))
    .map((f) => f.slice(0, -5)),
)

const models = new Map<string, Model>()
const packageOf = new Map<string, string>()
for (const [apiPackage, names] of roots) for (const name of names) visit(name, apiPackage)

mkdirSync(outputDir, { recursive: true })
writeFileSync(join(outputDir, 'types.ts'), typesFile())
writeFileSync(join(outputDir, 'schemas.json'), JSON.stringify(schemasFile()))
console.log(`generated ${models.size} models`)

function findModels(from: string): string {
  for (let dir = from; dir !== dirname(dir); dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules/@kubernetes/client-node/dist/gen/models')
    try {
      readdirSync(candidate)
      return candidate
    } catch {}
  }
  throw new Error('@kubernetes/client-node is not installed: run npm install')
}

function visit(name: string, apiPackage: string): void {
  if (models.has(name) || !available.has(name) || name === 'V1MicroTime') return
  const model = readModel(name)
  models.set(name, model)
  packageOf.set(name, apiPackage)
  for (const property of model.properties) for (const used of property.type.match(/\w+/g) ?? []) visit(used, apiPackage)
}

function readModel(name: string): Model {
  const source = readFileSync(join(modelsDir, `${name}.js`), 'utf8')
  const attributes = JSON.parse(source.slice(source.indexOf('attributeTypeMap = [') + 19, source.lastIndexOf(']') + 1)) as (Attribute & {
    baseName: string
  })[]
  const declaration = readFileSync(join(modelsDir, `${name}.d.ts`), 'utf8')
  const description = /\/\*\*\n\* ([^\n]*)\n\*\/\nexport declare class/.exec(declaration)?.[1] ?? ''
  const documented = new Map<string, { description: string; required: boolean }>()
  for (const match of declaration.matchAll(/(?:\/\*\*\n\s+\* ([^\n]*)\n\s+\*\/\n)?\s+'([\w$]+)'(\?)?: /g)) {
    documented.set(match[2]!, { description: plain(match[1] ?? ''), required: !match[3] })
  }
  return {
    description: plain(description),
    properties: attributes.map((a) => ({
      name: a.baseName,
      type: a.type,
      format: a.format,
      description: fieldDescriptions[`${name}.${a.name}`] ?? documented.get(a.name)?.description ?? '',
      required: requiredOverrides[name]?.[a.baseName] ?? documented.get(a.name)?.required ?? false,
    })),
  }
}

function plain(text: string): string {
  return text.replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\\\', '\\')
}

function typesFile(): string {
  const lines = [
    '// Generated by scripts/generate.ts from @kubernetes/client-node. Do not edit.',
    '',
    'export type IntOrString = number | string',
    '',
  ]
  for (const [name, model] of models) {
    lines.push(`export interface ${name} {`)
    for (const p of model.properties)
      lines.push(
        `  ${/^\w+$/.test(p.name) ? p.name : `'${p.name}'`}${p.required ? '' : '?'}: ${wireType(p.type)}${p.required ? '' : ' | undefined'}`,
      )
    lines.push('}', '')
  }
  return lines.join('\n')
}

/** Dates travel as RFC 3339 strings. */
function wireType(type: string): string {
  return type
    .replace(/\b(Date|V1MicroTime)\b/g, 'string')
    .replace(/\bany\b/g, 'unknown')
    .replaceAll('; }', ' }')
}

function schemasFile(): { packages: Record<string, string>; schemas: Record<string, Schema> } {
  const schemas: Record<string, Schema> = {}
  for (const [name, model] of models) {
    const required = model.properties.filter((p) => p.required).map((p) => p.name)
    schemas[name] = {
      description: model.description,
      type: 'object',
      ...(required.length > 0 ? { required } : {}),
      properties: Object.fromEntries(
        model.properties.map((p) => [
          p.name,
          {
            ...(p.description ? { description: p.description } : {}),
            ...schemaOf(p.type, p.format, quantityFields.has(`${name}.${p.name}`)),
            ...listTypes[`${name}.${p.name}`],
          },
        ]),
      ),
    }
  }
  return { packages: Object.fromEntries(packageOf), schemas }
}

function schemaOf(type: string, format: string, isQuantity: boolean): Schema {
  const array = /^Array<(.*)>$/.exec(type)
  if (array) return { type: 'array', items: schemaOf(array[1]!, format, isQuantity) }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
  if (map) return { type: 'object', additionalProperties: schemaOf(map[1]!, format, isQuantity) }
  if (isQuantity) return { type: 'string', format: 'quantity' }
  switch (type) {
    case 'string':
      return format ? { type, format } : { type }
    case 'boolean':
      return { type }
    case 'number':
      return format === 'double' ? { type, format } : { type: 'integer', format: format || 'int32' }
    case 'Date':
      return { type: 'string', format: 'date-time' }
    case 'V1MicroTime':
      return { type: 'string', format: 'date-time-micro' }
    case 'IntOrString':
      return { format: 'int-or-string' }
    case 'any':
      return {}
    default:
      if (!models.has(type)) throw new Error(`unknown model type ${type}`)
      return { $ref: type }
  }
}
