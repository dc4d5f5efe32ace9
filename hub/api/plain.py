"""Routes for what benches send all day: the function takes the request as it is, and nothing is solved before it.

Solving dependencies costs as much as verifying a signature. What such a route declares is there for the API document
and for its policy, and each of these is marked, so that nobody relies on a dependency that is not run.
"""

import json
from collections.abc import Callable
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from fastapi import Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.routing import request_response

Model = TypeVar("Model", bound=BaseModel)


@runtime_checkable
class OnlyTold(Protocol):
    """A dependency that a plain route may declare: the function of the route does itself what it stands for."""

    only_told: ClassVar[bool]


class PlainRoute(APIRoute):
    """A route whose function gets the request alone."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **facts: Any) -> None:
        """Raise TypeError for a dependency that would have to be run."""
        super().__init__(path, endpoint, **facts)
        _require_told(self.dependant)
        self.app = request_response(endpoint)


def _require_told(dependant: Dependant) -> None:
    for one in dependant.dependencies:
        if not isinstance(one.call, OnlyTold):
            raise TypeError(f"a plain route does not run {one.call}")


def json_answer(document: Any, status: int, headers: dict[str, str]) -> Response:
    """An answer of JSON types."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, "application/json")


def read_json(shape: type[Model], body: bytes) -> Model:
    """A body of this shape. Raises RequestValidationError, and HTTPException (400) for what no parser takes."""
    try:
        return shape.model_validate(json.loads(body))
    except json.JSONDecodeError as error:
        told = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error", "input": {}}
        raise RequestValidationError([told]) from error
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in found]) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "There was an error parsing the body") from error
