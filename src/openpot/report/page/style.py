"""The look of the page: light and dark as the reader's system has it, narrow screens, paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --text: #1d2430; --soft: #5b6675; --back: #fff; --card: #f4f6f9; --line: #d7dde5;
  --good: #1a7f4b; --caution: #a15c00; --bad: #b3261e; --int8: #2f6fde; --packed: #7fb0ff; --float: #b9c2ce; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --soft: #9aa6b5; --back: #14181f; --card: #1d232c;
  --line: #343d4a; --good: #5fd39a; --caution: #ffb95c; --bad: #ff8a80; --int8: #6ea0ff; --packed: #3d63a8;
  --float: #566170; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 0 0 .5rem; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
section { margin: 1.5rem 0; } p { margin: .4rem 0; } ul { margin: .4rem 0; padding-left: 1.2rem; }
.verdict { border-left: .4rem solid var(--line); background: var(--card); padding: .8rem 1rem; margin: 0; }
.good { border-color: var(--good); } .caution { border-color: var(--caution); } .bad { border-color: var(--bad); }
.soft { color: var(--soft); } .warnings li::marker { color: var(--caution); }
.finding { border-left: .25rem solid var(--caution); padding-left: .7rem; margin: .6rem 0; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
.layers td { min-width: 4.5rem; overflow-wrap: break-word; } .layers td:nth-child(4) { min-width: 14rem; }
.layers th { min-width: 5.5rem; overflow-wrap: normal; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; unicode-bidi: isolate; }
pre { background: var(--card); padding: .6rem .8rem; margin: .3rem 0; white-space: pre-wrap; user-select: all; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
.int8 { fill: var(--int8); } .packed { fill: var(--packed); } .float { fill: var(--float); }
circle { stroke: var(--back); } .axis { stroke: var(--line); }
.limit { stroke: var(--caution); stroke-width: 1.5; }
.histogram { width: 12rem; } .samples { display: flex; flex-wrap: wrap; gap: 1rem; } figure { margin: 0; }
figure img { display: block; max-width: 100%; min-width: 6rem; image-rendering: pixelated; }
summary { cursor: pointer; padding: .4rem 0; }
.before { fill: var(--float); } .after { fill: var(--int8); } .share { width: 5rem; }
@media (max-width: 36rem) { svg text { font-size: 17px; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } .wide { overflow: visible; }
  section { break-inside: auto; } tr, pre, .verdict, .finding { break-inside: avoid; }
  thead { display: table-header-group; } }
"""
