package io.paritree.spark.audit;

import io.paritree.model.ScoringModel;
import io.paritree.output.ReasonsForm;
import io.paritree.output.ScoreColumns;
import io.paritree.reasons.Direction;
import io.paritree.reasons.ExplanationSettings;
import io.paritree.spark.tables.SqlName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What published rows say of how their reasons were chosen: the most that a row has, in which
 * directions, and above which score. Whatever a run was asked for, it would have chosen the same
 * under these; so each row is compared by what all rows have in common.
 */
final class PublishedReasons {
  private PublishedReasons() {}

  /**
   * Returns what explains published rows as they are explained; empty if they are not.
   *
   * @param rows all rows of the partition
   */
  static Optional<ExplanationSettings> of(
      Dataset<Row> rows, ComparedColumns columns, ScoringModel model) {
    boolean hasContributions = !columns.contributions().isEmpty();
    if (!hasContributions && !columns.hasReasons()) {
      return Optional.empty();
    }

    if (!columns.hasReasons()) {
      return Optional.of(new ExplanationSettings(0, Direction.BOTH, Float.NaN, hasContributions));
    }

    String list = SqlName.quoted(ReasonsForm.COLUMN);
    List<String> scores = ScoreColumns.of(model.outputs(), model.engine().scores(), 0).scores();
    String winner = scores.stream().map(SqlName::quoted).collect(Collectors.joining(", "));
    String score = scores.size() == 1 ? winner : "greatest(%s)".formatted(winner);
    Row all =
        rows.select(
                functions.expr("coalesce(max(size(%s)), 0)".formatted(list)),
                functions.expr(sign(list, ">")),
                functions.expr(sign(list, "<")),
                functions.expr("count_if(%s is null)".formatted(list)),
                functions.expr(
                    "max(if(%s is null and not isnan(%s), %s, null))"
                        .formatted(list, score, score)))
            .head();
    float above = Float.NaN;
    if (all.getLong(3) > 0) {
      above = all.isNullAt(4) ? Float.NEGATIVE_INFINITY : all.getFloat(4);
    }

    Direction direction = Direction.BOTH;
    if (all.getBoolean(1) != all.getBoolean(2)) {
      direction = all.getBoolean(1) ? Direction.UP : Direction.DOWN;
    }

    return Optional.of(
        new ExplanationSettings(Math.max(1, all.getInt(0)), direction, above, hasContributions));
  }

  private static String sign(String list, String than) {
    return "coalesce(bool_or(exists(%s, reason -> reason.contribution %s 0)), false)"
        .formatted(list, than);
  }
}
