package io.paritree.spark.score;

import io.paritree.model.manifest.ReasonGroup;
import io.paritree.model.manifest.ReasonRule;
import io.paritree.reasons.Direction;
import io.paritree.reasons.Reasons;
import io.paritree.reasons.RowReasons;
import io.paritree.spark.task.ColumnKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** Makes the list of a row's reasons, as Spark holds it. Not thread-safe. */
public final class ReasonList {
  public static final StructType REASON =
      new StructType()
          .add("field", DataTypes.StringType)
          .add("value", DataTypes.StringType)
          .add("contribution", DataTypes.FloatType)
          .add("code", DataTypes.StringType);

  private final Reasons reasons;
  private final RowReasons chosen;
  private final UTF8String[] names;

  @FunctionalInterface
  public interface Values {
    /**
     * Returns a value as text; null if it is missing.
     *
     * @param column index in the columns of the group
     */
    String text(int group, int column);
  }

  public ReasonList(Reasons reasons) {
    List<ReasonGroup> groups = reasons.groups();
    this.reasons = reasons;
    this.chosen = new RowReasons(groups.size());
    this.names =
        groups.stream()
            .map(ReasonGroup::name)
            .map(UTF8String::fromString)
            .toArray(UTF8String[]::new);
  }

  /**
   * Chooses the reasons of a row.
   *
   * @param contributions the row's start at {@code at}
   * @param output the output that is explained
   */
  public GenericArrayData choose(
      float[] contributions, int at, int output, int most, Direction direction, Values values) {
    reasons.choose(contributions, at, output, most, direction, chosen);
    Object[] all = new Object[chosen.count()];
    for (int reason = 0; reason < all.length; reason++) {
      int group = chosen.group(reason);
      float contribution = chosen.contribution(reason);
      UTF8String code =
          reasons
              .code(group, contribution)
              .map(ReasonRule.Code::code)
              .map(UTF8String::fromString)
              .orElse(null);
      all[reason] =
          new GenericInternalRow(
              new Object[] {names[group], value(group, values), contribution, code});
    }

    return new GenericArrayData(all);
  }

  /** Returns the value of a group's column as text; of several, each with its name. */
  private UTF8String value(int group, Values values) {
    List<String> columns = reasons.groups().get(group).columns();
    if (columns.size() == 1) {
      return UTF8String.fromString(values.text(group, 0));
    }

    StringBuilder text = new StringBuilder();
    for (int column = 0; column < columns.size(); column++) {
      String value = values.text(group, column);
      text.append(text.isEmpty() ? "" : ", ").append(columns.get(column)).append('=');
      text.append(value == null ? "" : value);
    }

    return UTF8String.fromString(text.toString());
  }

  /** Returns the margin of the average row. */
  public float base() {
    return chosen.base();
  }

  /** Returns what all groups that were not chosen add to the margin. */
  public float rest() {
    return chosen.rest();
  }

  /** Returns a value as text; null if it is missing. */
  public static String text(SpecializedGetters from, int at, DataType type) {
    if (from.isNullAt(at)) {
      return null;
    }

    Object value = from.get(at, type);
    return switch (ColumnKind.of(type)) {
      case DATE -> LocalDate.ofEpochDay((int) value).toString();
      case INSTANT -> instant((long) value).toString();
      case LOCAL -> LocalDateTime.ofInstant(instant((long) value), ZoneOffset.UTC).toString();
      case DECIMAL -> ((Decimal) value).toJavaBigDecimal().toPlainString();
      case FLOAT, DOUBLE -> Double.isNaN(((Number) value).doubleValue()) ? null : value.toString();
      case BOOLEAN, BYTE, SHORT, INT, LONG, TEXT, BINARY, OTHER -> value.toString();
    };
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
