package io.paritree.serving.page;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.profile.BinCounts;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.serving.DriftReports;
import io.paritree.serving.DriftReports.Night;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Nights for the drift screen: one that is held, and what a screen may meet besides. */
final class DriftingNights {
  private static final List<Verdict> PASSED =
      List.of(
          verdict("rows < 0.5 * weekday|previous", Verdict.Result.NOT_COMPARED),
          verdict("score.psi > 0.25", Verdict.Result.PASSED, finding("score", "psi", 0.01, 0.25)));

  private DriftingNights() {}

  private static Verdict verdict(String rule, Verdict.Result result, Verdict.Finding... findings) {
    boolean isAbsent = result == Verdict.Result.NOT_COMPARED;
    return new Verdict(
        rule,
        rule.startsWith("warn:"),
        result,
        List.of(findings),
        isAbsent ? List.of("there is no partition before") : List.of());
  }

  private static Verdict.Finding finding(
      String subject, String measure, double value, double limit) {
    return new Verdict.Finding(subject, measure, value, limit, Baseline.REFERENCE);
  }

  /** Writes three nights like the reference, and one whose carrier is missing. */
  static void ordinary(DriftReports reports, Profile reference) throws Exception {
    Baseline sealed = new Baseline(Baseline.REFERENCE, List.of(), reference);
    String before = "day=2026-11-20";
    for (String day : List.of("day=2026-11-21", "day=2026-11-22", "day=2026-11-23")) {
      Baseline previous = new Baseline(Baseline.PREVIOUS, List.of(before), reference);
      boolean isFirst = before.endsWith("20");
      List<Drift> drifts =
          isFirst
              ? List.of(Drift.of(reference, sealed))
              : List.of(Drift.of(reference, sealed), Drift.of(reference, previous));
      reports.write(
          "ordinary-0000000" + day.charAt(day.length() - 1),
          day.substring(4) + "T02:00:00Z",
          List.of(night(day, Optional.of(reference), drifts, PASSED)));
      before = day;
    }

    Profile broken = withoutCarrier(reference);
    Baseline previous = new Baseline(Baseline.PREVIOUS, List.of(before), reference);
    List<Drift> drifts = List.of(Drift.of(broken, sealed), Drift.of(broken, previous));
    List<Verdict> verdicts = new ArrayList<>(PASSED);
    verdicts.add(
        verdict(
            "any.missing > reference + 0.20",
            Verdict.Result.FIRED,
            finding("carrier", "missing", 1, 0.4)));
    verdicts.add(
        verdict("warn: any.psi > 0.1", Verdict.Result.FIRED, finding("carrier", "psi", 9.5, 0.25)));
    reports.write(
        "broken-0000000f",
        "2026-11-24T02:00:00Z",
        List.of(new Night("day=2026-11-24", Optional.of(broken), drifts, verdicts, "")));
  }

  private static Night night(
      String partition, Optional<Profile> profile, List<Drift> drifts, List<Verdict> verdicts) {
    return new Night(partition, profile, drifts, verdicts, "");
  }

  private static Profile withoutCarrier(Profile reference) {
    List<FeatureProfile> features =
        reference.features().stream()
            .map(one -> one.feature().equals("carrier") ? missing(one, reference.rows()) : one)
            .toList();
    return new Profile(
        reference.rows(),
        reference.scored(),
        reference.sampled(),
        reference.explained(),
        features,
        reference.outputs(),
        reference.margins(),
        Map.of("carrier", Map.of("wrong_type", 3L)));
  }

  private static FeatureProfile missing(FeatureProfile one, long rows) {
    BinCounts bins = one.bins().orElseThrow();
    List<Long> counts =
        IntStream.range(0, bins.counts().size())
            .mapToObj(bin -> bin == bins.counts().size() - 1 ? bins.total() : 0L)
            .toList();
    return new FeatureProfile(
        one.feature(),
        one.field(),
        rows,
        rows,
        Optional.of(new BinCounts(bins.bins(), counts)),
        one.contributions().stream().map(mean -> mean - 0.123456789).toList());
  }

  /**
   * Writes nights that are rare: many fields and outputs with such names, one that nobody may read,
   * one without rows, and one that was compared with nothing.
   */
  static void strange(DriftReports reports, List<String> names) throws Exception {
    Profile many = many(names, 3_000, 4);
    Baseline previous = new Baseline(Baseline.PREVIOUS, List.of("p=x"), many(names, 3_000, 5));
    List<Drift> drifts = List.of(Drift.of(many, previous));
    List<Night> nights = new ArrayList<>();
    for (String name : names.subList(0, 3)) {
      nights.add(night("p=" + name.replace("/", "%2F"), Optional.of(many), drifts, PASSED));
    }

    nights.add(night("p=secret", Optional.empty(), drifts, PASSED));
    Profile none = new Profile(0, 0, 0, 0, List.of(), List.of(), List.of(), Map.of());
    nights.add(night("p=empty", Optional.of(none), List.of(Drift.of(none, previous)), List.of()));
    nights.add(night("p=alone", Optional.of(many(names, 5, 3)), List.of(), PASSED));
    reports.write("strange-0000000a", "2026-11-24T02:00:00Z", nights);
  }

  private static Profile many(List<String> names, int fields, int most) {
    List<FeatureProfile> features = new ArrayList<>();
    for (int index = 0; index < fields; index++) {
      String name = index < names.size() ? names.get(index) : "field " + index;
      boolean isCategory = index % 2 == 1;
      BinCounts bins =
          isCategory
              ? new BinCounts(
                  new CategoryBins(List.of(0, 1, 2), names.subList(0, 3)),
                  List.of((long) most, 3L, 2L, 1L, 0L))
              : new BinCounts(
                  new NumberBins(-1.5f, 0, 1e20f), List.of(1L, 2L, (long) most, 3L, 0L));
      double moved = index < names.size() ? 1 + index : most * 1e-4 / (1 + index);
      features.add(
          new FeatureProfile(
              name, name, index % 3, 0, Optional.of(bins), List.of(moved * most, -moved)));
    }

    List<OutputProfile> outputs =
        names.subList(0, 2).stream()
            .map(
                name ->
                    new OutputProfile(
                        name,
                        most / 10.0,
                        OptionalLong.empty(),
                        Optional.of(
                            new BinCounts(new NumberBins(0.5f), List.of(5L, 1L * most, 0L)))))
            .toList();
    MarginProfile margin = new MarginProfile(most, 0.5, OptionalDouble.empty());
    return new Profile(10, 10, 10, 10, features, outputs, List.of(margin, margin), Map.of());
  }
}
