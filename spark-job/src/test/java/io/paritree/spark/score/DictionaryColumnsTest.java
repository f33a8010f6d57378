package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.StepsFeature.Of;
import io.paritree.feature.TableFeature.Slot;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.run.JobSessions;
import io.paritree.spark.run.TestSpark;
import io.paritree.spark.task.BatchSource;
import io.paritree.spark.task.BlockSource;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.RowBlock;
import io.paritree.spark.task.RowSource;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.VectorBlock;
import io.paritree.spark.versions.VectorDictionary;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Columns with dictionaries have the slots, faults and counts that the same rows have one by one.
 */
class DictionaryColumnsTest {
  private static final int ROWS = 30_000;
  private static final String NO_DOUBLE = "'double' missing_value:";
  private static final String UNLIKELY_BYTES = "\u00e9\u4e2d";

  private static final StructType COLUMNS =
      new StructType()
          .add("float", DataTypes.FloatType)
          .add("double", DataTypes.DoubleType)
          .add("int", DataTypes.IntegerType)
          .add("long", DataTypes.LongType)
          .add("short", DataTypes.ShortType)
          .add("decimal", DataTypes.createDecimalType(9, 2))
          .add("text", DataTypes.StringType)
          .add("time", DataTypes.StringType)
          .add("instant", DataTypes.TimestampType)
          .add("local", DataTypes.TimestampNTZType)
          .add("distinct", DataTypes.DoubleType);

  private static final Optional<ZoneId> ZONE = Optional.of(ZoneId.of("Europe/Berlin"));
  private static final List<Feature> FEATURES =
      List.of(
          number("float", List.of(), 0, 40, true),
          number("double", List.of(3.0), -1e9, 1e9, false),
          new IntegerCategoryFeature(
              "int", "int", longs(12), new Unseen.Category("3"), Sentinels.NONE, true),
          new IntegerCategoryFeature(
              "long", "long", longs(30), new Unseen.Reject(), Sentinels.of(List.of(7)), true),
          number("short", List.of(5), -1e9, 1e9, true),
          number("decimal", List.of(), -1e9, 1e9, true),
          text("missing", new Unseen.Missing()),
          text("rejected", new Unseen.Reject()),
          text("other", new Unseen.Category("t2")),
          part("hour", "time", TimestampPart.HOUR),
          part("month", "time", TimestampPart.MONTH),
          part("instant", "instant", TimestampPart.HOUR),
          part("local", "local", TimestampPart.DAY_OF_WEEK),
          table("one-hot t3", "text", Slot.of(0), -1, "t3", Slot.of(1)),
          table("one-hot t9", "text", Slot.of(0), Float.NaN, "t9", Slot.of(1)),
          table("sparse t5", "text", Slot.MISSING, Float.NaN, "t5", Slot.of(1), "t6", Slot.REJECT),
          table("refusing", "text", Slot.REJECT, 5, texts(20)),
          table("no text", "text", Slot.of(0), 1),
          table("no double", "double", Slot.of(0), 1),
          table("store", "long", Slot.of(0), -1, 4L, Slot.of(1), 6L, Slot.of(2)),
          steps("log", "double", Of.DOUBLE, null, Slot.of(1), 1.0, Slot.of(2), 5.5, Slot.REJECT),
          steps("bin", "double", Of.DOUBLE, null, Slot.of(7), 4.0, Slot.MISSING),
          steps("rounded", "float", Of.FLOAT, null, Slot.of(1), 10.0, Slot.of(2), 20.0, Slot.of(3)),
          steps("whole", "short", Of.WHOLE, null, Slot.of(1), 8.0, Slot.of(2)),
          steps("cents", "decimal", Of.DOUBLE, null, Slot.of(1), 0.5, Slot.of(2)),
          steps("few", "distinct", Of.DOUBLE, null, Slot.of(1), 0.5, Slot.of(2)),
          steps("age", "local", Of.LOCAL, null, Slot.of(1), 0L, Slot.of(2)),
          steps("since", "instant", Of.INSTANT, null, Slot.of(1), 1_000_000L, Slot.of(2)),
          new NumberFeature("filled", "int", Sentinels.of(List.of(3.0)), -1e9, 1e9, true, 77),
          number("distinct", List.of(), -1e9, 1e9, true));

  @TempDir static Path directory;

  /** The result of encoding all rows. */
  private record Encoded(
      List<List<Float>> slots,
      List<List<String>> faults,
      List<Long> missing,
      List<Long> unseen,
      List<Integer> dictionaries)
      implements Serializable {}

  private static NumberFeature number(
      String column, List<Object> missing, double min, double max, boolean nullable) {
    return new NumberFeature(column, column, Sentinels.of(missing), min, max, nullable);
  }

  private static List<Long> longs(int count) {
    return IntStream.range(0, count).mapToObj(number -> (long) number).toList();
  }

  private static Feature text(String name, Unseen unseen) {
    List<String> vocabulary = IntStream.range(0, 20).mapToObj(number -> "t" + number).toList();
    return new TextCategoryFeature(
        name, "text", vocabulary, unseen, Sentinels.of(List.of("t4")), true);
  }

  private static Object[] texts(int count) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(number -> Stream.of("t" + number, Slot.of(number)))
        .toArray();
  }

  private static Feature table(
      String name, String column, Slot other, float ifMissing, Object... valuesAndSlots) {
    List<MappedFeature.Entry> entries = new ArrayList<>();
    for (int at = 0; at < valuesAndSlots.length; at += 2) {
      entries.add(new MappedFeature.Entry(valuesAndSlots[at], (Slot) valuesAndSlots[at + 1]));
    }

    return new MappedFeature(
        name, column, MappedFeature.Source.VALUE, entries, other, Sentinels.NONE, true, ifMissing);
  }

  private static Feature steps(String name, String column, Of of, Object... fromsAndSlots) {
    List<StepsFeature.Step> steps = new ArrayList<>();
    for (int at = 0; at < fromsAndSlots.length; at += 2) {
      steps.add(new StepsFeature.Step((Number) fromsAndSlots[at], (Slot) fromsAndSlots[at + 1]));
    }

    return new StepsFeature(
        name,
        column,
        of,
        Optional.empty(),
        steps,
        Double.NEGATIVE_INFINITY,
        Double.POSITIVE_INFINITY,
        Sentinels.NONE,
        !name.equals("age"),
        name.equals("cents") ? -1 : Float.NaN);
  }

  private static Feature part(String name, String column, TimestampPart part) {
    return new TimestampFeature(
        name, column, part, ZONE, Sentinels.of(List.of("none")), !column.equals("local"));
  }

  @Test
  void dictionariesChangeNoSlotFaultOrCount() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    SparkSession session = JobSessions.wide(TestSpark.session(), COLUMNS.size());
    String file = directory.resolve("rows").toString();
    session
        .createDataFrame(rows(new Random(seed)), COLUMNS)
        .coalesce(1)
        .write()
        .option("parquet.block.size", 60_000)
        .parquet(file);
    Dataset<Row> read = session.read().parquet(file);

    Encoded byBatch =
        scan(read.queryExecution().executedPlan())
            .executeColumnar()
            .toJavaRDD()
            .mapPartitions(DictionaryColumnsTest::ofBatches)
            .collect()
            .get(0);
    Encoded byRow =
        read.queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(DictionaryColumnsTest::ofRows)
            .collect()
            .get(0);

    int[] withMany =
        IntStream.range(0, COLUMNS.size())
            .filter(column -> byBatch.dictionaries.get(column) > 3)
            .toArray();
    assertThat(withMany).as("columns of changing dictionaries, seed %s", seed).hasSize(10);
    for (int feature = 0; feature < FEATURES.size(); feature++) {
      assertThat(byBatch.slots.get(feature))
          .as("slots of %s, seed %s", FEATURES.get(feature).name(), seed)
          .isEqualTo(byRow.slots.get(feature));
    }

    assertThat(byBatch.faults).as("seed %s", seed).isEqualTo(byRow.faults);
    assertThat(byBatch.missing).as("seed %s", seed).isEqualTo(byRow.missing);
    assertThat(byBatch.unseen).as("seed %s", seed).isEqualTo(byRow.unseen);
    assertThat(byBatch.faults).anyMatch(List::isEmpty).anyMatch(faults -> faults.size() > 2);
    assertThat(byBatch.unseen).anyMatch(count -> count > 0);
    long refused =
        byRow.faults.stream()
            .filter(faults -> faults.stream().anyMatch(fault -> fault.startsWith(NO_DOUBLE)))
            .count();
    assertThat(byRow.missing.get(1)).isEqualTo(refused).isPositive();
  }

  /** The values of a column change slowly, so that each row group has another dictionary. */
  private static List<Row> rows(Random random) {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      Object[] values = new Object[COLUMNS.size()];
      for (int column = 0; column < values.length; column++) {
        int number = row / 2_000 + random.nextInt(12);
        values[column] = random.nextInt(20) == 0 ? null : value(column, number, random);
      }

      rows.add(RowFactory.create(values));
    }

    return rows;
  }

  private static Object value(int column, int number, Random random) {
    long micros = (number * 3_000L - 30_000) * 1_000_003;
    return switch (COLUMNS.fields()[column].name()) {
      case "float" -> {
        float usual = number == 11 ? -0f : number * 2f;
        yield number == 9 ? Float.NaN : usual;
      }
      case "double" -> number == 8 ? Double.POSITIVE_INFINITY : number / 3.0;
      case "int" -> number;
      case "long" -> (long) number * 2;
      case "short" -> (short) number;
      case "decimal" -> BigDecimal.valueOf(number * 7L, 2);
      case "text" -> number == 13 ? UNLIKELY_BYTES : "t" + number;
      case "time" -> {
        String usual = number == 7 ? "07:00" : "2024-%02d-03T11:22:33".formatted(1 + number % 12);
        yield number == 6 ? "none" : usual;
      }
      case "instant" -> Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
      case "local" -> LocalDateTime.ofEpochSecond(micros / 1_000_000, 0, ZoneOffset.UTC);
      case "distinct" -> random.nextDouble();
      default -> throw new IllegalArgumentException();
    };
  }

  private static FileSourceScanExec scan(SparkPlan plan) {
    SparkPlan at = plan;
    while (!(at instanceof FileSourceScanExec)) {
      at = scala.jdk.javaapi.CollectionConverters.asJava(at.children()).get(0);
    }

    return (FileSourceScanExec) at;
  }

  private static int[] ordinals() {
    return IntStream.range(0, COLUMNS.size()).toArray();
  }

  private static Iterator<Encoded> ofBatches(Iterator<ColumnarBatch> batches) throws IOException {
    List<Set<Object>> dictionaries = new ArrayList<>();
    for (int column = 0; column < COLUMNS.size(); column++) {
      dictionaries.add(Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    Iterator<ColumnarBatch> observed =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return batches.hasNext();
          }

          @Override
          public ColumnarBatch next() {
            ColumnarBatch batch = batches.next();
            for (int column = 0; column < COLUMNS.size(); column++) {
              VectorDictionary dictionary = VectorDictionary.of(batch.column(column));
              if (dictionary != null) {
                dictionaries.get(column).add(dictionary.entries());
              }
            }

            return batch;
          }
        };
    TaskPlan plan = plan();
    Encoded encoded =
        encode(plan, new BatchSource(plan, observed, new VectorBlock(plan, ordinals(), -1)));
    encoded.dictionaries.addAll(dictionaries.stream().map(Set::size).toList());
    return List.of(encoded).iterator();
  }

  private static Iterator<Encoded> ofRows(Iterator<InternalRow> rows) throws IOException {
    TaskPlan plan = plan();
    RowBlock block = new RowBlock(plan, TaskPlan.BLOCK_ROWS, ordinals(), -1, -1);
    return List.of(encode(plan, new RowSource(plan, rows, block, Long.MAX_VALUE))).iterator();
  }

  private static Encoded encode(TaskPlan plan, BlockSource source) throws IOException {
    Schema schema = new Schema(FEATURES);
    BlockEncoder encoder = new BlockEncoder(schema, plan, InputFormat.PARQUET);
    RowFaults faults = new RowFaults(TaskPlan.BLOCK_ROWS);
    float[] slots = new float[FEATURES.size() * TaskPlan.BLOCK_ROWS];
    Encoded encoded =
        new Encoded(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    FEATURES.forEach(feature -> encoded.slots.add(new ArrayList<>()));
    long[] missing = new long[FEATURES.size()];
    long[] unseen = new long[FEATURES.size()];
    for (InputBlock block = source.next(); block != null; block = source.next()) {
      faults.clear();
      encoder.encode(block, new SourceFile("a", "", List.of()), slots, faults);
      Arrays.setAll(missing, slot -> missing[slot] + encoder.missing()[slot]);
      Arrays.setAll(unseen, slot -> unseen[slot] + encoder.unseen()[slot]);
      for (int row = 0; row < block.rows(); row++) {
        encoded.faults.add(
            faults.isFaulty(row)
                ? new ArrayList<>(faults.of(row).stream().map(Fault::toString).toList())
                : new ArrayList<>());
        for (int feature = 0; feature < FEATURES.size(); feature++) {
          // Boxed floats are equal if their bits are, which distinguishes -0.0 from 0.0.
          encoded.slots.get(feature).add(slots[feature * TaskPlan.BLOCK_ROWS + row]);
        }
      }
    }

    encoded.missing.addAll(Arrays.stream(missing).boxed().toList());
    encoded.unseen.addAll(Arrays.stream(unseen).boxed().toList());
    return encoded;
  }

  private static TaskPlan plan() {
    List<ReadColumn> columns = new ArrayList<>();
    Arrays.stream(COLUMNS.fields())
        .forEach(field -> columns.add(new ReadColumn(field.name(), field.dataType(), -1)));
    return TestPlan.of(columns);
  }
}
