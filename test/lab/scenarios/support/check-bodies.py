"""Compares JSON bodies with the models of the Azure SDK that az brings.

Reads a list of {"model": name, "body": object} from standard input, and prints a list of texts: each field that the
model does not know, or whose value has another type.
"""

import datetime
import enum
import json
import re
import sys
import typing

import azure.mgmt.compute.v2024_11_01.models as compute
import azure.mgmt.containerservice.models as containerservice
import azure.mgmt.resource.resources.v2025_04_01.models as resources

SIMPLE = {"str": str, "int": int, "bool": bool, "float": float, "iso-8601": str, "object": object}

# The status of an operation has no model: these are the fields of common-types/resource-management, OperationStatusResult.
STATUS = {
    **dict.fromkeys(["id", "resourceId", "name", "status", "startTime", "endTime"], str),
    **{"percentComplete": float, "operations": list, "error": dict, "properties": dict},
}


def check_value(value, kind, path):
    """Compares a value with a Python type."""
    if kind is typing.Any or kind is object or value is None:
        return []
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Union:
        found = [check_value(value, each, path) for each in arguments if each is not type(None)]
        return min(found, key=len)
    if origin is typing.Literal:
        return check_value(value, str, path)
    if origin is list:
        if not isinstance(value, list):
            return [f"{path} is no list"]
        return [problem for item in value for problem in check_value(item, arguments[0], f"{path}[]")]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{path} is no object"]
        return [problem for key, item in value.items() for problem in check_value(item, arguments[1], f"{path}.{key}")]
    if isinstance(kind, type) and issubclass(kind, (enum.Enum, datetime.datetime)):
        kind = str
    if hasattr(kind, "_attribute_map"):
        return check_mapped(value, kind, path)
    if hasattr(kind, "_flattened_items") or hasattr(kind, "as_dict"):
        return check_annotated(value, kind, path)
    if kind is float:
        kind = (int, float)
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    return [] if fits else [f"{path} is {type(value).__name__}"]


def check_annotated(body, model, path):
    """Compares a body with a model whose fields have annotations, as in the packages that TypeSpec generates."""
    if not isinstance(body, dict):
        return [f"{path} is no object"]
    model({})
    module = sys.modules[model.__module__]
    hints = typing.get_type_hints(model, {**vars(typing), **vars(module), "_models": containerservice, "datetime": datetime})
    kinds = {field._rest_name: hints[name] for name, field in model._attr_to_rest_field.items()}
    return check_fields(body, kinds, path)


def check_mapped(body, model, path):
    """Compares a body with a model that maps its attributes to keys such as `properties.provisioningState`."""
    if not isinstance(body, dict):
        return [f"{path} is no object"]
    registry = vars(sys.modules[model.__module__])
    kinds = {}
    for entry in model._attribute_map.values():
        keys = [key.replace("\\.", ".") for key in re.split(r"(?<!\\)\.", entry["key"])]
        place = kinds
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = read_type(entry["type"], registry)
    return check_fields(body, kinds, path)


def read_type(text, registry):
    if text.startswith("["):
        return list[read_type(text[1:-1], registry)]
    if text.startswith("{"):
        return dict[str, read_type(text[1:-1], registry)]
    return SIMPLE.get(text) or registry[text]


def check_fields(body, kinds, path):
    problems = []
    for key, value in body.items():
        place = f"{path}.{key}"
        if key not in kinds:
            problems.append(f"{place} is unknown")
        elif isinstance(kinds[key], dict):
            problems += check_fields(value, kinds[key], place)
        else:
            problems += check_value(value, kinds[key], place)
    return problems


def find_model(name):
    for package in (containerservice, compute, resources):
        if hasattr(package, name):
            return getattr(package, name)
    raise KeyError(name)


def check(name, body):
    if name == "OperationStatus":
        return check_fields(body, STATUS, name)
    return check_value(body, find_model(name), name)


print(json.dumps([problem for item in json.load(sys.stdin) for problem in check(item["model"], item["body"])]))
