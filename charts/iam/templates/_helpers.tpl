{{- define "iam.name" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "iam.image" -}}
{{ required "image.repository: an image of yours with the iam program" .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Of (root, component). */}}
{{- define "iam.selector" -}}
app.kubernetes.io/name: iam
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "iam.pod" -}}
automountServiceAccountToken: false
# Services are named as our variables are: IAM_PORT.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "iam.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: ["ALL"]}
{{- end }}

{{/* Whether the gateway stands in front of the database: a libSQL speaks HTTP by itself. */}}
{{- define "iam.gateway.database" -}}
{{- if and .Values.gateway.enabled (ne .Values.database.engine "libsql") }}yes{{ end }}
{{- end }}
