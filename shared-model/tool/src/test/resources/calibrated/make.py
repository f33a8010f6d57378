"""Makes the files beside it: an XGBoost model, its two calibrations, and what they predict.

Run with Debian 13's python3-sklearn (1.4.2), python3-xgboost (3.0.0) and python3-pandas:

    /usr/bin/python3 make.py
"""

import csv
import json
from pathlib import Path

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from xgboost import XGBClassifier

HERE = Path(__file__).parent
rng = np.random.default_rng(54)


def draw(rows):
    X = rng.normal(size=(rows, 3)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    odds = np.nan_to_num(X[:, 0]) * 1.5 - np.nan_to_num(X[:, 1]) ** 2 + rng.normal(size=rows)
    return X, (odds > 0).astype(int)


model = XGBClassifier(n_estimators=12, max_depth=3, learning_rate=0.4, nthread=1).fit(*draw(1_000))
model.get_booster().feature_names = ["f0", "f1", "f2"]
model.save_model(HERE / "model.json")

X, y = draw(1_500)
fresh, _ = draw(300)
columns = {"model": model.predict_proba(fresh)[:, 1]}
features = [{"name": "f%d" % slot, "type": "number"} for slot in range(3)]
for method in ("sigmoid", "isotonic"):
    calibrated = CalibratedClassifierCV(model, cv="prefit", method=method).fit(X, y)
    columns[method] = calibrated.predict_proba(fresh)[:, 1]
    fitted = calibrated.calibrated_classifiers_[0].calibrators[0]
    if method == "sigmoid":
        calibration = {"method": method, "in": "double", "a": fitted.a_, "b": fitted.b_}
    else:
        x, y_of_x = (each.tolist() for each in (fitted.X_thresholds_, fitted.y_thresholds_))
        calibration = {"method": method, "in": "float", "x": x, "y": y_of_x}
    outputs = {"classes": ["repaid", "late"], "threshold": 0.25, "calibration": calibration}
    schema = json.dumps({"features": features, "outputs": outputs})
    (HERE / (method + ".json")).write_text(schema + "\n")

with open(HERE / "rows.csv", "w", newline="") as file:
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(["f0", "f1", "f2", *columns])
    for row in range(len(fresh)):
        slots = ["" if np.isnan(slot) else repr(float(slot)) for slot in fresh[row]]
        lines.writerow(slots + [repr(float(values[row])) for values in columns.values()])
