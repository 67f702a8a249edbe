"""A table of what bench.py wrote: table.py results.jsonl > table.md. Later lines of a task and tool replace earlier ones."""
import json
import statistics
import sys

SKIPPED = {"task", "tool", "what", "quantize_s", "core_s", "peak_mb", "speedup", "eval_s", "load_s", "fp32_agree", "fp32_sqnr_db"}
found = {}
with open(sys.argv[1]) as file:
    for line in file:
        record = json.loads(line)
        found.setdefault(record["task"], {})[record["tool"]] = record


def primary(fp32, record):
    name = next(key for key in fp32 if key not in SKIPPED and isinstance(fp32[key], float))
    return f"{record.get(name, float('nan')):.4f}"


def closeness(record):
    if "fp32_sqnr_db" in record:
        return f"{record['fp32_sqnr_db']:.1f} dB"
    return f"{record['fp32_agree']:.3f}" if record.get("fp32_agree") else "-"


def speed(record, which):
    return " / ".join(f"{model[which][0]:.2f}" for model in record.get("speedup", {}).values())


print("| task | metric FP32 | NNCF | openpot | close to FP32: NNCF | openpot | time: floor, s | NNCF | openpot | peak MB: floor | NNCF | openpot | throughput x: NNCF | openpot | latency x: NNCF | openpot | noise |")
print("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
ratios, over = [], []
for task, tools in sorted(found.items()):
    fp32, floor, nncf, ours = (tools.get(name, {}) for name in ("fp32", "floor", "nncf", "openpot"))
    errors = [f"{name}: {tools[name]['error']}" for name in tools if "error" in tools[name]]
    if errors or not ours or not nncf:
        print(f"| {task} | {'; '.join(errors) or 'not complete'} |" + " |" * 15)
        continue
    ratios.append(ours["quantize_s"] / nncf["quantize_s"])
    limit = max(nncf["quantize_s"], 3 * floor.get("floor_s", 0) + 1)
    over += [task] if ours["quantize_s"] > limit else []
    noise = " / ".join("{:.2f}-{:.2f}".format(*model["noise"][1:]) for model in ours["speedup"].values())
    cells = [task, primary(fp32, fp32), primary(fp32, nncf), primary(fp32, ours), closeness(nncf), closeness(ours),
             f"{floor['floor_s']:.2f}" if floor else "-", f"{nncf['quantize_s']:.1f}", f"{ours['quantize_s']:.1f}",
             floor.get("peak_mb", "-"), nncf["peak_mb"], ours["peak_mb"],
             *(speed(record, which) for which in ("throughput_x", "latency_x") for record in (nncf, ours)), noise]
    print("| " + " | ".join(str(cell) for cell in cells) + " |")
if ratios:
    print(f"\nQuantization time of openpot as a share of NNCF's: median {statistics.median(ratios):.2f}, largest {max(ratios):.2f}. "
          f"Over the larger of NNCF's time and 3 floors + 1 s: {', '.join(over) or 'none'}.")
