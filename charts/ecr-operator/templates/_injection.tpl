{{- /* A cluster-scoped name that is a DNS name: releases of one name may live in two namespaces. */ -}}
{{- define "ecr-operator.injection.name" -}}
{{- printf "%s.%s" (include "ecr-operator.fullname" .) .Release.Namespace -}}
{{- end -}}

{{- /* Which pods a policy looks at: new ones in namespaces that the operator works in, with these label requirements. */ -}}
{{- define "ecr-operator.injection.matchConstraints" -}}
{{- $watched := .root.Values.watch.namespace -}}
{{- $name := "kubernetes.io/metadata.name" -}}
{{- $excluded := list "kube-system" -}}
{{- if ne .root.Release.Namespace $watched -}}
{{- $excluded = append $excluded .root.Release.Namespace | uniq -}}
{{- end -}}
{{- $requirements := list (dict "key" $name "operator" "NotIn" "values" $excluded) -}}
{{- if $watched -}}
{{- $requirements = append $requirements (dict "key" $name "operator" "In" "values" (list $watched)) -}}
{{- end -}}
{{- $selector := deepCopy .root.Values.injection.namespaceSelector -}}
{{- $_ := set $selector "matchExpressions" (concat $requirements (default list $selector.matchExpressions)) -}}
namespaceSelector:
  {{- toYaml $selector | nindent 2 }}
objectSelector:
  matchExpressions:
    {{- toYaml .labels | nindent 4 }}
resourceRules:
  - apiGroups: ['']
    apiVersions: [v1]
    operations: [CREATE]
    resources: [pods]
{{- end -}}

{{- /* Containers that have no docker config of their own, by DOCKER_CONFIG or by a mount, nor anything mounted at the path. */ -}}
{{- define "ecr-operator.injection.containersWithout" -}}
{{- $path := .path | trimSuffix "/" -}}
object.spec.?{{ .field }}.orValue([]).filter(c,
  !c.?env.orValue([]).exists(e, e.name == 'DOCKER_CONFIG') &&
  !c.?volumeMounts.orValue([]).exists(m, m.mountPath in ['{{ $path }}', '{{ $path }}/'] ||
    m.mountPath.matches(r'/\.docker(/config\.json)?/?$')))
{{- end -}}

{{- /* One entry of ApplyConfiguration for each of these containers, merged into it by name. */ -}}
{{- define "ecr-operator.injection.withLogin" -}}
variables.{{ .field }}.map(c, Object.spec.{{ .field }}{
  name: c.name,
  env: [Object.spec.{{ .field }}.env{name: 'DOCKER_CONFIG', value: '{{ .path | trimSuffix "/" }}'}],
  volumeMounts: [Object.spec.{{ .field }}.volumeMounts{
    name: '{{ include "ecr-operator.injection.volume" . }}', mountPath: '{{ .path | trimSuffix "/" }}', readOnly: true}]
})
{{- end -}}

{{- define "ecr-operator.injection.volume" -}}
ecr-operator-docker-config
{{- end -}}

{{- /* CEL: whether no volume of that name is of anything but the Secret that the CEL expression `secret` names. */ -}}
{{- define "ecr-operator.injection.volumeIsFree" -}}
object.spec.?volumes.orValue([]).all(v,
  v.name != '{{ include "ecr-operator.injection.volume" . }}' || v.?secret.?secretName.orValue('') == {{ .secret }})
{{- end -}}

{{- /* Of every policy: variables and mutations, for a Secret that the CEL expression `secret` names. */ -}}
{{- define "ecr-operator.injection.mutate" -}}
{{- $path := .root.Values.injection.mountPath -}}
# A webhook may add containers after the policy ran: then it runs again.
reinvocationPolicy: IfNeeded
variables:
  - name: secret
    expression: >-
      {{- .secret | trim | nindent 6 }}
  {{- range $field := list "containers" "initContainers" }}
  - name: {{ $field }}
    expression: >-
      {{- include "ecr-operator.injection.containersWithout" (dict "field" $field "path" $path) | nindent 6 }}
  {{- end }}
mutations:
  # JSONPatch, because ApplyConfiguration may touch neither imagePullSecrets nor the items of a volume, which are atomic.
  - patchType: JSONPatch
    jsonPatch:
      expression: >-
        object.spec.?imagePullSecrets.orValue([]).exists(s, s.?name.orValue('') == variables.secret) ? [] :
        object.spec.?imagePullSecrets.orValue([]).size() > 0 ?
        [JSONPatch{op: 'add', path: '/spec/imagePullSecrets/-', value: Object.spec.imagePullSecrets{name: variables.secret}}] :
        [JSONPatch{op: 'add', path: '/spec/imagePullSecrets', value: [Object.spec.imagePullSecrets{name: variables.secret}]}]
  - patchType: JSONPatch
    jsonPatch:
      expression: >-
        variables.containers.size() + variables.initContainers.size() == 0 ||
        object.spec.?volumes.orValue([]).exists(v, v.name == '{{ include "ecr-operator.injection.volume" . }}') ? [] :
        (object.spec.?volumes.orValue([]).size() > 0 ? [] :
        [JSONPatch{op: 'add', path: '/spec/volumes', value: []}]) +
        [JSONPatch{op: 'add', path: '/spec/volumes/-', value: Object.spec.volumes{
          name: '{{ include "ecr-operator.injection.volume" . }}',
          secret: Object.spec.volumes.secret{
            secretName: variables.secret,
            items: [Object.spec.volumes.secret.items{key: '.dockerconfigjson', path: 'config.json'}]
          }
        }}]
  # Last, because after it no container is without a docker config.
  - patchType: ApplyConfiguration
    applyConfiguration:
      expression: >-
        Object{spec: Object.spec{
          containers: {{ include "ecr-operator.injection.withLogin" (dict "field" "containers" "path" $path) | indent 10 | trim }},
          initContainers: {{ include "ecr-operator.injection.withLogin" (dict "field" "initContainers" "path" $path) | indent 10 | trim }}
        }}
{{- end -}}
