package io.paritree.model.command;

import io.paritree.Fault;
import io.paritree.comparison.ComparedModel;
import io.paritree.comparison.Comparison;
import io.paritree.comparison.ContractChange;
import io.paritree.comparison.DataComparison;
import io.paritree.comparison.Difference;
import io.paritree.comparison.Face;
import io.paritree.comparison.ForestComparison;
import io.paritree.comparison.ForestFacts;
import io.paritree.comparison.LabelFlips;
import io.paritree.comparison.Mover;
import io.paritree.comparison.OneSidedFault;
import io.paritree.comparison.OutputComparison;
import io.paritree.comparison.RowComparison;
import io.paritree.comparison.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A comparison as {@code model diff} shows it to people.
 *
 * @param faces where the model is used
 */
record ShownComparison(Comparison comparison, Set<Face> faces) {
  private static final int DIGITS = 12;
  private static final int MOST_IMPORTANT = 10;

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("%s -> %s".formatted(named(comparison.champion()), named(comparison.challenger())));
    lines.add(
        "%s: tables %s, http %s"
            .formatted(
                comparison.isDropIn(faces) ? "A drop-in" : "No drop-in",
                comparison.contract().of(Face.TABLES).word(),
                comparison.contract().of(Face.HTTP).word()));
    contract(lines);
    forest(comparison.forest(), lines);
    comparison.rows().ifPresent(rows -> rows(rows, lines));
    return lines.stream()
        .map(line -> Fault.printableLine(line).stripTrailing() + "\n")
        .collect(Collectors.joining());
  }

  private static String named(ComparedModel model) {
    return "%s (%s)".formatted(model.version(), model.digest().substring(0, DIGITS));
  }

  private void contract(List<String> lines) {
    lines.add("");
    lines.add("CONTRACT");
    if (comparison.contract().changes().isEmpty()) {
      lines.add("  unchanged");
      return;
    }

    lines.add("  %-17s %-17s %s".formatted("tables", "http", "change"));
    for (ContractChange change : comparison.contract().changes()) {
      String rows =
          change.rows().isPresent() ? " (%s rows)".formatted(change.rows().getAsLong()) : "";
      lines.add(
          "  %-17s %-17s %s%s: %s%s"
              .formatted(
                  change.tables().word(),
                  change.http().word(),
                  change.kind(),
                  change.subject().isEmpty() ? "" : " " + change.subject(),
                  change.detail(),
                  rows));
    }
  }

  private static void forest(ForestComparison forest, List<String> lines) {
    lines.add("");
    lines.add("FOREST");
    fact("objective", forest, ForestFacts::objective, lines);
    fact("booster", forest, ForestFacts::booster, lines);
    fact("rounds", forest, facts -> facts.rounds() + " of " + facts.allRounds(), lines);
    fact("trees", forest, ForestFacts::trees, lines);
    fact("leaves", forest, ForestFacts::leaves, lines);
    fact("depth", forest, ForestFacts::depth, lines);
    fact("base", forest, ForestFacts::base, lines);
    fact("offsets", forest, ForestFacts::offsets, lines);
    fields("not used now", forest.onlyOf(Side.CHAMPION), lines);
    fields("used now", forest.onlyOf(Side.CHALLENGER), lines);
    forest.important().stream()
        .limit(MOST_IMPORTANT)
        .forEach(
            field ->
                lines.add(
                    "  importance    %10s -> %10s  %s"
                        .formatted(
                            importance(forest.champion(), field),
                            importance(forest.challenger(), field),
                            field)));
  }

  private static void fact(
      String name,
      ForestComparison forest,
      Function<ForestFacts, Object> fact,
      List<String> lines) {
    String champion = String.valueOf(fact.apply(forest.champion()));
    String challenger = String.valueOf(fact.apply(forest.challenger()));
    if (!champion.equals("[]") || !challenger.equals("[]")) {
      lines.add(
          "  %-13s %s"
              .formatted(
                  name, champion.equals(challenger) ? champion : champion + " -> " + challenger));
    }
  }

  private static void fields(String name, List<String> fields, List<String> lines) {
    if (!fields.isEmpty()) {
      lines.add("  %-13s %s".formatted(name, String.join(", ", fields)));
    }
  }

  private static String importance(ForestFacts facts, String field) {
    Double mean = facts.importance().get(field);
    return mean == null ? "-" : number(mean);
  }

  private void rows(DataComparison rows, List<String> lines) {
    lines.add("");
    lines.add("ROWS");
    rows(rows.whole(), lines);
    for (OneSidedFault refused : rows.refused()) {
      lines.add(
          "  %s refuses %s rows: %s %s"
              .formatted(version(refused.by()), refused.rows(), refused.code(), refused.field()));
    }

    rows.slices()
        .forEach(
            (value, slice) -> {
              lines.add("");
              lines.add("ROWS OF %s = %s".formatted(rows.form().by(), value));
              rows(slice, lines);
            });
    if (!rows.movers().isEmpty()) {
      lines.add("");
      lines.add("ROWS THAT MOVE MOST");
      rows.movers().forEach(mover -> mover(mover, rows, lines));
    }
  }

  private String version(Side side) {
    return side == Side.CHAMPION
        ? comparison.champion().version()
        : comparison.challenger().version();
  }

  private void rows(RowComparison rows, List<String> lines) {
    lines.add(
        "  %s rows; only %s scores %s more, only %s %s, none %s"
            .formatted(
                rows.rows(),
                version(Side.CHAMPION),
                rows.onlyChampion(),
                version(Side.CHALLENGER),
                rows.onlyChallenger(),
                rows.neither()));
    if (rows.rows() == 0) {
      return;
    }

    lines.add("  equal bits    %s rows".formatted(rows.equalBits()));
    for (OutputComparison output : rows.outputs()) {
      if (rows.outputs().size() > 1) {
        lines.add("  output %s".formatted(output.name()));
      }

      output(output, lines);
    }

    rows.flips().ifPresent(flips -> lines.add("  flips         " + flips(flips)));
  }

  private static void output(OutputComparison output, List<String> lines) {
    lines.add(
        "  mean          %s -> %s"
            .formatted(number(output.championMean()), number(output.challengerMean())));
    lines.add("  difference    " + quantiles(output.difference()));
    output.margin().ifPresent(margin -> lines.add("  of margins    " + quantiles(margin)));
    lines.add(
        "  distributions KS %s%s, PSI %s"
            .formatted(
                number(output.ks()),
                output.error() > 0 ? " to " + number(output.ks() + output.error()) : "",
                number(output.psi())));
  }

  private static String quantiles(Difference difference) {
    return "50 %% %s, 90 %% %s, 99 %% %s, 99.9 %% %s, largest %s"
        .formatted(
            number(difference.p50()),
            number(difference.p90()),
            number(difference.p99()),
            number(difference.p999()),
            number(difference.max()));
  }

  private static String flips(LabelFlips flips) {
    String share = percent(flips.share());
    if (flips.isBinary()) {
      return "%s up, %s down, %s of the rows".formatted(flips.up(), flips.down(), share);
    }

    String classes =
        flips.changes().stream()
            .limit(MOST_IMPORTANT)
            .map(change -> "%s -> %s %s".formatted(change.from(), change.to(), change.rows()))
            .collect(Collectors.joining(", "));
    return "%s rows, %s%s".formatted(flips.rows(), share, classes.isEmpty() ? "" : ": " + classes);
  }

  private static void mover(Mover mover, DataComparison rows, List<String> lines) {
    List<String> key = new ArrayList<>();
    for (int part = 0; part < mover.row().key().size(); part++) {
      key.add("%s %s".formatted(rows.form().keys().get(part), mover.row().key().get(part)));
    }

    String fields =
        mover.fields().stream()
            .map(field -> String.format(Locale.ROOT, "%s %+.4g", field.name(), field.change()))
            .collect(Collectors.joining(", "));
    lines.add(
        "  %s: %s -> %s%s"
            .formatted(
                String.join(", ", key),
                number(mover.row().champion().value()),
                number(mover.row().challenger().value()),
                fields.isEmpty() ? "" : "; margin by " + fields));
    if (!mover.notExplained().isEmpty() && mover == rows.movers().get(0)) {
      lines.add("  Not explained: " + mover.notExplained());
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.4g %%", 100 * share);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
