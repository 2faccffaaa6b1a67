# Two commands from a fresh checkout: `make demo` shows the operator at work, `make test` checks everything.
# Needs make and npm; OpenSSL for the control plane's certificates; Go >= 1.26 where the official binaries of the
# control plane cannot be downloaded. Everything else is fetched into node_modules and the user's cache folder.

# A shell other than /bin/sh makes every recipe go through it, so that the PATH below holds for all of them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# node_modules/.bin has Node 24 where npm offers it, as `npm run` would find it; npm itself runs on the host's Node.
HOST_PATH := $(PATH)
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# npm writes this file at the end of an installation, and removes it with node_modules.
NODE_MODULES := node_modules/.package-lock.json
CONTROLPLANE := env NODE_USE_ENV_PROXY=1 node tools/controlplane/setup.ts

.PHONY: help
help: ## List the targets.
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | while IFS= read -r line; do \
	  printf '  %-19s%s\n' "$${line%%:*}" "$${line##*## }"; done

.PHONY: demo
demo: node need-openssl ## Show the operator at work on a real API server and a local AWS; ARGS=--once for a short run.
	@$(CONTROLPLANE) etcd kube-apiserver kube-controller-manager kubectl helm
	@node test/demo/demo.ts $(ARGS)

.PHONY: test
test: setup ## Set up, then lint and run all tests.
	npm run --silent lint
	vitest run

.PHONY: test-unit
test-unit: node ## Run the tests that need no API server.
	vitest run --project unit

.PHONY: e2e
e2e: node ## Run the tests on a real node with real pods, as root; CLUSTER=kind where there is Docker, ARGS=<test file>.
	@NODE_USE_ENV_PROXY=1 CLUSTER=$(CLUSTER) node test/e2e/run.ts $(ARGS)

.PHONY: setup
setup: node need-openssl ## Get node_modules and the binaries of the control plane; seconds when they are cached.
	@$(CONTROLPLANE)

.PHONY: generate
generate: node ## Write the generated files again: CRDs and what follows from them.
	npm run --silent generate

.PHONY: build
build: node ## Bundle the operator into one file.
	npm run --silent build

.PHONY: bench
bench: node need-openssl ## Measure all that is promised of a fan-out to 10,000 namespaces; ARGS='--namespaces=1000 --only=renewal'.
	node bench/fan-out/run.ts $(ARGS)

.PHONY: bench-latency
bench-latency: node need-openssl ## Measure the time from a new object to its Secret.
	node bench/latency.ts $(ARGS)

.PHONY: bench-credentials
bench-credentials: node need-openssl ## Count the calls to AWS of a thousand registries that share twenty identities.
	node bench/credentials.ts $(ARGS)

.PHONY: bench-pipelines
bench-pipelines: node need-openssl ## Measure the refresh of 1,200 Secrets of pipelines that share one registry.
	node bench/pipelines.ts $(ARGS)

.PHONY: bench-test
bench-test: node need-openssl ## Measure the time from `kubectl ecr test` to its verdict.
	node bench/test-connection.ts $(ARGS)

.PHONY: cluster
cluster: node need-openssl ## Run a control plane in the foreground until Ctrl-C.
	@node test/support/controlplane/run.ts

.PHONY: clean
clean: ## Remove what was built here; the binaries in the user's cache folder stay.
	rm -rf dist coverage .tmp

.PHONY: node
node: $(NODE_MODULES)
	@node -e 'process.exit(parseInt(process.versions.node) < 24 ? 1 : 0)' || { \
	  echo "Node 24 or newer is needed, this is $$(node --version): install it from https://nodejs.org" >&2; exit 1; }

$(NODE_MODULES): package-lock.json
	@command -v npm >/dev/null || { \
	  echo "npm is missing: install Node.js with npm (https://nodejs.org, or apt-get install npm)" >&2; exit 1; }
	PATH="$(HOST_PATH)" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: need-openssl
need-openssl:
	@command -v openssl >/dev/null || { \
	  echo "openssl is missing: apt-get install openssl (dnf, apk, brew: the same name)" >&2; exit 1; }
