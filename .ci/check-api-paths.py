"""Fails when a path of a function's Api event is not in the API that SAM deploys: into a given body SAM puts none, and says nothing."""
import sys
from unittest.mock import patch

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


def paths_of(template):
    resources = yaml_parse(open(template, encoding="utf-8"))
    wanted = {
        (event["Properties"]["Path"], event["Properties"]["Method"].lower())
        for resource in resources["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
        for event in (resource["Properties"].get("Events") or {}).values()
        if event["Type"] == "Api"
    }
    # What `sam package` would put in place of what is local.
    local = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::StateMachine": "DefinitionUri"}
    for resource in resources["Resources"].values():
        if resource["Type"] in local:
            resource["Properties"][local[resource["Type"]]] = "s3://bucket/key"
    with patch("boto3.session.Session.region_name", "us-east-1"):
        made = transform(resources, {"Stage": "prod"}, ManagedPolicyLoader(None))["Resources"].values()
    bodies = [resource["Properties"]["Body"] for resource in made if resource["Type"] == "AWS::ApiGateway::RestApi"]
    deployed = {
        (path, method)
        for body in bodies
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
        if "x-amazon-apigateway-integration" in operation
    }
    permitted = sum(1 for resource in made if resource["Type"] == "AWS::Lambda::Permission")
    return wanted, deployed, permitted


status = 0
for template in sys.argv[1:]:
    wanted, deployed, permitted = paths_of(template)
    missing = sorted(wanted - deployed)
    if missing or permitted < len(wanted):
        print(f"{template}: not in the deployed API: {missing}; {permitted} permissions for {len(wanted)} events")
        status = 1
    else:
        print(f"{template}: {len(wanted)} routes, all deployed")
sys.exit(status)
