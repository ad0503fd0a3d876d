"""OpenAPI 3.1 document of the API (https://spec.openapis.org/oas/v3.1.1).

The document is derived from the declarations that the code uses: response types in schemas.py,
parameters in webapp.parameters, facets in indexer.schema.
"""

from __future__ import annotations

import inspect
import types
import typing
from functools import cache
from typing import Any, get_args, get_origin

from indexer import __version__
from indexer.schema import FACETS, FIELD
from indexer.search.export import FORMATS, LIST_FIELDS
from webapp.api import schemas
from webapp.i18n import messages
from webapp.parameters import CRITERIA, EXPORT, SEARCH, SINCE, VALUES, Parameter, Schema

_JSON_TYPES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    types.NoneType: "null",
}
_WITH_FACET_LIST_FIELDS = (schemas.Hit, schemas.Activity)  # have one more key for each facet
_DESCRIPTION = (
    "v1 only gains keys: ignore unknown ones. Read requests are open to every origin, support "
    "conditional requests with an ETag, and are compressed."
)
_EXPORT_PAGING = (SEARCH["page"], SEARCH["generation"])
_NOT_MODIFIED = {"304": {"description": "The response with the client's ETag is still current."}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def schema_of(type_: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type used in schemas.py. Raises TypeError for any other type."""
    if type_ in _JSON_TYPES:
        return {"type": _JSON_TYPES[type_]}
    if typing.is_typeddict(type_):
        return _ref(type_.__name__)
    origin, args = get_origin(type_), get_args(type_)
    if origin is typing.Literal:
        return {"type": "string", "enum": list(args)}
    if origin is list:
        return {"type": "array", "items": schema_of(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(args[1])}
    if origin in (types.UnionType, typing.Union):
        if not set(args) <= _JSON_TYPES.keys():
            return {"anyOf": [schema_of(arg) for arg in args]}
        return {"type": [_JSON_TYPES[arg] for arg in args]}
    if origin is typing.NotRequired:
        return schema_of(args[0])
    raise TypeError(f"no JSON Schema for {type_!r}")


def _component(type_: Any) -> dict[str, Any]:
    """Return the JSON Schema of a TypedDict, with its facets if it has lists for them."""
    hints = typing.get_type_hints(type_, include_extras=True)
    properties = {name: schema_of(hint) for name, hint in hints.items()}
    required = [name for name, hint in hints.items() if get_origin(hint) is not typing.NotRequired]
    if type_ in _WITH_FACET_LIST_FIELDS:
        for name in LIST_FIELDS:
            items = {"type": "integer" if FIELD[name].kind == "integer" else "string"}
            properties[name] = {"type": "array", "items": items, "description": FIELD[name].label}
        required += LIST_FIELDS
    if type_ is schemas.Search:
        properties["facets"] = {
            "type": "object",
            "properties": {name: _ref("FacetValues") for name in FACETS},
            "required": list(FACETS),
        }
    return {
        "type": "object",
        "description": inspect.getdoc(type_),
        "properties": properties,
        "required": required,
    }


def _or_empty(schema: Schema) -> dict[str, Any]:
    """Return a parameter's schema that also allows an empty value.

    A form sends its empty fields, and the server ignores them.
    """
    if "pattern" in schema:
        return {**schema, "pattern": f"^({schema['pattern'].strip('^$')})?$"}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], ""]}
    return dict(schema) if schema.get("type") == "string" else {"anyOf": [schema, {"const": ""}]}


def _parameter(parameter: Parameter, required: bool = False) -> dict[str, Any]:
    name = parameter.name.removeprefix("-")
    schema: Any
    if name in VALUES:
        schema = _ref(f"{name}_value")
    elif name in SEARCH:
        schema = _or_empty(parameter.schema)
    else:
        schema = parameter.schema
    if parameter.many:
        schema = {"type": "array", "items": schema}
    return {
        "name": parameter.name,
        "in": "query",
        "required": required,
        "description": parameter.help,
        "schema": schema,
    }


def _response(description: str, type_: Any, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema_of(type_)}}
    return {"description": description, "content": content, **more}


def _error_description(status: int) -> str:
    return messages.ERRORS[status][1] if status in messages.ERRORS else "Refused"


def _operation(
    id: str,
    summary: str,
    parameters: list[dict[str, Any]],
    responses: dict[str, Any],
    errors: tuple[int, ...] = (),
    **more: Any,
) -> dict[str, Any]:
    """Return an operation.

    responses: by status.
    errors: statuses of its errors, each with the common error body.
    more: further keys.
    """
    failures = {
        str(status): _response(_error_description(status), schemas.Failure) for status in errors
    }
    return {
        "operationId": id,
        "summary": summary,
        "parameters": parameters,
        "responses": responses | failures,
        **more,
    }


def _read_paths() -> dict[str, Any]:
    """Return the paths that anyone may read."""
    id = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The path of the content file without .md. It may contain slashes.",
        "schema": SEARCH["why"].schema,
    }
    search = _operation(
        "search",
        "Search, with exact counts of every facet",
        [_parameter(parameter) for parameter in SEARCH.values()],
        {"200": _response("A page of results", schemas.Search), **_NOT_MODIFIED},
        (400, 414, 503),
    )
    moved = {"description": "A former id: the header Location has the URL with the current one."}
    activity = _operation(
        "activity",
        "Get one activity, its repeats and similar ones",
        [id, _parameter(SEARCH["generation"])],
        {
            "200": _response("The activity", schemas.Activity),
            "301": moved,
            **_NOT_MODIFIED,
        },
        (400, 404, 410, 414, 503),
    )
    changes = _operation(
        "changes",
        "List what was added and edited in a search, and withdrawn from the collection",
        [_parameter(parameter) for parameter in (*CRITERIA, SEARCH["page"], SEARCH["per_page"])]
        + [_parameter(SINCE)],
        {"200": _response("A page of changes", schemas.Changes), **_NOT_MODIFIED},
        (400, 414, 503),
    )
    openapi = _operation(
        "openapi",
        "Get this document",
        [],
        {
            "200": {"description": "OpenAPI 3.1", "content": {"application/json": {}}},
            **_NOT_MODIFIED,
        },
    )
    return {
        "/api/v1/search": {"get": search},
        "/api/v1/activities/{id}": {"get": activity},
        "/api/v1/changes": {"get": changes},
        "/export": {"get": _export()},
        "/api/v1/openapi.json": {"get": openapi},
    }


def _export() -> dict[str, Any]:
    media_types: dict[str, Any] = {
        format.media_type.partition(";")[0]: {} for format in FORMATS.values()
    }
    errors = {
        str(status): {"description": _error_description(status), "content": {"text/html": {}}}
        for status in (400, 404, 410, 414, 503)
    }
    return _operation(
        "export",
        "Export all results of a search as a file",
        [_parameter(p, required=p.name == "format") for p in (*EXPORT, *CRITERIA, *_EXPORT_PAGING)],
        {"200": {"description": "The file", "content": media_types}, **_NOT_MODIFIED, **errors},
    )


def _reindex_paths() -> dict[str, Any]:
    """Return the paths that need the server's token."""
    id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    token = {"security": [{"token": []}], "tags": ["operating"]}
    location = {"description": "The URL of the job", "schema": {"type": "string"}}
    accepted = _response("The job runs or waits", schemas.Job, headers={"Location": location})
    summary = "Index what has changed; off unless the server has a token"
    start = _operation("reindex", summary, [], {"202": accepted}, (401, 404), **token)
    state = _operation(
        "reindex_job",
        "Get the progress and the result of a job",
        [id],
        {"200": _response("The job", schemas.Job)},
        (401, 404),
        **token,
    )
    return {"/api/v1/reindex": {"post": start}, "/api/v1/reindex/{id}": {"get": state}}


@cache
def document() -> dict[str, Any]:
    """Return the document as JSON values."""
    types_ = [type_ for type_ in vars(schemas).values() if typing.is_typeddict(type_)]
    return {
        "openapi": "3.1.1",
        "info": {
            "title": messages.SITE,
            "version": __version__,
            "summary": messages.TAGLINE,
            "description": _DESCRIPTION,
        },
        "servers": [{"url": "/"}],
        "paths": {**_read_paths(), **_reindex_paths()},
        "components": {
            "schemas": {
                **{f"{name}_value": _or_empty(schema) for name, schema in VALUES.items()},
                **{type_.__name__: _component(type_) for type_ in types_},
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
