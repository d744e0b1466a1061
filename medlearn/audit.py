"""Flawed studies to audit: what a company hands in, the signs of flaws, a mark for the auditor.

The company is made up; its people are those of NHANES 2017-2018 whom lesson 05 chose. Each study
is a logistic regression, made with none, one or several of eight flaws. Each flaw leaves a sign in
what is handed in, and a clean study leaves none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from medlearn import inputs
from medlearn.language import N_, _, ngettext
from medlearn.metrics import (
    Estimate,
    UndefinedMetric,
    bootstrap,
    exact_interval,
    sensitivity,
    specificity,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FLAWS",
    "WHITELIST",
    "AuditorScore",
    "Submission",
    "describe",
    "found",
    "score",
    "signatures",
    "submission",
    "truth",
]

WHITELIST = (
    "age",
    "weight_kg",
    "height_cm",
    "waist_cm",
    "systolic",
    "diastolic",
    "pulse",
    "sleep_hours",
    "sedentary_minutes",
    "smoked_100",
    "smokes_now",
    "vigorous_work",
    "moderate_work",
    "walk_bicycle",
    "vigorous_recreation",
    "moderate_recreation",
    "female",
)
"""The columns that the tool may know: answered, or measured without blood (lesson 05)."""

FLAWS = {
    "oversampled": N_("People with a high HbA1c were copied before the split."),
    "forbidden_column": N_("The model sees a column that is not on the whitelist."),
    "test_threshold": N_("The threshold was chosen on the test part."),
    "miscalibrated": N_("The classes were weighted, so that risks do not come true."),
    "missing_group": N_("A group of the test part is missing in the training part."),
    "scaler_on_all": N_("The columns were scaled with the test part's people, too."),
    "below_majority": N_("Accuracy is offered as proof, although always saying no has more."),
    "few_events": N_("A subgroup's number rests on fewer than ten events; no interval is given."),
}
"""Id → what went wrong."""

_SIGNS = {
    "oversampled": N_("A person stands on both sides."),
    "forbidden_column": N_("A column of the model is not on the whitelist."),
    "test_threshold": N_("No other cut of the test part has a larger sensitivity + specificity."),
    "miscalibrated": N_("In the test part as handed in, observed/expected is below 0.5."),
    "missing_group": N_("A race of the test part has nobody in the training part."),
    "scaler_on_all": N_("The mean of a column is that of all rows, not of the training rows."),
    "below_majority": N_("The accuracy claimed is below the share of the larger class."),
    "few_events": N_("A row of the subgroups has fewer than ten events."),
}

_CLEAN = 0.2  # of submissions
_HOW_MANY = (0.4, 0.4, 0.2)  # of the others: one, two, three flaws
_COPIES = 4  # of each person with a high HbA1c
_TEST = 1 / 3
_FEWEST = 10
# no text: words of the source
_MAY_BE_MISSING = ("Mexican American", "Non-Hispanic Asian", "Other Hispanic")
_FORBIDDEN = "told_prediabetes"


@dataclass(frozen=True)
class Submission:
    """What a company hands in. Its truth is not shown: look at it with `truth`, afterwards.

    Attributes
    ----------
    seed : int
    letter : str
        What the company writes.
    claims : dict of str to float
        ``auc``, ``sensitivity``, ``specificity``, and sometimes ``accuracy`` or
        ``balanced_accuracy``: of its test part.
    threshold : float
        An alarm is risk ≥ threshold.
    columns : DataFrame
        The columns of the model: ``description``, ``unit``, and ``mean`` and ``spread`` (standard
        deviation), with which each was scaled.
    rows : DataFrame
        Every row of the study, in no order: ``id``, ``part`` ("training", "test"), ``high`` (1 for
        an HbA1c of 6.5 % or more), ``risk``, ``sex``, ``race``, and the columns, as measured.
    subgroups : DataFrame
        ``group``, ``people``, ``events``, ``sensitivity`` in the test part.
    """

    seed: int
    letter: str
    claims: dict[str, float]
    threshold: float
    columns: pd.DataFrame
    rows: pd.DataFrame
    subgroups: pd.DataFrame
    _planted: frozenset[str] = field(repr=False)

    def part(self, name: str) -> pd.DataFrame:
        """Return the rows of the "training" or of the "test" part."""
        inputs.one_of(name, "part", ("training", "test"))
        return self.rows[self.rows["part"] == name]

    def __repr__(self) -> str:
        parts = {name: len(self.part(name)) for name in ("training", "test")}
        return (
            f"Submission(seed={self.seed}, {len(self.columns)} columns, "  # no text: a repr
            f"{parts['training']:,} training rows, {parts['test']:,} test rows)"
        )


def submission(seed: int, flaws: Collection[str] | None = None) -> Submission:
    """Make a study as a company would hand it in, with none, one or several flaws.

    Parameters
    ----------
    seed : int
        Draws the flaws, the split and all else. Without `flaws`, one in five has none; of the
        others 40 % have one flaw, 40 % two, 20 % three, all flaws equally often.
    flaws : collection of str, optional
        Exactly these, of `FLAWS`.

    Returns
    -------
    Submission

    Raises
    ------
    ValueError
        When the seed is no whole number of 0 or more, or a flaw is unknown.

    Notes
    -----
    The first call reads NHANES, and takes about a second.

    Examples
    --------
    >>> study = submission(3)
    >>> study
    Submission(seed=3, 17 columns, 2,674 training rows, 1,337 test rows)
    >>> sorted(found(study)) == sorted(truth(study))
    True
    """
    rng = np.random.default_rng(inputs.whole_number(seed, "seed", least=0))
    drawn = _drawn(rng)
    planted = drawn if flaws is None else _known(flaws, "flaws")
    people = _people()
    columns = [*WHITELIST, *([_FORBIDDEN] if "forbidden_column" in planted else [])]
    rows = _split(people, planted, rng)
    means, spreads, risk = _model(rows, columns, planted)
    rows["risk"] = risk
    test = rows[rows["part"] == "test"]
    threshold = _cut(test) if "test_threshold" in planted else _cut_between(rows)
    described = _columns(columns, means, spreads)
    subgroups = _subgroups(test, threshold, "few_events" in planted)
    claims = _claims(test, threshold, "below_majority" in planted, rng)
    shown = ["id", "part", "high", "risk", "sex", "race", *columns]
    return Submission(
        seed=int(seed),
        letter=_letter(rows, columns, claims),
        claims=claims,
        threshold=threshold,
        columns=described,
        rows=rows[shown],
        subgroups=subgroups,
        _planted=planted,
    )


def truth(study: Submission) -> frozenset[str]:
    """Return the flaws that were planted: look at them after your audit.

    Examples
    --------
    >>> sorted(truth(submission(1, flaws=["few_events", "oversampled"])))
    ['few_events', 'oversampled']
    """
    return _asked(study)._planted


def signatures(study: Submission) -> dict[str, bool]:
    """Look for the sign of each flaw, by rules that need nothing but what was handed in.

    Parameters
    ----------
    study : Submission

    Returns
    -------
    dict of str to bool
        Flaw → whether its sign is there. Each fires if, and only if, its flaw was planted.

    Raises
    ------
    ValueError
        When it is no submission.

    Examples
    --------
    >>> signs = signatures(submission(1, flaws=["missing_group"]))
    >>> [flaw for flaw, there in signs.items() if there]
    ['missing_group']
    """
    training, test = _asked(study).part("training"), study.part("test")
    reached = _reached(test, study.threshold)
    majority = max(test["high"].mean(), 1 - test["high"].mean())
    first = study.columns.index[0]
    of_all, of_training = study.rows[first].mean(), training[first].mean()
    mean = study.columns.loc[first, "mean"]
    return {
        "oversampled": bool(set(training["id"]) & set(test["id"])),
        "forbidden_column": bool(set(study.columns.index) - set(WHITELIST)),
        "test_threshold": bool(
            np.isclose(test["risk"], study.threshold, rtol=1e-9, atol=0).any()
            and np.isclose(reached, _reached(test, _cut(test)))
        ),
        "miscalibrated": bool(test["high"].sum() / test["risk"].sum() < 0.5),
        "missing_group": bool(set(test["race"]) - set(training["race"])),
        "scaler_on_all": bool(abs(mean - of_all) < abs(mean - of_training)),
        "below_majority": bool(study.claims.get("accuracy", 1) < majority),
        "few_events": bool((study.subgroups["events"] < _FEWEST).any()),
    }


def found(study: Submission) -> set[str]:
    """Return the flaws whose signs are there, by `signatures`."""
    return {flaw for flaw, there in signatures(study).items() if there}


def describe() -> Any:
    """List the flaws and their signs.

    Returns
    -------
    DataFrame
        A row a flaw: ``what`` went wrong, and the ``sign`` it leaves in what is handed in.

    Examples
    --------
    >>> describe().loc["oversampled", "sign"]
    'A person stands on both sides.'
    """
    import pandas as pd

    rows = {flaw: {"what": _(what), "sign": _(_SIGNS[flaw])} for flaw, what in FLAWS.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("flaw")


class AuditorScore(NamedTuple):
    """How good an auditor is: of the flaws that were there, and of those that were not."""

    sensitivity: Estimate | None
    """Of the flaws that were planted, the share that was named; None where none was."""
    specificity: Estimate | None
    """Of the flaws that were not, the share that was not named."""
    found: int
    planted: int
    cleared: int
    absent: int
    audits: int
    learners: int

    def __str__(self) -> str:
        first = _("Found {found} of {planted} flaws: sensitivity {share}.").format(
            found=self.found, planted=self.planted, share=_shown(self.sensitivity)
        )
        second = _("Left in peace {cleared} of {absent}: specificity {share}.").format(
            cleared=self.cleared, absent=self.absent, share=_shown(self.specificity)
        )
        if self.learners == 1:
            third = ngettext(
                "Of this {n} audit only: decisions of one auditor hang together, and say little of "
                "the next audits or of another auditor.",
                "Of these {n} audits only: decisions of one auditor hang together, and say little "
                "of the next audits or of another auditor.",
                self.audits,
            ).format(n=self.audits)
        else:
            third = _(
                "{n} audits by {learners} learners; intervals from resampled learners."
            ).format(n=self.audits, learners=self.learners)
        return f"{first}\n{second}\n{third}"


def score(answers: Any, truth: Any) -> AuditorScore:
    """Mark an auditor, or a class of them: each flaw of each submission is a yes or a no.

    Parameters
    ----------
    answers : sequence of collections of str, or mapping of str to such a sequence
        For each submission the flaws that were named; for a class, learner → their sequence.
    truth : the same
        The flaws that were planted, or the submissions themselves.

    Returns
    -------
    AuditorScore
        For one learner with exact intervals, which take the decisions as independent and hold for
        these audits only. For a class the learners are resampled, with all their decisions.

    Raises
    ------
    ValueError
        When there are not as many answers as truths, or a flaw is unknown.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26:404, doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> print(score([{"oversampled"}, set()], [{"oversampled", "few_events"}, set()]))
    Found 1 of 2 flaws: sensitivity 50 % [1 % to 99 %].
    Left in peace 14 of 14: specificity 100 % [77 % to 100 %].
    Of these 2 audits only: decisions of one auditor hang together, and say little of the next
    audits or of another auditor.
    """
    classes = isinstance(answers, Mapping)
    if classes != isinstance(truth, Mapping):
        raise ValueError(
            _(
                "answers and truth should both be lists, or both dictionaries with the same "
                "learners."
            )
        )
    by, right = (answers, truth) if classes else ({"": answers}, {"": truth})
    if set(by) != set(right) or not by:
        raise ValueError(_("answers and truth should have the same learners, one at least."))
    pairs = {who: _decisions(by[who], right[who]) for who in by}
    there = np.concatenate([one for one, _said in pairs.values()])
    said = np.concatenate([one for _there, one in pairs.values()])
    who = np.repeat(np.arange(len(pairs)), [len(one) for one, _said in pairs.values()])
    hits, cleared = int((there & said).sum()), int((~there & ~said).sum())
    planted, absent = int(there.sum()), int((~there).sum())
    if len(pairs) == 1:
        shares = [
            exact_interval(k, n) if n else None for k, n in ((hits, planted), (cleared, absent))
        ]
    else:
        shares = [_of_class(there, said, who, name) for name in ("sensitivity", "specificity")]
    audits = len(there) // len(FLAWS)
    return AuditorScore(*shares, hits, planted, cleared, absent, audits, len(pairs))


def _of_class(there: np.ndarray, said: np.ndarray, who: np.ndarray, name: str) -> Estimate | None:
    """A share with its interval, whole learners drawn."""
    try:
        return bootstrap(there.astype(int), said.astype(int), name, groups=who)
    except UndefinedMetric:
        return None


def _shown(share: Estimate | None) -> str:
    if share is None:
        return "–"
    value, low, high = (f"{100 * one:.0f} %" for one in share)
    return _("{value} [{low} to {high}]").format(value=value, low=low, high=high)


def _decisions(answers: Any, truth: Any) -> tuple[np.ndarray, np.ndarray]:
    """For each flaw of each submission, whether it was planted, and whether it was named."""
    for name, values in (("answers", answers), ("truth", truth)):
        if isinstance(values, str | Mapping | set) or not isinstance(values, Sequence):
            raise ValueError(
                _("{name} should be a list with one set of flaws for each submission.").format(
                    name=name
                )
            )
    if len(answers) != len(truth) or not len(answers):
        raise ValueError(
            _("{answers} answers and {truth} truths: one for each submission is needed.").format(
                answers=len(answers), truth=len(truth)
            )
        )
    planted = [
        one._planted if isinstance(one, Submission) else _known(one, "truth") for one in truth
    ]
    named = [_known(one, "answers") for one in answers]
    flags = [
        np.array([[flaw in one for flaw in FLAWS] for one in sets]) for sets in (planted, named)
    ]
    return flags[0].ravel(), flags[1].ravel()


def _known(flaws: Any, name: str) -> frozenset[str]:
    if isinstance(flaws, str) or not isinstance(flaws, Collection):
        raise ValueError(
            _("{name} should be a set of flaws, {{'oversampled'}}; it is {flaws!r}.").format(
                name=name, flaws=flaws
            )
        )
    for flaw in flaws:
        inputs.one_of(flaw, _("a flaw of {name}").format(name=name), FLAWS)
    return frozenset(flaws)


def _asked(study: Any) -> Submission:
    if not isinstance(study, Submission):
        raise ValueError(
            _("This asks for a study as audit.submission(seed) gives it; a {kind} came.").format(
                kind=type(study).__name__
            )
        )
    return study


# --- how a study is made ---------------------------------------------------------------------


@cache
def _people() -> pd.DataFrame:
    """The people of lesson 05, with the columns that a study may use."""
    from medlearn.datasets import load_nhanes, screening_cohort

    cohort = screening_cohort(load_nhanes().frame)
    people = cohort.data[list(WHITELIST)].copy()
    people[_FORBIDDEN] = cohort.frame[_FORBIDDEN].astype("float64")
    for name in ("id", "sex", "race"):
        column = cohort.frame[name]
        people[name] = column if name == "id" else column.astype(str)
    people["high"] = cohort.target
    return people.reset_index(drop=True)


def _drawn(rng: np.random.Generator) -> frozenset[str]:
    """The flaws of a study, as often as `submission` says."""
    if rng.random() < _CLEAN:
        return frozenset()
    many = int(rng.choice([1, 2, 3], p=_HOW_MANY))
    return frozenset(rng.choice(list(FLAWS), size=many, replace=False).tolist())


def _split(people: pd.DataFrame, planted: Collection[str], rng: np.random.Generator) -> Any:
    """Deal the rows into training and test part."""
    ill, well = (np.flatnonzero(people["high"] == one) for one in (1, 0))
    if "oversampled" in planted:
        ill = np.repeat(ill, _COPIES)
    test = [rng.permutation(who)[: round(_TEST * len(who))] for who in (ill, well)]
    if "oversampled" in planted:  # copies are dealt one by one
        order = rng.permutation(len(ill))
        cut = round(_TEST * len(ill))
        test[0], ill = ill[order[:cut]], ill[order[cut:]]
        training = np.concatenate([ill, np.setdiff1d(well, test[1])])
    else:
        training = np.setdiff1d(np.concatenate([ill, well]), np.concatenate(test))
    dealt = {"training": training, "test": np.concatenate(test)}
    rows = people.iloc[np.concatenate(list(dealt.values()))].copy()
    rows["part"] = np.repeat(list(dealt), [len(who) for who in dealt.values()])
    if "missing_group" in planted:
        missing = rng.choice(_MAY_BE_MISSING)
        rows = rows[(rows["race"] != missing) | (rows["part"] == "test")]
    return rows.iloc[rng.permutation(len(rows))].reset_index(drop=True)


def _model(
    rows: pd.DataFrame, columns: Sequence[str], planted: Collection[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and spread of each column, and the risk of each row, by logistic regression."""
    from sklearn.linear_model import LogisticRegression

    X = rows[list(columns)].to_numpy()
    training = (rows["part"] == "training").to_numpy()
    seen = X if "scaler_on_all" in planted else X[training]
    means, spreads = np.nanmean(seen, axis=0), np.nanstd(seen, axis=0)
    scaled = np.nan_to_num((X - means) / spreads)  # what is missing becomes the mean
    weights = "balanced" if "miscalibrated" in planted else None
    model = LogisticRegression(class_weight=weights, solver="newton-cholesky")
    model.fit(scaled[training], rows.loc[training, "high"])
    return means, spreads, model.predict_proba(scaled)[:, 1]


def _reached(rows: pd.DataFrame, threshold: float) -> float:
    """Sensitivity + specificity at a threshold."""
    high, alarm = rows["high"], rows["risk"] >= threshold
    return sensitivity(high, alarm) + specificity(high, alarm)


def _cut(rows: pd.DataFrame) -> float:
    """Youden's point: the risk from which sensitivity + specificity is largest."""
    from sklearn.metrics import roc_curve

    false, true, cuts = roc_curve(rows["high"], rows["risk"])
    return float(cuts[1:][np.argmax((true - false)[1:])])  # the first cut alarms nobody


def _cut_between(rows: pd.DataFrame) -> float:
    """Youden's point of the training part, half-way to the next lower risk of anybody."""
    cut = _cut(rows[rows["part"] == "training"])
    lower = rows.loc[rows["risk"] < cut, "risk"]
    return float((cut + lower.max()) / 2) if len(lower) else cut / 2


def _columns(columns: Sequence[str], means: np.ndarray, spreads: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    from medlearn.datasets.catalogue import DATASETS

    known = {one.name: one for one in DATASETS["nhanes"].variables}
    known["female"] = known["sex"]
    return pd.DataFrame(
        {
            "description": [known[name].meaning for name in columns],
            "unit": [known[name].unit for name in columns],
            "mean": means,
            "spread": spreads,
        },
        index=pd.Index(columns, name="column"),
    )


def _subgroups(test: pd.DataFrame, threshold: float, few: bool) -> pd.DataFrame:
    """Sensitivity in subgroups with enough events; with the flaw in small ones, too."""
    import pandas as pd

    old = np.where(test["age"] >= 60, _("60 and over"), _("younger than 60"))
    parts = {_("sex"): test["sex"], _("age"): pd.Series(old, index=test.index)}
    large = [_subgroup(test, name, labels, threshold) for name, labels in parts.items()]
    kept = pd.concat(large)
    kept = kept[kept["distinct"] >= _FEWEST]
    if few:
        both = test["race"] + ", " + test["sex"]
        small = _subgroup(test, _("race and sex"), both, threshold)
        small = small[small["events"].between(1, _FEWEST - 1)]
        kept = pd.concat([kept, small.nlargest(3, "events", keep="first")])
    return kept.drop(columns="distinct").reset_index(drop=True)


def _subgroup(test: pd.DataFrame, name: str, labels: pd.Series, threshold: float) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for label, part in test.groupby(labels):
        ill = part[part["high"] == 1]
        rows.append(
            {
                "group": f"{name}: {label}",
                "people": len(part),
                "events": len(ill),
                "distinct": ill["id"].nunique(),
                "sensitivity": float((ill["risk"] >= threshold).mean()) if len(ill) else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _claims(
    test: pd.DataFrame, threshold: float, boast: bool, rng: np.random.Generator
) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    high, alarm = test["high"], test["risk"] >= threshold
    claims = {
        "auc": float(roc_auc_score(high, test["risk"])),
        "sensitivity": sensitivity(high, alarm),
        "specificity": specificity(high, alarm),
    }
    decoy = rng.random() < 0.5
    if boast:
        claims["accuracy"] = float((alarm == high).mean())
    elif decoy:
        claims["balanced_accuracy"] = (claims["sensitivity"] + claims["specificity"]) / 2
    return claims


def _letter(rows: pd.DataFrame, columns: Sequence[str], claims: Mapping[str, float]) -> str:
    parts = rows["part"].value_counts()
    letter = _(
        "Our program finds people with a high HbA1c who do not know of it. It was trained on "
        "{training:,} rows with {columns} columns, and tested on {test:,}. AUC {auc:.2f}, "
        "sensitivity {sensitivity:.0%}, specificity {specificity:.0%}."
    ).format(columns=len(columns), training=parts["training"], test=parts["test"], **claims)
    if "accuracy" in claims:
        letter += " " + _("It is right for {share:.0%} of people.").format(share=claims["accuracy"])
    if "balanced_accuracy" in claims:
        letter += " " + _("Its balanced accuracy is {share:.0%}.").format(
            share=claims["balanced_accuracy"]
        )
    return letter
