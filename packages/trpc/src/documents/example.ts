import { procedure } from '../trpc.ts'

/** An application of every basic part. Its image is made by the platform itself, so that it runs where no registry is. */
const manifest = `# A small web application: a namespace of its own, a page in a ConfigMap,
# three replicas of a web server that show it, and a Service in front of them.
apiVersion: v1
kind: Namespace
metadata:
  name: example
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: page
  namespace: example
data:
  index.html: |
    <h1>It works</h1>
    <p>Served by Quarterdeck.</p>
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: example
  labels:
    app: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c]
          args:
            - |
              echo "$(date -Iseconds) $(hostname) serves on port 8080"
              exec busybox httpd -f -v -p 8080 -h /www
          ports:
            - name: http
              containerPort: 8080
          resources:
            requests:
              cpu: 10m
              memory: 16Mi
            limits:
              memory: 64Mi
          readinessProbe:
            tcpSocket:
              port: http
            periodSeconds: 5
          volumeMounts:
            - name: page
              mountPath: /www
      volumes:
        - name: page
          configMap:
            name: page
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: example
spec:
  selector:
    app: web
  ports:
    - name: http
      port: 80
      targetPort: http
`

/** YAML that an empty cluster can be tried with. */
export const exampleManifest = procedure.query(() => ({ name: 'example.yaml', text: manifest }))
