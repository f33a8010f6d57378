"""Hand a fitted XGBoost pipeline over to Paritree, as data: no pickle, and no code in the package.

    import paritree
    h = paritree.hand_over("credit-7", pipeline, X)     # a fitted Pipeline, XGBClassifier, Booster ...; raw rows
    print(h)                                            # a line per column: what it became, what was assumed

The fitted transformer is asked, column by column; its class is not looked at. What it makes of one
column becomes a table of values, a part of a time, or cut points. A tree asks of an input only
whether it is below a threshold, so cut points are the raw values at which the pipeline's own output
crosses the thresholds of this model: the scores have the pipeline's bits.

Needs Python 3.9, numpy, and whatever packages the given objects come from. A pipeline that cannot be
handed over raises `HandOverError`, whose `reason` is one word and whose `columns` are those concerned.
"""
import functools
import hashlib
import json
import math
import os
import shutil
import sys
import tempfile
import time
import types

import numpy as np

__all__ = ["hand_over", "HandOver", "HandOverError"]

MAX_CUTS = 20_000
MAX_CLUES = 100_000
CALL_ROWS = 4_000
MISSING, RAISES = -1, -2  # pieces of a number that are no rank


class HandOverError(Exception):
    """Why a pipeline cannot be handed over.

    reason: one word: names, types, model, version, batch, random, columns, text, coverage, dtype, steps,
    periodic, values, check, ensemble, classes, stopped, expected, base_margin, gaps, exists.
    columns: the raw columns that it is about.
    """

    def __init__(self, reason, sentence, columns=()):
        super().__init__(sentence)
        self.reason, self.columns = reason, tuple(columns)


# ---------------------------------------------------------------------------------------------------
# The model: raw rows to the booster's inputs, and to the prediction that must be met
# ---------------------------------------------------------------------------------------------------

class _Model:
    """A fitted model in one of the forms that can be handed over."""

    def __init__(self, model, X, iteration_range, base_margin):
        self.given, self.margin_column = model, base_margin
        self.calibrator, self.steps = None, []
        inner = self._without_calibration(model)
        self.transform, last = self._parts(inner)
        self._read(last, iteration_range)
        self.objective = json.loads(self.booster.save_config())["learner"]["objective"]["name"]
        document = json.loads(bytes(self.booster.save_raw("json")))
        self.learner = document["learner"]
        self.kind = self.learner["gradient_booster"]["name"]
        self.width = self.booster.num_features()
        self.names = list(self.booster.feature_names or [])
        self.thresholds, self.categorical = self._splits()

    def _without_calibration(self, model):
        if isinstance(model, tuple):
            return model
        last = model.steps[-1][1] if hasattr(model, "steps") else model
        fitted = getattr(last, "calibrated_classifiers_", None)
        if fitted is None:
            return model
        if len(fitted) != 1:
            raise HandOverError("ensemble", f"The calibration averages {len(fitted)} models (ensemble=True): fit "
                                "CalibratedClassifierCV(FrozenEstimator(model)), or ensemble=False.")
        if len(fitted[0].calibrators) != 1:
            raise HandOverError("classes", f"The calibration is of {len(fitted[0].calibrators)} classes: only that of a binary "
                                "model can be handed over; hand over the model without it.")
        self.calibrator = fitted[0].calibrators[0]
        inner = fitted[0].estimator
        inner = getattr(inner, "estimator", inner) if type(inner).__name__ == "FrozenEstimator" else inner
        if hasattr(model, "steps"):
            inner = types.SimpleNamespace(steps=list(model.steps[:-1]) + (
                list(inner.steps) if hasattr(inner, "steps") else [(model.steps[-1][0], inner)]))
        return inner

    def _parts(self, model):
        if isinstance(model, tuple):
            if len(model) != 2 or not callable(model[0]):
                raise HandOverError("model", "model is a tuple: give (transform, booster), transform being a function of a DataFrame.")
            self.steps = [model[0]]
            return model[0], model[1]
        if hasattr(model, "steps"):
            prepare = [step for _, step in model.steps[:-1] if step is not None and step != "passthrough"]
            self.steps = prepare

            def transform(frame):
                for step in prepare:
                    frame = step.transform(frame)
                return frame
            return transform, model.steps[-1][1]
        return None, model

    def _read(self, last, iteration_range):
        import xgboost
        version = tuple(int(part) for part in xgboost.__version__.split(".")[:2])
        if version < (1, 7):
            raise HandOverError("version", f"xgboost {xgboost.__version__} is too old to hand over: 1.7 is the first that shows the inputs of a model.")
        self.xgboost, self.missing, self.enable_categorical, self.feature_types = xgboost, np.nan, True, None
        if isinstance(last, xgboost.Booster):
            self.wrapper, self.booster = None, last
            best = last.attr("best_iteration")
            if best is not None and iteration_range is None and int(best) + 1 < last.num_boosted_rounds():
                raise HandOverError("stopped", f"The booster stopped early: give iteration_range=(0, {int(best) + 1}), as XGBClassifier "
                                    f"does, or (0, {last.num_boosted_rounds()}), as Booster.predict does.")
            self.rounds = tuple(iteration_range or (0, last.num_boosted_rounds()))
        elif hasattr(last, "get_booster"):
            self.wrapper, self.booster = last, last.get_booster()
            self.missing = last.missing if last.missing is not None else np.nan
            self.enable_categorical, self.feature_types = bool(last.enable_categorical), last.feature_types
            used = iteration_range
            if used is None and hasattr(last, "_get_iteration_range"):
                used = last._get_iteration_range(None)
            total = self.booster.num_boosted_rounds()
            self.rounds = tuple(used) if used and used[1] else (0, total)
        else:
            raise HandOverError("model", f"model ends in a {type(last).__name__}: expected a Booster, an XGBClassifier, XGBRegressor, "
                                "XGBRanker, a Pipeline that ends in one, or (transform, booster).")

    def _splits(self):
        """Thresholds of each feature over all trees, ascending, and the features that have categorical splits."""
        thresholds, categorical = [set() for _ in range(self.width)], set()
        if self.kind == "gblinear":
            return None, categorical
        booster = self.learner["gradient_booster"]
        trees = booster.get("gbtree", booster)["model"]["trees"]
        for tree in trees:
            kinds = tree.get("split_type", [])
            for node, left in enumerate(tree["left_children"]):
                if left == -1:
                    continue
                feature = tree["split_indices"][node]
                if kinds and kinds[node] == 1:
                    categorical.add(feature)
                else:
                    thresholds[feature].add(np.float32(tree["split_conditions"][node]))
        return [np.array(sorted(t), np.float32) for t in thresholds], categorical

    def feature(self, slot):
        return self.names[slot] if self.names else f"f{slot}"

    def matrix(self, prepared, **more):
        return self.xgboost.DMatrix(prepared, missing=self.missing, enable_categorical=self.enable_categorical,
                                    feature_types=self.feature_types, **more)

    def slots(self, frame):
        """The booster's inputs: float32, a row per row of the frame, NaN for missing, 0 for -0."""
        prepared = self.transform(frame) if self.transform else frame
        data = self.matrix(prepared).get_data()
        if data.shape[0] != len(frame):
            raise HandOverError("batch", f"transform gives {data.shape[0]} rows for {len(frame)}: it is not a function of a row.")
        if data.shape[1] != self.width:
            raise ValueError(f"transform gives {data.shape[1]} columns, the booster has {self.width}")
        dense = np.full(data.shape, np.nan, np.float32)
        dense[np.repeat(np.arange(data.shape[0]), np.diff(data.indptr)), data.indices] = data.data
        return dense + np.float32(0)

    def from_slots(self, slots, margins=None):
        """The booster's own prediction of inputs; (n, outputs), float32."""
        kinds = self.booster.feature_types
        matrix = self.xgboost.DMatrix(slots, missing=np.nan, feature_names=self.booster.feature_names, feature_types=kinds,
                                      enable_categorical=True, base_margin=margins)
        answer = self.booster.predict(matrix, iteration_range=self.rounds)
        return np.asarray(answer, np.float32).reshape(len(slots), -1)

    def predict(self, frame):
        """What the given model predicts of raw rows; (n, outputs), by its own way."""
        margins = None if self.margin_column is None else np.asarray(frame[self.margin_column], np.float32)
        if self.wrapper is None or margins is not None:
            prepared = self.transform(frame) if self.transform else frame
            answer = self.booster.predict(self.matrix(prepared, base_margin=margins), iteration_range=self.rounds)
        elif hasattr(self.given, "predict_proba"):
            answer = self.given.predict_proba(frame)
            answer = answer[:, 1] if answer.shape[1] == 2 else answer
        else:
            answer = self.given.predict(frame)
        return np.asarray(answer).reshape(len(frame), -1)

    def calibration(self):
        """The calibration as outputs.calibration of the schema has it, or None."""
        c = self.calibrator
        if c is None:
            return None
        if hasattr(c, "a_") and hasattr(c, "b_"):
            return {"method": "sigmoid", "in": "double", "a": float(c.a_), "b": float(c.b_)}
        if hasattr(c, "X_thresholds_"):
            if c.X_thresholds_.dtype != np.float32:
                raise HandOverError("model", f"The isotonic calibration was fitted in {c.X_thresholds_.dtype}: expected float32, which XGBoost's scores are.")
            return {"method": "isotonic", "in": "float", "x": [_number(v) for v in c.X_thresholds_], "y": [_number(np.float32(v)) for v in c.y_thresholds_]}
        raise HandOverError("model", f"The calibration is a {type(c).__name__}: expected a sigmoid or isotonic one.")


# ---------------------------------------------------------------------------------------------------
# Clues: numbers and texts that the fitted steps hold
# ---------------------------------------------------------------------------------------------------

def _clues(steps):
    """All texts and numbers in the fitted steps: what to ask with, never what to answer."""
    texts, numbers, seen, waiting = set(), set(), set(), list(steps)
    while waiting and len(seen) < MAX_CLUES:
        thing = waiting.pop()
        if isinstance(thing, (str, np.str_)):
            texts.add(str(thing))
            continue
        if isinstance(thing, (bool, np.bool_)) or thing is None:
            continue
        if isinstance(thing, (int, float, np.integer, np.floating)):
            if math.isfinite(thing):
                numbers.add(thing.item() if isinstance(thing, np.generic) else thing)
            continue
        if id(thing) in seen or isinstance(thing, types.ModuleType):
            continue
        seen.add(id(thing))
        waiting.extend(_inside(thing))
    return texts, numbers


def _inside(thing):
    """What a thing holds."""
    if isinstance(thing, np.ndarray):
        return list(thing.reshape(-1)[:MAX_CLUES]) if thing.dtype.kind in "OUSif u".replace(" ", "") else []
    if isinstance(thing, dict):
        return list(thing.keys()) + list(thing.values())
    if isinstance(thing, (list, tuple, set, frozenset)):
        return list(thing)
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, types.MethodType):
        return [thing.__func__, thing.__self__]
    if isinstance(thing, types.FunctionType):
        cells = []
        for cell in thing.__closure__ or ():
            try:
                cells.append(cell.cell_contents)
            except ValueError:
                pass
        used = [thing.__globals__[name] for name in thing.__code__.co_names if name in thing.__globals__]
        used = [value for value in used if not isinstance(value, (type, types.ModuleType))]
        return cells + used + list(thing.__defaults__ or ()) + [thing.__code__]
    if isinstance(thing, types.CodeType):
        return list(thing.co_consts)
    module = (type(thing).__module__ or "").split(".")[0]
    if module == "xgboost":
        return []
    if module == "pandas":
        if hasattr(thing, "categories") and hasattr(thing, "ordered"):
            return list(thing.categories)
        if hasattr(thing, "columns"):
            return [thing[c] for c in thing.columns] + [thing.index, list(thing.columns)]
        if hasattr(thing, "index") and hasattr(thing, "to_numpy"):
            return [thing.to_numpy(), thing.index]
        if hasattr(thing, "to_numpy"):
            return [thing.to_numpy()]
        return []
    inside = list(getattr(thing, "__dict__", {}).values())
    if callable(getattr(thing, "__call__", None)) and not isinstance(thing, type):
        inside.append(getattr(type(thing), "transform", None))
    for method in ("transform",):
        function = getattr(type(thing), method, None)
        if isinstance(function, types.FunctionType) and module not in ("sklearn", "numpy", "scipy"):
            inside.append(function)
    return inside


# ---------------------------------------------------------------------------------------------------
# Raw columns
# ---------------------------------------------------------------------------------------------------

class _Column:
    """A raw column: its kind, its values in X, and how a series of other values is made.

    Values are str, bool, float64, float32, int64 and microseconds, by kind: text, bool, category,
    double, float, whole, time. A gap is None, or `np.nan` where a text column may have either.
    """

    def __init__(self, name, series):
        import pandas
        self.pandas, self.name, self.dtype, self.zone = pandas, name, series.dtype, None
        self.kind = self._kind_of(series)
        gaps = series.isna().to_numpy()
        self.gaps = [None] if gaps.any() else []
        if self.kind == "text" and self.dtype == object:
            self.gaps = [g for g in (None, np.nan) if any((v is None) == (g is None) for v in series[gaps])]
        self.nullable_dtype = not isinstance(self.dtype, np.dtype) or self.kind in ("text", "double", "float", "time")
        self.values = self._plain(series[~gaps])
        self.distinct = np.unique(self.values) if self.kind != "category" else np.array([], object)
        if self.kind == "text":
            self.distinct = np.array(sorted(set(self.values)), object)

    def _wrong(self, what, cure):
        return HandOverError("types", f"Column '{self.name}' {what}: {cure}.", [self.name])

    def _kind_of(self, series):
        dtype, pandas = self.dtype, self.pandas
        if isinstance(dtype, pandas.CategoricalDtype):
            sorts = {type(v) for v in dtype.categories.tolist()}
            if not (sorts <= {str} or sorts <= {int}):
                raise self._wrong(f"has categories of {', '.join(sorted(s.__name__ for s in sorts))}", "expected all text or all whole numbers")
            return "category"
        if isinstance(dtype, pandas.DatetimeTZDtype):
            self.zone = str(dtype.tz)
            return "time"
        kind = getattr(dtype, "kind", "O")
        if pandas.api.types.is_bool_dtype(dtype):
            return "bool"
        if kind == "M":
            return "time"
        if kind in "iu":
            return "whole"
        if kind == "f":
            if dtype.itemsize == 2:
                raise self._wrong("is of float16", "make it float32")
            return "float" if dtype.itemsize == 4 else "double"
        if kind == "m":
            raise self._wrong("is a duration", "give it as a number, such as days")
        sorts = {type(v) for v in series.dropna()}
        if sorts <= {bool, np.bool_} and sorts:
            return "bool"
        if sorts <= {str, np.str_}:
            return "text"
        names = sorted(s.__name__ for s in sorts)
        if len(sorts) > 1:
            raise self._wrong(f"is of mixed types ({', '.join(names)})", "make it one")
        cures = {"Decimal": "make it float64", "date": "make it datetime64", "datetime": "make it datetime64", "Timestamp": "make it datetime64"}
        raise self._wrong(f"has objects of type {names[0]}", cures.get(names[0], "expected text, booleans, numbers or times"))

    def _plain(self, series):
        if self.kind == "text":
            return np.array([str(v) for v in series], object)
        if self.kind == "bool":
            return np.array([bool(v) for v in series], bool)
        if self.kind == "category":
            return np.array(series.astype(object).tolist() + [None], object)[:-1]
        if self.kind == "time":
            series = series.dt.tz_convert("UTC").dt.tz_localize(None) if self.zone else series
            return series.to_numpy("datetime64[us]").astype(np.int64)
        if self.kind == "whole":
            return series.to_numpy(np.int64)
        return series.to_numpy(np.float64 if self.kind == "double" else np.float32)

    def range(self):
        """The least and the largest value that the column's type has."""
        if self.kind == "whole":
            sort = np.dtype(str(self.dtype).lower())
            limits = np.iinfo(sort)
            return int(limits.min), int(min(limits.max, 2**63 - 1))
        if self.kind == "time":
            return -9_223_372_036_000_000, 9_223_372_036_000_000  # the years 1677 to 2262, of datetime64[ns]
        largest = float(np.finfo(np.float32).max)  # what is infinite as a float32 is refused, whatever the pipeline does
        return -largest, largest

    def series(self, values):
        """A series of values, of the type that the column then has: gaps make floats of whole numbers."""
        pandas = self.pandas
        gap = np.array([v is None or v is np.nan for v in values], bool) if self.kind not in ("double", "float") else None
        if self.kind == "text":
            return pandas.Series(np.array(values + [None], object)[:-1] if isinstance(values, list) else values, dtype=self.dtype)
        if self.kind == "category":
            return pandas.Series(pandas.Categorical([None if g else v for v, g in zip(values, gap)], dtype=self.dtype))
        if self.kind == "time":
            times = np.array([np.iinfo(np.int64).min if g else v for v, g in zip(values, gap)], np.int64).view("datetime64[us]")
            series = pandas.Series(times)
            if self.zone:
                return series.dt.tz_localize("UTC").dt.tz_convert(self.dtype.tz).astype(self.dtype)
            return series.astype(self.dtype)
        if self.kind in ("double", "float"):
            numbers = np.array([np.nan if v is None else v for v in values], np.float64 if self.kind == "double" else np.float32)
            return pandas.Series(numbers).astype(self.dtype)
        if gap.any():
            if self.nullable_dtype:
                return pandas.Series(pandas.array([pandas.NA if g else v for v, g in zip(values, gap)], dtype=self.dtype))
            if self.kind == "whole":
                return pandas.Series(np.array([np.nan if g else v for v, g in zip(values, gap)], np.float64))
            return pandas.Series(np.array([None if g else bool(v) for v, g in zip(values, gap)] + [0], object)[:-1])
        if self.kind == "bool":
            return pandas.Series([bool(v) for v in values], dtype=self.dtype)
        return pandas.Series(np.array([int(v) for v in values], object).astype(np.int64)).astype(self.dtype)

    # Numbers and times have ordered places: neighbours differ by one.

    def place(self, value):
        if self.kind == "double":
            bits = int(np.float64(value + 0.0).view(np.int64))
        elif self.kind == "float":
            bits = int(np.float32(value + np.float32(0)).view(np.int32))
        else:
            return int(value)
        flip = 0x7FFFFFFFFFFFFFFF if self.kind == "double" else 0x7FFFFFFF
        return bits if bits >= 0 else -(bits & flip)

    def at(self, place):
        if self.kind == "double":
            value = np.int64(abs(place)).view(np.float64)
            return float(value if place >= 0 else -value)
        if self.kind == "float":
            value = np.int32(abs(place)).view(np.float32)
            return np.float32(value if place >= 0 else -value)
        return int(place)

    def is_ordered(self):
        return self.kind in ("double", "float", "whole", "time")


def _columns(X, columns):
    import pandas
    if not isinstance(X, pandas.DataFrame):
        if columns is None:
            raise HandOverError("names", "X is an array: give a DataFrame with the tables' column names, or columns=[...].")
        X = pandas.DataFrame(np.asarray(X), columns=columns)
    names = list(X.columns)
    for name in names:
        if not isinstance(name, str):
            raise HandOverError("names", f"X has the column {name!r}: expected names that are text, those of the tables.")
        if names.count(name) > 1:
            raise HandOverError("names", f"X has the column '{name}' twice.", [name])
    if len(X) == 0:
        raise HandOverError("coverage", "X has no rows: expected 500 to 20,000 raw rows.")
    return X.reset_index(drop=True), [_Column(name, X[name]) for name in names]


def _number(value):
    """The number as JSON has it: the shortest text that reads back to a float32, or to a double."""
    return float(str(value)) if isinstance(value, np.float32) else float(value)


# ---------------------------------------------------------------------------------------------------
# Asking the pipeline
# ---------------------------------------------------------------------------------------------------

class _Asker:
    """Asks the pipeline what single changes of whole rows do to the inputs of its booster."""

    def __init__(self, model, frame, columns, quiet):
        self.model, self.frame, self.columns = model, frame, columns
        self.calls, self.rows, self.began, self.quiet, self.said = 0, 0, time.monotonic(), quiet, 0.0

    def ask(self, frame):
        """Returns inputs (n, width) and whether each row raised; rows that raise are found by halving."""
        self.calls, self.rows = self.calls + 1, self.rows + len(frame)
        self._progress()
        try:
            return self.model.slots(frame), np.zeros(len(frame), bool)
        except HandOverError:
            raise
        except Exception as error:  # whatever a transformer raises is an answer
            if len(frame) == 1:
                self.last_error = error
                return np.full((1, self.model.width), np.nan, np.float32), np.ones(1, bool)
        half = len(frame) // 2
        parts = [self.ask(frame.iloc[:half].reset_index(drop=True)), self.ask(frame.iloc[half:].reset_index(drop=True))]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _progress(self):
        now = time.monotonic() - self.began
        if not self.quiet and now > 2 and now - self.said > 1:
            self.said = now
            print(f"\rparitree: {self.rows:,} rows asked in {now:.0f} s", end="", file=sys.stderr, flush=True)

    def done(self):
        if self.said:
            print("", file=sys.stderr)

    def replaced(self, base, changes):
        """The base row (its index in X) once per value of the changes: a dict of column index to as many values."""
        count = len(next(iter(changes.values())))
        rows = self.frame.iloc[np.full(count, base)].reset_index(drop=True)
        for column, values in changes.items():
            rows[self.columns[column].name] = self.columns[column].series(values)
        return rows

    def values(self, base, column, values):
        """Answers to values of one column, all others being those of the base row. Gaps are asked apart."""
        values = list(values)
        slots, raised = np.empty((len(values), self.model.width), np.float32), np.empty(len(values), bool)
        apart = [i for i, v in enumerate(values) if v is None or v is np.nan]
        plain = [i for i in range(len(values)) if i not in set(apart)]
        chunks = [plain[i:i + CALL_ROWS] for i in range(0, len(plain), CALL_ROWS)] + [[i] for i in apart]
        for chunk in chunks:
            if chunk:
                slots[chunk], raised[chunk] = self.ask(self.replaced(base, {column: [values[i] for i in chunk]}))
        return slots, raised

    def many(self, base, queries):
        """Answers to values of several columns, each value in a row of its own: {column: values} to {column: (slots, raised)}."""
        import pandas
        answers, frames, where = {}, [], []
        for column, values in queries.items():
            answers[column] = np.empty((len(values), self.model.width), np.float32), np.empty(len(values), bool)
            for i in range(0, len(values), CALL_ROWS):
                frames.append((column, i, values[i:i + CALL_ROWS]))
        while frames:
            total, batch = 0, []
            while frames and (not batch or total + len(frames[0][2]) <= CALL_ROWS):
                batch.append(frames.pop(0))
                total += len(batch[-1][2])
            rows = self.frame.iloc[np.full(total, base)].reset_index(drop=True)
            at = 0
            for column, _, values in batch:
                one = self.columns[column]
                series, changed = rows[one.name].copy(), one.series(values)
                series.iloc[at:at + len(values)] = changed.array if not isinstance(one.dtype, np.dtype) else changed.to_numpy()
                rows[one.name] = series
                at += len(values)
            slots, raised = self.ask(rows)
            at = 0
            for column, start, values in batch:
                answers[column][0][start:start + len(values)] = slots[at:at + len(values)]
                answers[column][1][start:start + len(values)] = raised[at:at + len(values)]
                at += len(values)
        return answers


def _same(a, b):
    """Where float32 inputs are the same, missing being the same as missing."""
    return (a == b) | (np.isnan(a) & np.isnan(b))


def _check_function_of_a_row(asker, rng):
    """Refuses what depends on the other rows, their order or chance."""
    count = min(300, len(asker.frame))
    part = asker.frame.iloc[np.sort(rng.choice(len(asker.frame), count, replace=False))].reset_index(drop=True)
    first, raised = asker.ask(part)
    if raised.all():
        raise HandOverError("model", f"The pipeline raises for each row of X: {type(asker.last_error).__name__}: {asker.last_error}")
    again, raised_again = asker.ask(part)
    wrong = ~_same(first, again).all(1) | (raised != raised_again)
    if wrong.any():
        raise HandOverError("random", f"transform gives other numbers for the same row when asked again (row {wrong.argmax()}): it is not a function of a row.")
    order = rng.permutation(count)
    turned, raised_turned = asker.ask(part.iloc[order].reset_index(drop=True))
    wrong = ~_same(first[order], turned).all(1) | (raised[order] != raised_turned)
    with_gaps = np.flatnonzero(part.isna().to_numpy().any(1))[:6]
    singles = np.unique(np.concatenate([rng.choice(count, min(12, count), replace=False), with_gaps]))
    for row in singles:
        alone, failed = asker.ask(part.iloc[[row]].reset_index(drop=True))
        wrong[list(order).index(row)] |= bool(failed[0] != raised[row] or not _same(alone[0], first[row]).all())
    few, raised_few = asker.ask(part.iloc[:7].reset_index(drop=True))
    if (~_same(few, first[:7]).all(1) | (raised_few != raised[:7])).any():
        wrong[list(order).index(0)] = True
    if wrong.any():
        raise HandOverError("batch", f"transform gives other numbers for the same row in another batch (row {order[wrong.argmax()]}): it is not a function of a row.")


def _base_rows(frame, raised, rng):
    """Six rows of X: three without gaps, the one with most gaps, two others."""
    gaps = frame.isna().to_numpy().sum(1)
    allowed = np.flatnonzero(~raised)
    whole = allowed[gaps[allowed] == gaps[allowed].min()]
    picks = list(rng.choice(whole, min(3, len(whole)), replace=False))
    picks.append(allowed[gaps[allowed].argmax()])
    picks.extend(rng.choice(allowed, min(2, len(allowed)), replace=False))
    return [int(p) for p in dict.fromkeys(picks)]


# ---------------------------------------------------------------------------------------------------
# What each kind of column is asked
# ---------------------------------------------------------------------------------------------------

SENTINELS = (-1, -9, -99, -999, -9999, -99999, 9, 99, 999, 9999, 99999, 999999)


def _numbers_to_ask(column, clues, extra, thresholds, rng):
    """Places to ask a number or a time at, ascending."""
    low, high = column.range()
    known = column.distinct if len(column.distinct) <= 600 else np.unique(np.concatenate(
        [rng.choice(column.distinct, 560, replace=False), column.distinct[:20], column.distinct[-20:]]))
    values = [v.item() if column.kind != "float" else float(v) for v in known]
    least, most = (values[0], values[-1]) if values else (0, 1)
    span = (most - least) or 1
    if column.kind == "time":
        day = 86_400_000_000
        values += [least + round(f * span) for f in np.linspace(-1, 2, 400)]
        values += [least + d * day + o for d in rng.integers(-800, 800, 60).tolist() for o in (0, -1, day // 2)]
        values += [int(v) for v in (rng.integers(-300, 700, 400) * day + rng.integers(0, day, 400) + least)]
        values += [int(d) * day + int(m) * 60_000_000 for d, m in zip(rng.integers(0, 25_000, 1440), range(1440))]
        values += [int(y) * 365 * day for y in range(-60, 170)]
    else:
        values += [(a + b) / 2 for a, b in zip(values, values[1:])]
        values += [0, 1, 2, *SENTINELS, *extra, *[s * 10.0 ** e for s in (1, -1) for e in range(-6, 16)]]
        values += [end + sign * factor * span for end, sign in ((least, -1), (most, 1)) for factor in (.01, .1, 1, 3, 10, 100, 1e4)]
        values += list(clues)
        if column.kind == "whole" and span < 1500:
            values += list(range(int(least) - 3, int(most) + 4))
    places, whole = set(), column.kind in ("whole", "time")
    for value in values:
        if not low <= value <= high:
            continue
        options = {math.floor(value), math.ceil(value)} if whole else {value}
        for option in options:
            if low <= option <= high:
                place = column.place(np.float32(option) if column.kind == "float" else option)
                places.add(place)
    neighbours = [column.place(np.float32(v) if column.kind == "float" else v) for v in
                  [*list(clues), *extra, *SENTINELS, 0] if low <= v <= high and (not whole or v == int(v))]
    if column.kind == "time":
        neighbours = []
    for place in neighbours + [column.place(v) for v in known[:200]]:
        places.update(p for p in (place - 1, place + 1) if column.place(low) <= p <= column.place(high))
    places.update((column.place(low), column.place(high)))
    return sorted(places)


def _impossible_texts(known, rng):
    """Texts that no vocabulary has, some of them near known ones."""
    texts = ["", "?zq", "x" * 300, "0", "12345678901", "-1.5", "\u00e9\u4e2d", " "]
    some = [known[i] for i in rng.choice(len(known), min(12, len(known)), replace=False)] if len(known) else []
    for text in some:
        texts += [text.lower(), text.upper(), " " + text, text + " ", text + "q", text[:-1], text[:max(1, len(text) // 2)], text[::-1]]
    known = set(known)
    return [t for t in dict.fromkeys(texts) if t not in known]


class _Known:
    """What a column is asked with: values that training may have had, and what never was a value."""

    def __init__(self, column, reference, clue_texts, clue_numbers, extra, rng, max_values):
        self.readable = set()
        self.impossible = []
        if column.kind == "text":
            seen = set(column.distinct)
            if reference is not None and column.name in reference:
                seen |= {str(v) for v in reference[column.name].dropna()}
            if len(seen) > max_values:
                raise HandOverError("values", f"Column '{column.name}' has {len(seen):,} values; mapped columns may have {max_values:,}: "
                                    "give the encoded column, or max_values=.", [column.name])
            self.seen, self.readable = seen, clue_texts
            if len(clue_texts) <= 4 * max_values:
                seen = seen | clue_texts
            self.values = sorted(seen)
            self.impossible = _impossible_texts(self.values, rng)
        elif column.kind == "category":
            self.values = [v for v in column.dtype.categories.tolist()]
            self.seen = set(self.values)
        elif column.kind == "bool":
            self.values, self.seen = [False, True], {False, True}
        else:
            self.values, self.seen = None, None


def _gap_forms(column):
    return [None, np.nan] if column.kind == "text" and column.dtype == object else [None]


# ---------------------------------------------------------------------------------------------------
# Which column has a say in which input
# ---------------------------------------------------------------------------------------------------

class _Probe:
    """What was asked of one column, with the answers of the first base row."""

    def __init__(self, asked, slots, raised, known):
        self.asked, self.slots, self.raised, self.known = asked, slots, raised, known
        self.gap, self.gap_raises, self.nullable, self.notes = None, False, True, []


def _ask_columns(asker, bases, knowns, clues, extra, rng):
    """Asks each column everything at the first base row, and some of it at the others; returns probes and owners."""
    model, columns, owners, probes = asker.model, asker.columns, {}, []
    own, _ = asker.ask(asker.frame.iloc[bases].reset_index(drop=True))
    thresholds = model.thresholds or []
    for c, column in enumerate(columns):
        known = knowns[c]
        if column.is_ordered():
            asked = [column.at(p) for p in _numbers_to_ask(column, clues, extra.get(column.name, ()), thresholds, rng)]
        else:
            asked = list(known.values) + known.impossible
        slots, raised = asker.values(bases[0], c, asked) if asked else (np.empty((0, model.width), np.float32), np.empty(0, bool))
        probe = _Probe(asked, slots, raised, known)
        _ask_gaps(asker, bases[0], c, probe)
        probes.append(probe)
        moved = (~_same(slots, own[0]) & ~raised[:, None]).any(0)
        if not probe.gap_raises and probe.gap is not None:
            moved |= ~_same(probe.gap, own[0])
        some = rng.permutation(len(asked))[:60]
        for b, base in enumerate(bases[1:], 1):
            there, failed = asker.values(base, c, [asked[i] for i in some])
            differs = ~_same(there, own[b]) & ~failed[:, None]
            moved |= differs.any(0)
            other = ~_same(there, slots[some]) & ~failed[:, None] & ~raised[some][:, None]
            for slot in np.flatnonzero(other.any(0) & moved):
                row = int(other[:, slot].argmax())
                _refuse_two(asker, slot, c, bases[0], base, asked[some[row]])
        for slot in np.flatnonzero(moved):
            owners.setdefault(int(slot), []).append(c)
    return probes, owners


def _ask_gaps(asker, base, c, probe):
    column = asker.columns[c]
    forms = _gap_forms(column)
    slots, raised = asker.values(base, c, forms)
    chosen = 0
    if len(forms) == 2 and (raised[0] != raised[1] or not (raised[0] or _same(slots[0], slots[1]).all())):
        if len(column.gaps) == 1:
            chosen = 0 if column.gaps[0] is None else 1
            probe.notes.append(f"None and NaN differ; X has {'None' if chosen == 0 else 'NaN'}, and that is taken")
        elif column.gaps:
            raise HandOverError("gaps", f"Column '{column.name}' has None and NaN, which the pipeline treats in two ways: make it one.", [column.name])
        else:
            probe.gap_raises, probe.nullable = True, False
            probe.notes.append("None and NaN differ and X has neither: a missing value is refused")
            return
    probe.gap, probe.gap_raises = slots[chosen], bool(raised[chosen])
    probe.nullable = not probe.gap_raises
    if probe.gap_raises or column.nullable_dtype or not len(column.distinct):
        return
    some = column.distinct[:50].tolist()
    together, failed = asker.ask(asker.replaced(base, {c: some + [None]}))
    plain, plain_failed = asker.values(base, c, some)
    if (~_same(together[:-1], plain)).any() or (failed[:-1] != plain_failed).any():
        raise HandOverError("dtype", f"A missing value anywhere in '{column.name}' changes other rows (5 becomes 5.0): make it text or nullable Int64 before.", [column.name])


def _refuse_two(asker, slot, c, first, second, value):
    """Refuses an input for which a value of column c gives something else at another base row."""
    names = [asker.columns[c].name]
    for d, column in enumerate(asker.columns):
        if d == c:
            continue
        start = asker.replaced(first, {c: [value]})
        turned = start.copy()
        turned[column.name] = asker.frame[column.name].iloc[[second]].reset_index(drop=True)
        try:
            a, b = asker.model.slots(start)[0, slot], asker.model.slots(turned)[0, slot]
        except HandOverError:
            raise
        except Exception:
            continue
        if not _same(a, b):
            names.append(column.name)
    _refuse(asker, slot, names)


def _refuse(asker, slot, names):
    feature = asker.model.feature(slot)
    if len(names) < 2:
        raise HandOverError("check", f"Feature '{feature}' depends on '{names[0]}' and on something that single changes do not show: compute it in the table.", names)
    quoted = ", ".join(f"'{n}'" for n in names[:-1]) + f" and '{names[-1]}'"
    raise HandOverError("columns", f"Feature '{feature}' depends on {quoted}: compute it in the table, and give X with the column '{feature}'.", names)


def _check_composition(asker, bases, truth, raised, owners, rng):
    """Each column's values of X, put alone into one base row, must give X's own inputs."""
    rows = [int(r) for r in rng.permutation(np.flatnonzero(~raised))[:250]]
    for c, column in enumerate(asker.columns):
        mine = [s for s, of in owners.items() if of == [c]]
        if not mine:
            continue
        frame = asker.frame.iloc[np.full(len(rows), bases[0])].reset_index(drop=True)
        frame[column.name] = asker.frame[column.name].iloc[rows].reset_index(drop=True)
        slots, failed = asker.ask(frame)
        wrong = ~_same(slots[:, mine], truth[rows][:, mine]) & ~failed[:, None]
        if wrong.any():
            at, slot = np.argwhere(wrong)[0]
            names = [column.name]
            for d in asker.columns:
                if d.name != column.name:
                    mixed = asker.frame.iloc[[rows[at]]].reset_index(drop=True)
                    mixed[d.name] = asker.frame[d.name].iloc[[bases[0]]].reset_index(drop=True)
                    answer, failed_there = asker.ask(mixed)
                    if not failed_there[0] and not _same(answer[0, mine[slot]], truth[rows[at], mine[slot]]):
                        names.append(d.name)
            _refuse(asker, mine[slot], names)


# ---------------------------------------------------------------------------------------------------
# Rules
# ---------------------------------------------------------------------------------------------------

def _json_slot(value):
    return None if np.isnan(value) else _number(np.float32(value))


def _key(model, slot, values, exact):
    """The piece of each input: its bits, or its rank among the feature's thresholds; -1 for missing."""
    if exact or model.thresholds is None or slot in model.categorical:
        keys = values.view(np.int32).astype(np.int64)
        return np.where(np.isnan(values), np.int64(-2**40), keys)
    ranks = np.searchsorted(model.thresholds[slot], np.nan_to_num(values, nan=0.0), side="right")
    return np.where(np.isnan(values), MISSING, ranks)


class _Table:
    """Rules of the inputs that a column of text, categories or booleans has."""

    def __init__(self, model, column, probe, slots, complete, unseen):
        known = len(probe.known.values)
        self.column, asked, answers, raised = column, probe.asked, probe.slots[:, slots], probe.raised
        impossible, failed = answers[known:], raised[known:]
        reject, other = column.kind != "text", None
        if column.kind == "text":
            if failed.all():
                reject = True
            elif failed.any() or not _same(impossible, impossible[0]).all():
                if unseen != "reject":
                    a, b = self._two(asked[known:], impossible, failed)
                    raise HandOverError("text", f"Unknown texts of '{column.name}' become different numbers ({a!r} and {b!r}): no table can list them. "
                                        "Give the prepared column, or unseen=\"reject\".", [column.name])
                reject = True
                probe.notes.append("a function of any text: texts that X does not have are refused")
            else:
                other = impossible[0]
                matter = [v for v, s, r in zip(asked[:known], answers[:known], raised[:known]) if r or not _same(s, other).all()]
                if not complete and any(v not in probe.known.readable for v in matter):
                    reject = True
                    probe.notes.append("unseen values are refused: the vocabulary is not readable (complete=True, if X shows all values)")
        listed = [i for i in range(known) if not raised[i] and (not reject or other is None or asked[i] in probe.known.seen or not _same(answers[i], other).all())]
        self.rules = []
        for n in range(len(slots)):
            if reject and n == 0:
                rest, shown = "reject", listed
            else:
                likely = answers[listed, n] if other is None else np.array([other[n]])
                keys, counts = np.unique(_key(model, slots[n], likely.astype(np.float32), True), return_counts=True)
                usual = likely[np.flatnonzero(_key(model, slots[n], likely.astype(np.float32), True) == keys[counts.argmax()])[0]] if len(likely) else np.nan
                rest = "missing" if np.isnan(usual) else _json_slot(usual)
                shown = [i for i in listed if not _same(answers[i, n], usual)]
            rule = {"type": "mapped", "values": [[_plain(asked[i]), _json_slot(answers[i, n])] for i in shown], "other": rest}
            self.rules.append(rule)
        self.summary = f"table of {len(listed)} values; unseen {'refused' if reject else 'as asked'}"

    @staticmethod
    def _two(texts, answers, failed):
        for i in range(1, len(texts)):
            if failed[i] != failed[0] or not _same(answers[i], answers[0]).all():
                return texts[0], texts[i]
        return texts[0], texts[-1]


def _plain(value):
    return value.item() if isinstance(value, np.generic) else value


PARTS = {
    "hour": lambda t: t.dt.hour, "minute_of_day": lambda t: t.dt.hour * 60 + t.dt.minute, "day_of_week": lambda t: t.dt.dayofweek + 1,
    "day_of_month": lambda t: t.dt.day, "month": lambda t: t.dt.month, "year": lambda t: t.dt.year,
    "week": lambda t: t.dt.isocalendar().week, "day_of_year": lambda t: t.dt.dayofyear}


def _part(column, name, values):
    return PARTS[name](column.series(list(values))).to_numpy().astype(np.int64)


def _time_rule(column, probe, slot):
    """The rule of an input that is one part of a time or a table over one, or None."""
    answers, raised = probe.slots[:, slot], probe.raised
    if raised.any():
        return None
    parts = {name: _part(column, name, probe.asked) for name in PARTS}
    for name, part in parts.items():
        if _same(answers, part.astype(np.float32)).all():
            return {"type": name}
    for name in ("hour", "day_of_week", "month", "day_of_month", "week", "day_of_year", "minute_of_day"):
        table, fits = {}, True
        for value, answer in zip(parts[name].tolist(), answers):
            if value in table and not _same(table[value], answer):
                fits = False
                break
            table[value] = answer
        if fits:
            return {"type": "mapped", "of": name, "values": [[v, _json_slot(a)] for v, a in sorted(table.items())], "other": "reject"}
    return None


def _as_is(column, probe, slot):
    """The rule of a number that is taken as it is, but for at most three values that are missing; or None."""
    if probe.raised.any() or column.kind == "time":
        return None
    asked = np.array([float(v) for v in probe.asked])
    with np.errstate(over="ignore"):
        expected = asked.astype(np.float32) + np.float32(0)
    answers = probe.slots[:, slot]
    wrong = ~_same(answers, expected)
    if not wrong.any():
        return {"type": "number"}
    single = np.flatnonzero(wrong)
    if len(single) > 3 or not np.isnan(answers[single]).all():
        return None
    places = {column.place(v): i for i, v in enumerate(probe.asked)}
    for i in single:
        place = column.place(probe.asked[i])
        if any(place + d in places and wrong[places[place + d]] for d in (-1, 1)) or not all(place + d in places for d in (-1, 1)):
            return None
    return {"type": "number", "missing": [_plain_number(column, probe.asked[i]) for i in single]}


def _plain_number(column, value):
    return int(value) if column.kind == "whole" or float(value).is_integer() and abs(value) < 2**53 else float(value)


def _steps(asker, base, wanted, probes, complete, clue_numbers):
    """Cut points of the given inputs: {column: [slots]} to {(column, slot): rule}."""
    model, columns = asker.model, asker.columns
    states = {}
    for c, slots in wanted.items():
        probe, column = probes[c], columns[c]
        places = [column.place(v) for v in probe.asked]
        exact = {}
        for s in slots:
            answers = probe.slots[:, s]
            keys = np.where(probe.raised, -2**41, _key(model, s, answers, True))
            jumps, distinct = int((keys[1:] != keys[:-1]).sum()), len(np.unique(keys))
            exact[s] = jumps <= 300 and distinct <= 130 and jumps < .3 * len(keys)
            if model.thresholds is None and not exact[s]:
                raise HandOverError("steps", f"Feature '{model.feature(s)}' is a function of '{column.name}', and a linear model needs its very number: compute it in the table.", [column.name])
            if not exact[s] and s in model.categorical:
                raise HandOverError("steps", f"Feature '{model.feature(s)}' has categorical splits and too many values of '{column.name}': compute it in the table.", [column.name])
        states[c] = {"exact": exact, "slots": slots, "points": dict(zip(places, zip(probe.slots[:, slots], probe.raised)))}

    def key(c, answer, failed):
        if failed:
            return (RAISES,)
        state = states[c]
        return tuple(int(_key(model, s, answer[n:n + 1], state["exact"][s])[0]) for n, s in enumerate(state["slots"]))

    brackets, keys = {}, {}
    for c, state in states.items():
        keys[c] = {p: key(c, *a) for p, a in state["points"].items()}
        order = sorted(keys[c])
        brackets[c] = [(a, b) for a, b in zip(order, order[1:]) if keys[c][a] != keys[c][b] and b - a > 1]
    while any(brackets.values()):
        queries = {c: [columns[c].at((a + b) // 2) for a, b in open_] for c, open_ in brackets.items() if open_}
        answers = asker.many(base, queries)
        for c, (slots, raised) in answers.items():
            state, column, left = states[c], columns[c], []
            for (a, b), answer, failed in zip(brackets[c], slots, raised):
                middle = (a + b) // 2
                state["points"][middle] = answer[state["slots"]], bool(failed)
                keys[c][middle] = key(c, *state["points"][middle])
                left += [(x, y) for x, y in ((a, middle), (middle, b)) if keys[c][x] != keys[c][y] and y - x > 1]
            if len(left) > MAX_CUTS:
                raise HandOverError("steps", f"'{column.name}' has over {MAX_CUTS:,} steps for the model's thresholds: compute the feature in the table.", [column.name])
            brackets[c] = left
    rules = {}
    for c, state in states.items():
        rules.update(_cut(model, columns[c], c, state, keys[c], probes[c], complete, clue_numbers))
    return rules


def _cut(model, column, c, state, keys, probe, complete, clues):
    """Rules of a column's inputs, from the pieces between neighbours that differ."""
    order = sorted(keys)
    starts = [order[0]] + [b for a, b in zip(order, order[1:]) if keys[a] != keys[b]]
    thresholds = sum(len(model.thresholds[s]) for s in state["slots"]) if model.thresholds is not None else 0
    if column.kind == "time" and len(starts) > 8 + 4 * max(thresholds, 60):
        raise HandOverError("periodic", f"'{column.name}' has {len(starts):,} steps, more than a model of {thresholds} thresholds needs: "
                            "it repeats itself; compute the feature in the table.", [column.name])
    if len(starts) > MAX_CUTS:
        raise HandOverError("steps", f"'{column.name}' has over {MAX_CUTS:,} steps for the model's thresholds: compute the feature in the table.", [column.name])
    codes = [i for i in range(1, len(starts) - 1) if starts[i + 1] - starts[i] == 1 and keys[starts[i - 1]] == keys[starts[i + 1]]]
    closed = set()
    if len(codes) >= 3 and column.kind != "time":
        known = {column.place(np.float32(v) if column.kind == "float" else v) for v in clues if column.range()[0] <= v <= column.range()[1]
                 and (column.kind != "whole" or v == int(v))}
        if not complete and any(starts[i] not in known for i in codes):
            probe.notes.append("numbers are codes, and not all are readable: numbers that X does not have are refused (complete=True, if X shows all)")
            closed = {column.place(v) for v in column.distinct} | {starts[i] for i in codes}
    if closed:
        starts = sorted({starts[0], *closed, *(p + 1 for p in closed)})
    rules = {}
    for n, s in enumerate(state["slots"]):
        steps, last = [], None
        for start in starts:
            at = max((p for p in (start,) if p in keys), default=None)
            if at is None:
                at = order[int(np.searchsorted(order, start, side="right")) - 1]
            answer, failed = state["points"][at]
            refused = failed or bool(closed) and start not in closed
            if refused:
                slot = "reject" if n == 0 else (steps[-1][1] if steps else 0.0)
            elif state["exact"][s] or model.thresholds is None:
                slot = _json_slot(answer[n])
            else:
                slot = _slot_of_rank(model.thresholds[s], int(_key(model, s, answer[n:n + 1], False)[0]))
            if not steps or slot != last:
                steps.append([None if not steps else _from(column, start), slot])
                last = slot
        of = {"double": "double", "float": "float", "whole": "whole", "time": "instant" if column.zone else "local"}[column.kind]
        rules[c, s] = {"type": "steps", "of": of, "steps": steps}
    return rules


def _slot_of_rank(thresholds, rank):
    if rank == MISSING:
        return None
    if not len(thresholds):
        return 0.0
    return _number(thresholds[rank - 1] if rank else np.nextafter(thresholds[0], np.float32(-np.inf)))


def _from(column, place):
    value = column.at(place)
    if column.kind != "time":
        return int(value) if column.kind == "whole" else float(value)
    return str(np.datetime64(value, "us")) + ("Z" if column.zone else "")


# ---------------------------------------------------------------------------------------------------
# The rules as they will be read: raw rows to inputs, without the pipeline
# ---------------------------------------------------------------------------------------------------

def _apply(rule, column, series):
    """The input of each value of a series, and whether a value is refused: what the package will do."""
    gaps = series.isna().to_numpy()
    slots, refused = np.full(len(series), np.nan, np.float32), np.zeros(len(series), bool)
    if not rule.get("nullable", True):
        refused |= gaps
    elif rule.get("if_missing") is not None:
        slots[gaps] = np.float32(rule["if_missing"])
    plain = column._plain(series[~gaps]) if column.kind != "whole" else series[~gaps].to_numpy(np.int64)
    places = np.flatnonzero(~gaps)
    if rule["type"] == "number":
        sentinels = set(rule.get("missing", ()))
        fill = rule.get("if_missing")
        values = plain.astype(np.float64)
        taken = values.astype(np.float32) + np.float32(0)
        for sentinel in sentinels:
            taken[values == sentinel] = np.nan if fill is None else np.float32(fill)
        slots[places] = taken
    elif rule["type"] in PARTS:
        slots[places] = _part(column, rule["type"], plain)
    elif rule["type"] == "mapped":
        table = {v: np.nan if s is None else np.float32(s) for v, s in rule["values"]}
        keys = _part(column, rule["of"], plain) if "of" in rule else plain
        other = rule["other"]
        for place, value in zip(places, keys):
            answer = table.get(_plain(value))
            if answer is None:
                refused[place] |= other == "reject"
                answer = np.nan if isinstance(other, str) else np.float32(other)
            slots[place] = answer
    else:
        starts = [float("-inf") if f is None else (column.pandas.Timestamp(f.rstrip("Z")).value // 1000 if isinstance(f, str) else f) for f, _ in rule["steps"]]
        if column.kind in ("whole", "time"):
            starts[0] = -2**63
            at = np.searchsorted(np.array(starts, np.int64), plain, side="right") - 1
        else:
            at = np.searchsorted(np.array(starts, np.float64), plain.astype(np.float64) + 0.0, side="right") - 1
        answers = [s for _, s in rule["steps"]]
        refused[places] |= np.array([answers[i] == "reject" for i in at], bool)
        slots[places] = np.array([np.nan if answers[i] is None or answers[i] == "reject" else answers[i] for i in at], np.float32)
    return slots, refused


def _apply_all(features, columns, frame):
    by_name = {c.name: c for c in columns}
    slots, refused = np.empty((len(frame), len(features)), np.float32), np.zeros(len(frame), bool)
    for n, rule in enumerate(features):
        slots[:, n], wrong = _apply(rule, by_name[rule["column"]], frame[rule["column"]])
        refused |= wrong
    return slots, refused


def _second_draw(frame, columns, rng, count=1500):
    """X, and rows of X whose columns are shuffled one by one, with gaps where X has gaps."""
    import pandas
    mixed = pandas.DataFrame(index=range(count))
    for column in columns:
        series = frame[column.name].iloc[rng.integers(0, len(frame), count)].reset_index(drop=True)
        if column.gaps:
            series[rng.random(count) < .15] = None if column.gaps[0] is None else np.nan
            series = series.astype(column.dtype)
        mixed[column.name] = series
    return mixed


def _check_rules(asker, features, exact, rng):
    """Own inputs against the pipeline's, by rank or bits, and the booster's prediction of both, by bits."""
    model = asker.model
    for what, frame in (("X", asker.frame), ("the second draw", _second_draw(asker.frame, asker.columns, rng))):
        theirs, raised = asker.ask(frame)
        own, refused = _apply_all(features, asker.columns, frame)
        both = ~raised & ~refused
        if (raised & ~refused).any():
            row = int((raised & ~refused).argmax())
            raise HandOverError("check", f"The pipeline raises for row {row} of {what}, and no single column shows why: another column has a say that single changes do not show.")
        for slot, rule in enumerate(features):
            wrong = both & (_key(model, slot, own[:, slot], exact[slot]) != _key(model, slot, theirs[:, slot], exact[slot]))
            if wrong.any():
                row = int(wrong.argmax())
                raise HandOverError("check", f"Slot '{rule['name']}' of row {row} of {what} is {own[row, slot]}, the pipeline has {theirs[row, slot]}: "
                                    "another column has a say that single changes do not show.", [rule["column"]])
        if both.any():
            a, b = model.from_slots(own[both]), model.from_slots(theirs[both])
            wrong = ~_same(a, b).all(1)
            if wrong.any():
                row = int(np.flatnonzero(both)[wrong.argmax()])
                raise HandOverError("check", f"The score of row {row} of {what} differs, though all inputs have the same rank: this is a fault of paritree.py.")


# ---------------------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------------------

def _record(columns, frame, row):
    """A raw row as JSON has it: float32 widened exactly, times in ISO form, gaps null."""
    record = {}
    for column in columns:
        value = frame[column.name].iat[row]
        if value is None or value is column.pandas.NA or value is column.pandas.NaT or value != value:
            record[column.name] = None
        elif column.kind == "time":
            record[column.name] = value.isoformat()
        elif column.kind == "bool":
            record[column.name] = bool(value)
        elif column.kind == "whole":
            record[column.name] = int(value)
        elif column.kind in ("double", "float"):
            record[column.name] = float(value)
        else:
            record[column.name] = _plain(value)
    return record


def _rows_to_write(frame, columns, raised, count, rng):
    """Rows with a gap in each column, with each value of small columns, then a sample."""
    allowed, picked = np.flatnonzero(~raised), []
    for column in columns:
        series = frame[column.name]
        gaps = [r for r in np.flatnonzero(series.isna().to_numpy()) if not raised[r]]
        picked += gaps[:1]
        if column.kind in ("text", "category", "bool", "whole"):
            first = series.drop_duplicates().index.tolist()
            if len(first) <= 50:
                picked += [r for r in first if not raised[r]]
    sample = rng.permutation(allowed).tolist()
    return list(dict.fromkeys([int(r) for r in picked + sample]))[:count]


def _lines(path, documents):
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for document in documents:
            out.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def _write(directory, hand_over):
    """Writes all files, or none: into a directory beside, which is renamed at the end."""
    directory = os.path.abspath(directory)
    os.makedirs(os.path.dirname(directory), exist_ok=True)
    staging = tempfile.mkdtemp(prefix="." + os.path.basename(directory) + "-", dir=os.path.dirname(directory))
    try:
        hand_over._files(staging)
        digests = {}
        for name in sorted(os.listdir(staging)):
            with open(os.path.join(staging, name), "rb") as file:
                digests[name] = hashlib.sha256(file.read()).hexdigest()
        document = dict(hand_over.document, files=digests)
        with open(os.path.join(staging, "handover.json"), "w", encoding="utf-8") as out:
            json.dump(document, out, indent=1, ensure_ascii=False)
        os.chmod(staging, 0o755)
        if os.path.exists(directory):
            raise HandOverError("exists", f"Cannot write '{directory}': it exists. Give a new directory.")
        os.rename(staging, directory)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


class HandOver:
    """What was handed over: `print` it for a line per column; `directory`, `schema`, `notes`."""

    def __init__(self, directory, schema, lines, notes):
        self.directory, self.schema, self.lines, self.notes = directory, schema, lines, notes

    def __str__(self):
        width = max((len(name) for name, _ in self.lines), default=0)
        return "\n".join([f"{name:{width}}  {what}" for name, what in self.lines] + [f"note: {note}" for note in self.notes])

    __repr__ = __str__


def hand_over(directory, model, X, *, reference=None, complete=False, unseen="refuse", zones=None, classes=None, threshold=None, expected=None,
              base_margin=None, iteration_range=None, missing=None, columns=None, max_values=10_000, rows=500, name=None, metrics=None, notes="",
              seed=1, quiet=False):
    """Writes a fitted pipeline into a new directory, as data: a model file, a schema, and rows with the inputs and scores that the pipeline has.

    directory: where; refused if it exists.
    model: a Booster; an XGBClassifier, XGBRegressor, XGBRanker or a random forest of XGBoost; a scikit-learn Pipeline that
        ends in one; a CalibratedClassifierCV with one fitted classifier, around either or last in a pipeline; or
        (transform, booster), transform being a function of a DataFrame.
    X: 500 to 20,000 raw rows, a DataFrame with the columns and types that the tables have.
    reference: the training rows, for values that X does not show and for the package's profile.
    complete: True says that X and reference show every value that training saw.
    unseen: "refuse" a pipeline that computes something of any text; or "reject" texts that X does not show, row by row.
    zones: {column: zone} of local times that the tables have as instants.
    classes, threshold: labels, as outputs of the schema have them.
    expected: the predictions of X, compared with the model's own.
    base_margin: the column that a margin begins with.
    iteration_range: the rounds of a Booster, (0, n).
    missing: {column: [numbers]} more numbers to ask for, which may mean "missing".
    columns: names, if X is an array.
    max_values: the largest vocabulary; rows: how many rows are written for sealing.
    name, metrics, notes: kept in the package.
    seed: of the samples. quiet: without a progress line.

    Returns a HandOver. Raises HandOverError where the pipeline cannot be handed over; nothing is written then.
    """
    if os.path.exists(directory):
        raise HandOverError("exists", f"Cannot write '{directory}': it exists. Give a new directory.")
    rng = np.random.default_rng(seed)
    frame, raw = _columns(X, columns)
    if len(frame) > 20_000:
        frame = frame.iloc[np.sort(rng.choice(len(frame), 20_000, replace=False))].reset_index(drop=True)
        raw = [_Column(c.name, frame[c.name]) for c in raw]
    asked = _Model(model, X, iteration_range, base_margin)
    if base_margin is not None and (base_margin not in frame or [c for c in raw if c.name == base_margin][0].kind not in ("double", "float", "whole")):
        raise HandOverError("base_margin", f"base_margin='{base_margin}' must name a number column of X.", [base_margin])
    asker = _Asker(asked, frame, raw, quiet)
    features, exact, lines, remarks = _find_rules(asker, reference, complete, unseen, missing or {}, max_values, rng)
    _check_rules(asker, features, exact, rng)
    asker.done()
    if expected is not None:
        answer, wanted = asked.predict(frame), np.asarray(expected).reshape(len(frame), -1)
        wrong = (answer.astype(np.float32) != wanted.astype(np.float32)).any(1) if answer.shape == wanted.shape else np.ones(len(frame), bool)
        if wrong.any():
            at = int(wrong.argmax())
            raise HandOverError("expected", f"The prediction of X differs from expected in {wrong.sum()} of {len(frame)} rows, first at row {at}: X is not what expected was made from.")
    for feature in features:
        zone = next((c.zone for c in raw if c.name == feature["column"]), None) or (zones or {}).get(feature["column"])
        if zone and (feature["type"] in PARTS or feature.get("of") in (*PARTS, "local")):
            feature["zone"] = zone
    if base_margin is not None:
        features.append({"name": base_margin, "type": "number", "role": "offset"})
    schema = {"features": features}
    outputs = {key: value for key, value in (("classes", classes), ("threshold", threshold), ("calibration", asked.calibration())) if value is not None}
    if outputs:
        schema["outputs"] = outputs
    result = HandOver(os.path.abspath(directory), schema, lines, remarks)
    truth, raised = asker.ask(frame)
    picked = _rows_to_write(frame, raw, raised, rows, rng)
    part = frame.iloc[picked].reset_index(drop=True)
    margins = None if base_margin is None else np.asarray(part[base_margin], np.float32)
    scores = asked.from_slots(truth[picked], margins)
    final = asked.predict(part) if asked.calibrator is not None else None
    profile = _reference(reference if reference is not None else frame, raw, rng)

    def files(staging):
        asked.booster.save_model(os.path.join(staging, "model.ubj"))
        with open(os.path.join(staging, "schema.json"), "w", encoding="utf-8") as out:
            json.dump(schema, out, ensure_ascii=False, allow_nan=False)
        _lines(os.path.join(staging, "rows.jsonl"), [_record(raw, part, r) for r in range(len(part))])
        _lines(os.path.join(staging, "slots.jsonl"), [[_json_slot(v) for v in row] for row in truth[picked]])
        answers = [{"score": [_number(v) for v in row]} for row in scores]
        if final is not None:
            answers = [dict(a, calibrated=[float(v) for v in row]) for a, row in zip(answers, final)]
        _lines(os.path.join(staging, "expected.jsonl"), answers)
        _lines(os.path.join(staging, "reference.jsonl"), [_record(raw, profile, r) for r in range(len(profile))])

    result._files = files
    result.document = {
        "format": 1, "name": name, "versions": _versions(), "model": type(model).__name__, "steps": [type(s).__name__ for s in asked.steps],
        "rounds": list(asked.rounds), "metrics": metrics or {}, "notes": notes, "dtypes": {c.name: str(c.dtype) for c in raw},
        "complete": complete, "asked_rows": asker.rows, "calls": asker.calls, "remarks": remarks,
        "columns": {column: what for column, what in lines}, "exact": [bool(e) for e in exact]}
    _write(directory, result)
    return result


def _reference(frame, columns, rng):
    if len(frame) > 20_000:
        frame = frame.iloc[np.sort(rng.choice(len(frame), 20_000, replace=False))]
    return frame.reset_index(drop=True)[[c.name for c in columns]]


def _versions():
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for module in ("numpy", "xgboost", "sklearn", "pandas"):
        if module in sys.modules:
            versions[module] = sys.modules[module].__version__
    return versions


def _find_rules(asker, reference, complete, unseen, missing, max_values, rng):
    """The rule of each input; which of them promise bits; a line per column, and notes."""
    model, frame, columns = asker.model, asker.frame, asker.columns
    _check_function_of_a_row(asker, rng)
    truth, raised = asker.ask(frame)
    texts, numbers = _clues(model.steps)
    extra = {c.name: [v for v in missing.get(c.name, ())] for c in columns}
    if not np.isnan(model.missing):
        for values in extra.values():
            values.append(float(model.missing))
    for values in extra.values():
        values += [v for v in SENTINELS]
    clues = sorted(numbers)
    if len(clues) > 5000:
        clues = sorted(rng.choice(np.array(clues, object), 5000, replace=False).tolist())
    knowns = [_Known(c, reference, texts, clues, (), rng, max_values) for c in columns]
    bases = _base_rows(frame, raised, rng)
    probes, owners = _ask_columns(asker, bases, knowns, clues, extra, rng)
    for slot in range(model.width):
        of = owners.get(slot, [])
        if len(of) > 1:
            _refuse(asker, slot, [columns[c].name for c in of])
        if not of:
            _check_constant(asker, slot, truth, raised)
    _check_composition(asker, bases, truth, raised, owners, rng)

    rules, exact, wanted = {}, {}, {}
    for c, column in enumerate(columns):
        mine = sorted(s for s, of in owners.items() if of == [c])
        probe = probes[c]
        if not mine:
            continue
        if not column.is_ordered():
            table = _Table(model, column, probe, mine, complete, unseen)
            for slot, rule in zip(mine, table.rules):
                rules[slot], exact[slot] = dict(rule, column=column.name), True
            continue
        for slot in mine:
            rule = _time_rule(column, probe, slot) if column.kind == "time" else _as_is(column, probe, slot)
            if rule is None:
                wanted.setdefault(c, []).append(slot)
            else:
                rules[slot], exact[slot] = dict(rule, column=column.name), True
        if probe.raised.any() and c not in wanted:
            wanted[c] = mine
    cut = _steps(asker, bases[0], wanted, probes, complete, clues)
    for (c, slot), rule in cut.items():
        rules[slot], exact[slot] = dict(rule, column=columns[c].name), False
    features = []
    for slot in range(model.width):
        rule = rules.get(slot)
        if rule is None:
            constant = truth[~raised][0, slot]
            rule = {"type": "mapped", "column": columns[0].name, "values": [], "other": "missing" if np.isnan(constant) else _json_slot(constant),
                    "if_missing": _json_slot(constant)}
            exact[slot] = True
        else:
            c = next(i for i, column in enumerate(columns) if column.name == rule["column"])
            if not probes[c].nullable:
                rule["nullable"] = False
            elif probes[c].gap is not None and not np.isnan(probes[c].gap[slot]):
                rule["if_missing"] = _gap_slot(model, slot, probes[c].gap[slot], exact[slot])
        features.append({"name": model.feature(slot), **rule})
    return features, [exact[s] for s in range(model.width)], *_summary(asker, features, probes, owners)


def _gap_slot(model, slot, value, exact):
    if exact or model.thresholds is None:
        return _json_slot(value)
    return _slot_of_rank(model.thresholds[slot], int(_key(model, slot, np.array([value], np.float32), False)[0]))


def _check_constant(asker, slot, truth, raised):
    """An input that no column moves must be constant, and asked by no tree."""
    model, values = asker.model, truth[~raised][:, slot]
    split = model.thresholds is None or len(model.thresholds[slot]) > 0 or slot in model.categorical
    if not _same(values, values[0]).all():
        if split:
            raise HandOverError("check", f"Feature '{model.feature(slot)}' varies in X, but no single column moves it: compute it in the table.")
    elif split:
        raise HandOverError("coverage", f"The model splits on '{model.feature(slot)}', but no value of X moves it: give reference=, the training rows.")


def _summary(asker, features, probes, owners):
    lines, notes = [], []
    for c, column in enumerate(asker.columns):
        mine, probe = [f for s, f in enumerate(features) if owners.get(s) == [c]], probes[c]
        if not mine:
            lines.append((column.name, "no input of the model depends on it"))
            continue
        kinds = {}
        for f in mine:
            kinds.setdefault(f["type"] + (" of " + f["of"] if "of" in f else ""), []).append(f)
        shown = ", ".join(f"{len(fs)} {kind}" if len(fs) > 1 else kind for kind, fs in kinds.items())
        values = max([len(f["values"]) for f in mine if "values" in f] + [len(f["steps"]) for f in mine if "steps" in f], default=0)
        what = shown + (f" ({values:,} entries)" if values else "")
        fills = {json.dumps(f.get("if_missing")) for f in mine}
        what += "; missing: " + ("refused" if not probe.nullable else fills.pop() if len(fills) == 1 else "as asked").replace("null", "missing")
        if any(f.get("other") == "reject" for f in mine):
            what += "; unseen: refused"
        lines.append((column.name, what))
        if not column.gaps and column.kind not in ("bool",):
            notes.append(f"X has no missing '{column.name}': asked, the pipeline " + ("refuses it" if not probe.nullable else "takes it"))
        notes += [f"'{column.name}': {note}" for note in probe.notes]
        if any("reject" == s for f in mine for _, s in f.get("steps", [])):
            notes.append(f"'{column.name}': some numbers are refused, as the pipeline raises for them or they are unknown codes")
        if column.kind == "float":
            notes.append(f"'{column.name}' is float32: numbers are first rounded to it")
    return lines, notes
