"""XML of strangers into plain nodes: no document type, no entity, no reference outside; size and depth are bounded.

Expat is asked for events only. Whatever would make it read or expand something else ends the reading.
"""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # every declaration is refused below

from hub.imported.reported import Trouble, Unreadable

MOST_BYTES = 8 * 2**20
MOST_NODES = 60_000
DEEPEST = 40
MOST_TEXT = 4_096  # characters of one element; what follows is left out


@dataclass(slots=True)
class Node:
    """One element: its name without prefix, its attributes, its own text, its children."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def first(self, *names: str) -> "Node | None":
        """The first descendant that a path of names leads to, each one level down."""
        found: Node | None = self
        for name in names:
            found = next((one for one in found.children if one.name == name), None) if found else None
        return found

    def said(self, *names: str) -> str:
        """The text at the end of a path; "" where there is none."""
        found = self.first(*names)
        return found.text.strip() if found else ""

    def every(self, name: str) -> list["Node"]:
        """All descendants of this name, in order; those inside one that was found are left out."""
        found, left = [], [*reversed(self.children)]
        while left:
            one = left.pop()
            if one.name == name:
                found.append(one)
            else:
                left.extend(reversed(one.children))
        return found


class _Builder:
    def __init__(self) -> None:
        self.root = Node("", {})
        self.open = [self.root]
        self.nodes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES or len(self.open) > DEEPEST:
            raise Unreadable(Trouble.TOO_LARGE)
        node = Node(name.rpartition(":")[2], attributes)
        self.open[-1].children.append(node)
        self.open.append(node)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        if len(self.open[-1].text) < MOST_TEXT:
            self.open[-1].text += data


def _refuse(*_declared: Any) -> Any:
    raise Unreadable(Trouble.XML_ENTITIES)


def check_xml(data: bytes) -> None:
    """Raise Unreadable for XML that declares anything or is broken; for parts that another library reads afterwards."""
    _parse(expat.ParserCreate(), data)


def read_xml(data: bytes) -> Node:
    """The root element of a document. Raises Unreadable."""
    if len(data) > MOST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    parser, builder = expat.ParserCreate(), _Builder()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    _parse(parser, data)
    return builder.root.children[0]


def _parse(parser: expat.XMLParserType, data: bytes) -> None:
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable(Trouble.XML) from error
