"""Write the drawings of docs/how-it-works.md: ``make pictures``. Each function is one file in docs/pictures/."""

from __future__ import annotations

from pathlib import Path

from drawings_of_layers import (
    draw_equalization,
    draw_filters,
    draw_levels,
    draw_pairs,
    draw_ranges,
    draw_shift,
    draw_smoothing,
    draw_splitting,
)
from drawings_of_models import (
    draw_flow,
    draw_metric_search,
    draw_noise,
    draw_range_search,
    draw_repair,
    draw_synthetic,
    draw_trial,
)
from drawings_of_weights import draw_clamp, draw_feedback, draw_groups, draw_overflow, draw_sparsity

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"

PICTURES = {
    "levels": draw_levels,
    "ranges": draw_ranges,
    "flow": draw_flow,
    "trial": draw_trial,
    "bias-shift": draw_shift,
    "equalization": draw_equalization,
    "filters": draw_filters,
    "smoothing": draw_smoothing,
    "pairs": draw_pairs,
    "splitting": draw_splitting,
    "clamp": draw_clamp,
    "sparsity": draw_sparsity,
    "feedback": draw_feedback,
    "repair": draw_repair,
    "metric-search": draw_metric_search,
    "range-search": draw_range_search,
    "noise": draw_noise,
    "overflow": draw_overflow,
    "groups": draw_groups,
    "synthetic": draw_synthetic,
}


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw().write(), encoding="utf-8")


if __name__ == "__main__":
    main()
