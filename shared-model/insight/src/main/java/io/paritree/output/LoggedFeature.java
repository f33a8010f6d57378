package io.paritree.output;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.TextCategoryFeature;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a feature of a line back to the bits of its slot: a category by its name, a boolean, a
 * number; null is a missing value.
 */
@FunctionalInterface
public interface LoggedFeature {
  /** What {@link #slot} returns for a value that the feature cannot have had. */
  float IMPOSSIBLE = Float.POSITIVE_INFINITY;

  /**
   * Returns the slot that was written.
   *
   * @param token the kind of the value
   * @param text the value
   * @return {@link #IMPOSSIBLE} if no value of a record gives this
   */
  float slot(JsonToken token, String text);

  /** Returns what reads a feature. */
  static LoggedFeature of(Feature feature) {
    LoggedFeature ofValue =
        switch (feature.kind()) {
          case NUMBER, CATEGORY_CODE, TIMESTAMP, MAPPED, STEPS -> LoggedFeature::number;
          case BOOLEAN -> LoggedFeature::truth;
          case TEXT_CATEGORY -> {
            Map<String, Float> codes = codes(((TextCategoryFeature) feature).vocabulary());
            yield (token, text) -> code(codes, token == JsonToken.VALUE_STRING, text);
          }
          case INTEGER_CATEGORY -> {
            Map<String, Float> codes =
                codes(
                    ((IntegerCategoryFeature) feature)
                        .vocabulary().stream().map(String::valueOf).toList());
            yield (token, text) -> code(codes, token == JsonToken.VALUE_NUMBER_INT, text);
          }
        };
    return (token, text) -> token == JsonToken.VALUE_NULL ? Float.NaN : ofValue.slot(token, text);
  }

  private static Map<String, Float> codes(List<String> vocabulary) {
    Map<String, Float> codes = new HashMap<>();
    for (int code = 0; code < vocabulary.size(); code++) {
      codes.put(vocabulary.get(code), (float) code);
    }

    return codes;
  }

  private static float code(Map<String, Float> codes, boolean isOfTheKind, String text) {
    return isOfTheKind ? codes.getOrDefault(text, IMPOSSIBLE) : IMPOSSIBLE;
  }

  /** Not by way of a double, which would round twice. */
  private static float number(JsonToken token, String text) {
    float value = token.isNumeric() ? Float.parseFloat(text) : IMPOSSIBLE;
    return Float.isInfinite(value) ? IMPOSSIBLE : value;
  }

  private static float truth(JsonToken token, String text) {
    return switch (token) {
      case VALUE_TRUE -> 1;
      case VALUE_FALSE -> 0;
      default -> IMPOSSIBLE;
    };
  }
}
