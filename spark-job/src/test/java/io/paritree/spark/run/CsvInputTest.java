package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.paritree.feature.Faults;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.record.CsvLines;
import io.paritree.record.CsvRecords;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV gives the same scores as Parquet; what is wrong with it is reported, never guessed. */
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
    Files.writeString(input.resolve("blank.csv"), "\ufeff\r\n");
    Path plain = Parcels.writeCsv(directory.resolve("plain"), 9_600, 9_700);
    gzip(plain, input.resolve("c%20.csv.gz"));

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 9_700));
  }

  @Test
  void marksLineEndsAndBlankLinesOfOtherSystemsChangeNothing() throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100, "", "");
    String text = Files.readString(input);
    Files.writeString(input, "\ufeff\n\n" + text.replace("\n", "\r\n"));

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 100));
  }

  @Test
  void directoryNamesAreKeysFeaturesAndPartitions() throws Exception {
    Path input = directory.resolve("in [1]*");
    for (int zone : new int[] {10, 20}) {
      Path file = Files.createDirectories(input.resolve("zone=" + zone)).resolve("a b,c.csv");
      List<String> cells = new ArrayList<>(TestRecords.cells(zone));
      cells.remove(TestRecords.COLUMNS.indexOf("zone"));
      Files.writeString(
          file,
          "%s,parcel_id%n%s,%s%n"
              .formatted(
                  TestRecords.csvHeader().replace(",zone", ""), String.join(",", cells), zone));
    }

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    List<Row> rows = output().select("parcel_id", "zone", "score").collectAsList();
    assertThat(rows).hasSize(2);
    for (Row row : rows) {
      int zone = Integer.parseInt(row.getString(0));
      assertThat(row.getInt(1)).isEqualTo(zone);
      assertThat(row.getFloat(2)).isEqualTo(inZone(zone));
    }
  }

  /** Returns the score of the record whose index is also its zone. */
  private static float inZone(int zone) throws Exception {
    ScoringModel open = Opening.open(model, EngineKind.FOREST);
    List<String> cells = new ArrayList<>(TestRecords.cells(zone));
    cells.set(TestRecords.COLUMNS.indexOf("zone"), String.valueOf(zone));
    String csv = TestRecords.csvHeader() + "\n" + String.join(",", cells) + "\n";
    float[] slots = new float[open.schema().width()];
    Faults faults = new Faults();
    try (CsvLines lines =
        CsvLines.open(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), "record")) {
      assertThat(new CsvRecords(lines, "record", open.schema()).next(slots, 0, faults)).isTrue();
    }

    assertThat(faults.list()).isEmpty();
    float[] score = new float[1];
    open.engine().score(slots, 1, null, score);
    return score[0];
  }

  @Test
  void columnsAreFoundByNameInEachFile() throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100).getParent();
    StringBuilder turned = new StringBuilder("more,");
    turned.append(TestRecords.csvHeader()).append(",parcel_id\n");
    for (int index = 100; index < 200; index++) {
      turned.append("x,%s,%s\n".formatted(TestRecords.csvLine(index), index));
    }

    Files.writeString(input.resolve("b.csv"), turned);

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(Scores.of(directory.resolve("out")))
        .isEqualTo(ScoringJobTest.expected(model, 0, 200));
  }

  @Test
  void headerThatLacksAColumnOrHasItTwiceIsRefused() throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100).getParent();
    Files.writeString(input.resolve("b.csv"), TestRecords.csvHeader() + "\n");
    Files.writeString(
        input.resolve("c.csv"), "parcel_id,parcel_id,%s\n".formatted(TestRecords.csvHeader()));

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.err())
        .contains("column 'parcel_id', a key or passed column, is not in file b.csv")
        .contains("column 'parcel_id' occurs twice in file c.csv");
  }

  @Test
  void repeatedNameInAHeaderIsRefusedOnlyWhereItIsRead() throws Exception {
    Path input = Files.createDirectories(directory.resolve("in"));
    String header = "spare,spare,spare_,parcel_id,%s,,\n".formatted(TestRecords.csvHeader());
    Files.writeString(
        input.resolve("a.csv"), header + "1,2,3,7,%s,4,5\n".formatted(TestRecords.csvLine(7)));

    JobRun refused = score(input, "--keys", "spare");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("column 'spare' occurs twice in file a.csv");

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

  @Test
  void cellsOfMalformedLinesAreNeitherMissingNorUnseenValues() throws Exception {
    String[] lines = {"100,1.5", "101,1,2,true,ZZ,10,,more,and more,still more"};
    Path good = Parcels.writeCsv(directory.resolve("in/good.csv"), 0, 100);
    Path bad = Parcels.writeCsv(directory.resolve("in/bad.csv"), 0, 100, lines);

    JobRun.ofParcels(model, good, directory.resolve("good/out"), "--input-format", "csv");
    JobRun.ofParcels(model, bad, directory.resolve("bad/out"), "--input-format", "csv");

    JsonNode expected = ReportTest.report(directory.resolve("good/out"));
    JsonNode report = ReportTest.report(directory.resolve("bad/out"));
    assertThat(report.get("codes").get("malformed_record").asLong()).isEqualTo(2);
    assertThat(report.get("missing")).isEqualTo(expected.get("missing"));
    assertThat(report.get("unseen")).isEqualTo(expected.get("unseen"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"100,\"open,2\n101,3\n", "100,\"AA\"BB,3\n"})
  void wrongQuotesRefuseTheInputSinceWhereRowsBeginIsUnknown(String line) throws Exception {
    Path input = Parcels.writeCsv(directory.resolve("in/a.csv"), 0, 100, "x,too few").getParent();
    Path broken = Parcels.writeCsv(input.resolve("b.csv"), 0, 100, line);
    Parcels.writeCsv(input.resolve("c.csv"), 0, 10, line);
    JobRun dry = score(input, "--keys", "parcel_id", "--dry-run");
    assertThat(dry.exitCode()).as("its first file is good").isZero();

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
    assertThat(run.err())
        .contains("Cannot read b.csv from line 102 on: ")
        .contains("Cannot read c.csv from line 12 on: ");
    assertThat(directory.resolve("out")).doesNotExist();
    assertThat(quarantined("_source_line"))
        .extracting(row -> row.getString(0))
        .containsExactly("x,too few");
    JobRun sampled = score(broken, "--keys", "parcel_id", "--dry-run");
    assertThat(sampled.exitCode()).as(sampled.err()).isEqualTo(3);
  }

  @Test
  void truncatedCompressedFileIsNamed() throws Exception {
    Path plain = Parcels.writeCsv(directory.resolve("plain"), 0, 1_000);
    Path input = Files.createDirectories(directory.resolve("in"));
    Path packed = input.resolve("a.csv.gz");
    gzip(plain, packed);
    byte[] whole = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(whole, whole.length / 2));

    JobRun run = score(input, "--keys", "parcel_id");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .containsPattern("Cannot read a\\.csv\\.gz after line [1-9][0-9]*: \\S*EOFException");
    assertThat(directory.resolve("out")).doesNotExist();
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

  @Test
  void rowsOfAnotherNightAreNotPublishedAsThoseOfTheGivenOne() throws Exception {
    List<String> lines = new ArrayList<>(List.of("night,parcel_id," + TestRecords.csvHeader()));
    lines.add("2026-11-25,many,cells" + ",".repeat(20));
    lines.add("2026-11-25,1," + plainLine(1));
    lines.add("2026-11-25 23:10:00,2," + plainLine(2));
    Path input = Files.createDirectories(directory.resolve("in")).resolve("a.csv");
    Files.write(input, lines);
    Object[] night = {
      "--keys", "parcel_id", "--max-quarantined", "1", "--output-partition", "night=2026-11-25"
    };

    for (String own : List.of("2026-11-24", "")) {
      Files.write(input.resolveSibling("b.csv"), List.of(lines.get(0), own + ",3," + plainLine(3)));
      JobRun run = score(input.getParent(), night);
      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err())
          .contains(
              "row 0 (from 0) of file b.csv has %s in column 'night'"
                  .formatted(own.isEmpty() ? "no value" : own));
      assertThat(directory.resolve("out")).doesNotExist();
    }

    JobRun run = score(input, night);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(output().count()).isEqualTo(2);
  }

  /** Returns a record of the carrier AA as a line of a CSV file. */
  private static String plainLine(int index) {
    List<String> cells = new ArrayList<>(TestRecords.cells(index));
    cells.set(TestRecords.COLUMNS.indexOf("carrier"), "AA");
    return String.join(",", cells);
  }

  private static void gzip(Path from, Path to) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(to))) {
      Files.copy(from, out);
    }
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
