"""The results of the sweep as Markdown: what they say in all, what openpot owes an explanation for, and every row."""
import json
import re
import statistics

SLOW_ENOUGH_MS = 1.0
WORTH_KEEPING_DB = 10.0
WORSE_BY_DB = 1.0


def rows_of(path):
    """The last line of each network."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return list({row["network"]: row for row in rows}.values())


def told(row, tool, key):
    return row["tools"].get(tool, {}).get(key)


def failed(row, tool):
    return told(row, tool, "error") or told(row, tool, "judge_error")


def pairs(rows, key):
    """What both tools have, (openpot, nncf) each."""
    both = [(told(row, "openpot", key), told(row, "nncf", key)) for row in rows]
    return [(ours, theirs) for ours, theirs in both if ours is not None and theirs is not None]


def is_behind(row):
    """Whether NNCF's result is worth keeping and openpot's is further from FP32 than it."""
    ours, theirs = told(row, "openpot", "db"), told(row, "nncf", "db")
    return None not in (ours, theirs) and theirs > WORTH_KEEPING_DB and ours < theirs - WORSE_BY_DB


def medians(values):
    return " | ".join("-" if not values else f"{statistics.median(value[number] for value in values):.2f}" for number in (0, 1))


def summary(rows):
    slow = [row for row in rows if (row.get("ms") or 0) > SLOW_ENOUGH_MS]
    yield "| | openpot | NNCF |\n|---|---|---|"
    yield "| crashes and refusals | " + " | ".join(str(sum(bool(failed(row, tool)) for row in rows)) for tool in ("openpot", "nncf")) + " |"
    yield "| networks with a lost output | " + " | ".join(str(sum(bool(told(row, tool, "lost")) for row in rows)) for tool in ("openpot", "nncf")) + " |"
    yield f"| closeness, dB, median | {medians(pairs(rows, 'db'))} |"
    yield f"| share of multiplications in INT8, median | {medians(pairs(rows, 'int8'))} |"
    yield f"| processor time, s, median | {medians(pairs(rows, 'cpu_s'))} |"
    yield f"| peak memory, MB, median | {medians(pairs(rows, 'peak_mb'))} |"
    yield f"| throughput against FP32, median of {len(pairs(slow, 'throughput'))} networks above {SLOW_ENOUGH_MS:g} ms | {medians(pairs(slow, 'throughput'))} |"
    gaps = [ours - theirs for ours, theirs in pairs(rows, "db")]
    if gaps:
        yield f"\nCloseness of openpot less that of NNCF: {statistics.median(gaps):+.1f} dB in the median of {len(gaps)} pairs."
    times = [ours / theirs for ours, theirs in pairs(rows, "cpu_s") if theirs]
    if times:
        yield f"Processor time of openpot as a share of NNCF's: {statistics.median(times):.2f} in the median."
    behind = [row for row in rows if is_behind(row)]
    yield f"openpot more than {WORSE_BY_DB:g} dB behind a result of NNCF above {WORTH_KEEPING_DB:g} dB: {len(behind)}" + ("".join(
        f"\n* {row['network']}: {told(row, 'openpot', 'db')} against {told(row, 'nncf', 'db')}" for row in behind))


def line(row):
    if "not_built" in row:
        return f"| {row['network']} | not built: {row['not_built']} |"
    cells = [row["network"], "-" if row.get("ms") is None else f"{row['ms']:.2f}"]
    for tool in ("openpot", "nncf"):
        if failed(row, tool):
            cells += [re.sub(r"\s+", " ", failed(row, tool))[:80].replace("|", "/"), *["-"] * 4]
            continue
        decibels, others = told(row, tool, "db"), told(row, tool, "others")
        near = " / ".join([*([] if decibels is None else [f"{decibels:.1f}"]), *([] if others is None else [f"{others:.0%} other"])]) or "-"
        cells += [near, *("-" if (value := told(row, tool, key)) is None else f"{value:{form}}"
                          for key, form in (("int8", ".0%"), ("throughput", ".2f"), ("cpu_s", ".1f"), ("peak_mb", ".0f")))]
    return "| " + " | ".join(cells) + " |"


def print_table(path):
    rows = rows_of(path)
    built = [row for row in rows if "not_built" not in row]
    print(f"{len(built)} networks.\n")
    print(*summary(built), sep="\n")
    print("\n| network | FP32, ms | openpot: dB | INT8 | throughput x | processor s | peak MB | NNCF: dB | INT8 | throughput x | processor s | peak MB |")
    print("|---" * 12 + "|")
    print(*map(line, sorted(rows, key=lambda row: row["network"])), sep="\n")
