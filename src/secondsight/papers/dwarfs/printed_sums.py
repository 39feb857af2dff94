"""Whether the printed counts of the dwarf campaign add up."""

import pandas as pd

from secondsight.datasets.published import published_number
from secondsight.metrics.intervals import PERCENT, Estimate, bare

COUNTS = ("subjects", "candidates", "simulated", "known", "votes_each", "classifications")
OF_PAGE = ("subjects_retired", "classifications")


def printed_counts() -> dict[str, int]:
    """Return the counts that the paper and the campaign's own page print."""
    names = [f"dwarf_{name}" for name in COUNTS] + [f"campaign_{name}" for name in OF_PAGE]
    return {name: int(published_number(name).value) for name in names}


def sums() -> dict[str, Estimate | float]:
    """Return what should add up: sums of subjects, votes on them, and the votes' excess."""
    count = printed_counts()
    each, subjects = count["dwarf_votes_each"], count["dwarf_subjects"]
    candidates, known = count["dwarf_candidates"], count["dwarf_known"]
    return {
        "sum_of_parts": candidates + count["dwarf_simulated"] + known,
        "sum_less_known": subjects - known,
        "votes_all": each * subjects,
        "votes_unknown": each * (subjects - known),
        "votes_candidates": each * candidates,
        "votes_gap": bare(each * subjects / count["campaign_classifications"] - 1, PERCENT),
    }


def sums_table() -> pd.DataFrame:
    """Return each sum or product beside what is printed."""
    count, made = printed_counts(), sums()
    paper = f"more than {count['dwarf_classifications']:,} (paper)"
    page = f"about {count['campaign_classifications']:,}"
    retired = f"{count['campaign_subjects_retired']:,} (campaign's page)"
    rows = [
        ("candidates + simulated + known", "sum_of_parts", f"{count['dwarf_subjects']:,} (paper)"),
        ("subjects - known", "sum_less_known", retired),
        ("votes x subjects", "votes_all", f"{paper}, {page} (page)"),
        ("votes x (subjects - known)", "votes_unknown", f"{page} (page)"),
        ("votes x candidates alone", "votes_candidates", paper),
    ]
    return pd.DataFrame(
        [(what, made[name], printed) for what, name, printed in rows],
        columns=["sum or product", "computed", "printed"],
    )
