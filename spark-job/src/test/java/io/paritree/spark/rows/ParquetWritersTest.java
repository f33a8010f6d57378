package io.paritree.spark.rows;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.spark.JobSessions;
import io.paritree.spark.TestSpark;
import java.io.IOException;
import java.math.BigDecimal;
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
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is what Spark's own writer writes of the same rows. */
class ParquetWritersTest {
  private static final int ROWS = 3_000;
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
    assertWrittenAlike(rows, FLAT);
  }

  @Test
  void otherColumnsAreLeftToSpark() throws Exception {
    StructType schema =
        new StructType()
            .add("key", DataTypes.LongType)
            .add("price", DataTypes.createDecimalType(20, 2))
            .add("list", DataTypes.createArrayType(DataTypes.IntegerType));

    assertThat(FlatFile.writes(schema)).isFalse();
    assertWrittenAlike(
        List.of(
            RowFactory.create(1L, new BigDecimal("1.25"), List.of(1, 2)),
            RowFactory.create(2L, null, null)),
        schema);
  }

  private void assertWrittenAlike(List<Row> rows, StructType schema) throws Exception {
    SparkSession session = JobSessions.wide(TestSpark.session(), 100);
    Dataset<Row> given = session.createDataFrame(rows, schema).coalesce(1);
    Path theirs = directory.resolve("theirs");
    given.write().parquet(theirs.toString());

    Path ours = Files.createDirectories(directory.resolve("ours"));
    ParquetWriters writers = ParquetWriters.of(session, schema, List.of("long"), 128 << 20, 1);
    String uri = ours.resolve("part-0" + writers.extension()).toUri().toString();
    given
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .foreachPartition(
            partition -> {
              ParquetWriters.File file = writers.open(new org.apache.hadoop.fs.Path(uri));
              while (partition.hasNext()) {
                InternalRow row = partition.next();
                file.write(row);
              }

              file.close();
            });

    assertThat(rows(session, ours)).isEqualTo(rows(session, theirs)).hasSize(rows.size());
    FileMetaData own = footer(ours);
    FileMetaData spark = footer(theirs);
    assertThat(own.getSchema()).isEqualTo(spark.getSchema());
    assertThat(Map.copyOf(own.getKeyValueMetaData()))
        .containsAllEntriesOf(spark.getKeyValueMetaData());
  }

  private static List<String> rows(SparkSession session, Path files) {
    return session.read().parquet(files.toString()).collectAsList().stream()
        .map(Row::toString)
        .toList();
  }

  private static FileMetaData footer(Path files) throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      Path file =
          all.filter(path -> path.toString().endsWith(".zstd.parquet")).findFirst().orElseThrow();
      try (ParquetFileReader reader =
          ParquetFileReader.open(
              HadoopInputFile.fromPath(
                  new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false)))) {
        return reader.getFileMetaData();
      }
    }
  }
}
