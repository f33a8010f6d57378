package io.paritree.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rows of two profiles together.
 *
 * @param one decides the order of features and outputs
 */
record ProfileSum(Profile one, Profile other) {
  Profile result() {
    return new Profile(
        one.rows() + other.rows(),
        one.scored() + other.scored(),
        one.sampled() + other.sampled(),
        one.explained() + other.explained(),
        features(),
        outputs(),
        margins(),
        faults());
  }

  private List<FeatureProfile> features() {
    Map<String, FeatureProfile> others = byName(other.features(), FeatureProfile::feature);
    List<FeatureProfile> sums = new ArrayList<>();
    for (FeatureProfile feature : one.features()) {
      FeatureProfile more = others.get(feature.feature());
      if (more != null) {
        sums.add(
            new FeatureProfile(
                feature.feature(),
                feature.field(),
                feature.missing() + more.missing(),
                feature.unseen() + more.unseen(),
                bins(feature.bins(), more.bins()),
                contributions(feature.contributions(), more.contributions())));
      }
    }

    return sums;
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream()
        .collect(Collectors.toMap(name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
  }

  private static Optional<BinCounts> bins(Optional<BinCounts> one, Optional<BinCounts> other) {
    return one.isPresent() && other.isPresent() && one.get().bins().equals(other.get().bins())
        ? Optional.of(one.get().plus(other.get()))
        : Optional.empty();
  }

  private List<Double> contributions(List<Double> some, List<Double> more) {
    if (one.explained() == 0 || other.explained() == 0) {
      return one.explained() == 0 ? more : some;
    }

    List<Double> means = new ArrayList<>();
    for (int margin = 0; margin < Math.min(some.size(), more.size()); margin++) {
      means.add(explainedMean(some.get(margin), more.get(margin)));
    }

    return means;
  }

  private double explainedMean(double some, double more) {
    return mean(some, one.explained(), more, other.explained());
  }

  private static double mean(double some, long rows, double more, long otherRows) {
    if (rows == 0 || otherRows == 0) {
      return rows == 0 ? more : some;
    }

    return (some * rows + more * otherRows) / (rows + otherRows);
  }

  private List<OutputProfile> outputs() {
    Map<String, OutputProfile> others = byName(other.outputs(), OutputProfile::output);
    List<OutputProfile> sums = new ArrayList<>();
    for (OutputProfile output : one.outputs()) {
      OutputProfile more = others.get(output.output());
      if (more != null) {
        sums.add(
            new OutputProfile(
                output.output(),
                mean(output.mean(), one.scored(), more.mean(), other.scored()),
                output.above().isPresent() && more.above().isPresent()
                    ? OptionalLong.of(output.above().getAsLong() + more.above().getAsLong())
                    : OptionalLong.empty(),
                bins(output.bins(), more.bins())));
      }
    }

    return sums;
  }

  private List<MarginProfile> margins() {
    if (one.explained() == 0 || other.explained() == 0) {
      return one.explained() == 0 ? other.margins() : one.margins();
    }

    List<MarginProfile> sums = new ArrayList<>();
    for (int at = 0; at < Math.min(one.margins().size(), other.margins().size()); at++) {
      MarginProfile some = one.margins().get(at);
      MarginProfile more = other.margins().get(at);
      sums.add(
          new MarginProfile(
              explainedMean(some.mean(), more.mean()),
              explainedMean(some.base(), more.base()),
              OptionalDouble.empty()));
    }

    return sums;
  }

  private Map<String, Map<String, Long>> faults() {
    Map<String, Map<String, Long>> sums = new TreeMap<>();
    for (Profile profile : List.of(one, other)) {
      profile
          .faults()
          .forEach(
              (field, codes) ->
                  codes.forEach(
                      (code, rows) ->
                          sums.computeIfAbsent(field, name -> new TreeMap<>())
                              .merge(code, rows, Long::sum)));
    }

    return sums;
  }
}
