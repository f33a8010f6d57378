package io.paritree.spark.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.drift.DriftValues;
import io.paritree.drift.DriftWords;
import io.paritree.output.RunDrift;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.rule.Rule;
import io.paritree.rule.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The table of drift keeps apart what has the same name. */
class HistoryRowsTest {
  private static final List<String> RULES =
      List.of("rows < 0.5 * previous", "warn: any.missing > 0.5", "hour.unseen > 0.5");

  private static Profile profile(long rows, long missing) {
    List<FeatureProfile> features = new ArrayList<>();
    for (String field : List.of("rows", "score", "score_good", "when")) {
      features.add(
          new FeatureProfile(
              field.equals("when") ? "hour" : field,
              field,
              field.equals("rows") ? missing : 0,
              missing,
              Optional.empty(),
              List.of()));
    }

    List<OutputProfile> outputs = new ArrayList<>();
    for (String output : List.of("good", "bad")) {
      outputs.add(new OutputProfile(output, 0.25, OptionalLong.empty(), Optional.empty()));
    }

    return new Profile(rows, rows, 0, 0, features, outputs, List.of(), Map.of());
  }

  private static List<Object[]> rows(boolean isReadable) throws Exception {
    Profile now = profile(30, 20);
    Baseline previous = new Baseline(Baseline.PREVIOUS, List.of("day=1"), profile(100, 0));
    Drift drift = Drift.of(now, previous);
    DriftValues values = new DriftValues(now, List.of(drift), Map.of());
    Map<String, Rule> rules = new HashMap<>();
    List<Verdict> verdicts = new ArrayList<>();
    for (String text : RULES) {
      Rule rule = Rule.of(text, DriftWords.ofAnyModel());
      rules.put(rule.text(), rule);
      verdicts.add(rule.verdict(values));
    }

    RunDrift.Partition partition =
        new RunDrift.Partition(
            "day=2", Optional.of(now).filter(any -> isReadable), List.of(drift), verdicts);
    return new HistoryRows("r", Instant.EPOCH, rules)
        .of(new HistoryRows.Compared(partition, now))
        .toList();
  }

  private static Object of(Object[] row, HistoryColumn column) {
    return row[column.ordinal()];
  }

  private static List<String> shown(List<Object[]> rows, HistoryColumn... columns) {
    return rows.stream()
        .map(
            row -> {
              List<String> cells = new ArrayList<>();
              for (HistoryColumn column : columns) {
                cells.add(String.valueOf(of(row, column)));
              }

              return String.join(" ", cells);
            })
        .toList();
  }

  @Test
  void fieldsWithTheNamesOfRowsAndScoresAreOtherSubjects() throws Exception {
    List<Object[]> rows = rows(true);

    assertThat(
            shown(
                rows,
                HistoryColumn.KIND,
                HistoryColumn.SUBJECT,
                HistoryColumn.BASELINE,
                HistoryColumn.VERDICT,
                HistoryColumn.RULE))
        .containsExactly(
            "rows rows previous fired rows < 0.5 * previous",
            "score score_good previous null null",
            "score score_bad previous null null",
            "field rows previous warning warn: any.missing > 0.5",
            "field score previous null null",
            "field score_good previous null null",
            "field when previous fired hour.unseen > 0.5");
  }

  @Test
  void whatIsEncryptedHasNoMeans() throws Exception {
    List<Object[]> rows = rows(false);

    assertThat(
            shown(
                rows.subList(0, 2),
                HistoryColumn.KIND,
                HistoryColumn.VALUE,
                HistoryColumn.VALUE_BASELINE))
        .containsExactly("rows 30.0 100.0", "score null null");
  }
}
