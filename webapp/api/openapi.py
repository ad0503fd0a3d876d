"""The API as an OpenAPI 3.1 document, made of the declarations that the code itself uses (https://spec.openapis.org/oas/v3.1.1)."""

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
_LISTED = (schemas.Hit, schemas.Activity)  # these have a list for each facet as well


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a type of shapes.py. Raises TypeError for one that it has no word for."""
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
    if kind in _LISTED:
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
    """A parameter's schema that allows nothing too: a form sends what is left empty, and it is ignored."""
    if "pattern" in schema:
        return {**schema, "pattern": f"^({schema['pattern'].strip('^$')})?$"}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], ""]}
    return dict(schema) if schema.get("type") == "string" else {"anyOf": [schema, {"const": ""}]}


def _parameter(found: Parameter, required: bool = False) -> dict[str, Any]:
    name = found.name.removeprefix("-")
    schema: Any = (
        _ref(f"{name}_value")
        if name in VALUES
        else _or_empty(found.schema)
        if name in SEARCH
        else found.schema
    )
    if found.many:
        schema = {"type": "array", "items": schema}
    return {
        "name": found.name,
        "in": "query",
        "required": required,
        "description": found.help,
        "schema": schema,
    }


def _answer(description: str, kind: Any, **more: Any) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema_of(kind)}},
        **more,
    }


def _failure(status: int) -> dict[str, Any]:
    return _answer(
        messages.ERRORS[status][1] if status in messages.ERRORS else "Refused", schemas.Failure
    )


def _operation(
    id: str,
    summary: str,
    parameters: list[dict[str, Any]],
    good: dict[str, Any],
    *failures: int,
    **more: Any,
) -> dict[str, Any]:
    responses = {**good, **{str(status): _failure(status) for status in failures}}
    return {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": responses,
        **more,
    }


_UNCHANGED = {"304": {"description": "What the client has, by its ETag, still holds."}}


@cache
def document() -> dict[str, Any]:
    """The document, as JSON values."""
    id = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The path of the content file without .md; a slash is part of it.",
        "schema": SEARCH["why"].schema,
    }
    job = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    token = {"security": [{"token": []}], "tags": ["operating"]}
    kinds = [kind for kind in vars(schemas).values() if typing.is_typeddict(kind)]
    files: dict[str, Any] = {kind.media_type.partition(";")[0]: {} for kind in FORMATS.values()}
    return {
        "openapi": "3.1.1",
        "info": {
            "title": messages.SITE,
            "version": __version__,
            "summary": messages.TAGLINE,
            "description": "v1 only gains keys: ignore those you do not know. Reads are open to every origin, "
            "answer conditional requests by ETag, and compress.",
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/v1/search": {
                "get": _operation(
                    "search",
                    "Search, with exact counts of every facet",
                    [_parameter(p) for p in SEARCH.values()],
                    {"200": _answer("A page of results", schemas.Search), **_UNCHANGED},
                    400,
                    414,
                    503,
                )
            },
            "/api/v1/activities/{id}": {
                "get": _operation(
                    "activity",
                    "One activity, and what is similar to it",
                    [id],
                    {
                        "200": _answer("The activity", schemas.Activity),
                        "301": {"description": "This was its id once; Location has it now."},
                        **_UNCHANGED,
                    },
                    404,
                    414,
                    503,
                )
            },
            "/export": {
                "get": _operation(
                    "export",
                    "Everything a search finds, as a file; it streams",
                    [_parameter(p, required=p.name == "format") for p in (*EXPORT, *CRITERIA)],
                    {
                        "200": {"description": "The file", "content": files},
                        **_UNCHANGED,
                        **{
                            str(status): {
                                "description": messages.ERRORS[status][1],
                                "content": {"text/html": {}},
                            }
                            for status in (400, 404, 414, 503)
                        },
                    },
                )
            },
            "/api/v1/openapi.json": {
                "get": _operation(
                    "openapi",
                    "This document",
                    [],
                    {
                        "200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}},
                        **_UNCHANGED,
                    },
                )
            },
            "/api/v1/reindex": {
                "post": _operation(
                    "reindex",
                    "Index what has changed; off without a token",
                    [],
                    {
                        "202": _answer(
                            "It runs, or is next",
                            schemas.Job,
                            headers={
                                "Location": {
                                    "description": "Where to ask how far it is",
                                    "schema": {"type": "string"},
                                }
                            },
                        )
                    },
                    401,
                    404,
                    **token,
                )
            },
            "/api/v1/reindex/{id}": {
                "get": _operation(
                    "reindex_job",
                    "How far a run is, and what came of it",
                    [job],
                    {"200": _answer("The run", schemas.Job)},
                    401,
                    404,
                    **token,
                )
            },
        },
        "components": {
            "schemas": {
                **{f"{name}_value": _or_empty(schema) for name, schema in VALUES.items()},
                **{kind.__name__: _component(kind) for kind in kinds},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
