package io.paritree.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.Unseen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRecordsTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              NumberFeature.of("a.b c"),
              new TextCategoryFeature(
                  "place",
                  "place",
                  List.of("x,y", "\"q\"", "two\nlines", " ", "ä"),
                  new Unseen.Reject(),
                  Sentinels.NONE,
                  true),
              new BooleanFeature("flag", "flag", Sentinels.NONE, true)));

  /** A line as it was read: its number in the file, its slots, its faults. */
  private record Line(long number, List<Float> slots, List<Fault> faults) {}

  private static CsvLines lines(byte[] csv) throws IOException, RecordFormatException {
    return CsvLines.open(new ByteArrayInputStream(csv), "in.csv");
  }

  private static List<Line> read(Schema schema, byte[] csv)
      throws IOException, RecordFormatException {
    List<Line> read = new ArrayList<>();
    try (CsvLines lines = lines(csv)) {
      CsvRecords records = new CsvRecords(lines, "in.csv", schema);
      float[] row = new float[schema.width()];
      Faults faults = new Faults();
      while (records.next(row, 0, faults)) {
        List<Float> slots = new ArrayList<>();
        for (float slot : row) {
          slots.add(slot);
        }

        read.add(new Line(lines.number(), slots, faults.list()));
        faults.clear();
      }
    }

    return read;
  }

  private static List<Line> read(String csv) throws IOException, RecordFormatException {
    return read(SCHEMA, csv.getBytes(UTF_8));
  }

  @Test
  void columnsAreFoundByNameInAnyOrder() throws Exception {
    List<Line> read = read("flag,other,place,a.b c\ntrue,o,ä,1.5\n,,,\n0,o,\" \",-2e1\n");

    assertThat(read).extracting(Line::faults).containsOnly(List.of());
    assertThat(read)
        .extracting(Line::slots)
        .containsExactly(
            List.of(1.5f, 4f, 1f), List.of(Float.NaN, Float.NaN, Float.NaN), List.of(-20f, 3f, 0f));
    assertThat(read).extracting(Line::number).containsExactly(2L, 3L, 4L);
  }

  @Test
  void fieldsWithoutAColumnAreLeftAloneWhereThatIsAskedFor() throws Exception {
    try (CsvLines lines = lines("flag,other\n1,o\n".getBytes(UTF_8))) {
      CsvRecords records = CsvRecords.ofSome(lines, SCHEMA);
      float[] row = {7f, 8f, 9f};
      Faults faults = new Faults();

      assertThat(records.next(row, 0, faults)).isTrue();
      assertThat(faults.list()).isEmpty();
      assertThat(row).containsExactly(7f, 8f, 1f);
    }
  }

  @Test
  void quotedCellsMayHoldCommasQuotesAndLines() throws Exception {
    List<Line> read =
        read("\"a.b c\",place,flag\r\n1,\"x,y\",\r\n2,\"\"\"q\"\"\",\r\n3,\"two\nlines\",\r\n4,ä,");

    assertThat(read).extracting(Line::faults).containsOnly(List.of());
    assertThat(read).extracting(line -> line.slots().get(1)).containsExactly(0f, 1f, 2f, 4f);
    assertThat(read).extracting(Line::number).containsExactly(2L, 3L, 4L, 6L);
  }

  @Test
  void emptyCellIsNullQuotedOrNot() throws Exception {
    assertThat(read("a.b c,place,flag\n,,\n\"\",\"\",\"\"\n"))
        .allSatisfy(
            line -> {
              assertThat(line.faults()).isEmpty();
              assertThat(line.slots()).containsOnly(Float.NaN);
            })
        .hasSize(2);
  }

  @Test
  void blanksArePartOfACell() throws Exception {
    List<Line> read = read("a.b c,place,flag\n 1,ä ,true \n");

    assertThat(read.get(0).faults())
        .extracting(Fault::code)
        .containsExactly(FaultCode.WRONG_TYPE, FaultCode.UNSEEN_CATEGORY, FaultCode.WRONG_TYPE);
  }

  @Test
  void lineWithMoreOrFewerCellsIsAFaultAndTheNextIsRead() throws Exception {
    List<Line> read = read("a.b c,place,flag\n1,ä\n1,ä,1,1\n1\n1,ä,1\n");

    assertThat(read).hasSize(4);
    assertThat(read.get(0).faults())
        .containsExactly(
            new Fault(FaultCode.MALFORMED_RECORD, "", "2 cells", "3 cells, as the header has"));
    assertThat(read.get(1).faults()).extracting(Fault::got).containsExactly("4 cells");
    assertThat(read.get(2).faults()).extracting(Fault::got).containsExactly("1 cells");
    assertThat(read.get(3).faults()).isEmpty();
    assertThat(read.get(3).slots()).containsExactly(1f, 4f, 1f);
  }

  @Test
  void emptyLinesAreSkippedUnlessTheFileHasOneColumn() throws Exception {
    assertThat(read("a.b c,place,flag\n\n1,ä,1\n\r\n\n2,ä,1\n\n"))
        .extracting(Line::number)
        .containsExactly(3L, 6L);

    Schema one = new Schema(List.of(NumberFeature.of("a")));
    assertThat(read(one, "a\n1\n\n\"\"\n2\n".getBytes(UTF_8)))
        .extracting(line -> line.slots().get(0))
        .containsExactly(1f, Float.NaN, Float.NaN, 2f);
  }

  @Test
  void byteOrderMarkIsSkipped() throws Exception {
    assertThat(read("\ufeffa.b c,place,flag\n1,ä,1\n").get(0).slots()).containsExactly(1f, 4f, 1f);
    assertThat(read("\ufeff\"a.b c\",place,flag\n1,ä,1\n")).hasSize(1);
  }

  @Test
  void cellThatIsNotInUtf8IsAFaultOfItsLine() throws Exception {
    byte[] csv = "a.b c,place,flag\n1,?,1\n2,ä,1\n".getBytes(UTF_8);
    csv[19] = (byte) 0xe4;

    List<Line> read = read(SCHEMA, csv);

    assertThat(read.get(0).faults()).extracting(Fault::code).containsExactly(FaultCode.WRONG_TYPE);
    assertThat(read.get(1).faults()).isEmpty();
  }

  @Test
  void lackingColumnsAreAllNamed() {
    assertThatThrownBy(() -> read("a.b C,flag,other\n"))
        .isInstanceOf(RecordFormatException.class)
        .hasMessage(
            "Cannot read in.csv: its header has no column 'a.b c' (it has 'a.b C'), 'place',"
                + " which the model reads");
  }

  @Test
  void manyLackingColumnsAreCountedAndFewGetAHint() {
    Schema wide =
        new Schema(
            IntStream.range(0, 968).<Feature>mapToObj(i -> NumberFeature.of("col" + i)).toList());
    String header =
        IntStream.range(0, 16_000).mapToObj(i -> "kol" + i).collect(Collectors.joining(","));

    assertThatThrownBy(() -> read(wide, (header + "\n").getBytes(UTF_8)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageStartingWith(
            "Cannot read in.csv: its header has no column 'col0' (it has 'kol0'), 'col1'")
        .hasMessageContaining("'col9' (it has 'kol9'), 'col10', 'col11',")
        .hasMessageEndingWith("'col99' and 868 more, which the model reads");
  }

  @Test
  void moreColumnsThanAllowedAreRefused() throws Exception {
    byte[] csv = "key,a,b\n1,2,3\n".getBytes(UTF_8);
    try (CsvLines lines = CsvLines.open(new ByteArrayInputStream(csv), "in.csv", 3)) {
      assertThat(lines.columns()).containsExactly("key", "a", "b");
    }

    assertThatThrownBy(() -> CsvLines.open(new ByteArrayInputStream(csv), "in.csv", 2))
        .isInstanceOf(RecordFormatException.class)
        .hasMessage("Cannot read in.csv: its header has 3 columns, at most 2 are read");
  }

  @Test
  void manyRepeatedColumnsAreCounted() {
    assertThatThrownBy(() -> read("a,".repeat(5_000) + "a\n"))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageStartingWith("Cannot read in.csv: its header names 'a', 'a', ")
        .hasMessageEndingWith("'a' and 4900 more twice, expected each column once");
  }

  @Test
  void headerWithAColumnTwiceIsRefused() {
    assertThatThrownBy(() -> read("a.b c,flag,place,flag,other,other\n"))
        .isInstanceOf(RecordFormatException.class)
        .hasMessage(
            "Cannot read in.csv: its header names 'flag', 'other' twice, expected each column"
                + " once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\n1,2\n"})
  void fileWithoutHeaderIsRefused(String csv) {
    assertThatThrownBy(() -> read(csv))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("names of the columns");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,\"open,1\n2,ä,1\n", "1,\"ä\"x,1\n"})
  void wrongQuotesEndTheFileAndSayWhere(String line) {
    assertThatThrownBy(() -> read("a.b c,place,flag\n1,ä,1\n" + line))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageStartingWith("Cannot read in.csv from line 3 on: ");
  }

  @Test
  void otherColumnsAreLeftToTheCaller() throws Exception {
    try (CsvLines lines = lines("key,a\nk-1,1\nk-2\n".getBytes(UTF_8))) {
      assertThat(lines.columns()).containsExactly("key", "a");
      assertThat(lines.next()).isTrue();
      assertThat(lines.text(0)).isEqualTo("k-1");
      assertThat(lines.text(1)).isEqualTo("1");
      assertThat(lines.next()).isTrue();
      assertThat(lines.text(0)).isEqualTo("k-2");
      assertThat(lines.text(1)).isEmpty();
      assertThat(lines.next()).isFalse();
    }
  }

  @Test
  void lineIsReportedAsItIsInTheFile() throws Exception {
    String line = "\"a \"\"b\"\", c\",,\"\",d,more";
    try (CsvLines lines = lines(("key,a,b,c\n" + line + "\n").getBytes(UTF_8))) {
      assertThat(lines.next()).isTrue();
      assertThat(lines.line()).isEqualTo(line);
      assertThat(lines.copy(0)).isEqualTo("a \"b\", c".getBytes(UTF_8));
      assertThat(lines.copy(5)).isEmpty();
    }
  }

  @Test
  void onlyPartsOfATableMayRepeatAColumnOrHaveNone() throws Exception {
    byte[] csv = "key,a,a\n1,2,3\n".getBytes(UTF_8);
    assertThatThrownBy(() -> lines(csv)).isInstanceOf(RecordFormatException.class);
    try (CsvLines lines = CsvLines.openPart(new ByteArrayInputStream(csv), "in.csv")) {
      assertThat(lines.columns()).containsExactly("key", "a", "a");
    }

    for (String blank : List.of("", "\n", "\ufeff", "\ufeff\r\n\r\n")) {
      assertThatThrownBy(() -> lines(blank.getBytes(UTF_8)))
          .isInstanceOf(RecordFormatException.class);
      try (CsvLines lines =
          CsvLines.openPart(new ByteArrayInputStream(blank.getBytes(UTF_8)), "in.csv")) {
        assertThat(lines.columns()).isEmpty();
        assertThat(lines.next()).isFalse();
      }
    }
  }

  @Test
  void wideAndLongLinesAreRead() throws Exception {
    String wide = "x".repeat(100_000);
    StringBuilder header = new StringBuilder("c0");
    StringBuilder line = new StringBuilder(wide);
    for (int column = 1; column < 5_000; column++) {
      header.append(",c").append(column);
      line.append(',').append(column);
    }

    try (CsvLines lines = lines((header + "\n" + line + "\n").getBytes(UTF_8))) {
      assertThat(lines.next()).isTrue();
      assertThat(lines.text(0)).isEqualTo(wide);
      assertThat(lines.text(4_999)).isEqualTo("4999");
    }
  }

  @Test
  void failureOfTheFileIsAnIoException() {
    InputStream failing =
        new InputStream() {
          private int left = 10;

          @Override
          public int read() throws IOException {
            if (left == 0) {
              throw new IOException("disk is gone");
            }

            left--;
            return left % 2 == 0 ? '\n' : 'a';
          }
        };
    assertThatThrownBy(
            () -> {
              try (CsvLines lines = CsvLines.open(failing, "in.csv")) {
                while (lines.next()) {
                  lines.number();
                }
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("disk is gone");
  }

  @ParameterizedTest
  @ValueSource(strings = {";", "\t", "|"})
  void aHeaderWithOtherSeparatorsIsRefusedWithTheReason(String separator) {
    String header = String.join(separator, "a.b c", "place", "flag");
    assertThatThrownBy(() -> read(SCHEMA, (header + "\n").getBytes(UTF_8)))
        .isInstanceOf(RecordFormatException.class)
        .hasMessageContaining("has no column 'a.b c', 'place', 'flag', which the model reads")
        .hasMessageContaining("the whole header is one column, since columns are separated by");
  }

  @Test
  void filesThatAreNoTextAreNamed() {
    assertNamed("compressed with gzip", 0x1f, 0x8b, 8, 0, 0, 0);
    assertNamed("a Parquet file", 'P', 'A', 'R', '1', 0x15, 4);
    assertNamed("a ZIP archive, as Excel's files are", 'P', 'K', 3, 4, 20, 0);
  }

  private static void assertNamed(String name, int... file) {
    byte[] bytes = new byte[file.length];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) file[at];
    }

    assertThatThrownBy(() -> lines(bytes))
        .isInstanceOf(RecordFormatException.class)
        .hasMessage("Cannot read in.csv: it is %s, expected CSV as text".formatted(name));
  }
}
