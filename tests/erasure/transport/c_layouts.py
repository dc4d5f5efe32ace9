"""Where the members of a C struct lie, worked out from the text of a kernel header on x86-64. Nothing is compiled."""

import re

SIZES = {
    "__u8": 1,
    "unsigned char": 1,
    "__u16": 2,
    "unsigned short int": 2,
    "__u32": 4,
    "int": 4,
    "unsigned int": 4,
    "__u64": 8,
    "void *": 8,
    "unsigned char *": 8,
}
MEMBER = re.compile(r"^\s*(?P<type>[a-z_0-9 ]+?\**)\s*(?P<name>\w+)(?:\[(?P<count>\w+)\])?;")
CONSTANTS = {"OPAL_KEY_MAX": 256}


def layout(header: str, struct: str) -> tuple[dict[str, int], int]:
    """Return the offset of each member and the size of `struct` in the text of a header."""
    bare = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    found = re.search(rf"struct {struct}\s*\{{(.*?)\n\}}", bare, re.DOTALL)
    assert found is not None, f"no struct {struct} there"
    offsets, end, widest = {}, 0, 1
    for line in found[1].splitlines():
        member = MEMBER.match(line.replace("* ", " *").replace(" *", " * ").replace("*  ", "* "))
        if member is None:
            continue
        size = SIZES[" ".join(member["type"].split())]
        count = CONSTANTS.get(member["count"] or "") or int(member["count"] or 1)
        end += -end % size
        offsets[member["name"]], end, widest = end, end + size * count, max(widest, size)
    return offsets, end + -end % widest
