{{- define "ecr-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* Short enough that the name of the Service, with its suffix, is a DNS label. */ -}}
{{- define "ecr-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 55 | trimSuffix "-" -}}
{{- else if contains (include "ecr-operator.name" .) .Release.Name -}}
{{- .Release.Name | trunc 55 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "ecr-operator.name" .) | trunc 55 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- /* Labels that a Deployment cannot change after it was made. */ -}}
{{- define "ecr-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ecr-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ecr-operator.labels" -}}
{{ include "ecr-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "ecr-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "ecr-operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* A digest says exactly which image; the tag beside it is only for people. */ -}}
{{- define "ecr-operator.image" -}}
{{- $image := .Values.image -}}
{{- $image.repository -}}:{{- default .Chart.AppVersion $image.tag -}}
{{- if $image.digest }}@{{ $image.digest }}{{ end -}}
{{- end -}}

{{- /* Two releases in one namespace, each for another watched namespace, must not share one Lease. */ -}}
{{- define "ecr-operator.leaseName" -}}
{{- default (include "ecr-operator.fullname" .) .Values.leaderElection.id -}}
{{- end -}}

{{- /* A cluster-scoped object carries the namespace too: releases of one name may live in two namespaces. */ -}}
{{- define "ecr-operator.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "ecr-operator.fullname" .) -}}
{{- end -}}

{{- /* The subject of every binding of this chart. */ -}}
{{- define "ecr-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "ecr-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}
