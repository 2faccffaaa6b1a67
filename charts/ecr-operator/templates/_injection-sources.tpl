{{- /* Labels that other systems put on their pods, by the name that injection.sources knows them by. */ -}}
{{- define "ecr-operator.injection.presets" -}}
tekton:
  pipelineLabel: tekton.dev/pipeline
  triggerLabel: triggers.tekton.dev/trigger
argo-workflows:
  pipelineLabel: workflows.argoproj.io/workflow
  generatedName: true
github-runners:
  pipelineLabel: actions.github.com/scale-set-name
codefresh:
  pipelineLabel: app
  pipelines: { runtime: codefresh, dind: codefresh }
{{- end -}}

{{- /* injection.sources with presets filled in, each with a name, as a YAML object with the key `sources`. */ -}}
{{- define "ecr-operator.injection.sources" -}}
{{- $presets := include "ecr-operator.injection.presets" . | fromYaml -}}
{{- $sources := list -}}
{{- $names := list -}}
{{- range .Values.injection.sources -}}
{{- $source := dict "name" .preset -}}
{{- /* Not by merge, which takes false and {} for absent and mixes maps. */ -}}
{{- range $fields := list (default dict (get $presets (default "" .preset))) . -}}
{{- range $field, $value := $fields -}}
{{- $_ := set $source $field $value -}}
{{- end -}}
{{- end -}}
{{- if has $source.name $names -}}
{{- fail (printf "injection.sources has two sources with the name %s: give one of them another `name`; without one, the name is that of the preset" $source.name) -}}
{{- end -}}
{{- $names = append $names $source.name -}}
{{- $sources = append $sources $source -}}
{{- end -}}
{{- dict "sources" $sources | toYaml -}}
{{- end -}}

{{- /* The requirement that a pod has a label of this source: any value, or one of those that it maps. */ -}}
{{- define "ecr-operator.injection.requirement" -}}
{{- if .pipelines -}}
{{- dict "key" .pipelineLabel "operator" "In" "values" (keys .pipelines | sortAlpha) | toYaml -}}
{{- else -}}
{{- dict "key" .pipelineLabel "operator" "Exists" | toYaml -}}
{{- end -}}
{{- end -}}

{{- /* Its opposite. A pod without the label fulfils NotIn too. */ -}}
{{- define "ecr-operator.injection.opposite" -}}
{{- $requirement := include "ecr-operator.injection.requirement" . | fromYaml -}}
{{- $operator := get (dict "In" "NotIn" "Exists" "DoesNotExist") $requirement.operator -}}
{{- set $requirement "operator" $operator | toYaml -}}
{{- end -}}

{{- /* CEL: whether the EcrPipeline at hand, `params`, is the one that the label of the pod means. */ -}}
{{- define "ecr-operator.injection.meansParams" -}}
{{- $value := printf "object.metadata.labels['%s']" .pipelineLabel -}}
{{- if .pipelines -}}
params.metadata.name == {{ .pipelines | toJson }}[{{ $value }}]
{{- else if .generatedName -}}
{{ $value }} == params.metadata.name || ({{ $value }}.startsWith(params.metadata.name + '-') &&
{{ $value }}.substring(params.metadata.name.size()).matches('^-([bcdfghjklmnpqrstvwxz2456789]{5}|[0-9]{10})$'))
{{- else -}}
params.metadata.name == {{ $value }}
{{- end -}}
{{- end -}}

{{- /* CEL: the Secret of the trigger that the pod names, or of the pipeline where it has no such trigger. */ -}}
{{- define "ecr-operator.injection.secretOfParams" -}}
{{- $own := "params.spec.?secretName.orValue(params.metadata.name + '-ecr')" -}}
{{- if .triggerLabel -}}
params.spec.?triggers.orValue([]).filter(t, t.name == object.metadata.labels[?'{{ .triggerLabel }}'].orValue(''))
.map(t, t.?secretName.orValue(params.metadata.name + '.' + t.name + '-ecr'))[?0]
.orValue({{ $own }})
{{- else -}}
{{ $own }}
{{- end -}}
{{- end -}}

{{- /* CEL: whether the operator has written that Secret. A pod that never asked for it is not to wait for it. */ -}}
{{- define "ecr-operator.injection.isWritten" -}}
params.?status.?secrets.orValue([]).exists(s, s.secretName == {{ .secret }} && s.?expiresAt.hasValue())
{{- end -}}
