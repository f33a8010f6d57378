package io.paritree.xgboost;

import io.paritree.forest.FloatMath;
import io.paritree.forest.Transform;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The objectives that XGBoost 1.0 to 3.4 writes, each with its transforms from margins to scores
 * and from base scores to margins.
 *
 * <p>Source: {@code src/objective/*} of XGBoost 3.4.0, PredTransform and ProbToMargin.
 */
enum Objective {
  SQUARED_ERROR("reg:squarederror", Transform.IDENTITY, Base.MARGIN),
  LINEAR("reg:linear", Transform.IDENTITY, Base.MARGIN),
  SQUARED_LOG_ERROR("reg:squaredlogerror", Transform.IDENTITY, Base.MARGIN),
  PSEUDO_HUBER("reg:pseudohubererror", Transform.IDENTITY, Base.MARGIN),
  ABSOLUTE_ERROR("reg:absoluteerror", Transform.IDENTITY, Base.MARGIN),
  QUANTILE("reg:quantileerror", Transform.SORTED, Base.MARGIN),
  EXPECTILE("reg:expectileerror", Transform.EXPECTILE, Base.EXPECTILES),
  REGRESSION_LOGISTIC("reg:logistic", Transform.LOGISTIC, Base.PROBABILITY),
  BINARY_LOGISTIC("binary:logistic", Transform.LOGISTIC, Base.PROBABILITY),
  BINARY_LOGIT_RAW("binary:logitraw", Transform.IDENTITY, Base.MARGIN),
  BINARY_HINGE("binary:hinge", Transform.HINGE, Base.MARGIN),
  POISSON("count:poisson", Transform.EXPONENTIAL, Base.POSITIVE),
  GAMMA("reg:gamma", Transform.EXPONENTIAL, Base.POSITIVE),
  TWEEDIE("reg:tweedie", Transform.EXPONENTIAL, Base.POSITIVE),
  COX("survival:cox", Transform.EXPONENTIAL, Base.POSITIVE),
  AFT("survival:aft", Transform.EXPONENTIAL_IN_DOUBLE, Base.POSITIVE),
  SOFTMAX("multi:softmax", Transform.SOFTMAX_CLASS, Base.MARGIN),
  SOFTPROB("multi:softprob", Transform.SOFTMAX_PROBABILITIES, Base.MARGIN),
  RANK_PAIRWISE("rank:pairwise", Transform.IDENTITY, Base.MARGIN),
  RANK_NDCG("rank:ndcg", Transform.IDENTITY, Base.MARGIN),
  RANK_MAP("rank:map", Transform.IDENTITY, Base.MARGIN);

  /** The form in which the file stores the base score. */
  private enum Base {
    /** As the margin. */
    MARGIN,
    /** As a probability. */
    PROBABILITY,
    /** As the exponential of the margin. */
    POSITIVE,
    /** As expectiles in ascending order. */
    EXPECTILES
  }

  private static final float LEAST_PROBABILITY = 1e-6f;
  private static final float EXPECTILE_STEP = 1e-6f;

  private final String text;
  private final Transform transform;
  private final Base base;

  Objective(String text, Transform transform, Base base) {
    this.text = text;
    this.transform = transform;
    this.base = base;
  }

  static Optional<Objective> find(String name) {
    return Arrays.stream(values()).filter(objective -> objective.text.equals(name)).findFirst();
  }

  /** Returns all names, for messages. */
  static String names() {
    return Arrays.stream(values()).map(Objective::text).collect(Collectors.joining(", "));
  }

  String text() {
    return text;
  }

  Transform transform() {
    return transform;
  }

  /** Returns the margins of base scores. */
  float[] margins(float[] baseScores) {
    float[] margins = baseScores.clone();
    switch (base) {
      case MARGIN -> {}
      case PROBABILITY -> {
        for (int output = 0; output < margins.length; output++) {
          margins[output] = -FloatMath.logf(1f / bounded(margins[output]) - 1f);
        }
      }
      case POSITIVE -> {
        for (int output = 0; output < margins.length; output++) {
          margins[output] = FloatMath.logf(margins[output]);
        }
      }
      case EXPECTILES -> {
        for (int output = margins.length - 1; output > 0; output--) {
          float gap = margins[output] - margins[output - 1];
          margins[output] = inverseSoftplus(gap - EXPECTILE_STEP);
        }
      }
    }

    return margins;
  }

  /** Returns a base score within the bounds that XGBoost 3.2 and newer set to probabilities. */
  float bounded(float baseScore) {
    return base == Base.PROBABILITY
        ? Math.min(Math.max(baseScore, LEAST_PROBABILITY), 1f - LEAST_PROBABILITY)
        : baseScore;
  }

  private static float inverseSoftplus(float value) {
    float x = Math.max(value, EXPECTILE_STEP);
    return x + FloatMath.logf(-FloatMath.expm1f(-x));
  }
}
