{{- define "carillon.labels" -}}
app.kubernetes.io/name: carillon
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{/* Something, when the log of orders has the key of the secret: not where a secret that is there has none, or config names another file. */}}
{{- define "carillon.auditKey" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace .Values.secretName -}}
{{- if and .Values.auditKey (not (dig "audit" "keyFile" "" .Values.config)) (or (not $secret) (hasKey ($secret.data | default dict) "audit.key")) }}yes{{ end }}
{{- end }}
