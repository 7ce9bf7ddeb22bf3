"""What the API says that it answers is what the page takes it for: the types of both, compared by TypeScript itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from spaces_feature.web.openapi import REF, document
from tests.real_parts import find_node, go_without

FRONTEND = Path(__file__).parents[2] / "spaces_feature" / "frontend"
ANSWERS = {
    "core/types": ("Profile", "Space", "Seat", "SpeakRequest", "Invitation", "Me", "Snapshot", "OwnConsent as Consent"),
    "core/plan-types": ("Card", "ListedSpace"),
    "core/calls": ("Joined as JoinGrant", "OwnAccount as MyPlace", "Participant", "Removal", "RecentSpeaker", "Topic"),
    "core/clip-types": ("Clip", "Hold"),
    "core/recording-calls": ("Recording as KeptRecording",),
    "replay/recording": ("Recording", "Fragment", "Gap", "Chapter"),
}
"""Module of the page, and what it takes from the API: the API's name, and the page's where that is another."""
WHOLE = ("Profile", "Space", "Seat", "SpeakRequest", "Invitation", "Me", "OwnConsent as Consent")
"""Of these the page knows every field and no other, and every value of each."""
BODIES = {
    "core/calls": ("StartBody as NewSpace",),
    "core/plan-types": ("EditBody as Edit",),
    "core/clip-types": ("ClipBody as NewClip",),
}
"""What the page sends; the API's name first."""


def test_the_page_takes_every_answer_for_what_it_is(tmp_path: Path) -> None:
    """Each answer fits the page's type, each body of the page the API's; what is mirrored whole is alike both ways.

    Whatever else the API said is found: a value that the page does not know, a field that it lacks, and null unsaid,
    such as that of whose voice is kept, to who is not on stage.
    """
    wire = declarations()
    changes = (
        ("is_kept: boolean | null", "is_kept: boolean | null | string"),
        ("is_kept: boolean | null;", "is_kept: boolean | null; was_kept: boolean;"),
        ("is_kept: boolean | null", "is_kept: boolean"),
        ('state: "making" | "ready"', 'state: "making" | "ready" | "lost"'),
        ("ends_at?: string | null;", "ends_at?: number;"),
    )
    assert all(said in wire for said, _ in changes)
    others = {f"wire{number}": wire.replace(*change) for number, change in enumerate(changes)}
    found = complaints(tmp_path, {"wire": wire, **others})
    assert found.pop("wire") == []
    assert [name for name, words in found.items() if not words] == []


def complaints(folder: Path, wires: dict[str, str]) -> dict[str, list[str]]:
    """What TypeScript has to say about declarations of the API's, by name, each beside the page's."""
    tsc = FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"
    if not tsc.exists():
        go_without(FileNotFoundError("TypeScript is not installed (npm ci in the front end)"))
    for name, wire in wires.items():
        (folder / f"{name}.ts").write_text(wire)
        (folder / f"{name}-both.ts").write_text("\n".join([f"import type * as Wire from './{name}';", *claims()]))
    options = {"noUnusedLocals": False, "types": []}
    files = [f"{name}-both.ts" for name in wires]
    settings = {"extends": str(FRONTEND / "tsconfig.json"), "compilerOptions": options, "include": [], "files": files}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    command = [find_node(), str(tsc), "--project", str(folder), "--pretty", "false"]
    lines = subprocess.run(command, capture_output=True, text=True, cwd=folder).stdout.splitlines()
    assert all(line.startswith((" ", *(f"{name}-both.ts(" for name in wires))) for line in lines), lines
    return {name: [line for line in lines if line.startswith(f"{name}-both.ts(")] for name in wires}


def claims() -> list[str]:
    """One line for each pair: of the one type something is given to who expects the other."""
    lines = ["export {};"]
    for module in ANSWERS | BODIES:
        lines.append(f"import type * as {alias(module)} from {json.dumps(str(FRONTEND / 'src' / module))};")
    for module, names in ANSWERS.items():
        for theirs, ours in map(named, names):
            given, taken = f"Wire.{theirs}", f"{alias(module)}.{ours}"
            lines.append(f"((one: {given}): {taken} => one);")
    for theirs, ours in map(named, WHOLE):
        lines.append(f"((one: Required<core_types.{ours}>): Wire.{theirs} => one);")
    for module, names in BODIES.items():
        for theirs, ours in map(named, names):
            lines.append(f"((one: {alias(module)}.{ours}): Wire.{theirs} => one);")
    return lines


def alias(module: str) -> str:
    """What a module of the page is called in the comparison."""
    return module.replace("/", "_").replace("-", "_")


def named(pair: str) -> tuple[str, str]:
    """The API's name and the page's."""
    theirs, _, ours = pair.partition(" as ")
    return theirs, ours or theirs


def declarations() -> str:
    """The models of the API as TypeScript."""
    schemas = document("/spaces", "0")["components"]["schemas"]
    return "\n".join(f"export type {name} = {written(schema)};" for name, schema in schemas.items())


def written(schema: dict[str, Any]) -> str:
    """One JSON Schema as a type."""
    match schema:
        case {"$ref": place}:
            return str(place).removeprefix(REF.format(model=""))
        case {"anyOf": some} | {"oneOf": some}:
            return " | ".join(map(written, some))
        case {"const": value}:
            return json.dumps(value)
        case {"enum": values}:
            return " | ".join(map(json.dumps, values))
        case {"type": "object", "properties": fields}:
            needed = schema.get("required", [])
            return (
                "{ "
                + " ".join(f"{key}{'' if key in needed else '?'}: {written(one)};" for key, one in fields.items())
                + " }"
            )
        case {"type": "object", "additionalProperties": dict() as values}:
            return f"Record<string, {written(values)}>"
        case {"type": "array", "items": items}:
            return f"({written(items)})[]"
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as kind}:
            return str(kind)
    return "unknown"
