package io.paritree.drift;

import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Measures the difference of a profile to a baseline. */
final class DriftMeasuring {
  private final Profile profile;
  private final Baseline baseline;
  private final Profile before;
  private final Noise noise;
  private final Map<String, FeatureProfile> featuresBefore;
  private final String notExplained;

  /** What was compared of two counts. */
  private record Compared(Optional<Shift> shift, String reason) {
    static Compared not(String reason) {
      return new Compared(Optional.empty(), reason);
    }
  }

  DriftMeasuring(Profile profile, Baseline baseline) {
    this.profile = profile;
    this.baseline = baseline;
    this.before = baseline.profile();
    this.noise = new Noise(profile.features().size());
    this.featuresBefore =
        before.features().stream()
            .collect(
                Collectors.toMap(
                    FeatureProfile::feature, Function.identity(), (first, second) -> first));
    this.notExplained = notExplained();
  }

  Drift measured() {
    return new Drift(
        baseline.name(),
        baseline.partitions(),
        baseline.rows(),
        fields(),
        outputs(),
        margins(),
        notExplained);
  }

  private String notExplained() {
    if (profile.margins().isEmpty()) {
      return "the contributions of these rows are not known";
    }

    boolean isAlike =
        before.margins().size() == profile.margins().size()
            && profile.features().stream()
                .allMatch(
                    feature ->
                        featuresBefore.containsKey(feature.feature())
                            && featuresBefore.get(feature.feature()).contributions().size()
                                == feature.contributions().size());
    return isAlike ? "" : baseline.name() + " has no contributions of this model";
  }

  private List<FieldDrift> fields() {
    List<FieldDrift> fields = new ArrayList<>();
    Subjects.byField(profile)
        .forEach(
            (field, features) -> {
              List<FeatureProfile> then = before(features);
              fields.add(
                  FieldDrift.of(
                      field,
                      then.isEmpty()
                          ? Optional.empty()
                          : Optional.of(Shares.of(before, field, then)),
                      features.stream().map(this::feature).toList()));
            });
    return fields;
  }

  private List<FeatureProfile> before(List<FeatureProfile> features) {
    return features.stream()
        .map(FeatureProfile::feature)
        .filter(featuresBefore::containsKey)
        .map(featuresBefore::get)
        .toList();
  }

  private FieldDrift feature(FeatureProfile feature) {
    FeatureProfile then = featuresBefore.get(feature.feature());
    if (then == null) {
      return new FieldDrift(
          feature.feature(),
          Optional.empty(),
          Optional.empty(),
          baseline.name() + " does not have it",
          List.of(),
          List.of());
    }

    Compared compared = compared(feature.bins(), then.bins());
    return new FieldDrift(
        feature.feature(),
        Optional.of(Shares.of(before, then.field(), List.of(then))),
        compared.shift,
        compared.reason,
        impacts(feature, then),
        List.of());
  }

  private Compared compared(Optional<BinCounts> now, Optional<BinCounts> then) {
    if (now.isEmpty()) {
      return Compared.not("the model's package has no bins for it");
    }

    if (then.isEmpty() || !then.get().bins().equals(now.get().bins())) {
      return Compared.not(baseline.name() + (then.isEmpty() ? " has no bins" : " has other bins"));
    }

    if (now.get().total() == 0 || then.get().total() == 0) {
      return Compared.not(
          now.get().total() == 0 ? "no row was scored" : baseline.name() + " has no scored rows");
    }

    return new Compared(Optional.of(Shift.of(now.get(), then.get(), noise)), "");
  }

  private List<Double> impacts(FeatureProfile now, FeatureProfile then) {
    List<Double> impacts = new ArrayList<>();
    for (int margin = 0; notExplained.isEmpty() && margin < now.contributions().size(); margin++) {
      impacts.add(now.contributions().get(margin) - then.contributions().get(margin));
    }

    return impacts;
  }

  private List<OutputDrift> outputs() {
    Map<String, OutputProfile> then = new LinkedHashMap<>();
    before.outputs().forEach(output -> then.put(output.output(), output));
    List<OutputDrift> outputs = new ArrayList<>();
    Subjects.outputs(profile)
        .forEach(
            (subject, output) -> {
              OutputProfile old = then.get(output.output());
              Compared compared =
                  old == null
                      ? Compared.not(baseline.name() + " does not have it")
                      : compared(output.bins(), old.bins());
              outputs.add(
                  new OutputDrift(
                      subject,
                      old == null ? Double.NaN : old.mean(),
                      old == null
                          ? OptionalDouble.empty()
                          : OutputDrift.above(old, before.scored()),
                      compared.shift.orElse(Shift.NONE),
                      compared.reason));
            });
    return outputs;
  }

  private List<MarginDrift> margins() {
    List<MarginDrift> margins = new ArrayList<>();
    for (int at = 0; notExplained.isEmpty() && at < profile.margins().size(); at++) {
      margins.add(margin(at));
    }

    return margins;
  }

  private MarginDrift margin(int at) {
    MarginProfile now = profile.margins().get(at);
    MarginProfile then = before.margins().get(at);
    double impacts = 0;
    double size = Math.abs(now.base()) + Math.abs(then.base());
    for (FeatureProfile feature : profile.features()) {
      if (!feature.contributions().isEmpty()) {
        double mean = feature.contributions().get(at);
        double meanBefore = featuresBefore.get(feature.feature()).contributions().get(at);
        impacts += mean - meanBefore;
        size += Math.abs(mean) + Math.abs(meanBefore);
      }
    }

    double change = now.mean() - then.mean();
    double deviation = then.deviation().orElse(0);
    return MarginDrift.of(
        change,
        now.base() - then.base(),
        impacts,
        size,
        deviation > 0 ? OptionalDouble.of(change / deviation) : OptionalDouble.empty());
  }
}
