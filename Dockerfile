# syntax=docker/dockerfile:1
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# The bundle is the same on every architecture, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/bundle.ts tools/
COPY src/ src/
RUN node tools/bundle.ts && mkdir /compile-cache

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="ecr-operator" \
      org.opencontainers.image.description="Keeps Amazon ECR pull and push Secrets fresh from IAM roles of service accounts" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY LICENSE ./
COPY --from=build /src/dist/main.mjs ./
COPY --from=build --chown=65532:65532 /compile-cache ./.cache/
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/.cache \
    MALLOC_ARENA_MAX=1
USER 65532:65532
# Node looks its compile cache up by version, architecture and uid: only a run by this binary as this user fills it so
# that the operator finds it, and at run time the file system is read-only.
RUN ["/nodejs/bin/node", "main.mjs", "--help"]
EXPOSE 8080 8081
# A small young generation and collections in quiet moments keep resident memory low, and the heap is sized from the
# container's memory limit. These are arguments because Node refuses some of them in NODE_OPTIONS.
ENTRYPOINT ["/nodejs/bin/node", "--expose-gc", "--memory-saver-mode", "--min-semi-space-size=2", "--max-semi-space-size=2", \
  "--max-old-space-size-percentage=60", "/app/main.mjs"]
