package io.paritree.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.record.ValueCase.Face;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the value table on JSON, on CSV, and value by value, as a reader of columns calls. */
class ValueTableTest {

  static List<ValueCase> cases() {
    return ValueCases.all();
  }

  static Stream<ValueCase> jsonCases() {
    return cases().stream().filter(value -> !(value.json() instanceof Face.None));
  }

  static Stream<ValueCase> csvCases() {
    return cases().stream().filter(value -> !(value.csv() instanceof Face.None));
  }

  static Stream<ValueCase> parquetCases() {
    return cases().stream().filter(value -> !(value.parquet() instanceof Face.None));
  }

  @Test
  void tableIsWhole() {
    assertThat(cases()).hasSizeGreaterThan(150);
    assertThat(cases()).extracting(ValueCase::toString).doesNotHaveDuplicates();
    assertThat(cases().stream().map(ValueCase::row).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(ValueCase.TableRow.values());
    Set<FaultCode> codes =
        cases().stream().flatMap(value -> value.fault().stream()).collect(Collectors.toSet());
    assertThat(codes)
        .as("the other codes concern a record, not a value")
        .isEqualTo(
            EnumSet.complementOf(
                EnumSet.of(
                    FaultCode.UNKNOWN_FIELD,
                    FaultCode.DUPLICATE_FIELD,
                    FaultCode.MALFORMED_RECORD)));
    assertThat(jsonCases().count()).isGreaterThan(150);
    assertThat(csvCases().count()).isGreaterThan(150);
    assertThat(parquetCases().count()).isGreaterThan(150);
  }

  private static void assertOutcome(ValueCase value, float slot, Faults faults) {
    assertThat(faults.list()).extracting(Fault::code).isEqualTo(value.fault().stream().toList());
    assertThat(faults.list()).extracting(Fault::field).allMatch(value.feature().column()::equals);
    assertThat(Integer.toHexString(Float.floatToRawIntBits(slot)))
        .isEqualTo(Integer.toHexString(Float.floatToRawIntBits(value.slot())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jsonCases")
  void jsonGivesTheSlotOrTheFault(ValueCase value) throws MalformedJsonException {
    Schema schema = new Schema(List.of(value.feature()));
    String json =
        value.json() instanceof Face.Text face
            ? "{\"%s\":%s}".formatted(value.feature().column(), face.text())
            : "{}";
    float[] row = {Float.NEGATIVE_INFINITY};
    Faults faults = new Faults();
    try (JsonDocument document = JsonDocument.of(json.getBytes(UTF_8), 1 << 20)) {
      document.next();
      new JsonRecordReader(schema, UnknownFields.REJECT).read(document, row, 0, faults);
      document.end();
    }

    assertOutcome(value, row[0], faults);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("csvCases")
  void csvGivesTheSlotOrTheFault(ValueCase value) throws Exception {
    String cell = ((Face.Text) value.csv()).text();
    String csv =
        "key,%s\n1,\"%s\"\n".formatted(value.feature().column(), cell.replace("\"", "\"\""));
    float[] row = {Float.NEGATIVE_INFINITY};
    Faults faults = new Faults();
    try (CsvLines lines =
        CsvLines.open(new ByteArrayInputStream(csv.getBytes(UTF_8)), "cases.csv")) {
      Schema schema = new Schema(List.of(value.feature()));
      assertThat(new CsvRecords(lines, "cases.csv", schema).next(row, 0, faults)).isTrue();
    }

    assertOutcome(value, row[0], faults);
  }

  /** What a reader of typed columns does with a value; the job's own test reads real files. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("parquetCases")
  void typedValueGivesTheSlotOrTheFault(ValueCase value) {
    Faults faults = new Faults();
    float slot = encode(value, (Face.Typed) value.parquet(), faults);

    assertOutcome(value, slot, faults);
  }

  private static float encode(ValueCase value, Face.Typed typed, Faults faults) {
    Feature feature = value.feature();
    if (typed.value() == null) {
      return feature.missing(faults);
    }

    return switch (typed.carrier()) {
      case BYTE, SHORT, INT, LONG, FLOAT, DOUBLE ->
          feature.number(((Number) typed.value()).doubleValue(), faults);
      case DECIMAL -> feature.number(((BigDecimal) typed.value()).doubleValue(), faults);
      case STRING -> {
        byte[] utf8 = ((String) typed.value()).getBytes(UTF_8);
        yield value.row() == ValueCase.TableRow.PARTITION
            ? CsvCells.encode(feature, utf8, 0, utf8.length, faults)
            : feature.text(utf8, 0, utf8.length, faults);
      }
      case BOOLEAN -> feature.truth((Boolean) typed.value(), faults);
      case TIMESTAMP -> feature.instant((Long) typed.value(), faults);
      case TIMESTAMP_NTZ -> feature.local((Long) typed.value(), faults);
      case DATE -> feature.local((Integer) typed.value() * 86_400_000_000L, faults);
    };
  }
}
