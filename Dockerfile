# docker build -t langgraph-monitor .
# docker run -p 127.0.0.1:8083:8083 -v ./monitor.yml:/opt/langgraph-monitor/monitor.yml:ro -v monitor-data:/opt/langgraph-monitor/data langgraph-monitor

# The newest Node with long-term support
FROM node:24-trixie-slim AS build
WORKDIR /opt/langgraph-monitor
COPY package.json package-lock.json ./
# Without what only tests need, and without the packages that applications bring for the client.
RUN npm ci --workspaces=false --legacy-peer-deps --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
# The build starts the program once.
COPY alertmanager.yml ./
COPY rules rules
RUN npm run build && npm prune --omit=dev --workspaces=false --legacy-peer-deps --no-audit --no-fund

FROM node:24-trixie-slim
# One pool of memory for all threads: some 10 MiB less after an hour of use (glibc's manual, "Memory Allocation Tunables").
ENV NODE_ENV=production MALLOC_ARENA_MAX=1
WORKDIR /opt/langgraph-monitor
COPY LICENSE package.json monitor.yml alertmanager.yml ./
COPY rules rules
COPY docs docs
COPY --from=build /opt/langgraph-monitor/node_modules node_modules
COPY --from=build /opt/langgraph-monitor/dist dist
# Only the state belongs to the user the monitor runs as.
RUN install -d -o node -g node data
USER node
VOLUME /opt/langgraph-monitor/data
EXPOSE 8083
# Set it when the monitor listens elsewhere or with TLS.
ENV HEALTH_URL=http://127.0.0.1:8083/health
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.HEALTH_URL).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
