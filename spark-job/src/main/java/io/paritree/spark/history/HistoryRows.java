package io.paritree.spark.history;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.drift.DriftValues;
import io.paritree.drift.DriftWords;
import io.paritree.drift.FieldDrift;
import io.paritree.drift.OutputDrift;
import io.paritree.drift.Shares;
import io.paritree.drift.Shift;
import io.paritree.output.RunDrift;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.rule.Verdict;
import io.paritree.rule.Verdict.Finding;
import io.paritree.rule.Verdict.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows of a run's partitions in the table of drift: one for each subject and each baseline that
 * it is compared with, or one without a baseline.
 *
 * @param rules of the run, by their texts
 */
record HistoryRows(String run, Instant at, Map<String, Rule> rules) {
  private static final String KIND_ROWS = "rows";
  private static final String KIND_SCORE = "score";
  private static final String KIND_FIELD = "field";

  /**
   * What was found out about a partition.
   *
   * @param drift has no profile if values must not be readable
   */
  record Compared(RunDrift.Partition drift, Profile profile) {
    boolean isReadable() {
      return drift.profile().isPresent();
    }

    /** Returns about how many rows it has in the table. */
    long size() {
      long each = profile.features().size() + profile.outputs().size() + 1;
      return each * Math.max(1, drift.drifts().size());
    }
  }

  /** A subject of rules that have fired. */
  private record Subject(String kind, String name, String baseline) {}

  /** Returns the rows of a partition, as values in the order of {@link HistoryColumn}. */
  Stream<Object[]> of(Compared partition) {
    RunDrift.Partition drift = partition.drift;
    Map<Subject, List<Verdict>> fired = fired(drift.verdicts(), partition.profile);
    return new Part(drift.path(), partition.profile, drift.drifts(), partition.isReadable(), fired)
        .rows();
  }

  private Map<Subject, List<Verdict>> fired(List<Verdict> verdicts, Profile profile) {
    Map<Subject, List<Verdict>> fired = new HashMap<>();
    for (Verdict verdict : verdicts) {
      Rule rule = rules.get(verdict.rule());
      if (rule == null || verdict.result() != Result.FIRED) {
        continue;
      }

      Map<String, String> fields = DriftWords.fields(rule.subject(), profile);
      String other = rule.subject().equals(DriftWords.ROWS) ? KIND_ROWS : KIND_SCORE;
      for (Finding finding : verdict.findings()) {
        Subject subject =
            new Subject(
                fields.isEmpty() ? other : KIND_FIELD,
                fields.getOrDefault(finding.subject(), finding.subject()),
                finding.baseline());
        fired.computeIfAbsent(subject, any -> new ArrayList<>()).add(verdict);
      }
    }

    return fired;
  }

  /**
   * The rows of a partition.
   *
   * @param hasScores whether the means of scores may be shown
   */
  private final class Part {
    private final String partition;
    private final Profile profile;
    private final List<Drift> drifts;
    private final boolean hasScores;
    private final Map<Subject, List<Verdict>> fired;

    Part(
        String partition,
        Profile profile,
        List<Drift> drifts,
        boolean hasScores,
        Map<Subject, List<Verdict>> fired) {
      this.partition = partition;
      this.profile = profile;
      this.drifts = drifts;
      this.hasScores = hasScores;
      this.fired = fired;
    }

    Stream<Object[]> rows() {
      List<Object[]> rows = new ArrayList<>();
      List<Optional<Drift>> earlier =
          baselines(
              drifts.stream()
                  .filter(drift -> !drift.baseline().equals(Baseline.REFERENCE))
                  .toList());
      List<Optional<Drift>> all = baselines(drifts);
      for (Optional<Drift> drift : earlier) {
        boolean isFirst = drift.equals(earlier.get(0));
        Object[] row = row(new Subject(KIND_ROWS, DriftWords.ROWS, name(drift)), isFirst);
        put(row, HistoryColumn.VALUE, (double) profile.rows());
        drift.ifPresent(own -> put(row, HistoryColumn.VALUE_BASELINE, own.rows()));
        rows.add(row);
      }

      for (Optional<Drift> drift : all) {
        boolean isFirst = drift.equals(all.get(0));
        addScores(drift, isFirst, rows);
        addFields(drift, isFirst, rows);
      }

      return rows.stream();
    }

    private List<Optional<Drift>> baselines(List<Drift> some) {
      return some.isEmpty() ? List.of(Optional.empty()) : some.stream().map(Optional::of).toList();
    }

    private String name(Optional<Drift> drift) {
      return drift.map(Drift::baseline).orElse("");
    }

    private void addScores(Optional<Drift> drift, boolean isFirst, List<Object[]> rows) {
      Map<String, OutputDrift> then = new HashMap<>();
      drift.ifPresent(own -> own.outputs().forEach(output -> then.put(output.subject(), output)));
      for (Map.Entry<String, OutputProfile> output : DriftWords.outputs(profile).entrySet()) {
        Object[] row = row(new Subject(KIND_SCORE, output.getKey(), name(drift)), isFirst);
        OutputDrift own = then.get(output.getKey());
        if (hasScores) {
          put(row, HistoryColumn.VALUE, output.getValue().mean());
          put(row, HistoryColumn.VALUE_BASELINE, own == null ? Double.NaN : own.mean());
        }

        if (own != null) {
          own.shift().ifPresent(shift -> putShift(row, shift));
        }

        rows.add(row);
      }
    }

    private void addFields(Optional<Drift> drift, boolean isFirst, List<Object[]> rows) {
      Map<String, FieldDrift> then = new HashMap<>();
      drift.ifPresent(own -> own.fields().forEach(field -> then.put(field.name(), field)));
      new DriftValues(profile, List.of(), Map.of())
          .shares()
          .forEach(
              (field, shares) -> {
                Object[] row = row(new Subject(KIND_FIELD, field, name(drift)), isFirst);
                put(row, HistoryColumn.MISSING, shares.missing());
                put(row, HistoryColumn.UNSEEN, shares.unseen());
                put(row, HistoryColumn.FAULTS, shares.faults());
                FieldDrift own = then.get(field);
                if (own != null) {
                  putField(row, own);
                }

                rows.add(row);
              });
    }

    private Object[] row(Subject subject, boolean isFirst) {
      Object[] row = new Object[HistoryColumn.values().length];
      row[HistoryColumn.RUN.ordinal()] = run;
      row[HistoryColumn.AT.ordinal()] = at;
      row[HistoryColumn.PARTITION.ordinal()] = partition;
      row[HistoryColumn.SUBJECT.ordinal()] = subject.name;
      row[HistoryColumn.KIND.ordinal()] = subject.kind;
      row[HistoryColumn.BASELINE.ordinal()] = subject.baseline.isEmpty() ? null : subject.baseline;
      row[HistoryColumn.ROWS.ordinal()] = profile.rows();
      row[HistoryColumn.PROFILED.ordinal()] = profile.sampled();
      List<Verdict> own = new ArrayList<>(fired.getOrDefault(subject, List.of()));
      if (isFirst && !subject.baseline.isEmpty()) { // rules that compare with a number
        own.addAll(fired.getOrDefault(new Subject(subject.kind, subject.name, ""), List.of()));
      }

      if (!own.isEmpty()) {
        row[HistoryColumn.RULE.ordinal()] =
            own.stream().map(Verdict::rule).distinct().collect(Collectors.joining("; "));
        row[HistoryColumn.VERDICT.ordinal()] =
            own.stream().allMatch(Verdict::isWarning) ? "warning" : Result.FIRED.word();
      }

      return row;
    }

    private void putField(Object[] row, FieldDrift field) {
      if (field.baseline().isPresent()) {
        Shares then = field.baseline().get();
        put(row, HistoryColumn.MISSING_BASELINE, then.missing());
        put(row, HistoryColumn.UNSEEN_BASELINE, then.unseen());
      }

      field.shift().ifPresent(shift -> putShift(row, shift));
      OptionalDouble impact = field.impact();
      put(row, HistoryColumn.IMPACT, impact.orElse(Double.NaN));
    }

    private void putShift(Object[] row, Shift shift) {
      put(row, HistoryColumn.PSI, shift.psi());
      put(row, HistoryColumn.PSI_NOISE, shift.noise());
      put(row, HistoryColumn.JS, shift.js());
      put(row, HistoryColumn.LINF, shift.linf());
    }

    /** A value that there is not is null. */
    private void put(Object[] row, HistoryColumn column, double value) {
      row[column.ordinal()] = Double.isNaN(value) ? null : (Object) value;
    }
  }
}
