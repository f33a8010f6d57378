package io.paritree.spark.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class LabelIndexTest {
  private static final int LABELS = 30_000;
  private static final int LAST_DAY = 20_000;

  /** Reads rows of keys, an outcome, a day and a weight. */
  private static LabelBlock labels(List<DataType> types, List<Object[]> rows) {
    StructType schema = schema(types).add("outcome", "double").add("day", "date");
    int keys = types.size();
    return LabelBlock.read(
        ColumnBatches.batches(
            rows.stream().map(row -> (InternalRow) new GenericInternalRow(row)).iterator(),
            schema.add("weight", "double")),
        new LabelColumns(ordinals(keys), keys, keys + 1, keys + 2),
        LAST_DAY);
  }

  private static int[] ordinals(int keys) {
    int[] ordinals = new int[keys];
    for (int key = 0; key < keys; key++) {
      ordinals[key] = key;
    }

    return ordinals;
  }

  private static StructType schema(List<DataType> types) {
    StructType schema = new StructType();
    for (DataType type : types) {
      schema = schema.add("key_" + schema.length(), type);
    }

    return schema;
  }

  private static Object[] label(Object[] key, double outcome, int day) {
    Object[] row = new Object[key.length + 3];
    System.arraycopy(key, 0, row, 0, key.length);
    row[key.length] = outcome;
    row[key.length + 1] = day;
    row[key.length + 2] = 0.5;
    return row;
  }

  private static LabelIndex again(LabelIndex index) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(index);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (LabelIndex) in.readObject();
    }
  }

  /**
   * Labels every third number from 0 to {@link #LABELS}, and looks for all of them.
   *
   * @param given the types of the labels' keys
   * @param scored those of the scores' keys
   */
  private static void eachFindsItsOwn(
      List<DataType> given,
      List<DataType> scored,
      LongFunction<Object[]> key,
      LongFunction<Object[]> scoredKey)
      throws Exception {
    Random random = new Random(8);
    Map<Long, Double> expected = new HashMap<>();
    List<Object[]> first = new ArrayList<>();
    List<Object[]> second = new ArrayList<>();
    for (long number = 0; number < LABELS; number += 3) {
      double outcome = random.nextInt(1_000);
      expected.put(number, outcome);
      int day = LAST_DAY - (int) (number % 9);
      (number % 5 == 0 ? first : second).add(label(key.apply(number), outcome, day));
      second.add(label(key.apply(number + 1), 0, LAST_DAY + 1)); // is left out
    }

    LabelIndex index =
        again(new LabelIndex(LabelBlock.of(List.of(labels(given, first), labels(given, second)))));

    assertThat(index.keys()).isEqualTo(expected.size());
    RowLabels found = index.of(new KeyReader(ordinals(scored.size())));
    var batches =
        ColumnBatches.batches(
            LongStream.range(0, LABELS)
                .mapToObj(number -> (InternalRow) new GenericInternalRow(scoredKey.apply(number)))
                .iterator(),
            schema(scored));
    long number = 0;
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      found.begin(batch);
      for (int row = 0; row < batch.numRows(); row++, number++) {
        assertThat(found.find(row)).as("%s", number).isEqualTo(expected.containsKey(number));
        if (expected.containsKey(number)) {
          assertThat(found.outcome()).isEqualTo(expected.get(number));
          assertThat(found.day()).isEqualTo(LAST_DAY - number % 9);
          assertThat(found.weight()).isEqualTo(0.5);
        }
      }
    }
  }

  @Test
  void aKeyFindsItsLabelAndNoOtherWhateverItsType() throws Exception {
    eachFindsItsOwn(
        List.of(DataTypes.IntegerType),
        List.of(DataTypes.LongType),
        number -> new Object[] {(int) number},
        number -> new Object[] {number});
    eachFindsItsOwn(
        List.of(DataTypes.StringType),
        List.of(DataTypes.StringType),
        number -> new Object[] {UTF8String.fromString("key " + number)},
        number -> new Object[] {UTF8String.fromString("key " + number)});
    eachFindsItsOwn(
        List.of(DataTypes.StringType, DataTypes.ShortType, DataTypes.StringType),
        List.of(DataTypes.StringType, DataTypes.LongType, DataTypes.StringType),
        number -> texts(number, (short) (number % 7)),
        number -> texts(number, number % 7));
  }

  /** Returns a key whose texts have the same bytes one after the other as those of other keys. */
  private static Object[] texts(long number, Object between) {
    String text = "1".repeat((int) (number % 100)) + "2".repeat((int) (number / 100));
    int cut = (int) (number % 13) * text.length() / 13;
    return new Object[] {
      UTF8String.fromString(text.substring(0, cut)),
      between,
      UTF8String.fromString(text.substring(cut))
    };
  }

  @Test
  void labelsOfOneKeyAreCountedOnceAndANullFindsNone() {
    List<DataType> types = List.of(DataTypes.LongType);
    LabelIndex index =
        new LabelIndex(
            labels(
                types,
                List.of(
                    label(new Object[] {7L}, 1, 1),
                    label(new Object[] {8L}, 1, 1),
                    label(new Object[] {7L}, 0, 2))));
    RowLabels found = index.of(new KeyReader(ordinals(1)));

    assertThat(index.keys()).isEqualTo(2);
    found.begin(
        ColumnBatches.batches(
                List.of((InternalRow) new GenericInternalRow(new Object[] {null})).iterator(),
                schema(types))
            .next());
    assertThat(found.find(0)).isFalse();
  }
}
