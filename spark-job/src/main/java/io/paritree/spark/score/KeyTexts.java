package io.paritree.spark.score;

import io.paritree.output.PartitionValue;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.task.ColumnKind;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.SpecializedGetters;
import org.apache.spark.sql.types.DataType;

/** The keys of rows as texts, for people. Not thread-safe. */
final class KeyTexts {
  private final TaskPlan plan;
  private final List<String> names;
  private final int[] columns;
  private final ColumnText[] texts;

  /**
   * @param names what the members of a key are called: the keys of rows, then partition columns
   */
  KeyTexts(TaskPlan plan, List<String> names) {
    this.plan = plan;
    this.names = names;
    this.columns = IntStream.of(plan.output().carried()).limit(plan.keys().columns()).toArray();
    this.texts =
        IntStream.of(columns)
            .mapToObj(at -> text(plan.column(at).type()))
            .toArray(ColumnText[]::new);
  }

  private static ColumnText text(DataType type) {
    return ColumnText.of(type)
        .orElseGet(
            () ->
                switch (ColumnKind.of(type)) {
                  case INSTANT -> (row, at) -> time(row.getLong(at)).toString();
                  case LOCAL ->
                      (row, at) ->
                          time(row.getLong(at))
                              .atOffset(ZoneOffset.UTC)
                              .toLocalDateTime()
                              .toString();
                  case BINARY -> (row, at) -> HexFormat.of().formatHex(row.getBinary(at));
                  default -> (row, at) -> String.valueOf(row.get(at, type));
                });
  }

  private static Instant time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  /** Returns the values of a row's key, in the order of their names; empty without a value. */
  List<String> of(InputBlock block, SourceFile file, int row) {
    List<String> key = new ArrayList<>();
    SpecializedGetters from = block.row(row);
    for (int index = 0; index < columns.length; index++) {
      ReadColumn column = plan.column(columns[index]);
      if (column.isPartition()) {
        key.add(text(file.values().get(column.partitionLevel())));
        continue;
      }

      int at = block.ordinal(columns[index]);
      key.add(from.isNullAt(at) ? "" : texts[index].of(from, at));
    }

    for (String name : names.subList(columns.length, names.size())) {
      key.add(
          file.values().stream()
              .filter(value -> value.column().equals(name))
              .map(KeyTexts::text)
              .findFirst()
              .orElse(""));
    }

    return key;
  }

  private static String text(PartitionValue value) {
    return value.isNull() ? "" : value.value();
  }
}
