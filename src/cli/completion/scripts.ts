/**
 * Scripts for the completion of `kubectl-ecr`, by shell. All ask the hidden command `__complete`, which prints a candidate a
 * line and then `:4`, or `:0` where file names are wanted. That is how kubectl asks the program `kubectl_complete-ecr`, the
 * fourth of them, when `kubectl ecr` itself is completed.
 */
export const completionScripts: ReadonlyMap<string, string> = new Map([
  [
    'bash',
    `# source <(kubectl-ecr completion bash)
_kubectl_ecr() {
  local lines directive
  mapfile -t lines < <(kubectl-ecr __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [ \${#lines[@]} -gt 0 ] || return
  directive=\${lines[-1]}
  unset 'lines[-1]'
  [ "$directive" = :0 ] || compopt +o default
  COMPREPLY=("\${lines[@]}")
}
complete -o default -F _kubectl_ecr kubectl-ecr
`,
  ],
  [
    'zsh',
    `#compdef kubectl-ecr
# source <(kubectl-ecr completion zsh)
_kubectl_ecr() {
  local -a lines
  lines=("\${(@f)$(kubectl-ecr __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[-1] == :0 ]]; then _files; else compadd -- "\${(@)lines[1,-2]}"; fi
}
compdef _kubectl_ecr kubectl-ecr
`,
  ],
  [
    'fish',
    `# kubectl-ecr completion fish | source
function __kubectl_ecr_complete
  set -l words (commandline -opc)[2..] (commandline -ct)
  kubectl-ecr __complete $words 2>/dev/null | string match --invert --regex '^:\\d$'
end
complete -c kubectl-ecr -f -a '(__kubectl_ecr_complete)'
complete -c kubectl-ecr -s f -l filename -r -F
complete -c kubectl-ecr -l kubeconfig -r -F
`,
  ],
  [
    'kubectl',
    `#!/bin/sh
# kubectl-ecr completion kubectl > kubectl_complete-ecr; chmod +x it and put it on the PATH
exec kubectl-ecr __complete "$@"
`,
  ],
]);
