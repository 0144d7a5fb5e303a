import { dns1123LabelErrors, invalidField, matchesLabelSelector, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import { jobLabels } from '../batch/job-defaults.ts'
import type { Job } from '../kinds/job.ts'
import { validateLabelSelector } from '../pod-spec/validate-selector.ts'
import { validateJobSpec } from './job-spec.ts'

export function validateJob(job: Job): FieldError[] {
  if (!job.spec) return []
  return [...validateGeneratedSelector(job), ...validateJobSpec(job.spec, 'spec'), ...validateJobSelector(job), ...validateHostnames(job)]
}

function validateJobSelector({ spec }: Job): FieldError[] {
  const { selector, template } = spec
  if (!selector) return [requiredField('spec.selector')]
  const errors = validateLabelSelector(selector, 'spec.selector')
  if (errors.length > 0 || matchesLabelSelector(selector, template?.metadata?.labels)) return errors
  const labels = template?.metadata?.labels ?? {}
  return [invalidField('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
}

/** What the server generated must be there, unless the Job selects for itself. */
function validateGeneratedSelector({ metadata, spec }: Job): FieldError[] {
  if (spec.manualSelector || !spec.selector) return []
  const { uid, name } = metadata
  const expected: Record<string, string> = {}
  for (const label of jobLabels.uid) expected[label] = uid
  for (const label of jobLabels.name) expected[label] = name
  const labels = spec.template?.metadata?.labels ?? {}
  const order = [jobLabels.uid[1], jobLabels.name[1], jobLabels.uid[0], jobLabels.name[0]]
  const errors = order.flatMap((label) => validateLabel(labels, label, expected[label] ?? ''))
  if (validateLabelSelector(spec.selector, '').length === 0 && !matchesLabelSelector(spec.selector, expected))
    errors.push(invalidField('spec.selector', spec.selector, '`selector` not auto-generated'))
  return errors
}

function validateLabel(labels: Record<string, string>, label: string, expected: string): FieldError[] {
  const field = `spec.template.metadata.labels[${label}]`
  const detail = `must be '${expected}'`
  if (labels[label] === undefined) return [requiredField(field, detail)]
  return labels[label] === expected ? [] : [invalidField(field, labels, detail)]
}

/** The pods of an Indexed Job are called NAME-INDEX, which must be a name of a host. */
function validateHostnames({ metadata, spec }: Job): FieldError[] {
  if (spec.completionMode !== 'Indexed' || !spec.completions || spec.completions < 0) return []
  const longest = `${metadata.name}-${spec.completions - 1}`
  if (dns1123LabelErrors(longest).length === 0) return []
  return [invalidField('metadata.name', metadata.name, `will not able to create pod with invalid DNS label: ${longest}`)]
}
