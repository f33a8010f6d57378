"""Makes stopped.ubj and rows.csv: a classifier of pandas categories, stopped early, and rows with its predictions.

Run with XGBoost 3.0.0, scikit-learn 1.4.2 and pandas 2.2.3; the tests need its two files only.
"""

import numpy as np
import pandas as pd
import xgboost as xgb

ROWS, TRAINED = 1_500, 1_000
EFFECTS = {
    "zone": {10: 1, 20: -1, 30: 2, 7: -2},  # whole numbers that are no codes
    "postcode": {"10115": 1, "01234": -2, "80331": 0, "9000": 2},  # text, some like numbers
    "grade": {"9": 2, "10": -2, "11": 1},  # text, all like numbers: "10" < "11" < "9"
    "size": {1.0: 2, 2.0: -1, 10.0: 0},  # whole numbers that missing values made floats
}

random = np.random.default_rng(7)
raw = pd.DataFrame({"amount": random.normal(size=ROWS).round(3)})
wanted = raw["amount"] + random.normal(size=ROWS) * 3
for name, effects in EFFECTS.items():
    raw[name] = random.choice(list(effects), size=ROWS)
    wanted += raw[name].map(effects)

raw.loc[random.choice(ROWS, size=80), "size"] = np.nan
label = (wanted > 0.5).astype(int)
encoded = raw.astype({name: "category" for name in EFFECTS})

model = xgb.XGBClassifier(
    n_estimators=60,
    max_depth=3,
    learning_rate=0.7,
    early_stopping_rounds=5,
    enable_categorical=True,
    max_cat_to_onehot=2,
    n_jobs=1,
)
model.fit(
    encoded[:TRAINED], label[:TRAINED], eval_set=[(encoded[TRAINED:], label[TRAINED:])], verbose=False
)
model.save_model("stopped.ubj")
print("best_iteration", model.best_iteration, "of", model.get_booster().num_boosted_rounds(), "rounds")

rows = raw[TRAINED : TRAINED + 200].copy()
shown = encoded[TRAINED : TRAINED + 200]
rows["predicted"] = model.predict_proba(shown)[:, 1]
rows["all_rounds"] = model.get_booster().predict(xgb.DMatrix(shown, enable_categorical=True))
rows.to_csv("rows.csv", index=False)
