"""Describe the API as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1).

The document is generated from the declarations that the code uses itself: the types of
schemas.py and the parameters of parameters.py.
"""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import Any, get_args, get_origin

from indexer import __version__
from indexer.schema import FACETS, FIELD
from indexer.search.export import FORMATS, LISTS
from webapp.api import schemas
from webapp.i18n import messages
from webapp.parameters import CRITERIA, EXPORT, SEARCH, VALUES, Parameter, Schema

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}
_WITH_FACETS = (schemas.Hit, schemas.Activity)  # these also have a list for each facet


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(kind: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type of schemas.py. Raises TypeError for an unsupported type."""
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    if typing.is_typeddict(kind):
        return _ref(kind.__name__)
    origin, args = get_origin(kind), get_args(kind)
    if origin is typing.Literal:
        return {"type": "string", "enum": list(args)}
    if origin is list:
        return {"type": "array", "items": schema_of(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(args[1])}
    if origin in (types.UnionType, typing.Union):
        return {"type": [_PLAIN[arg] for arg in args]}
    if origin is typing.NotRequired:
        return schema_of(args[0])
    raise TypeError(f"no JSON Schema for {kind!r}")


def _component(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    properties = {name: schema_of(hint) for name, hint in hints.items()}
    required = [name for name, hint in hints.items() if get_origin(hint) is not typing.NotRequired]
    if kind in _WITH_FACETS:
        for name in LISTS:
            items = {"type": "integer" if FIELD[name].kind == "integer" else "string"}
            properties[name] = {"type": "array", "items": items, "description": FIELD[name].label}
        required += LISTS
    if kind is schemas.Search:
        properties["facets"] = {
            "type": "object",
            "properties": {name: _ref("FacetValues") for name in FACETS},
            "required": list(FACETS),
        }
    return {
        "type": "object",
        "description": kind.__doc__,
        "properties": properties,
        "required": required,
    }


def _or_empty(schema: Schema) -> dict[str, Any]:
    """Allow an empty value too: a form sends empty fields, and they are ignored."""
    if "pattern" in schema:
        return {**schema, "pattern": f"^({schema['pattern'].strip('^$')})?$"}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], ""]}
    return dict(schema) if schema.get("type") == "string" else {"anyOf": [schema, {"const": ""}]}


def _parameter(parameter: Parameter, required: bool = False) -> dict[str, Any]:
    name = parameter.name.removeprefix("-")
    schema: Any = parameter.schema
    if name in VALUES:
        schema = _ref(f"{name}_value")
    elif name in SEARCH:
        schema = _or_empty(parameter.schema)
    if parameter.many:
        schema = {"type": "array", "items": schema}
    return {
        "name": parameter.name,
        "in": "query",
        "required": required,
        "description": parameter.help,
        "schema": schema,
    }


def _json_response(description: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema_of(kind)}},
        **more,
    }


def _failure(status: int) -> dict[str, Any]:
    return _json_response(
        messages.ERRORS[status][1] if status in messages.ERRORS else "Refused", schemas.Failure
    )


def _operation(
    id: str,
    summary: str,
    parameters: list[dict[str, Any]],
    success: dict[str, Any],
    *failures: int,
    **more: Any,
) -> dict[str, Any]:
    responses = {**success, **{str(status): _failure(status) for status in failures}}
    return {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
        **more,
    }


_UNCHANGED = {"304": {"description": "The client's copy is current, by its ETag."}}


@cache
def document() -> dict[str, Any]:
    """Return the document as JSON values."""
    types = [kind for kind in vars(schemas).values() if typing.is_typeddict(kind)]
    return {
        "openapi": "3.1.1",
        "info": {
            "title": messages.SITE,
            "version": __version__,
            "summary": messages.TAGLINE,
            "description": "v1 only gains keys: ignore keys that you do not know. Every origin may "
            "read. Responses have an ETag and are compressed.",
        },
        "servers": [{"url": "/"}],
        "paths": {**_reading(), **_reindexing()},
        "components": {
            "schemas": {
                **{f"{name}_value": _or_empty(schema) for name, schema in VALUES.items()},
                **{kind.__name__: _component(kind) for kind in types},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _reading() -> dict[str, Any]:
    """Return the paths that everyone may use."""
    id = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The path of the content file without .md; it may contain slashes.",
        "schema": SEARCH["why"].schema,
    }
    files: dict[str, Any] = {kind.media_type.partition(";")[0]: {} for kind in FORMATS.values()}
    export_failures = {
        str(status): {"description": messages.ERRORS[status][1], "content": {"text/html": {}}}
        for status in (400, 404, 414, 503)
    }
    search = _operation(
        "search",
        "Search, with exact counts of every facet",
        [_parameter(parameter) for parameter in SEARCH.values()],
        {"200": _json_response("A page of results", schemas.Search), **_UNCHANGED},
        *(400, 414, 503),
    )
    activity = _operation(
        "activity",
        "One activity, with similar activities",
        [id],
        {
            "200": _json_response("The activity", schemas.Activity),
            "301": {"description": "A former id; Location has the current address."},
            **_UNCHANGED,
        },
        *(404, 414, 503),
    )
    export = _operation(
        "export",
        "All results of a search as a file, streamed",
        [_parameter(p, required=p.name == "format") for p in (*EXPORT, *CRITERIA)],
        {
            "200": {"description": "The file", "content": files},
            **_UNCHANGED,
            **export_failures,
        },
    )
    openapi = _operation(
        "openapi",
        "This document",
        [],
        {"200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}}, **_UNCHANGED},
    )
    return {
        "/api/v1/search": {"get": search},
        "/api/v1/activities/{id}": {"get": activity},
        "/export": {"get": export},
        "/api/v1/openapi.json": {"get": openapi},
    }


def _reindexing() -> dict[str, Any]:
    """Return the paths that need the token of the server."""
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    secured = {"security": [{"token": []}], "tags": ["operating"]}
    location = {"description": "The address of the job", "schema": {"type": "string"}}
    start = _operation(
        "reindex",
        "Index the changes; off without a token",
        [],
        {
            "202": _json_response(
                "The job runs or waits", schemas.Job, headers={"Location": location}
            )
        },
        *(401, 404),
        **secured,
    )
    status = _operation(
        "reindex_job",
        "Progress and result of a job",
        [id],
        {"200": _json_response("The job", schemas.Job)},
        *(401, 404),
        **secured,
    )
    return {"/api/v1/reindex": {"post": start}, "/api/v1/reindex/{id}": {"get": status}}
