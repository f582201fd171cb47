// How the page looks: on a phone, on a desk, on paper, by day and by night. No scripts, nothing fetched.

/// Colours never speak alone: each finding has its word and its sign, each side its place and its name.
let pageStyle: HTML = """
    <style>
    :root { color-scheme: light dark; --page: #ffffff; --ink: #1b1d21; --soft: #5a6270; --line: #d9dde3; --card: #f5f6f8;
      --fail: #b3261e; --pass: #17734a; --undecided: #8a5700; --void: #6b4fa0; --old: #2f6db3; --new: #d0601a; --bad: #b3261e14; }
    @media (prefers-color-scheme: dark) { :root { --page: #15171b; --ink: #e6e8ec; --soft: #a0a8b5; --line: #343a44; --card: #1e2127;
      --fail: #ff8a80; --pass: #62d39b; --undecided: #f2bd55; --void: #bda4f0; --old: #7db4f0; --new: #ff9d5c; --bad: #ff8a801c; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; padding: 1rem; max-width: 66rem; background: var(--page); color: var(--ink);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; }
    h2 { font-size: 1.3rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 1.6rem 0 .3rem; }
    p { margin: .3rem 0; } a { color: inherit; } ul { margin: .3rem 0; padding-left: 1.2rem; }
    .soft { color: var(--soft); font-size: .9rem; } code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85em; }
    header { border-left: .5rem solid var(--outcome); background: var(--card); padding: 1rem 1.2rem; border-radius: .3rem; }
    header h1 { color: var(--outcome); } header .title { font-weight: 600; font-size: 1.05rem; }
    .qualified { --outcome: var(--pass); } .not_qualified { --outcome: var(--fail); } .undecided { --outcome: var(--undecided); }
    .void { --outcome: var(--void); } .not_judged { --outcome: var(--soft); }
    nav { margin: .8rem 0; font-size: .9rem; } nav a { margin-right: 1rem; display: inline-block; }
    .finding-fail { --finding: var(--fail); } .finding-pass { --finding: var(--pass); } .finding-undecided { --finding: var(--undecided); }
    .finding-none { --finding: transparent; }
    .chip { color: var(--finding); font-weight: 700; white-space: nowrap; }
    .verdict { padding: .45rem 0 .5rem .8rem; border-left: .25rem solid var(--finding); margin: .6rem 0; break-inside: avoid; }
    .verdict .head { display: flex; flex-wrap: wrap; gap: .1rem 1rem; align-items: baseline; }
    .verdict .reason { font-size: .92rem; } .number { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .gauges { position: relative; } svg { display: block; overflow: visible; }
    svg text { font-size: 11px; fill: var(--soft); paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
    .grid { stroke: var(--line); } .zero { stroke: var(--soft); } .limit { stroke: var(--ink); stroke-dasharray: 4 3; stroke-width: 1.5; }
    .bad { fill: var(--bad); } .interval { stroke: var(--finding); stroke-width: 3; } .point { fill: var(--finding); }
    .strip path { fill: none; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
    .strip path.dot { stroke-width: 6; }
    .strip .old { stroke: var(--old); } .strip .new { stroke: var(--new); } .strip .void { fill: var(--line); }
    .key::before { content: ""; display: inline-block; width: 1.2em; height: .25em; margin-right: .35em; vertical-align: middle;
      background: var(--key); } .key { margin-right: 1rem; white-space: nowrap; }
    .axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .75rem; }
    .scroll { overflow-x: auto; margin: .5rem 0; }
    table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
    th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top;
      white-space: nowrap; }
    th:first-child, .words td, .words th { text-align: left; } thead th { color: var(--soft); font-weight: 600; }
    tbody th { font-weight: 600; } .words td, .words tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 6rem; }
    .operation { break-inside: avoid-page; border: 1px solid var(--line); border-radius: .3rem; padding: .2rem 1rem .8rem; margin: 1rem 0; }
    .warning { border: 1px solid var(--outcome, var(--undecided)); border-radius: .3rem; padding: .5rem 1rem; margin: .8rem 0; }
    @media (max-width: 40rem) { tbody th .soft { display: block; font-weight: 400; } }
    @media print { :root { color-scheme: light; --page: #fff; --ink: #000; --soft: #444; --line: #bbb; --card: #fff; --fail: #a00;
      --pass: #064; --undecided: #740; --void: #428; --old: #2f6db3; --new: #d0601a; --bad: #a0000014; }
      body { font-size: 10pt; max-width: none; padding: 0; } nav { display: none; } .scroll { overflow: visible; }
      h2, h3 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
    </style>

    """
