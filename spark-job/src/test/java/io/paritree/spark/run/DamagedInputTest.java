package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever cannot be read, the message names the file among many, and the place in it. */
class DamagedInputTest {
  private static final int ROWS = 10_000;
  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          "message rows { required int64 id; required float f0; required int32 p; }");

  /** What happens to the last data page of a column. */
  private enum Damage {
    /** Its last values are not in the dictionary. */
    UNKNOWN_ENTRIES,
    /** Its bytes are no longer what the codec wrote. */
    GARBAGE,
    /** Its header is gone; Parquet reads all headers of a row group at once. */
    NO_HEADER
  }

  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).wide(1, 5, 3).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNKNOWN_ENTRIES | f0 | true  | in column 'f0' of rows 8192 to 9999: ",
        "UNKNOWN_ENTRIES | p  | true  | in column 'p' of rows 8192 to 9999: ",
        "UNKNOWN_ENTRIES | p  | false | from row 9",
        "GARBAGE         | f0 | true  | from row 8192 on: ",
        "GARBAGE         | p  | false | from row ",
        "NO_HEADER       | f0 | true  | from byte 0 on: ",
        "NO_HEADER       | p  | false | from byte 0 on: "
      })
  void fileAndPlaceAreNamed(Damage damage, String column, String vectorized, String place)
      throws Exception {
    for (int day = 1; day <= 3; day++) {
      write(directory.resolve("in/day=%s/part.parquet".formatted(day)), damage);
    }

    damage(directory.resolve("in/day=2/part.parquet"), column, damage);
    SparkConf cluster = TestSpark.session().sparkContext().conf();
    JobRun run;
    try {
      cluster.set("spark.sql.parquet.enableVectorizedReader", vectorized);
      run = score();
    } finally {
      cluster.remove("spark.sql.parquet.enableVectorizedReader");
    }

    assertThat(run.exitCode()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains("Cannot read day=2/part.parquet " + place);
    assertThat(directory.resolve("out")).doesNotExist();
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

  /** Writes a file of pages of 1,000 rows that has no checksums, as most writers do. */
  private static void write(Path file, Damage damage) throws IOException {
    Files.createDirectories(file.getParent());
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(SCHEMA)
            .withPageRowCountLimit(1_000)
            .withPageWriteChecksumEnabled(false)
            .withCompressionCodec(
                damage == Damage.GARBAGE
                    ? CompressionCodecName.ZSTD
                    : CompressionCodecName.UNCOMPRESSED)
            .build()) {
      for (int row = 0; row < ROWS; row++) {
        // Three values take two bits, which are enough for four.
        int value = (row * 31 % 101) % 3;
        writer.write(
            new SimpleGroup(SCHEMA)
                .append("id", (long) row)
                .append("f0", (float) value)
                .append("p", value));
      }
    }
  }

  private static void damage(Path file, String column, Damage damage) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = lastPage(file, column);
    ByteArrayInputStream in = new ByteArrayInputStream(bytes, start, bytes.length - start);
    PageHeader header = Util.readPageHeader(in);
    int content = bytes.length - in.available();
    int end = content + header.getCompressed_page_size();
    switch (damage) {
      case UNKNOWN_ENTRIES -> Arrays.fill(bytes, end - 20, end, (byte) 0xff);
      case GARBAGE -> Arrays.fill(bytes, content, end, (byte) 7);
      case NO_HEADER -> Arrays.fill(bytes, start, content, (byte) 0xff);
    }

    Files.write(file, bytes);
  }

  private static int lastPage(Path file, String column) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false)))) {
      for (ColumnChunkMetaData chunk : reader.getFooter().getBlocks().get(0).getColumns()) {
        if (chunk.getPath().toDotString().equals(column)) {
          var pages = reader.readOffsetIndex(chunk);
          return Math.toIntExact(pages.getOffset(pages.getPageCount() - 1));
        }
      }
    }

    throw new IllegalArgumentException(column);
  }
}
