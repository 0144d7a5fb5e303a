import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { FieldError } from '@quarterdeck/api-machinery'

import type { V1JobSpec, V1JobStatus, V1PodSpec } from '../generated/types.ts'
import { cronJobs, type CronJob } from '../kinds/cron-job.ts'
import { jobs, type Job } from '../kinds/job.ts'

const metadata = { name: 'j', namespace: 'ns', uid: 'u1', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }

function podSpec(part: Partial<V1PodSpec> = {}): V1PodSpec {
  return { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...part }
}

/** As the server has it once it is created. */
function jobOf(spec: Partial<V1JobSpec> = {}, extra: { name?: string; status?: V1JobStatus; labels?: Record<string, string> } = {}): Job {
  const meta = { ...metadata, name: extra.name ?? 'j', ...(extra.labels ? { labels: extra.labels } : {}) }
  const object: Job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: meta,
    spec: structuredClone({ template: { spec: podSpec() }, ...spec }),
    status: {},
  }
  jobs.prepareForCreate(object)
  jobs.applyDefaults(object)
  object.status = extra.status ?? {}
  return object
}

function cronJobOf(spec: Partial<CronJob['spec']> = {}, name = 'c'): CronJob {
  const object: CronJob = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { ...metadata, name },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: podSpec() } } }, ...structuredClone(spec) },
    status: {},
  }
  cronJobs.applyDefaults(object)
  return object
}

const textsOf = (errors: readonly FieldError[]): string[] => errors.map(({ field, message }) => `${field}: ${message}`)

describe('[JO1] a new Job', () => {
  test('selects the pods that carry its uid, and is labelled as they are', () => {
    const { spec, metadata: meta } = jobOf({ template: { metadata: { labels: { app: 'x' } }, spec: podSpec() } })
    const labels = {
      app: 'x',
      'batch.kubernetes.io/job-name': 'j',
      'job-name': 'j',
      'batch.kubernetes.io/controller-uid': 'u1',
      'controller-uid': 'u1',
    }
    assert.deepEqual(spec.template.metadata?.labels, labels)
    assert.deepEqual(spec.selector, { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u1' } })
    assert.deepEqual(meta.labels, labels)
  })

  const defaults: [what: string, given: Partial<V1JobSpec>, expected: Partial<V1JobSpec>][] = [
    [
      'nothing',
      {},
      { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: 'NonIndexed', podReplacementPolicy: 'TerminatingOrFailed' },
    ],
    ['only parallelism', { parallelism: 3 }, { parallelism: 3 }],
    ['a limit per index', { backoffLimitPerIndex: 1 }, { backoffLimit: 2 ** 31 - 1 }],
    ['a failure policy', { podFailurePolicy: { rules: [] } }, { podReplacementPolicy: 'Failed' }],
  ]
  for (const [what, given, expected] of defaults)
    test(`that says ${what} has its defaults`, () => {
      const { spec } = jobOf(given)
      for (const [field, value] of Object.entries(expected)) assert.deepEqual(spec[field as keyof V1JobSpec], value, field)
    })
})

const indexed = { completionMode: 'Indexed', completions: 3 }
const exitCodes = (part: object): Partial<V1JobSpec> => ({
  podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1], ...part } }] },
})

describe('[JO2] a Job with', () => {
  const cases: [what: string, spec: Partial<V1JobSpec>, ...errors: string[]][] = [
    ['nothing special', {}],
    [
      'every policy',
      {
        ...indexed,
        backoffLimitPerIndex: 1,
        maxFailedIndexes: 2,
        ...exitCodes({}),
        successPolicy: { rules: [{ succeededIndexes: '0,2' }] },
      },
    ],
    [
      'pods that run for ever',
      { template: { spec: podSpec({ restartPolicy: 'Always' }) } },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      'an unknown restart policy',
      { template: { spec: podSpec({ restartPolicy: 'Sometimes' }) } },
      'spec.template.spec.restartPolicy: Unsupported value: "Sometimes"',
      'spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Never", "OnFailure"',
    ],
    [
      'no figure for its indexes',
      { completionMode: 'Indexed', parallelism: 1 },
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    ['an unknown mode', { completionMode: 'X' }, 'spec.completionMode: Unsupported value: "X": supported values: "Indexed", "NonIndexed"'],
    [
      'too much at once',
      { ...indexed, parallelism: 100_001 },
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
    [
      'a limit per index without indexes',
      { backoffLimitPerIndex: 1 },
      'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    ],
    [
      'failed indexes without a limit',
      { ...indexed, maxFailedIndexes: 1 },
      'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
    ],
    [
      'more failed indexes than indexes',
      { ...indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 4 },
      'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions',
    ],
    [
      'many indexes and no limit',
      { completionMode: 'Indexed', completions: 100_001, backoffLimitPerIndex: 1 },
      'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    ],
    ['a negative figure', { parallelism: -1 }, 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0'],
    [
      'a manager without a domain',
      { managedBy: 'me' },
      'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")',
    ],
    ['a manager', { managedBy: 'acme.io/foo' }],
    [
      'a selector of its own that selects others',
      { manualSelector: true, selector: { matchLabels: { a: 'b' } } },
      'spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`',
    ],
    ['no selector of its own', { manualSelector: true }, 'spec.selector: Required value'],
    [
      'a selector of another',
      { selector: { matchLabels: { 'controller-uid': 'u2' } } },
      'spec.selector: Invalid value: {"matchLabels":{"controller-uid":"u2","batch.kubernetes.io/controller-uid":"u1"}}: `selector` not auto-generated',
      'spec.template.metadata.labels: Invalid value',
    ],
    [
      'labels of another',
      { template: { metadata: { labels: { 'job-name': 'x' } }, spec: podSpec() } },
      'spec.template.metadata.labels[job-name]: Invalid value',
    ],
    [
      'a policy for pods that are restarted',
      { template: { spec: podSpec({ restartPolicy: 'OnFailure' }) }, ...exitCodes({}) },
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
    [
      'a policy that replaces terminating pods',
      { ...exitCodes({}), podReplacementPolicy: 'TerminatingOrFailed' },
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
    [
      'success as a failure',
      exitCodes({ values: [0, 1] }),
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
    ],
    [
      'exit codes out of order',
      exitCodes({ values: [2, 1] }),
      'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered',
    ],
    ['exit codes twice', exitCodes({ values: [1, 1] }), 'spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Duplicate value: 1'],
    [
      'a container that is none',
      exitCodes({ containerName: 'x' }),
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "x": must be one of the container or initContainer names in the pod template',
    ],
    [
      'FailIndex without a limit',
      { podFailurePolicy: { rules: [{ action: 'FailIndex', onPodConditions: [{ type: 'A' }] }] } },
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    ],
    [
      'a rule of nothing',
      { podFailurePolicy: { rules: [{ action: 'Count' }] } },
      'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    ],
    [
      'success without indexes',
      { successPolicy: { rules: [{ succeededCount: 1 }] } },
      'spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode',
    ],
    [
      'success of nothing',
      { ...indexed, successPolicy: { rules: [{}] } },
      'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    ],
    [
      'success of too much',
      { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0-1', succeededCount: 3 }] } },
      'spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    ],
    [
      'success of unknown indexes',
      { ...indexed, successPolicy: { rules: [{ succeededIndexes: '2,3' }] } },
      'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "2,3": error parsing succeededIndexes: too large index: "3"',
    ],
  ]
  for (const [what, spec, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
      const shown = textsOf(jobs.validate(jobOf(spec)))
      assert.equal(shown.length, expected.length, shown.join('\n'))
      for (const [i, text] of expected.entries()) assert.ok(shown[i]!.startsWith(text), shown[i])
    })

  test('a name that makes no host names is refused if it is Indexed, and warned of', () => {
    const name = 'a'.repeat(62)
    assert.deepEqual(textsOf(jobs.validate(jobOf(indexed, { name }))), [
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-2`,
    ])
    assert.match(jobs.warnings(jobOf({}, { name: 'a.b' }), undefined)[0]!, /^metadata.name: this is used in Pod names/)
  })
})

const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } }
const suspended: V1JobStatus = { conditions: [{ type: 'Suspended', status: 'True' }] }

describe('[JO3] changing, of a Job,', () => {
  type Change = (spec: V1JobSpec) => void
  const cases: [what: string, from: Partial<V1JobSpec>, change: Change, status: V1JobStatus, ...errors: string[]][] = [
    ['parallelism', {}, (s) => (s.parallelism = 5), {}],
    ['suspend', {}, (s) => (s.suspend = true), {}],
    ['completions', {}, (s) => (s.completions = 5), {}, 'spec.completions: Invalid value: 5: field is immutable'],
    [
      'completions of an Indexed one',
      indexed,
      (s) => (s.completions = 5),
      {},
      'spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
    ],
    ['completions and parallelism', indexed, (s) => (s.completions = s.parallelism = 5), {}],
    [
      'the mode',
      indexed,
      (s) => (s.completionMode = 'NonIndexed'),
      {},
      'spec.completionMode: Invalid value: "NonIndexed": field is immutable',
    ],
    [
      'the manager',
      { managedBy: 'a.io/b' },
      (s) => (s.managedBy = 'a.io/c'),
      {},
      'spec.managedBy: Invalid value: "a.io/c": field is immutable',
    ],
    ['nodes while it runs', {}, (s) => (s.template.spec!.nodeSelector = { a: 'b' }), {}, 'spec.template: Invalid value'],
    [
      'nodes while its pods still go',
      { suspend: true },
      (s) => (s.template.spec!.nodeSelector = { a: 'b' }),
      { ...suspended, active: 1 },
      'spec.template: Invalid value',
    ],
    [
      'nodes while it is suspended',
      { suspend: true },
      (s) => Object.assign(s.template.spec!, { nodeSelector: { a: 'b' }, affinity: { nodeAffinity }, tolerations: [] }),
      suspended,
    ],
    [
      'resources while it is suspended',
      { suspend: true },
      (s) => (s.template.spec!.containers[0]!.resources = { limits: { cpu: '1' } }),
      suspended,
    ],
    ['labels while it is suspended', { suspend: true }, (s) => (s.template.metadata!.labels!['kueue'] = 'x'), suspended],
    [
      'an image while it is suspended',
      { suspend: true },
      (s) => (s.template.spec!.containers[0]!.image = 'x'),
      suspended,
      'spec.template.spec: Invalid value',
    ],
    [
      'affinity to pods while it is suspended',
      { suspend: true },
      (s) => (s.template.spec!.affinity = { podAffinity: {} }),
      suspended,
      'spec.template.spec: Invalid value',
    ],
  ]
  for (const [what, from, change, status, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
      const old = jobOf(from, { status })
      const next = structuredClone(old)
      change(next.spec)
      const shown = textsOf(jobs.validateUpdate(next, old))
      assert.equal(shown.length, expected.length, shown.join('\n'))
      for (const [i, text] of expected.entries()) assert.ok(shown[i]!.startsWith(text), shown[i])
    })
})

describe('[JO4] a status with', () => {
  const startTime = '2026-01-01T00:00:00Z'
  const conditions = (...types: string[]): NonNullable<V1JobStatus['conditions']> => types.map((type) => ({ type, status: 'True' }))
  const complete: V1JobStatus = {
    startTime,
    completionTime: startTime,
    succeeded: 1,
    conditions: conditions('SuccessCriteriaMet', 'Complete'),
  }
  const cases: [what: string, from: V1JobStatus, to: V1JobStatus, ...errors: string[]][] = [
    ['success', { startTime, succeeded: 1 }, complete],
    [
      'success out of nothing',
      { startTime },
      { ...complete, conditions: conditions('Complete') },
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
    [
      'success without an end',
      { startTime },
      { startTime, conditions: conditions('SuccessCriteriaMet', 'Complete') },
      'status.completionTime: Required value: completionTime is required for Complete jobs',
    ],
    [
      'failure without its announcement',
      { startTime },
      { startTime, conditions: conditions('Failed') },
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
    ],
    [
      'an end while pods run',
      { startTime },
      { startTime, active: 1, conditions: conditions('FailureTarget', 'Failed') },
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
    ],
    [
      'an end taken back',
      complete,
      { startTime, succeeded: 1, conditions: conditions('SuccessCriteriaMet') },
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
    ],
    ['fewer failures', { failed: 2 }, { failed: 1 }, 'status.failed: Invalid value: 1: cannot decrease the failed counter'],
    [
      'another start',
      { startTime },
      { startTime: '2026-01-02T00:00:00Z' },
      'status.startTime: Invalid value: "2026-01-02T00:00:00Z": field is immutable for unsuspended job once set',
    ],
    ['more ready than active', {}, { ready: 2, active: 1 }, 'status.ready: Invalid value: 2: cannot set more ready pods than active'],
    [
      'a pod counted twice',
      {},
      { uncountedTerminatedPods: { succeeded: ['a'], failed: ['a'] } },
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
    [
      'indexes of none',
      {},
      { completedIndexes: '0' },
      'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
    ],
  ]
  for (const [what, from, to, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () =>
      assert.deepEqual(textsOf(jobs.validateStatusUpdate(jobOf({}, { status: to }), jobOf({}, { status: from }))), expected))

  test('an index that failed and succeeded is refused', () => {
    const spec = { ...indexed, backoffLimitPerIndex: 0 }
    const status = { completedIndexes: '0-1', failedIndexes: '1,2' }
    assert.deepEqual(textsOf(jobs.validateStatusUpdate(jobOf(spec, { status }), jobOf(spec))), [
      'status.failedIndexes: Invalid value: "1,2": failedIndexes and completedIndexes overlap at index: 1',
    ])
  })
})

describe('[CJ3] a CronJob with', () => {
  const cases: [what: string, spec: Partial<CronJob['spec']>, ...errors: string[]][] = [
    ['a zone', { timeZone: 'Europe/Vienna' }],
    ['no schedule', { schedule: '' }, 'spec.schedule: Required value'],
    ['a bad schedule', { schedule: '* *' }, 'spec.schedule: Invalid value: "* *": expected exactly 5 fields, found 2: [* *]'],
    [
      'a zone in its schedule',
      { schedule: 'TZ=UTC * * * * *' },
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ],
    ['the zone of nowhere', { timeZone: 'Mars/One' }, 'spec.timeZone: Invalid value: "Mars/One": unknown time zone Mars/One'],
    [
      'the zone of the machine',
      { timeZone: 'Local' },
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
    [
      'an unknown policy',
      { concurrencyPolicy: 'X' },
      'spec.concurrencyPolicy: Unsupported value: "X": supported values: "Allow", "Forbid", "Replace"',
    ],
    [
      'a selector',
      { jobTemplate: { spec: { selector: {}, template: { spec: podSpec() } } } },
      'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
    ],
    [
      'pods that run for ever',
      { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } } },
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ]
  for (const [what, spec, ...expected] of cases)
    test(`${what} is ${expected.length > 0 ? 'refused' : 'allowed'}`, () => {
      const object = cronJobOf(spec)
      assert.deepEqual(textsOf([...cronJobs.validate(object), ...cronJobs.validateCreate(object)]), expected)
    })

  test('a name of more than 52 characters is refused when it is new', () => {
    const object = cronJobOf({}, 'a'.repeat(53))
    assert.deepEqual(textsOf(cronJobs.validateCreate(object)), [
      `metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`,
    ])
    assert.deepEqual(cronJobs.validateUpdate(object, object), [])
  })

  test('a Job without the defaults that a Job gets itself', () => {
    assert.equal(cronJobOf().spec.jobTemplate.spec?.parallelism, undefined)
    assert.deepEqual(Object.fromEntries(Object.entries(cronJobOf().spec).filter(([name]) => name !== 'jobTemplate')), {
      schedule: '* * * * *',
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    })
  })
})

test('[JO5] the columns of a Job tell how far it is', () => {
  const nowMs = Date.parse('2026-01-01T01:00:00Z')
  const cells = (job: Job): unknown[] => jobs.columns.slice(1, 4).map((column) => column.value(job, nowMs))
  const startTime = '2026-01-01T00:58:00Z'
  assert.deepEqual(cells(jobOf({}, { status: { startTime } })), ['Running', '0/1', '2m'])
  assert.deepEqual(cells(jobOf({ parallelism: 3 })), ['Running', '0/1 of 3', ''])
  const conditions = [
    { type: 'SuccessCriteriaMet', status: 'True' },
    { type: 'Complete', status: 'True' },
  ]
  assert.deepEqual(cells(jobOf({}, { status: { startTime, completionTime: '2026-01-01T00:58:09Z', succeeded: 1, conditions } })), [
    'Complete',
    '1/1',
    '9s',
  ])
})
