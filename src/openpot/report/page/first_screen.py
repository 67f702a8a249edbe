"""The top of the page: is the model good, which figures say so, what is wrong, and what to do next."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from openpot.graph.stored_size import format_size
from openpot.measure.executed_graph import Arithmetic
from openpot.report.page.charts import draw_bars, draw_shares
from openpot.report.page.markup import Content, bullet_list, element, section, table
from openpot.report.run_record import RunRecord
from openpot.report.verdict import Level, Verdict

_SHARE_STYLES = {
    Arithmetic.INT8: ("in INT8", "int8"),
    Arithmetic.WEIGHT_ONLY: ("integer weights, computed in float", "packed"),
    Arithmetic.FLOAT: ("in float", "float"),
}
UNKNOWN_SHOWN = 5e-4


def build_first_screen(run: RunRecord) -> list[Content]:
    """Verdict, likely causes, warnings, next steps and figures, in this order."""
    return [
        build_verdict(run),
        build_findings(run),
        build_warnings(run),
        build_next_steps(run),
        build_figures(run),
        build_shares(run),
    ]


def build_verdict(run: RunRecord) -> Element:
    """The outcome in a sentence, with quality, size and speed below."""
    verdict = run.verdict or Verdict(Level.CAUTION, f"Status: {run.status}", ())
    subject = f"{run.settings.get('model', 'model')} for {run.plan.target_device}"
    return element(
        "section",
        element("p", element("code", subject), class_="soft"),
        element("h1", verdict.title),
        *(element("p", sentence) for sentence in verdict.sentences),
        class_=f"verdict {verdict.level}",
    )


def build_findings(run: RunRecord) -> Element | None:
    """Likely causes of a result that disappoints."""
    if not run.findings:
        return None
    parts = [
        element(
            "div",
            element("p", f"{finding.severity}: {finding.text}"),
            element("p", finding.remedy, class_="soft"),
            class_="finding",
        )
        for finding in run.findings
    ]
    return section("What may be wrong", *parts)


def build_warnings(run: RunRecord) -> Element | None:
    """What the user should know, each once."""
    texts = list(dict.fromkeys(run.warnings))
    return section("Warnings", bullet_list(texts), class_="warnings") if texts else None


def build_next_steps(run: RunRecord) -> Element | None:
    """What to try, as commands that can be copied."""
    if not run.next_steps:
        return None
    parts: list[Content] = []
    for step in run.next_steps:
        parts += [element("p", step.reason), element("pre", step.command)]
    return section("What to try next", *parts)


def build_figures(run: RunRecord) -> Element:
    """Metric, size and speed before and after, as a table and as bars."""
    sizes = [
        ("size before", float(run.size_before), format_size(run.size_before), "before"),
        ("size after", float(run.size_after), format_size(run.size_after), "after"),
    ]
    charts = [draw_bars("Size of the constants", sizes)]
    if run.speedup is not None:
        ratios = {"throughput": run.speedup.throughput.median, "latency": run.speedup.latency.median}
        speeds = [("before", 1.0, "1", "before")]
        speeds += [(name, ratio, f"{ratio:.2f}x", "after") for name, ratio in ratios.items()]
        charts.append(draw_bars("Speed, higher is faster", speeds))
    return section("Before and after", build_figures_table(run), *charts)


def build_figures_table(run: RunRecord) -> Element:
    """Metric, size and speed before and after; the first column of figures is headed by the source's precision."""
    before, after = run.metric_before or {}, run.metric_after or {}
    samples = f"{run.metric_samples} samples"
    rows = [[name, f"{before[name]:.4f}", f"{after[name]:.4f}", samples] for name in before if name in after]
    rows.append(["constants", format_size(run.size_before), format_size(run.size_after), _describe_ratio(run)])
    if run.speedup is not None:
        default = run.speedup.over_default
        ratios = {"throughput over f32": run.speedup.throughput, "latency over f32": run.speedup.latency}
        if default is not None:
            ratios[f"throughput over {default.precision}, the default"] = default.throughput
            ratios[f"latency over {default.precision}, the default"] = default.latency
        ratios["f32 over itself"] = run.speedup.noise
        rows += [
            [name, "1", f"{ratio.median:.2f}x", f"middle half {ratio.lower:.2f} to {ratio.upper:.2f}"]
            for name, ratio in ratios.items()
        ]
    return table(["", str(run.settings.get("precision_before") or "FP32"), "INT8", ""], rows)


def _describe_ratio(run: RunRecord) -> str:
    if not run.size_after or not run.size_before:
        return ""
    if run.size_after > run.size_before:
        return f"{run.size_after / run.size_before:.2f}x larger"
    return f"{run.size_before / run.size_after:.2f}x smaller"


def build_shares(run: RunRecord) -> Element | None:
    """What the multiplications are computed in."""
    if not run.work_shares:
        return None
    shares = [(label, run.work_shares.get(kind, 0.0), style) for kind, (label, style) in _SHARE_STYLES.items()]
    unknown = 1 - sum(share for _, share, _ in shares)
    note = f"Of {unknown:.1%} it is not known." if unknown > UNKNOWN_SHOWN else None
    title = "What the multiplications are computed in"
    return section(title, draw_shares(title, shares), element("p", note, class_="soft") if note else None)
