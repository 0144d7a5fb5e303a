import { decodeObject, type Schema } from '@quarterdeck/api-machinery'
import { parseDocument } from 'yaml'

import { ConfigurationError, type PluginConfiguration, type SchedulerConfiguration } from './configuration.ts'
import { argumentSchemas, configurationSchema, configurationSchemas } from './configuration-schemas.ts'
import { validateConfiguration } from './validate-configuration.ts'

const apiVersion = 'kubescheduler.config.k8s.io/v1'
const kind = 'KubeSchedulerConfiguration'

/**
 * Reads a KubeSchedulerConfiguration of YAML or JSON text. `source` is said in errors. Throws ConfigurationError for text that is no
 * YAML, for fields that are not known, and for values that don't fit.
 */
export function readConfiguration(text: string, source: string): SchedulerConfiguration {
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: true })
  const [failure] = document.errors
  if (failure) throw new ConfigurationError(`${source}: ${failure.message}`)
  const value = document.toJS() as unknown
  const { configuration, errors } = isRecord(value) ? decode(value) : { configuration: {}, errors: ['must be an object'] }
  if (errors.length > 0) throw new ConfigurationError(`${source}: ${errors.join('; ')}`)
  const invalid = validateConfiguration(configuration)
  if (invalid.length > 0) throw new ConfigurationError(`${source}: ${invalid.join('; ')}`)
  return configuration
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The configuration and what is wrong with it. */
function decode(value: Record<string, unknown>): { configuration: SchedulerConfiguration; errors: string[] } {
  if (value['apiVersion'] !== apiVersion || value['kind'] !== kind) {
    const found = `${String(value['apiVersion'])} and ${String(value['kind'])}`
    return { configuration: {}, errors: [`apiVersion and kind must be ${apiVersion} and ${kind}, not ${found}`] }
  }
  const { decoded, errors } = decodeAs(value, configurationSchema, '')
  const configuration = decoded as SchedulerConfiguration
  const { profiles = [] } = configuration
  for (const [i, { pluginConfig = [] }] of profiles.entries()) {
    for (const [j, config] of pluginConfig.entries()) errors.push(...decodeArguments(config, `profiles[${i}].pluginConfig[${j}]`))
  }
  return { configuration, errors }
}

/** Puts the decoded arguments of a plugin in the place of those given. Returns what is wrong with them. */
function decodeArguments(config: PluginConfiguration, path: string): string[] {
  const { name, args } = config
  if (!Object.hasOwn(argumentSchemas, name)) return [`${path}.name: no plugin ${JSON.stringify(name)} that takes arguments`]
  if (args === undefined) return []
  if (!isRecord(args)) return [`${path}.args: must be an object`]
  const given = args['kind']
  if (given !== undefined && given !== `${name}Args`) return [`${path}.args.kind: must be ${name}Args, not ${JSON.stringify(given)}`]
  const { decoded, errors } = decodeAs(args, argumentSchemas[name as keyof typeof argumentSchemas], `${path}.args.`)
  config.args = decoded
  return errors
}

function decodeAs(value: Record<string, unknown>, schema: Schema, prefix: string): { decoded: object; errors: string[] } {
  const { value: decoded, unknownFields, typeErrors } = decodeObject(value, schema, configurationSchemas)
  const unknown = unknownFields.map((field) => `unknown field "${prefix}${field}"`)
  return { decoded, errors: [...unknown, ...typeErrors.map((error) => `${prefix}${error}`)] }
}
