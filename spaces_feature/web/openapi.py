"""The OpenAPI 3.1 document, made from the table of routes and the pydantic models."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .routes import ROUTES, Route
from .schemas import Problem

REF = "#/components/schemas/{model}"


def document(prefix: str, version: str) -> dict[str, Any]:
    """Return the document of the API under ``prefix``."""
    models: list[type[BaseModel]] = [Problem]
    for route in ROUTES:
        models += [model for model in (route.body, route.answer) if model is not None and model not in models]
    _, schemas = models_json_schema([(model, "validation") for model in models], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = f"{prefix}/api/v1" + re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Spaces", "version": version, "description": "Commands by HTTP; events by Socket.IO."},
        "paths": paths,
        "components": {"schemas": schemas["$defs"]},
    }


def _operation(route: Route, path: str) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{([a-z_]+)}", path)
    ]
    if route.method == "POST" and route.keeps:
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}})
    if path.endswith("/participants"):
        parameters.append({"name": "cursor", "in": "query", "schema": {"type": "string"}})
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            str(route.status): _content(route.answer, "application/json", route.summary),
            "default": _content(Problem, "application/problem+json", "A problem, with a stable code."),
        },
    }
    if route.body is not None:
        operation["requestBody"] = {"required": True, **_content(route.body, "application/json", "")}
        del operation["requestBody"]["description"]
    return operation


def _content(model: type[BaseModel] | None, kind: str, description: str) -> dict[str, Any]:
    if model is None:
        return {"description": description}
    return {"description": description, "content": {kind: {"schema": {"$ref": REF.format(model=model.__name__)}}}}
