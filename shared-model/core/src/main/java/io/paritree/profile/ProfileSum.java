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
 * <p>A profile may have sampled a larger share of its rows than the other. So what is known of
 * samples is weighted by the rows that they are of, and the counts of bins are those of a sample
 * that is as sure as both together (Kish's effective size).
 *
 * @param one decides the order of features and outputs
 */
record ProfileSum(Profile one, Profile other) {
  Profile result() {
    return new Profile(
        one.rows() + other.rows(),
        one.scored() + other.scored(),
        together(one.sampled(), other.sampled()),
        together(one.explained(), other.explained()),
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
                sampledBins(feature.bins(), more.bins()),
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
        ? Optional.of(one.get().plus(1, other.get(), 1))
        : Optional.empty();
  }

  /** Returns the size of an equally weighted sample that is as sure as both samples together. */
  private long together(long some, long more) {
    if (some == 0 || more == 0) {
      return some + more;
    }

    double of = one.scored();
    double ofMore = other.scored();
    double rows = of + ofMore;
    return Math.round(rows * rows / (of * of / some + ofMore * ofMore / more));
  }

  /** Returns the counts of a sample of all rows together. */
  private Optional<BinCounts> sampledBins(Optional<BinCounts> some, Optional<BinCounts> more) {
    long sampled = one.sampled();
    long otherSampled = other.sampled();
    if (sampled == 0 || otherSampled == 0) {
      return sampled == 0 ? more : some;
    }

    double rows = (double) one.scored() + other.scored();
    double size = together(sampled, otherSampled);
    double each = size * one.scored() / rows / sampled;
    double eachOther = size * other.scored() / rows / otherSampled;
    return some.isPresent() && more.isPresent() && some.get().bins().equals(more.get().bins())
        ? Optional.of(some.get().plus(each, more.get(), eachOther))
        : Optional.empty();
  }

  private List<Double> contributions(List<Double> some, List<Double> more) {
    if (one.explained() == 0 || other.explained() == 0) {
      return one.explained() == 0 ? more : some;
    }

    List<Double> means = new ArrayList<>();
    for (int margin = 0; margin < Math.min(some.size(), more.size()); margin++) {
      means.add(mean(some.get(margin), one.scored(), more.get(margin), other.scored()));
    }

    return means;
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
              mean(some.mean(), one.scored(), more.mean(), other.scored()),
              mean(some.base(), one.scored(), more.base(), other.scored()),
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
