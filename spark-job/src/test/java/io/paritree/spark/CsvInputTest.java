package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV gives the scores that Parquet gives, and what is wrong with it is told, never guessed. */
class CsvInputTest {
  @TempDir static Path store;
  private static String model;

  @TempDir Path directory;

  @BeforeAll
  static void seal() {
    model = new TestPackages(store).binary().toString();
  }

  @Test
  void scoresManyFilesToTheSameBits() throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 9_500).getParent();
    Parcels.writeCsv(input.resolve("b.csv"), 9_500, 9_600);
    Parcels.writeCsv(input.resolve("no rows.csv"), 0, 0);
    Files.createFile(input.resolve("empty.csv"));
    Path packed = Parcels.writeCsv(directory.resolve("packed"), 9_600, 9_700);
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(input.resolve("c%20.csv.gz")))) {
      Files.copy(packed, out);
    }

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<Long, Integer> scores = new TreeMap<>();
    for (Row row : output().select("parcel_id", "score").collectAsList()) {
      scores.put(Long.valueOf(row.getString(0)), Float.floatToRawIntBits(row.getFloat(1)));
    }

    assertThat(scores).isEqualTo(ScoringJobTest.expected(model, 0, 9_700));
  }

  @Test
  void nameThatStandsTwiceInAHeaderIsRefusedOnlyWhereItIsRead() throws Exception {
    Path input = Files.createDirectories(directory.resolve("in"));
    String header = "spare,spare,spare_,parcel_id,%s,,\n".formatted(TestRecords.csvHeader());
    Files.writeString(
        input.resolve("a.csv"), header + "1,2,3,7,%s,4,5\n".formatted(TestRecords.csvLine(7)));

    JobRun refused = score(input, "--keys", "spare");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("column 'spare' stands twice in file a.csv");

    JobRun run = score(input, "--keys", "parcel_id,spare_");
    assertThat(run.exitCode()).as(run.err()).isZero();
    Row row = output().first();
    assertThat(row.getString(1)).isEqualTo("3");
    assertThat(Float.floatToRawIntBits(row.getFloat(2)))
        .isEqualTo(ScoringJobTest.expected(model, 7, 8).get(7L));
  }

  @Test
  void malformedLineIsQuarantinedWithItsTextAndPlace() throws Exception {
    String wide = "\"101\",1,2,true,AA,10,,more,and \"\"\"more\"\"\"";
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100, "100,1.5", "", wide);

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output().count()).isEqualTo(100);
    assertThat(quarantined("_codes", "_source_line", "_source_row"))
        .extracting(row -> row.getList(0).toString(), row -> row.get(1), row -> row.get(2))
        .containsExactlyInAnyOrder(
            tuple("[malformed_record]", "100,1.5", 100L), tuple("[malformed_record]", wide, 101L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100,\"open,2\n101,3\n", "100,\"AA\"BB,3\n"})
  void wrongQuotesRefuseTheInputSinceWhereRowsBeginIsUnknown(String line) throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100).getParent();
    Path broken = Parcels.writeCsv(input.resolve("b.csv"), 0, 100, line);
    JobRun dry = score(input, "--keys", "parcel_id", "--dry-run");
    assertThat(dry.exitCode()).as("its first file is good").isZero();

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err()).contains("Cannot read b.csv beyond the line that starts at 102: ");
    assertThat(directory.resolve("out")).doesNotExist();
    JobRun sampled = score(broken, "--keys", "parcel_id", "--dry-run");
    assertThat(sampled.exitCode()).as(sampled.err()).isEqualTo(3);
  }

  @Test
  void bytesThatAreNotUtf8AreAFaultAndNeverReplaced() throws Exception {
    String latin1Key = "k\u00e9,%s\n".formatted(plainLine(1));
    String latin1Carrier = "2,%s\n".formatted(plainLine(2)).replace(",AA,", ",\u00e9,");
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 1);
    Files.write(
        input,
        (latin1Key + latin1Carrier).getBytes(StandardCharsets.ISO_8859_1),
        StandardOpenOption.APPEND);

    JobRun run = score(input, "--keys", "parcel_id", "--max-quarantined", "1");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output().select("parcel_id").collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("0");
    assertThat(quarantined("parcel_id", "carrier", "_codes"))
        .extracting(row -> row.get(0), row -> row.get(1), row -> row.getList(2).toString())
        .containsExactlyInAnyOrder(
            tuple("k\ufffd", "AA", "[malformed_record]"), tuple("2", "\ufffd", "[wrong_type]"));
  }

  /** Returns a record of the carrier AA as a line of a CSV file. */
  private static String plainLine(int index) {
    List<String> cells = new ArrayList<>(TestRecords.cells(index));
    cells.set(TestRecords.COLUMNS.indexOf("carrier"), "AA");
    return String.join(",", cells);
  }

  private JobRun score(Path input, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("--model", model, "--input", input, "--input-format", "csv", "--output"));
    arguments.add(directory.resolve("out"));
    arguments.addAll(List.of(more));
    return JobRun.of(arguments.toArray());
  }

  private Dataset<Row> output() {
    return TestSpark.session().read().parquet(directory.resolve("out").toString());
  }

  private List<Row> quarantined(String column, String... more) throws IOException {
    return QuarantineTest.quarantine(directory.resolve("out")).select(column, more).collectAsList();
  }
}
