# SPDX-License-Identifier: MIT
"""Checks a file against a definition of docs/json.schema.json.

schema.py SCHEMA DEFINITION FILE [lines]   silent when it fits; else the first mistakes, status 1
schema.py SCHEMA --itself                  is the schema one?
schema.py SCHEMA DEFINITION FILE lines|whole mutants
    Breaks the file's objects one way at a time - a required key is left out, a value gets a
    wrong type, a key of ours gets another name - and prints how many of these the schema let
    pass, and which.
"""
import copy
import json
import sys

import jsonschema


def resolve(schema, part):
    while "$ref" in part:
        part = schema["definitions"][part["$ref"].rsplit("/", 1)[1]]
    return part


def forms(schema, part):
    """The objects that a definition may stand for."""
    part = resolve(schema, part)
    for key in ("oneOf", "anyOf"):
        if key in part:
            for inner in part[key]:
                yield from forms(schema, inner)
    if "properties" in part:
        yield part


def validator(schema, name):
    return jsonschema.Draft7Validator(
        {"$schema": schema["$schema"], "$ref": "#/definitions/" + name,
         "definitions": schema["definitions"]})


def fits_type(schema, part, value):
    """By the types alone that the definition names: no judgement of the validator's."""
    part = resolve(schema, part)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in part:
            return any(fits_type(schema, inner, value) for inner in part[key])
    types = part.get("type", [])
    name = {dict: "object", list: "array", str: "string"}[type(value)]
    return name in types if isinstance(types, list) else name == types


def mutants(schema, part, value):
    """(what was done, the value with it done) for each thing that can be broken."""
    part = resolve(schema, part)
    if isinstance(value, list) and "items" in part and value:
        for what, broken in mutants(schema, part["items"], value[0]):
            yield "[0]" + what, [broken] + value[1:]
        return
    if not isinstance(value, dict):
        return
    form = next((f for f in forms(schema, part) if set(f["required"]) <= set(value)), None)
    if form is None:
        return
    for key in form["required"]:
        broken = copy.deepcopy(value)
        del broken[key]
        yield " without " + key, broken
    for key in form["properties"]:
        if key not in value:
            continue
        wrong = next(v for v in ({"a": 1}, [{"a": 1}], "some text") if not fits_type(schema, form["properties"][key], v))
        yield " with another type of " + key, {**value, key: wrong}
        for what, inner in mutants(schema, form["properties"][key], value[key]):
            yield "." + key + what, {**value, key: inner}
    if form.get("additionalProperties") is False:
        yield " with one key too many", {**value, "nobody_knows_it": 1}


def main(argv):
    with open(argv[1], encoding="utf-8") as f:
        schema = json.load(f)
    if argv[2] == "--itself":
        jsonschema.Draft7Validator.check_schema(schema)
        return 0
    with open(argv[3], encoding="utf-8") as f:
        text = f.read()
    lines = "lines" in argv[4:]
    values = [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]
    check = validator(schema, argv[2])
    if "mutants" in argv[4:]:
        tried, passed = 0, []
        for value in values[:200]:
            for what, broken in mutants(schema, schema["definitions"][argv[2]], value):
                tried += 1
                if check.is_valid(broken):
                    passed.append(what.strip())
        print(len(passed), "of", tried, "pass" if tried else "pass: nothing to break", *sorted(set(passed))[:5])
        return 0 if tried else 1
    if not values:
        print("there is nothing in it")
        return 1
    mistakes = [(i, e) for i, value in enumerate(values) for e in check.iter_errors(value)]
    for i, e in mistakes[:5]:
        print("%d: /%s: %s" % (i + 1, "/".join(map(str, e.absolute_path)), e.message[:300]))
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
