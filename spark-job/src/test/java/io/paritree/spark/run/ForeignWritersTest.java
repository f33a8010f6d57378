package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Forms;
import io.paritree.Seed;
import io.paritree.SomeForms;
import io.paritree.model.TestPackages;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.NanoTime;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Parquet files as other writers than Spark write them: only the values count, not their form. A
 * seed chooses in which of four ways each widened column is read; {@code -Dforms.all=true} tries
 * all.
 */
class ForeignWritersTest {
  private static final int ROWS = 60;
  private static final long SEED = Seed.next();
  private static final Configuration PARSED_ONCE = new Configuration();

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).wide(1, 5, 3).toString();
  }

  @ParameterizedTest
  @SomeForms(
      count = 5,
      value = {
        "int32 p                         | int32 p (INTEGER(32,true))",
        "int64 p (INTEGER(64,true))      | int64 p",
        "int32 p (INTEGER(8,false))      | int32 p (INTEGER(16,true))",
        "int32 p (DECIMAL(9,2))          | int64 p (DECIMAL(9,2))",
        "int32 p (DECIMAL(9,2))          | binary p (DECIMAL(9,2))",
        "fixed_len_byte_array(4) p (DECIMAL(9,2)) | int32 p (DECIMAL(9,2))",
        "fixed_len_byte_array(16) p (DECIMAL(38,2)) | binary p (DECIMAL(38,2))",
        "binary p (STRING)               | binary p (ENUM)",
        "int64 p (TIMESTAMP(MICROS,true)) | int64 p (TIMESTAMP(MILLIS,true))",
        "int64 p (TIMESTAMP(MILLIS,false)) | int64 p (TIMESTAMP(MICROS,false))",
        "int96 p                         | int64 p (TIMESTAMP(MICROS,true))"
      })
  void filesThatHoldTheSameValuesInOtherWaysAreOneTable(String one, String other) throws Exception {
    write("a.parquet", one, 0);
    write("b.parquet", other, ROWS);

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    checkPassed();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int32 p                          | float p",
        "int64 p                          | double p",
        "int64 p                          | int64 p (DECIMAL(18,0))",
        "int64 p (DECIMAL(12,2))          | int32 p (DECIMAL(9,3))",
        "int32 p (DECIMAL(9,2))           | int32 p (DECIMAL(9,3))",
        "int32 p (DECIMAL(9,2))           | int32 p",
        "binary p                         | binary p (STRING)",
        "int64 p (TIMESTAMP(MICROS,true)) | int64 p (TIMESTAMP(MICROS,false))",
        "int64 p (TIMESTAMP(MICROS,true)) | int64 p (TIMESTAMP(NANOS,true))"
      })
  void filesThatHoldOtherValuesAreRefused(String one, String other) throws Exception {
    write("a.parquet", one, 0);
    write("b.parquet", other, ROWS);

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err()).contains("column 'p' ", "b.parquet");
  }

  /** The day on which a column becomes wider is read in one run with the days before. */
  @ParameterizedTest
  @SomeForms(
      count = 6,
      value = {
        "int32 p                         | int64 p                          | LongType",
        "int32 p                         | int32 p (INTEGER(32,false))      | LongType",
        "int32 p (INTEGER(8,true))       | int32 p (INTEGER(16,true))       | ShortType",
        "int32 p (INTEGER(8,true))       | int32 p                          | IntegerType",
        "int32 p (INTEGER(16,true))      | int64 p                          | LongType",
        "float p                         | double p                         | DoubleType",
        "int32 p                         | double p                         | DoubleType",
        "int32 p                         | int64 p (DECIMAL(18,2))          | DecimalType(18,2)",
        "int32 p                         | int64 p (DECIMAL(10,0))          | DecimalType(10,0)",
        "int32 p (INTEGER(16,true))      | binary p (DECIMAL(30,2))         | DecimalType(30,2)",
        "int64 p                         | fixed_len_byte_array(16) p (DECIMAL(38,2)) | DecimalType(38,2)",
        "int32 p (DECIMAL(9,2))          | int64 p (DECIMAL(18,2))          | DecimalType(18,2)",
        "int32 p (DECIMAL(9,2))          | int64 p (DECIMAL(18,4))          | DecimalType(18,4)",
        "int64 p (DECIMAL(18,2))         | binary p (DECIMAL(30,4))         | DecimalType(30,4)",
        "binary p (DECIMAL(9,2))         | fixed_len_byte_array(16) p (DECIMAL(30,4)) | DecimalType(30,4)"
      })
  void columnThatBecomesWiderIsReadInItsWidestType(String narrow, String wide, String type)
      throws Exception {
    int chosen = new Random(SEED + (narrow + wide).hashCode()).nextInt(4);
    for (int way = 0; way < 4; way++) {
      if (way == chosen || Forms.areAllTried()) {
        checkWidening(narrow, wide, type, way < 2, way % 2 == 0);
      }
    }
  }

  private void checkWidening(
      String narrow, String wide, String type, boolean isVectorized, boolean isNarrowFirst)
      throws Exception {
    directory = Files.createTempDirectory(store, "widening");
    write("a.parquet", isNarrowFirst ? narrow : wide, 0);
    write("b.parquet", isNarrowFirst ? wide : narrow, ROWS);
    SparkConf cluster = TestSpark.session().sparkContext().conf();
    JobRun run;
    try {
      cluster.set("spark.sql.parquet.enableVectorizedReader", String.valueOf(isVectorized));
      run = score();
    } finally {
      cluster.remove("spark.sql.parquet.enableVectorizedReader");
    }

    String way =
        "vectorized %s, narrow first %s, seed %s".formatted(isVectorized, isNarrowFirst, SEED);
    assertThat(run.exitCode()).as(way + ": " + run.err()).isZero();
    checkNumbers(type, isNarrowFirst ? narrow : wide, isNarrowFirst ? wide : narrow);
  }

  private void checkNumbers(String type, String first, String second) {
    Dataset<Row> output = ScoringJobTest.read(directory.resolve("out"));
    assertThat(output.schema().apply("p").dataType().toString()).isEqualTo(type);
    List<Row> rows = output.select("id", "p").collectAsList();
    assertThat(rows).hasSize(2 * ROWS);
    for (Row row : rows) {
      long id = row.getLong(0);
      BigDecimal written = BigDecimal.valueOf(id % ROWS + 1, scale(id < ROWS ? first : second));
      assertThat(new BigDecimal(row.get(1).toString())).isEqualByComparingTo(written);
    }
  }

  private static int scale(String type) {
    Matcher decimal = Pattern.compile("DECIMAL\\(\\d+,(\\d+)\\)").matcher(type);
    return decimal.find() ? Integer.parseInt(decimal.group(1)) : 0;
  }

  /** As pyarrow writes them with use_byte_stream_split; Spark 4.2 cannot read them in batches. */
  @ParameterizedTest
  @SomeForms(
      count = 2,
      value = {"float", "double", "int32", "int64", "fixed_len_byte_array(4)"})
  void pagesWhoseBytesAreSplitAreRead(String type) throws Exception {
    boolean isFixed = type.startsWith("fixed");
    String column = type + " p" + (isFixed ? " (DECIMAL(9,2))" : "");
    write("a.parquet", column, 0);
    write(
        "b.parquet",
        column,
        ROWS,
        builder ->
            builder
                .withWriterVersion(WriterVersion.PARQUET_2_0)
                .withDictionaryEncoding(false)
                .withByteStreamSplitEncoding("p", true));

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    checkPassed();
    SparkSession other = TestSpark.session().newSession();
    String files = directory.resolve("in").toString();
    assertThatThrownBy(() -> other.read().parquet(files).collectAsList())
        .as("what the page on SQL says")
        .hasStackTraceContaining("BYTE_STREAM_SPLIT");
    other.conf().set("spark.sql.parquet.enableVectorizedReader", "false");
    assertThat(other.read().parquet(files).collectAsList()).hasSize(2 * ROWS);
  }

  /** What Spark can decode in batches: each type in its encodings of version 2. */
  @ParameterizedTest
  @SomeForms(
      count = 6,
      value = {
        "boolean p",
        "float p",
        "int32 p (INTEGER(8,true))",
        "int32 p (INTEGER(16,false))",
        "int32 p (DATE)",
        "int32 p (DECIMAL(9,2))",
        "int64 p (DECIMAL(18,2))",
        "int64 p (INTEGER(64,false))",
        "int64 p (TIMESTAMP(MILLIS,true))",
        "int96 p",
        "binary p",
        "binary p (STRING)",
        "binary p (DECIMAL(20,2))",
        "fixed_len_byte_array(4) p (DECIMAL(9,2))",
        "fixed_len_byte_array(16) p (DECIMAL(38,2))"
      })
  void pagesOfTheSecondVersionAreRead(String column) throws Exception {
    write("a.parquet", column, 0);
    write(
        "b.parquet",
        column,
        ROWS,
        builder ->
            builder.withWriterVersion(WriterVersion.PARQUET_2_0).withDictionaryEncoding(false));

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    checkPassed();
  }

  /** What its writer names is what counts here; a codec that Spark lacks cannot be run. */
  @Test
  void codecThatIsNotThereIsRefusedWhereItsColumnIsRead() throws Exception {
    write("a.parquet", "int32 p", 0);
    write("b.parquet", "int32 p", ROWS, builder -> builder.withCodecFactory(new Brotli()));
    write("c.parquet", "int32 p", 2 * ROWS, builder -> builder.withCodecFactory(new Brotli()));

    JobRun run = score();

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains(
            "columns 'f0', 'id', 'p' of file b.parquet and 1 more are compressed with BROTLI",
            "ZSTD")
        .containsOnlyOnce("BROTLI")
        .doesNotContain("a.parquet");
    assertThat(directory.resolve("_paritree/out").toFile().list()).containsExactly("runs");
  }

  /** Compresses nothing, and says that it has. */
  private static final class Brotli implements CompressionCodecFactory {
    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
      return new BytesInputCompressor() {
        @Override
        public BytesInput compress(BytesInput bytes) {
          return bytes;
        }

        @Override
        public CompressionCodecName getCodecName() {
          return CompressionCodecName.BROTLI;
        }

        @Override
        public void release() {}
      };
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void release() {}
  }

  @Test
  void listsWhoseElementsHaveAnotherNameAreEqual() throws Exception {
    List<String> names = List.of("list element", "list item", "bag array_element");
    for (String name : names) {
      String[] levels = name.split(" ");
      MessageType schema =
          MessageTypeParser.parseMessageType(
              ("message rows { required int64 id; optional float f0; optional group p (LIST) {"
                      + " repeated group %s { optional int32 %s; } } }")
                  .formatted(levels[0], levels[1]));
      Path file = Files.createDirectories(directory.resolve("in")).resolve(levels[1] + ".parquet");
      try (ParquetWriter<Group> writer = builder(file, schema).build()) {
        Group group =
            new SimpleGroup(schema).append("id", (long) names.indexOf(name)).append("f0", 1f);
        Group list = group.addGroup("p");
        list.addGroup(0).append(levels[1], 7);
        list.addGroup(0);
        list.addGroup(0).append(levels[1], 9);
        writer.write(group);
      }
    }

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = ScoringJobTest.read(directory.resolve("out")).collectAsList();
    assertThat(rows).hasSize(names.size());
    for (Row row : rows) {
      assertThat(row.getList(1)).isEqualTo(Arrays.asList(7, null, 9));
    }
  }

  @Test
  void shortDecimalsStoredAsBytesWithinAStructAreRead() throws Exception {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message rows { required int64 id; optional float f0;"
                + " optional group p { optional binary amount (DECIMAL(9,2)); } }");
    Path file = Files.createDirectories(directory.resolve("in")).resolve("a.parquet");
    try (ParquetWriter<Group> writer = builder(file, schema).build()) {
      for (int row = 0; row < ROWS; row++) {
        Group group = new SimpleGroup(schema).append("id", (long) row).append("f0", (float) row);
        byte[] amount = BigInteger.valueOf(row).toByteArray();
        group.addGroup("p").add("amount", Binary.fromConstantByteArray(amount));
        writer.write(group);
      }
    }

    JobRun run = score();

    assertThat(run.exitCode()).as(run.err()).isZero();
    for (Row row : ScoringJobTest.read(directory.resolve("out")).collectAsList()) {
      assertThat(row.getStruct(1).getDecimal(0).unscaledValue().longValue())
          .isEqualTo(row.getLong(0));
    }
  }

  /** Checks that the rows of both files were published with the same values. */
  private void checkPassed() {
    Map<Long, Row> rows = new TreeMap<>();
    for (Row row : ScoringJobTest.read(directory.resolve("out")).collectAsList()) {
      rows.put(row.getLong(0), row);
    }

    assertThat(rows).hasSize(2 * ROWS);
    for (long id = 0; id < ROWS; id++) {
      Row one = rows.get(id);
      Row other = rows.get(id + ROWS);
      assertThat(one.get(1)).isNotNull().isEqualTo(other.get(1));
      assertThat(one.getFloat(2)).isEqualTo(other.getFloat(2));
    }
  }

  private JobRun score() {
    return JobRun.of(
        "--model",
        model,
        "--input",
        directory.resolve("in"),
        "--output",
        directory.resolve("out"),
        "--keys",
        "id",
        "--pass",
        "p");
  }

  /** Writes rows whose {@code p} counts from 1, in the form that its type states. */
  private void write(String name, String type, long firstId) throws IOException {
    write(name, type, firstId, builder -> {});
  }

  private void write(
      String name, String type, long firstId, Consumer<ExampleParquetWriter.Builder> options)
      throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            "message rows { required int64 id; optional float f0; optional %s; }".formatted(type));
    Path file = Files.createDirectories(directory.resolve("in")).resolve(name);
    ExampleParquetWriter.Builder builder = builder(file, schema);
    options.accept(builder);
    try (ParquetWriter<Group> writer = builder.build()) {
      for (int row = 0; row < ROWS; row++) {
        Group group = new SimpleGroup(schema).append("id", firstId + row).append("f0", (float) row);
        add(group, schema.getType("p").asPrimitiveType(), row + 1);
        writer.write(group);
      }
    }
  }

  private static ExampleParquetWriter.Builder builder(Path file, MessageType schema) {
    return ExampleParquetWriter.builder(new LocalOutputFile(file))
        .withConf(PARSED_ONCE)
        .withType(schema);
  }

  private static void add(Group group, PrimitiveType type, int value) {
    LogicalTypeAnnotation annotation = type.getLogicalTypeAnnotation();
    switch (type.getPrimitiveTypeName()) {
      case BOOLEAN -> group.add("p", value % 2 == 0);
      case FLOAT -> group.add("p", (float) value);
      case DOUBLE -> group.add("p", (double) value);
      case INT32 -> group.add("p", value);
      case INT64 -> group.add("p", annotation == null ? value : value * unit(annotation));
      case INT96 -> group.add("p", new NanoTime(2_440_588, value * 1_000_000_000L));
      case BINARY -> group.add("p", binary(annotation, value));
      case FIXED_LEN_BYTE_ARRAY ->
          group.add("p", Binary.fromConstantByteArray(padded(value, type.getTypeLength())));
      default -> throw new IllegalArgumentException(type.toString());
    }
  }

  private static long unit(LogicalTypeAnnotation annotation) {
    if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      return timestamp.getUnit() == TimeUnit.MILLIS ? 1_000 : 1_000_000;
    }

    return 1;
  }

  private static Binary binary(LogicalTypeAnnotation annotation, int value) {
    return annotation instanceof DecimalLogicalTypeAnnotation
        ? Binary.fromConstantByteArray(BigInteger.valueOf(value).toByteArray())
        : Binary.fromString(String.valueOf(value));
  }

  private static byte[] padded(int value, int length) {
    byte[] digits = BigInteger.valueOf(value).toByteArray();
    byte[] padded = new byte[length];
    System.arraycopy(digits, 0, padded, length - digits.length, digits.length);
    return padded;
  }
}
