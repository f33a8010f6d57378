package io.paritree.spark.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Schema;
import io.paritree.output.PartitionValue;
import io.paritree.record.ValueCase;
import io.paritree.record.ValueCase.Carrier;
import io.paritree.record.ValueCase.Face;
import io.paritree.record.ValueCase.TableRow;
import io.paritree.record.ValueCases;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.input.ReadColumn;
import io.paritree.spark.run.JobSessions;
import io.paritree.spark.run.TestSpark;
import io.paritree.spark.sql.SingleRow;
import io.paritree.spark.task.BatchSource;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.RowBlock;
import io.paritree.spark.task.RowSource;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import io.paritree.spark.task.VectorBlock;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The value table as the job applies it: to values in real Parquet files, by columnar batches, by
 * rows and by the functions for SQL, and to values in the names of directories.
 */
class ParquetValueTableTest {
  /** The result of encoding a value: the slot's bits and the fault codes. */
  private record Outcome(int bits, List<FaultCode> codes) implements Serializable {}

  private static final Map<String, Outcome> BY_BATCH = new LinkedHashMap<>();
  private static final Map<String, Outcome> BY_ROW = new LinkedHashMap<>();
  private static final Map<String, Outcome> BY_SINGLE_ROW = new LinkedHashMap<>();

  @TempDir static Path directory;

  static Stream<ValueCase> typedCases() {
    return ValueCases.all().stream()
        .filter(value -> value.parquet() instanceof Face.Typed)
        .filter(value -> value.row() != TableRow.PARTITION);
  }

  static Stream<ValueCase> partitionCases() {
    return ValueCases.all().stream()
        .filter(value -> value.row() == TableRow.PARTITION)
        .filter(value -> value.parquet() instanceof Face.Typed);
  }

  /** Writes one row with a column for each case, and encodes it column by column. */
  @BeforeAll
  static void encodeAll() {
    List<ValueCase> cases = typedCases().toList();
    StructType schema = new StructType();
    Object[] values = new Object[cases.size()];
    for (int index = 0; index < values.length; index++) {
      Face.Typed typed = (Face.Typed) cases.get(index).parquet();
      schema = schema.add("case" + index, type(typed.carrier()));
      values[index] = typed(typed);
    }

    SparkSession session = JobSessions.wide(TestSpark.session(), values.length);
    String file = directory.resolve("cases").toString();
    session.createDataFrame(List.of(RowFactory.create(values)), schema).write().parquet(file);
    Dataset<Row> read = session.read().parquet(file);
    scan(read.queryExecution().executedPlan())
        .executeColumnar()
        .toJavaRDD()
        .mapPartitions(ParquetValueTableTest::ofBatches)
        .collect()
        .forEach(BY_BATCH::putAll);
    read.queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(ParquetValueTableTest::ofRows)
        .collect()
        .forEach(BY_ROW::putAll);
    read.queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(ParquetValueTableTest::ofSingleRows)
        .collect()
        .forEach(BY_SINGLE_ROW::putAll);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("typedCases")
  void columnarBatchGivesTheSlotOrTheFault(ValueCase value) {
    assertThat(BY_BATCH.get(value.toString())).isEqualTo(expected(value));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("typedCases")
  void internalRowGivesTheSlotOrTheFault(ValueCase value) {
    assertThat(BY_ROW.get(value.toString())).isEqualTo(expected(value));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("typedCases")
  void functionOfSqlGivesTheSlotOrTheFault(ValueCase value) {
    assertThat(BY_SINGLE_ROW.get(value.toString())).isEqualTo(expected(value));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("partitionCases")
  void directoryNameGivesTheSlotOrTheFault(ValueCase value) {
    String column = value.feature().column();
    Object text = ((Face.Typed) value.parquet()).value();
    String name =
        new PartitionValue(column, text == null ? PartitionValue.HIVE_DEFAULT : (String) text)
            .directoryName();
    TaskPlan plan = TestPlan.of(List.of(new ReadColumn(column, DataTypes.StringType, 0)));
    InputBlock block = block(new GenericInternalRow(0), plan, -1);
    RowFaults faults = new RowFaults(1);
    float[] slots = new float[TaskPlan.BLOCK_ROWS];
    new BlockEncoder(new Schema(List.of(value.feature())), plan, InputFormat.PARQUET)
        .encode(
            block, new SourceFile(name + "/a", name, PartitionValue.ofPath(name)), slots, faults);

    assertThat(outcome(slots[0], faults, 0)).isEqualTo(expected(value));
  }

  @Test
  void enoughCasesHaveThisFace() {
    assertThat(typedCases().count() + partitionCases().count()).isGreaterThan(150);
  }

  private static Outcome expected(ValueCase value) {
    return new Outcome(Float.floatToRawIntBits(value.slot()), value.fault().stream().toList());
  }

  private static FileSourceScanExec scan(SparkPlan plan) {
    SparkPlan at = plan;
    while (!(at instanceof FileSourceScanExec)) {
      at = scala.jdk.javaapi.CollectionConverters.asJava(at.children()).get(0);
    }

    return (FileSourceScanExec) at;
  }

  private static Iterator<Map<String, Outcome>> ofBatches(Iterator<ColumnarBatch> batches) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    while (batches.hasNext()) {
      ColumnarBatch batch = batches.next();
      List<ValueCase> cases = typedCases().toList();
      for (int index = 0; index < cases.size(); index++) {
        TaskPlan plan = plan(cases.get(index));
        VectorBlock columns = new VectorBlock(plan, new int[] {index}, -1);
        InputBlock block = new BatchSource(plan, List.of(batch).iterator(), columns).next();
        outcomes.put(cases.get(index).toString(), encode(cases.get(index), plan, block));
      }
    }

    return List.of(outcomes).iterator();
  }

  private static Iterator<Map<String, Outcome>> ofRows(Iterator<InternalRow> rows) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      List<ValueCase> cases = typedCases().toList();
      for (int index = 0; index < cases.size(); index++) {
        TaskPlan plan = plan(cases.get(index));
        InputBlock block = block(row, plan, index);
        outcomes.put(cases.get(index).toString(), encode(cases.get(index), plan, block));
      }
    }

    return List.of(outcomes).iterator();
  }

  private static Iterator<Map<String, Outcome>> ofSingleRows(Iterator<InternalRow> rows) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      List<ValueCase> cases = typedCases().toList();
      for (int index = 0; index < cases.size(); index++) {
        ValueCase value = cases.get(index);
        DataType type = type(((Face.Typed) value.parquet()).carrier());
        RowFaults faults = new RowFaults(1);
        float slot = SingleRow.slot(value.feature(), row, index, type, faults.current());
        faults.attribute(0);
        outcomes.put(value.toString(), outcome(slot, faults, 0));
      }
    }

    return List.of(outcomes).iterator();
  }

  private static InputBlock block(InternalRow row, TaskPlan plan, int ordinal) {
    RowBlock block = new RowBlock(plan, 1, new int[] {ordinal}, -1, -1);
    return new RowSource(plan, List.of(row).iterator(), block, 1).next();
  }

  private static TaskPlan plan(ValueCase value) {
    Carrier carrier = ((Face.Typed) value.parquet()).carrier();
    return TestPlan.of(List.of(new ReadColumn(value.feature().column(), type(carrier), -1)));
  }

  private static Outcome encode(ValueCase value, TaskPlan plan, InputBlock block) {
    RowFaults faults = new RowFaults(1);
    float[] slots = new float[TaskPlan.BLOCK_ROWS];
    new BlockEncoder(new Schema(List.of(value.feature())), plan, InputFormat.PARQUET)
        .encode(block, new SourceFile("a", "", List.of()), slots, faults);
    return outcome(slots[0], faults, 0);
  }

  private static Outcome outcome(float slot, RowFaults faults, int row) {
    List<FaultCode> codes =
        faults.isFaulty(row)
            ? new ArrayList<>(faults.of(row).stream().map(Fault::code).toList())
            : new ArrayList<>();
    return new Outcome(Float.floatToRawIntBits(slot), codes);
  }

  private static Object typed(Face.Typed face) {
    return switch (face.carrier()) {
      case TIMESTAMP ->
          Optional.ofNullable((Long) face.value())
              .map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS))
              .orElse(null);
      case TIMESTAMP_NTZ ->
          Optional.ofNullable((Long) face.value())
              .map(
                  micros ->
                      LocalDateTime.ofEpochSecond(
                          Math.floorDiv(micros, 1_000_000L),
                          (int) Math.floorMod(micros, 1_000_000L) * 1_000,
                          ZoneOffset.UTC))
              .orElse(null);
      case DATE ->
          Optional.ofNullable((Integer) face.value()).map(LocalDate::ofEpochDay).orElse(null);
      default -> face.value();
    };
  }

  private static DataType type(Carrier carrier) {
    return switch (carrier) {
      case BYTE -> DataTypes.ByteType;
      case SHORT -> DataTypes.ShortType;
      case INT -> DataTypes.IntegerType;
      case LONG -> DataTypes.LongType;
      case FLOAT -> DataTypes.FloatType;
      case DOUBLE -> DataTypes.DoubleType;
      case DECIMAL -> DataTypes.createDecimalType(38, 18);
      case STRING -> DataTypes.StringType;
      case BOOLEAN -> DataTypes.BooleanType;
      case TIMESTAMP -> DataTypes.TimestampType;
      case TIMESTAMP_NTZ -> DataTypes.TimestampNTZType;
      case DATE -> DataTypes.DateType;
    };
  }
}
