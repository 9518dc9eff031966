"""Holds alerts and dashboard to a daemon's metrics: names.py METRICS RULES DASHBOARD QUERIES

METRICS is what a daemon has answered at /metrics. Every metric of the daemon that an expression names
has to be there, and some sample of it has to have the labels that the expression asks for. The
dashboard's expressions are written to QUERIES as rules, for promtool to read.
"""

import json
import re
import sys

# What Prometheus makes of a scrape and of its rules.
OF_PROMETHEUS = {"up", "ALERTS"}
# Labels that a scrape adds, or that a histogram's buckets have.
OF_A_SCRAPE = {"job", "instance"}

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? \S+$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
SELECTOR = re.compile(r"\b((?:orchestrator|process)_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def samples(text):
    """The label sets of each metric's samples."""
    found = {}
    for line in text.splitlines():
        sample = SAMPLE.match(line)
        if sample:
            found.setdefault(sample[1], []).append(dict(LABEL.findall(sample[2] or "")))
    return found


def expressions_of_rules(text):
    """Each `expr:` of a rule file, whether on its line or folded below it."""
    found = []
    lines = text.splitlines()
    for number, line in enumerate(lines):
        head = re.match(r"^(\s*)expr: (.*)$", line)
        if not head:
            continue
        expression = [] if head[2] == ">-" else [head[2]]
        for rest in lines[number + 1 :] if not expression else []:
            if len(rest) - len(rest.lstrip()) <= len(head[1]):
                break
            expression.append(rest.strip())
        found.append(" ".join(expression))
    return found


def expressions_of_dashboard(dashboard):
    """The expressions of panels and annotations, and the queries behind variables."""
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    notes = [note["expr"] for note in dashboard["annotations"]["list"]]
    variables = [
        re.sub(r"^label_values\((.*), \w+\)$", r"\1", variable["definition"])
        for variable in dashboard["templating"]["list"]
        if variable["type"] == "query"
    ]
    return panels + notes + variables


def faults(expression, found):
    """What the expression names and the daemon does not have."""
    for name, matchers in SELECTOR.findall(expression):
        if name in OF_PROMETHEUS:
            continue
        if name not in found:
            yield f"no metric {name}"
            continue
        for label, operator, value in MATCHER.findall(matchers):
            if label in OF_A_SCRAPE:
                continue
            held = [labels[label] for labels in found[name] if label in labels]
            if not held:
                yield f"{name} has no label {label}"
            elif operator == "=" and value not in held:
                yield f'{name} has no {label}="{value}"'


def main():
    metrics, rules, dashboard, queries = sys.argv[1:]
    found = samples(open(metrics).read())
    alerts = expressions_of_rules(open(rules).read())
    shown = expressions_of_dashboard(json.load(open(dashboard)))
    if not found or not alerts or not shown:
        sys.exit(f"read {len(found)} metrics, {len(alerts)} alerts, {len(shown)} expressions")
    wrong = [(x, fault) for x in alerts + shown for fault in faults(x, found)]
    for expression, fault in wrong:
        print(f"{fault}\n  in: {expression}", file=sys.stderr)
    with open(queries, "w") as file:
        # Rule files are YAML, of which JSON is a part.
        plain = [re.sub(r"\$__rate_interval", "5m", x) for x in shown]
        records = [{"record": f"shown:{n}", "expr": x} for n, x in enumerate(plain)]
        json.dump({"groups": [{"name": "dashboard", "rules": records}]}, file)
    if wrong:
        sys.exit(1)
    print(f"{len(alerts)} alerts and {len(shown)} expressions of the dashboard name what is there")


main()
