/** A namespace with a page, three web servers and a Service, from the image that the platform makes itself. */
export function application(namespace: string): string {
  return `apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: page
  namespace: ${namespace}
data:
  index.html: hello from the browser
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c]
          args:
            - |
              echo "started in $(hostname)"
              while true; do echo "tick"; sleep 1; done
`
}

export function service(namespace: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ${namespace}
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: 8080
`
}

/** The sixth line names a field that there is not. */
export const misspelt = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: misspelt
spec:
  replcas: 3
`
