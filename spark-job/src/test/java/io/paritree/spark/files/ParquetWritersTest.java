package io.paritree.spark.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import io.paritree.Sha256;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.run.JobSessions;
import io.paritree.spark.run.TestKms;
import io.paritree.spark.run.TestSpark;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.crypto.FileDecryptionProperties;
import org.apache.parquet.crypto.FileEncryptionProperties;
import org.apache.parquet.crypto.keytools.PropertiesDrivenCryptoFactory;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files contain what Spark's own writer writes for the same rows. */
class ParquetWritersTest {
  private static final int ROWS = 3_000;
  private static final int ROWS_OF_GROUPS = 300_000;
  private static final long ROW_GROUP_BYTES = 1 << 20;
  private static final long SPREAD = 0x9e3779b97f4a7c15L; // keys that cannot be compressed
  private static final String VERSION = "größe/1";
  private static final StructType FLAT =
      new StructType()
          .add("long", DataTypes.LongType)
          .add("int", DataTypes.IntegerType)
          .add("short", DataTypes.ShortType)
          .add("byte", DataTypes.ByteType)
          .add("boolean", DataTypes.BooleanType)
          .add(
              "float", DataTypes.FloatType, true, new MetadataBuilder().putString("a", "b").build())
          .add("double", DataTypes.DoubleType)
          .add("text with blank.", DataTypes.StringType)
          .add("date", DataTypes.DateType)
          .add("instant", DataTypes.TimestampType)
          .add("local", DataTypes.TimestampNTZType);

  @TempDir Path directory;

  private static Row flat(Random random) {
    Object[] values = {
      random.nextLong(),
      random.nextInt(),
      (short) random.nextInt(),
      (byte) random.nextInt(),
      random.nextBoolean(),
      Float.intBitsToFloat(random.nextInt()),
      random.nextGaussian(),
      "größe " + random.nextInt(3),
      LocalDate.ofEpochDay(random.nextInt(40_000) - 20_000),
      Instant.ofEpochSecond(random.nextInt(), 1_000L * random.nextInt(1_000_000)),
      LocalDateTime.of(1960, 1, 1, 0, 0).plusSeconds(random.nextInt(2_000_000_000))
    };
    for (int column = 0; column < values.length; column++) {
      values[column] = random.nextInt(10) == 0 ? null : values[column];
    }

    return RowFactory.create(values);
  }

  @Test
  void plainColumnsAreWrittenAsSparkWritesThem() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      rows.add(flat(random));
    }

    assertThat(FlatFile.writes(FLAT)).isTrue();
    assertWrittenEqually(rows, FLAT);
  }

  @Test
  void listsOfStructsAreWrittenAsSparkWritesThem() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    StructType struct =
        new StructType()
            .add("text", DataTypes.StringType)
            .add("float", DataTypes.FloatType)
            .add("long", DataTypes.LongType, false);
    for (boolean nullable : new boolean[] {true, false}) {
      StructType schema =
          new StructType()
              .add("key", DataTypes.LongType)
              .add("list", DataTypes.createArrayType(struct, nullable), nullable)
              .add("after", DataTypes.IntegerType);
      List<Row> rows = new ArrayList<>();
      for (long row = 0; row < ROWS; row++) {
        List<Row> list = new ArrayList<>();
        for (int length = random.nextInt(5); list.size() < length; ) {
          String text = random.nextInt(4) == 0 ? null : "größe " + random.nextInt(9);
          Float number = random.nextInt(4) == 0 ? null : random.nextFloat();
          boolean isNull = nullable && random.nextInt(9) == 0;
          list.add(isNull ? null : RowFactory.create(text, number, random.nextLong()));
        }

        boolean isNull = nullable && random.nextInt(9) == 0;
        rows.add(RowFactory.create(row, isNull ? null : list, random.nextInt(7)));
      }

      assertThat(FlatFile.writes(schema)).isTrue();
      assertWrittenEqually(rows, schema);
    }
  }

  @Test
  void otherColumnsAreLeftToSpark() throws Exception {
    StructType schema =
        new StructType()
            .add("key", DataTypes.LongType)
            .add("price", DataTypes.createDecimalType(20, 2))
            .add("list", DataTypes.createArrayType(DataTypes.IntegerType));

    assertThat(FlatFile.writes(schema)).isFalse();
    assertWrittenEqually(
        List.of(
            RowFactory.create(1L, new BigDecimal("1.25"), List.of(1, 2)),
            RowFactory.create(2L, null, null)),
        schema);
  }

  @Test
  void aColumnOfOneValueIsWrittenAsSparkWritesIt() throws Exception {
    for (boolean nullable : new boolean[] {true, false}) {
      StructType schema =
          new StructType()
              .add("key", DataTypes.LongType)
              .add("model version.", DataTypes.StringType, nullable);
      List<Row> rows = new ArrayList<>();
      for (long row = 0; row < ROWS; row++) {
        rows.add(RowFactory.create(row, VERSION));
      }

      assertWrittenEqually(rows, schema, VERSION);
    }
  }

  /** A crypto factory whose files can only be read by who knows where they belong. */
  public static final class OfOneTable extends PropertiesDrivenCryptoFactory {
    private static final byte[] TABLE = "scores".getBytes(StandardCharsets.UTF_8);

    /** For Parquet, which creates the factory. */
    public OfOneTable() {}

    @Override
    public FileEncryptionProperties getFileEncryptionProperties(
        Configuration hadoop, org.apache.hadoop.fs.Path file, WriteSupport.WriteContext context) {
      FileEncryptionProperties given = super.getFileEncryptionProperties(hadoop, file, context);
      return FileEncryptionProperties.builder(given.getFooterKey())
          .withFooterKeyMetadata(given.getFooterKeyMetadata())
          .withEncryptedColumns(given.getEncryptedColumns())
          .withAADPrefix(TABLE)
          .withoutAADPrefixStorage()
          .build();
    }

    @Override
    public FileDecryptionProperties getFileDecryptionProperties(
        Configuration hadoop, org.apache.hadoop.fs.Path file) {
      return FileDecryptionProperties.builder()
          .withKeyRetriever(super.getFileDecryptionProperties(hadoop, file).getKeyRetriever())
          .withAADPrefix(TABLE)
          .build();
    }
  }

  /** None, and on a push one of those that there are. */
  static List<Map<String, String>> encryptions() {
    String footer = "parquet.encryption.footer.key";
    String columns = "parquet.encryption.column.keys";
    Map<String, String> ofOneTable =
        TestKms.settings(footer, "foot", columns, "one:key;two:a_column_of_other_files");
    ofOneTable.put("parquet.crypto.factory.class", OfOneTable.class.getName());
    List<Map<String, String>> encrypted =
        Forms.some(
            1,
            List.of(
                TestKms.settings(footer, "foot", columns, "one:key;two:model_version"),
                TestKms.settings(
                    "parquet.encryption.uniform.key", "foot",
                    "parquet.encryption.algorithm", "AES_GCM_CTR_V1"),
                ofOneTable));
    return Stream.concat(Stream.of(Map.<String, String>of()), encrypted.stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("encryptions")
  void aColumnOfOneValueIsWholeInEachRowGroup(Map<String, String> encryption) throws Exception {
    SparkSession session = JobSessions.wide(TestSpark.session(), 100);
    encryption.forEach(session.conf()::set);
    StructType schema =
        new StructType()
            .add("key", DataTypes.LongType)
            .add("model_version", DataTypes.StringType, true);
    ParquetWriters writers =
        withSmallRowGroups(ParquetWriters.of(session, schema, List.of("key"), 128 << 20))
            .withLastColumn(VERSION);
    Path file = directory.resolve("part-0" + writers.extension());
    ParquetFile written = writers.open(new org.apache.hadoop.fs.Path(file.toUri().toString()));
    UTF8String version = UTF8String.fromString(VERSION);
    for (long row = 0; row < ROWS_OF_GROUPS; row++) {
      written.write(new GenericInternalRow(new Object[] {row * SPREAD, version}));
    }

    written.close();

    assertThat(footer(directory, HadoopPaths.settings(session)).getBlocks()).hasSizeGreaterThan(1);
    for (String vectorized : List.of("true", "false")) {
      session.conf().set("spark.sql.parquet.enableVectorizedReader", vectorized);
      Dataset<Row> read = session.read().parquet(file.toString());
      assertThat(read.filter(functions.col("model_version").equalTo(VERSION)).count())
          .isEqualTo(ROWS_OF_GROUPS);
      assertThat(read.filter(functions.col("key").equalTo(240_000 * SPREAD)).first().getString(1))
          .isEqualTo(VERSION);
    }
  }

  private static ParquetWriters withSmallRowGroups(ParquetWriters writers) {
    return new ParquetWriters(
        writers.settings(),
        writers.schema(),
        writers.distinct(),
        ROW_GROUP_BYTES,
        writers.pageBytes(),
        writers.constant(),
        writers.encrypted(),
        writers.ids());
  }

  private void assertWrittenEqually(List<Row> rows, StructType schema) throws Exception {
    assertWrittenEqually(rows, schema, null);
  }

  /**
   * @param last the text that the last column has in all rows; null if it is not constant
   */
  private void assertWrittenEqually(List<Row> rows, StructType schema, String last)
      throws Exception {
    SparkSession session = JobSessions.wide(TestSpark.session(), 100);
    Dataset<Row> given = session.createDataFrame(rows, schema).coalesce(1);
    Path theirs = Files.createTempDirectory(directory, "theirs").resolve("files");
    given.write().parquet(theirs.toString());

    Path ours = Files.createTempDirectory(directory, "ours");
    ParquetWriters any = ParquetWriters.of(session, schema, List.of("long"), 128 << 20);
    ParquetWriters writers = last == null ? any : any.withLastColumn(last);
    String uri = ours.resolve("part-0" + writers.extension()).toUri().toString();
    given
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .foreachPartition(
            partition -> {
              ParquetFile file = writers.open(new org.apache.hadoop.fs.Path(uri));
              while (partition.hasNext()) {
                InternalRow row = partition.next();
                file.write(row);
              }

              file.close();
              byte[] content = Files.readAllBytes(Path.of(URI.create(uri)));
              assertThat(file.sha256()).isEqualTo(Sha256.hex(content));
            });

    assertThat(rows(session, ours)).isEqualTo(rows(session, theirs)).hasSize(rows.size());
    if (last != null) {
      assertThat(lastColumn(ours).getStatistics()).isEqualTo(lastColumn(theirs).getStatistics());
      assertThat(lastColumn(ours).getEncodings()).isEqualTo(lastColumn(theirs).getEncodings());
      assertThat(lastColumn(ours).getSizeStatistics())
          .usingRecursiveComparison()
          .isEqualTo(lastColumn(theirs).getSizeStatistics());
    }

    FileMetaData own = footer(ours).getFileMetaData();
    FileMetaData spark = footer(theirs).getFileMetaData();
    assertThat(own.getSchema()).isEqualTo(spark.getSchema());
    assertThat(Map.copyOf(own.getKeyValueMetaData()))
        .containsAllEntriesOf(spark.getKeyValueMetaData());
  }

  private static List<String> rows(SparkSession session, Path files) {
    return session.read().parquet(files.toString()).collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  private static ColumnChunkMetaData lastColumn(Path files) throws IOException {
    List<ColumnChunkMetaData> columns = footer(files).getBlocks().get(0).getColumns();
    return columns.get(columns.size() - 1);
  }

  private static ParquetMetadata footer(Path files) throws IOException {
    return footer(files, new Configuration(false));
  }

  private static ParquetMetadata footer(Path files, Configuration hadoop) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      Path file =
          all.filter(path -> path.toString().endsWith(".zstd.parquet")).findFirst().orElseThrow();
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromPath(path, hadoop),
              HadoopReadOptions.builder(hadoop, path).build())) {
        return reader.getFooter();
      }
    }
  }
}
