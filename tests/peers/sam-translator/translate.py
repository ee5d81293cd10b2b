"""Reads a template by SAM's own parser, puts it through SAM's translator, and resolves by SAM's resolver what SAM resolves.

Standard input: [{"template": file, "parameters": {name: value}, "references": {name: value}}]. Parameters are the template's own; references
are what Ref gives of everything else, by its logical id, and Fn::GetAtt by "id.attribute". Standard output: for each, the resources as
CloudFormation would get them, by logical id; what SAM leaves to CloudFormation (Fn::Join, Fn::If and their like) still stands there.
"""

import json
import logging
import os
import sys

os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
logging.disable(logging.CRITICAL)

from samtranslator.intrinsics.actions import FindInMapAction, RefAction, SubAction
from samtranslator.intrinsics.resolver import IntrinsicsResolver
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse


def translate(template_file, parameters):
    with open(template_file, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    # A package is what SAM's translator is given, after bundles and definitions were uploaded.
    uploaded = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::StateMachine": "DefinitionUri"}
    for resource in template["Resources"].values():
        name = uploaded.get(resource["Type"])
        if name:
            resource["Properties"][name] = "s3://bundles/" + resource["Properties"][name]
    resources = Translator({}, Parser()).translate(template, dict(parameters))["Resources"]
    return resources, template.get("Mappings", {})


def resolve_attributes(value, references):
    if isinstance(value, list):
        return [resolve_attributes(item, references) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::GetAtt"]:
        name = ".".join(value["Fn::GetAtt"]) if isinstance(value["Fn::GetAtt"], list) else value["Fn::GetAtt"]
        return references.get(name, f"<{name}>")
    return {key: resolve_attributes(item, references) for key, item in value.items()}


def answer(request):
    resources, mappings = translate(request["template"], request["parameters"])
    values = {**request["references"], **request["parameters"]}
    resolver = IntrinsicsResolver(values, {action.intrinsic_name: action for action in (RefAction(), SubAction())})
    maps = IntrinsicsResolver(mappings, {"Fn::FindInMap": FindInMapAction()})

    def resolve(properties):
        return resolve_attributes(maps.resolve_parameter_refs(resolver.resolve_parameter_refs(properties)), values)

    return {
        logical_id: {"type": resource["Type"], "properties": resolve(resource.get("Properties", {}))}
        for logical_id, resource in resources.items()
    }


answers = [answer(request) for request in json.load(sys.stdin)]
# The translator tells of metrics on standard output, too: what is ours is the last line.
print()
print(json.dumps(answers))
