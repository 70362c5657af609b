"""Runs notebooks on the kernel of .NET Interactive's tool, as Jupyter does, and compares what they show with what the host's copies show."""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import time

import nbformat
from nbclient import NotebookClient

PLOTLY = "application/vnd.plotly.v1+json"


def text(value):
    return "".join(value) if isinstance(value, list) else value


def figures(cell):
    """Of each figure the kinds of its traces."""
    shown = []
    for output in cell.get("outputs", []):
        figure = output.get("data", {}).get(PLOTLY)
        if figure is not None:
            figure = json.loads(figure) if isinstance(figure, str) else figure
            shown.append([trace.get("type", "scatter") for trace in figure["data"]])
    return shown


def progress(cell):
    """Of each progress bar the share that is done."""
    html = [text(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", [])]
    return [share for fragment in html for share in re.findall(r'<progress value="([\d.]+)"', fragment)]


def complaints(executed, expected):
    of_host = {cell.get("id"): cell for cell in expected["cells"]}
    for cell in executed.cells:
        if cell.cell_type != "code":
            continue
        name, host = cell.get("id"), of_host[cell.get("id")]
        may_fail = "raises-exception" in cell.metadata.get("tags", [])
        for output in cell.outputs:
            if output.output_type == "error" and not may_fail:
                yield f"{name}: {output.ename}: {output.evalue[:500]}"
            shown = [text(form) for form in output.get("data", {}).values() if isinstance(form, (str, list))] + [text(output.get("text", ""))]
            if any("<null>" in form or "&lt;null&gt;" in form for form in shown):
                yield f"{name}: shows <null>"
        for what, here, there in [("figures", figures(cell), figures(host)), ("progress", progress(cell), progress(host))]:
            if here != there:
                yield f"{name}: {what} {here}, and {there} in the host"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--expected", type=pathlib.Path, required=True, help="the folder of the host's executed copies")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the folder for the copies that are executed here")
    parser.add_argument("notebooks", type=pathlib.Path, nargs="+")
    arguments = parser.parse_args()
    series = pathlib.Path("notebooks").resolve()
    failed = 0
    for path in arguments.notebooks:
        name = path.resolve().relative_to(series)
        executed = nbformat.read(path, as_version=4)
        started = time.monotonic()
        client = NotebookClient(
            executed, kernel_name=".net-csharp", timeout=600, allow_errors=True, resources={"metadata": {"path": str(path.parent)}})
        # What the tool says of its own start is no output of the notebook.
        client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        target = arguments.output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(executed, target)
        found = list(complaints(executed, json.loads((arguments.expected / name).read_text(encoding="utf-8"))))
        shown = sum(len(figures(cell)) for cell in executed.cells)
        print(f"{name}: {shown} figures, {time.monotonic() - started:.0f} s, {'conforms' if not found else 'differs'}", flush=True)
        for complaint in found:
            print(f"  {complaint}", flush=True)
        failed += bool(found)
    print(f"{len(arguments.notebooks) - failed} of {len(arguments.notebooks)} notebooks conform on .NET Interactive")
    sys.exit(1 if failed else 0)


main()
