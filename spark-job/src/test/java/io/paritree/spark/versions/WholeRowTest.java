package io.paritree.spark.versions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

/** A row by Spark's generated code, and without. */
class WholeRowTest {
  private static final InternalRow INPUT =
      new GenericInternalRow(new Object[] {1L, UTF8String.fromString("a\\b"), null});

  @Test
  void columnsOfTheInputInOrderAreTheInputItself() {
    WholeRow row = new WholeRow(List.of(column(0), column(1), column(2)));

    assertThat(row.eval(INPUT)).isSameAs(INPUT);
    assertThat(Generated.value(row, INPUT)).isSameAs(INPUT);
  }

  @Test
  void otherColumnsAndConstantsAreARowOfTheirOwn() {
    List<Expression> columns = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    for (int time = 0; time < 60; time++) {
      columns.addAll(List.of(column(1), column(2), Literal.create(time, DataTypes.IntegerType)));
      columns.addAll(List.of(Literal.create(null, DataTypes.NullType), column(0)));
      expected.add(INPUT.getUTF8String(1));
      expected.add(null);
      expected.add(time);
      expected.add(null);
      expected.add(1L);
    }

    WholeRow row = new WholeRow(columns);

    GenericInternalRow wanted = new GenericInternalRow(expected.toArray());
    assertThat(row.eval(INPUT)).isEqualTo(wanted);
    assertThat(Generated.value(row, INPUT)).isEqualTo(wanted);
    assertThat(row.clone()).isEqualTo(row).hasSameHashCodeAs(row);
    assertThat(row).isNotEqualTo(new WholeRow(columns.subList(1, columns.size())));
  }

  private static Expression column(int ordinal) {
    return new BoundReference(
        ordinal, ordinal == 0 ? DataTypes.LongType : DataTypes.StringType, ordinal != 0);
  }
}
