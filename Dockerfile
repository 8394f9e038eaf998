# One file for all apps: docker build --build-arg APP=registry-service .
# The first stage is the same for every app and built once.

# the console: static files, packed as a jar by the next stage
FROM node:22-bookworm-slim AS console
WORKDIR /src/console
COPY console/package.json console/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY console ./
RUN npm run --silent build

FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
COPY --from=console /src/console/target/classes console/target/classes
# what runs in images, and what that is built from; not the tests of clients, the fuzzing and the benchmarks
RUN mvn -B -ntp -q -DskipTests -Dmoa.console.skip=true package -am \
    -pl registry-service,router-service,parallel-proxy,async-broker,monitor-service,gateway,examples

# the app as plain jars, because no start-up cache of the JVM can read a jar inside a jar
FROM eclipse-temurin:25-jre AS unpacked
ARG APP
RUN test -n "$APP" || { echo "APP: missing (expected: --build-arg APP=<module>, such as registry-service)"; exit 1; }
COPY deploy/docker/java.args deploy/docker/healthy deploy/docker/train /app/
COPY --from=build /src/${APP}/target/moa-${APP}-*-app.jar /tmp/app.jar
RUN java -Djarmode=tools -jar /tmp/app.jar extract --destination /app/jars && bash /app/train

FROM eclipse-temurin:25-jre
RUN groupadd --system --gid 10001 moa \
    && useradd --system --uid 10001 --gid moa --home-dir /data --shell /usr/sbin/nologin moa \
    && mkdir /data && chown moa:moa /data
COPY --from=unpacked /app /app
USER moa
WORKDIR /data
VOLUME /data
# a JRE image has no curl: bash asks for itself
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["bash", "/app/healthy"]
ENTRYPOINT ["java", "@/app/java.args", "-jar", "/app/jars/app.jar"]
