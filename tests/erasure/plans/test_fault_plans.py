import tempfile
from collections import Counter
from pathlib import Path
from hypothesis import given, settings, HealthCheck
from tests.erasure.plans.lottery import PLANS
from tests.erasure.plans.table import Table
from tests.erasure.plans.judge import judge
import os
T = Counter(); BAD = []
@settings(max_examples=int(os.environ.get("N", 300)), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(plan=PLANS)
def test_x(plan):
    with tempfile.TemporaryDirectory() as d:
        try:
            e = Table(Path(d), plan).carry_out()
            w = judge(e)
            T[("healthy " if plan.healthy else "") + e.verdict] += 1
        except Exception as error:
            import traceback
            w = [traceback.format_exc()[-900:]]
            e = None
        if w:
            BAD.append((w, plan, e and (e.verdict, e.method, e.reasons, e.exceptions, e.sent)))
def test_y():
    print(T); print(len(BAD))
    C = Counter(b[0][0][:150] for b in BAD)
    for k, n in C.most_common(): print(n, k)
    seen=set()
    BAD.sort(key=lambda b: len(str(b[1].parts)))
    for b in [b for b in BAD if not (b[0][0][:40] in seen or seen.add(b[0][0][:40]))][:8]: print(*b, sep="\n   ", end="\n\n")
