"""The Helm chart, rendered by Helm's own engine (helm-python-sdk, which carries it) and held against Kubernetes' schemas (kubernetes-validate): that no
cluster has run it is what these cannot show. Also compose.yaml, as far as its schema goes. Called as the other files of checks."""
import os, subprocess, sys

import helm_python as helm
import kubernetes_validate
import yaml

BINARIES, FOLDER, CHECK = sys.argv[1:4]
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
CHART = os.path.join(SOURCE, "deploy/chart")
EVERYTHING = {
    "image": {"repository": "registry.example.org/carillon", "digest": "sha256:" + "0" * 64, "pullSecrets": [{"name": "pull"}]},
    "ingress": {"enabled": True}, "storage": {"className": "fast"}, "nodeSelector": {"disk": "ssd"}, "podAnnotations": {"a": "b"},
    "tolerations": [{"key": "a", "operator": "Exists"}], "affinity": {"nodeAffinity": {}}}


def rendered(values):
    """By kind."""
    with helm.Chart.load(CHART) as chart:
        chart.validate_schema(values)
        texts = chart.render(values, name="bell", namespace="schools")
    objects = [item for name, text in texts.items() if name.endswith(".yaml") for item in yaml.safe_load_all(text) if item]
    return {item["kind"]: item for item in objects}


def valid(objects):
    for item in objects.values():
        if item["kind"] == "ServiceMonitor":
            continue
        for version in ("1.28", "1.34"):
            kubernetes_validate.validate(item, version, strict=True)


def chart():
    report = helm.lint(CHART, strict=True)
    assert not report["errors"] and all(message["severity"] < 2 for message in report["messages"]), report
    for values in ({}, EVERYTHING):
        valid(rendered(values))
    objects = rendered({})
    assert set(objects) == {"StatefulSet", "Service", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy"}, set(objects)
    assert set(rendered({**EVERYTHING, "serviceMonitor": {"enabled": True}})) == {*objects, "Ingress", "ServiceMonitor"}
    pod = objects["StatefulSet"]["spec"]["template"]
    # What selects the pod is on the pod.
    for kind, selector in (("Service", "selector"), ("PodDisruptionBudget", None), ("NetworkPolicy", None)):
        spec = objects[kind]["spec"]
        chosen = spec[selector] if selector else (spec.get("selector") or spec["podSelector"])["matchLabels"]
        assert chosen.items() <= pod["metadata"]["labels"].items(), kind
    container = pod["spec"]["containers"][0]
    assert container["securityContext"]["readOnlyRootFilesystem"] and pod["spec"]["securityContext"]["runAsNonRoot"]
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    claims = {claim["metadata"]["name"] for claim in objects["StatefulSet"]["spec"]["volumeClaimTemplates"]}
    assert mounts == claims | {volume["name"] for volume in pod["spec"]["volumes"]}
    # The log of orders has a key, out of the secret; whoever has none yet, or a file of another name, is not given one that is not there.
    def audit(values):
        objects = rendered(values)
        variables = {item["name"]: item["value"] for item in objects["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]["env"]}
        return variables.get("CARILLON_AUDIT_KEYFILE")
    secrets = next(mount for mount in container["volumeMounts"] if mount["name"] == "secrets")["mountPath"]
    assert audit({}) == f"{secrets}/audit.key"
    assert audit({"auditKey": False}) is None
    assert audit({"config": {"audit": {"keyFile": f"{secrets}/mine.key"}}}) is None
    # Nobody is let in by an empty list.
    closed = rendered({"networkPolicy": {"apiFrom": [], "metricsFrom": []}})["NetworkPolicy"]["spec"]
    assert closed["ingress"] == [] and "Ingress" in closed["policyTypes"]
    # Another configuration is another pod, the same one is not.
    def mark(values):
        return rendered(values)["StatefulSet"]["spec"]["template"]["metadata"]["annotations"]["carillon/configuration"]
    assert mark({}) == mark({"image": {"tag": "1"}}) != mark({"config": {"merge": {"windowSeconds": 0}}})


def values_are_checked():
    for wrong in ({"storage": {"size": "20GB"}}, {"storage": {"sise": "20Gi"}}, {"image": {"digest": "latest"}}, {"replicas": 2}, {"auditKey": "yes"},
                  {"config": {"data": "/x"}}, {"config": {"storage": {"keyFile": "x"}}}, {"networkPolicy": {"egressPorts": ["443"]}}):
        try:
            with helm.Chart.load(CHART) as chart:
                chart.validate_schema(chart.merge_values(wrong))
        except helm.HelmError:
            continue
        raise AssertionError(f"taken: {wrong}")


def configuration_is_the_gateways():
    """What the pod is started with passes the gateway's own check, in the pod's folders put elsewhere."""
    objects = rendered({"config": {"publishers": [{"name": "one", "schools": ["*"], "keysFile": f"{FOLDER}/one.keys"}]}})
    path = os.path.join(FOLDER, "carillon.yaml")
    with open(path, "w") as file:
        file.write(objects["ConfigMap"]["data"]["carillon.yaml"])
    for kind, name in (("storage", "storage.key"), ("audit", "audit.key"), ("publisher", "one.key")):
        made = subprocess.run([f"{BINARIES}/carillon", "key", "generate", kind, "--out", f"{FOLDER}/{name}"], capture_output=True, text=True, check=True)
    with open(os.open(f"{FOLDER}/one.keys", os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write(made.stdout)
    variables = {item["name"]: item["value"] for item in objects["StatefulSet"]["spec"]["template"]["spec"]["containers"][0]["env"]}
    variables.update(CARILLON_LISTEN_ADMIN=f"{FOLDER}/admin.sock", CARILLON_DATA=f"{FOLDER}/data")
    for name in ("CARILLON_STORAGE_KEYFILE", "CARILLON_AUDIT_KEYFILE"):
        variables[name] = FOLDER + "/" + os.path.basename(variables[name])
    for name in ("CARILLON_LISTEN_PUBLIC", "CARILLON_LISTEN_METRICS"):
        variables[name] = variables[name].split(":")[0] + ":0"
    checked = subprocess.run([f"{BINARIES}/carillon", "config", "check", "--config", path], capture_output=True, text=True, env={**os.environ, **variables})
    assert checked.returncode == 0, checked


def compose():
    """Names, volumes and networks that are used exist; the ports are the gateway's. Docker has not run it."""
    told = yaml.safe_load(open(os.path.join(SOURCE, "deploy/compose.yaml")))
    for name, service in told["services"].items():
        assert service["image"], name
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith("./") or source in told["volumes"], (name, source)
        assert set(service["networks"]) <= set(told["networks"]), name
    carillon, caddy = told["services"]["carillon"], told["services"]["caddy"]
    assert carillon["read_only"] and carillon["cap_drop"] == ["ALL"] and "ports" not in carillon
    assert carillon["environment"]["CARILLON_SERVER_TRUSTEDPROXIES_0"] == caddy["networks"]["inside"]["ipv4_address"]


next(check for check in (chart, values_are_checked, configuration_is_the_gateways, compose) if check.__name__ == CHECK)()
