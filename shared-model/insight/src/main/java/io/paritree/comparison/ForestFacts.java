package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model is made of.
 *
 * @param objective XGBoost's name of it
 * @param booster XGBoost's name of it
 * @param rounds how many are used
 * @param allRounds how many the model file has
 * @param roundsWhy why that many are used
 * @param trees in the rounds that are used
 * @param leaves of these trees
 * @param depth the most splits on a path
 * @param base what the margins begin with, unless a row has offsets
 * @param offsets the columns with which margins begin; none if they begin with the base
 * @param fields those that a split or a weight reads
 * @param importance of the fields, the largest first; empty if it is not known
 */
public record ForestFacts(
    String objective,
    String booster,
    int rounds,
    int allRounds,
    String roundsWhy,
    int trees,
    long leaves,
    int depth,
    List<Float> base,
    List<String> offsets,
    List<String> fields,
    Map<String, Double> importance) {
  public ForestFacts {
    base = List.copyOf(base);
    offsets = List.copyOf(offsets);
    fields = List.copyOf(fields);
    importance = Collections.unmodifiableMap(new LinkedHashMap<>(importance));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("objective", objective);
    json.writeStringField("booster", booster);
    json.writeNumberField("rounds", rounds);
    json.writeNumberField("all_rounds", allRounds);
    json.writeStringField("rounds_why", roundsWhy);
    json.writeNumberField("trees", trees);
    json.writeNumberField("leaves", leaves);
    json.writeNumberField("depth", depth);
    JsonText.array(json, "base", base, json::writeNumber);
    if (!offsets.isEmpty()) {
      JsonText.array(json, "offsets", offsets, json::writeString);
    }
  }
}
