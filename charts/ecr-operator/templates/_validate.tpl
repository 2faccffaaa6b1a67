{{- /* Rules across values, which values.schema.json cannot explain in words. */ -}}
{{- define "ecr-operator.validate" -}}
{{- $tokens := .Values.rbac.serviceAccountTokens -}}
{{- if and $tokens.all $tokens.allowed -}}
{{- fail "rbac.serviceAccountTokens.allowed has no effect while rbac.serviceAccountTokens.all is true: set all to false, or remove allowed" -}}
{{- end -}}
{{- range $tokens.allowed -}}
{{- if and $.Values.watch.namespace (ne .namespace $.Values.watch.namespace) -}}
{{- fail (printf "rbac.serviceAccountTokens.allowed names the namespace %s, but the operator works in watch.namespace %s only: remove that entry, or empty watch.namespace" .namespace $.Values.watch.namespace) -}}
{{- end -}}
{{- end -}}
{{- if and (not .Values.leaderElection.enabled) (gt (int .Values.replicaCount) 1) -}}
{{- fail "replicaCount above 1 needs leaderElection.enabled: without it every replica writes the same Secrets" -}}
{{- end -}}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) -}}
{{- fail "metrics.serviceMonitor.enabled needs metrics.service.enabled: a ServiceMonitor scrapes through the Service" -}}
{{- end -}}
{{- end -}}
