"""A monitoring service as one would write it with aiohttp: the yardstick of the bench.

usage: aiohttp_monitor.py FILE, where FILE is JSON: {"port", "interval", "concurrency",
"services": {id: {"name", "url" or "host", "critical", "timeout"}}}
"""

import asyncio
import json
import sys
import time
from collections import deque
from datetime import datetime

import aiohttp
from aiohttp import web


class Monitor:
    def __init__(self, config):
        self.services = config["services"]
        self.interval = config["interval"]
        self.concurrency = config["concurrency"]
        self.started = time.time()
        self.health = {}
        self.probes = {service: 0 for service in self.services}
        self.history = deque(maxlen=100)

    async def run(self, app):
        connector = aiohttp.TCPConnector(limit=50, limit_per_host=10, keepalive_timeout=60)
        self.session = aiohttp.ClientSession(connector=connector)
        self.limit = asyncio.Semaphore(self.concurrency)
        task = asyncio.create_task(self.scan_forever())
        yield
        task.cancel()
        await self.session.close()

    async def scan_forever(self):
        while True:
            began = time.monotonic()
            await asyncio.gather(*(self.check(id, service) for id, service in self.services.items()))
            self.history.append({"timestamp": now(), "services": dict(self.health), "alerts": self.alerts()})
            await asyncio.sleep(max(0, self.interval - (time.monotonic() - began)))

    async def check(self, id, service):
        async with self.limit:
            start = time.monotonic()
            try:
                probe = self.ask_http if "url" in service else self.ask_redis
                result = await asyncio.wait_for(probe(service), service["timeout"])
            except asyncio.TimeoutError:
                result = {"status": "timeout", "error": "Request timed out"}
            except (OSError, aiohttp.ClientError, ValueError) as error:
                result = {"status": "error", "error": str(error)}
            result["response_time"] = time.monotonic() - start
            result["last_check"] = now()
            self.health[id] = result
            self.probes[id] += 1

    async def ask_http(self, service):
        async with self.session.get(service["url"]) as response:
            result = {"status": "healthy", "status_code": response.status}
            if response.status != 200:
                result.update(status="unhealthy", error=f"HTTP {response.status}")
            if "json" in response.headers.get("Content-Type", ""):
                result["data"] = await response.json()
            else:
                await response.read()
            return result

    async def ask_redis(self, service):
        host, port = service["host"].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(b"PING\r\n")
            if not (await reader.readline()).startswith(b"+PONG"):
                raise ValueError("no PONG")
        finally:
            writer.close()
        return {"status": "healthy"}

    def alerts(self):
        return [
            f"{'CRITICAL' if self.services[id]['critical'] else 'WARNING'}: {self.services[id]['name']}"
            f" is {health['status']} - {health.get('error', '')}"
            for id, health in self.health.items()
            if health["status"] != "healthy"
        ]

    async def cluster_health(self, request):
        alerts = self.alerts()
        return web.json_response(
            {
                "timestamp": now(),
                "overall_status": "unhealthy" if alerts else "healthy",
                "services": {
                    id: {
                        "name": service["name"],
                        "critical": service["critical"],
                        "health": self.health.get(id, {"status": "unknown"}),
                    }
                    for id, service in self.services.items()
                },
                "cluster_stats": {
                    "total_services": len(self.services),
                    "monitoring_uptime": time.time() - self.started,
                },
                "alerts": alerts,
            }
        )

    async def own_health(self, request):
        return web.json_response({"status": "healthy", "services_monitored": len(self.services)})

    async def metrics(self, request):
        lines = ["# HELP probe_success Whether the probe succeeded.", "# TYPE probe_success gauge"]
        for id, health in self.health.items():
            lines.append(f'probe_success{{target="{id}"}} {int(health["status"] == "healthy")}')
        lines += ["# HELP probe_duration_seconds How long it took.", "# TYPE probe_duration_seconds gauge"]
        for id, health in self.health.items():
            lines.append(f'probe_duration_seconds{{target="{id}"}} {health["response_time"]}')
        lines += ["# HELP monitor_probes_total Probes.", "# TYPE monitor_probes_total counter"]
        for id, probes in self.probes.items():
            lines.append(f'monitor_probes_total{{target="{id}"}} {probes}')
        return web.Response(text="\n".join(lines) + "\n")


def now():
    return datetime.now().isoformat()


def main():
    with open(sys.argv[1]) as file:
        config = json.load(file)
    monitor = Monitor(config)
    app = web.Application()
    app.cleanup_ctx.append(monitor.run)
    app.add_routes(
        [
            web.get("/cluster_health", monitor.cluster_health),
            web.get("/health", monitor.own_health),
            web.get("/metrics", monitor.metrics),
        ]
    )
    web.run_app(app, host="127.0.0.1", port=config["port"], print=None, access_log=None)


main()
