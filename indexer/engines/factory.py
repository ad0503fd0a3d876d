"""Open the engine that the settings name."""

import time

from indexer.clock import Clock
from indexer.engines.base import Engine, EngineUnavailable
from indexer.engines.retention import Retention
from indexer.settings import Settings


def open_engine(settings: Settings, clock: Clock = time.time) -> Engine:
    """Return the engine that ACTIVITIES_ENGINE names. clock returns the time of each run.

    Raises EngineUnavailable for an unknown engine, an invalid cluster address, or a missing client
    library.
    """
    retention = Retention(settings.history_size, clock)
    if settings.engine == "whoosh":
        from indexer.engines.whoosh.engine import WhooshEngine

        return WhooshEngine(settings.index, retention=retention)
    if settings.engine.startswith("opensearch"):
        try:
            from indexer.engines.opensearch.engine import OpenSearchEngine
        except ModuleNotFoundError as error:
            if error.name != "opensearchpy":
                raise
            raise EngineUnavailable(
                "ACTIVITIES_ENGINE: opensearch-py is not installed: "
                "run \"pip install '.[opensearch]'\""
            ) from None
        return OpenSearchEngine(settings.engine, retention)
    scheme = settings.engine.partition(":")[0]  # the rest may contain a secret
    raise EngineUnavailable(
        f'ACTIVITIES_ENGINE: there is no engine "{scheme}": '
        'use "whoosh" or "opensearch+http://host:9200/prefix"'
    )
