# Tests of Maven and Gradle repositories run in here; a Gradle wrapper brings its own Gradle.
ARG BASE=maven:3-eclipse-temurin-21
FROM ${BASE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git procps \
  && rm -rf /var/lib/apt/lists/*
