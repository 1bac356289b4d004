{{/* Labels of every object. No selector uses them: they change with the chart's version. */}}
{{- define "mdev-migration.labels" -}}
app.kubernetes.io/part-of: mdev-migration
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end }}

{{/* The reference of an image: a dict of image (values) and chart. */}}
{{- define "mdev-migration.image" -}}
{{- $image := .image -}}
{{- with $image.registry }}{{ . }}/{{ end -}}
{{ $image.repository }}:{{ $image.tag | default .chart.AppVersion }}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/* A workload's own priority class, else the chart's, else none: a dict of own and values. */}}
{{- define "mdev-migration.priorityClassName" -}}
{{- .own | default (ternary "mdev-migration" "" .values.priorityClass.create) -}}
{{- end }}

{{/* What the two kinds of containers have in common. */}}
{{- define "mdev-migration.probes" -}}
# The JVM may be slow to start on a busy node; afterwards a program that is stuck is noticed in 30 s.
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 3
{{- end }}

{{/* YAML reads a bare Off as false. */}}
{{- define "mdev-migration.kubevirtMode" -}}
{{- ternary "Off" (toString .Values.kubevirt.mode) (eq (toString .Values.kubevirt.mode) "false") -}}
{{- end }}

{{/* A hook of after the deletion, of this weight. What a former uninstall left is replaced. */}}
{{- define "mdev-migration.cleanupHook" -}}
helm.sh/hook: post-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}
