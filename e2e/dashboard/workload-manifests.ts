const container = (script: string): string => `        - name: main
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c]
          args: [${JSON.stringify(script)}]
`

const forever = 'trap "exit 0" TERM; while true; do sleep 0.2; done'

export const namespaceManifest = (name: string): string => `apiVersion: v1
kind: Namespace
metadata:
  name: ${name}
`

/** One that its schedule starts once a year. */
export const yearlyCronJob = (namespace: string): string => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
  namespace: ${namespace}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
${container('echo the report is made').replaceAll(/^ {2}/gm, '      ')}`

/** Two pods that say which release they are. */
export const releaseOf = (namespace: string, release: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: ${namespace}
spec:
  replicas: 2
  selector:
    matchLabels: { app: shop }
  template:
    metadata:
      labels: { app: shop }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
${container(forever)}          env: [{ name: RELEASE, value: ${release} }]
`

export const budgetOf = (namespace: string, minAvailable: number): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: shop
  namespace: ${namespace}
spec:
  minAvailable: ${minAvailable}
  selector:
    matchLabels: { app: shop }
`

/** A set of one pod that keeps its data in a claim. */
export const storeWithClaim = (namespace: string): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: store
  namespace: ${namespace}
spec:
  serviceName: store
  replicas: 1
  selector:
    matchLabels: { app: store }
  template:
    metadata:
      labels: { app: store }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
${container(forever)}          volumeMounts: [{ name: data, mountPath: /data }]
  volumeClaimTemplates:
    - metadata: { name: data }
      spec:
        accessModes: [ReadWriteOnce]
        resources: { requests: { storage: 1Gi } }
`
