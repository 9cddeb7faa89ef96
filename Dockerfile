# The command line in a container:
#   docker build -t sluice . && docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" sluice plan
# A rollout from a container needs what its drivers need: the socket of Docker or of the balancer, and a record that
# outlives the container (state: postgres://..., or /work on a disk that stays).
ARG NODE=node:24-bookworm-slim

FROM ${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && npm rebuild esbuild
COPY . .
RUN mkdir /package && npm pack --pack-destination /package && \
    npm install --global --prefix /opt/sluice --omit=dev /package/*.tgz

FROM ${NODE}
# Releases are git tags.
RUN apt-get update && apt-get install --yes --no-install-recommends git ca-certificates openssh-client && rm -rf /var/lib/apt/lists/*
# What is mounted at /work belongs to somebody else; only there that is expected.
RUN git config --system --add safe.directory '*'
COPY --from=build /opt/sluice /opt/sluice
ENV PATH=/opt/sluice/bin:$PATH
USER node
WORKDIR /work
ENTRYPOINT ["sluice"]
