package io.paritree.drift;

import io.paritree.profile.FeatureProfile;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What rules may be about, in a profile. */
final class Subjects {
  private Subjects() {}

  /** Returns the features that read each field, in the order of the model. */
  static Map<String, List<FeatureProfile>> byField(Profile profile) {
    Map<String, List<FeatureProfile>> fields = new LinkedHashMap<>();
    profile
        .features()
        .forEach(
            feature ->
                fields.computeIfAbsent(feature.field(), name -> new ArrayList<>()).add(feature));
    return fields;
  }

  /** Returns the outputs by the names of their columns. */
  static Map<String, OutputProfile> outputs(Profile profile) {
    Map<String, OutputProfile> outputs = new LinkedHashMap<>();
    boolean isOne = profile.outputs().size() == 1;
    profile
        .outputs()
        .forEach(
            output ->
                outputs.put(
                    isOne ? DriftWords.SCORE : DriftWords.SCORE + "_" + output.output(), output));
    return outputs;
  }
}
