package io.paritree.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.Seed;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonRecordReaderTest {
  private static final Schema SCHEMA =
      new Schema(
          List.of(
              new NumberFeature("distance", "distance", Sentinels.NONE, 0, 5_000, false),
              new TextCategoryFeature(
                  "origin",
                  "origin",
                  List.of("ATL", "ORD"),
                  new Unseen.Reject(),
                  Sentinels.NONE,
                  true),
              timestamp("hour", TimestampPart.HOUR),
              timestamp("day", TimestampPart.DAY_OF_WEEK),
              new BooleanFeature("late", "was late", Sentinels.NONE, true)));

  private static final String GOOD =
      "{\"distance\":1.5,\"origin\":\"ORD\",\"at\":\"2001-06-24T10:00\",\"was late\":true}";
  private static final float[] GOOD_ROW = {1.5f, 1, 10, 7, 1};

  private final JsonRecordReader reader = new JsonRecordReader(SCHEMA, UnknownFields.REJECT);
  private final Faults faults = new Faults();
  private final float[] row = new float[SCHEMA.width()];

  private static Feature timestamp(String name, TimestampPart part) {
    return new TimestampFeature(name, "at", part, Optional.empty(), Sentinels.NONE, true);
  }

  private static JsonDocument document(String json) throws MalformedJsonException {
    return JsonDocument.of(json.getBytes(UTF_8), 1 << 24);
  }

  private void read(JsonRecordReader records, String json) throws MalformedJsonException {
    faults.clear();
    try (JsonDocument document = document(json)) {
      document.next();
      records.read(document, row, 0, faults);
      document.end();
    }
  }

  private Map<String, FaultCode> faultsOf(String json) throws MalformedJsonException {
    read(reader, json);
    Map<String, FaultCode> found = new LinkedHashMap<>();
    for (Fault fault : faults.list()) {
      assertThat(found.put(fault.field() + "/" + fault.code().code(), fault.code())).isNull();
    }

    return found;
  }

  @Test
  void fieldsFillSlotsInAnyOrder() throws MalformedJsonException {
    read(reader, GOOD);
    assertThat(faults.list()).isEmpty();
    assertThat(row).containsExactly(GOOD_ROW);

    read(
        reader,
        "{\"was late\":1, \"at\":\"2001-06-24 10:00:00\", \"origin\":\"\\u004fRD\","
            + " \"distance\":15e-1}");
    assertThat(faults.list()).isEmpty();
    assertThat(row).containsExactly(GOOD_ROW);
  }

  @Test
  void absentFieldsAreMissingAlsoAfterARecordThatHadThem() throws MalformedJsonException {
    read(reader, GOOD);
    read(reader, "{\"distance\":2}");

    assertThat(faults.list()).isEmpty();
    assertThat(row).containsExactly(2, Float.NaN, Float.NaN, Float.NaN, Float.NaN);
    assertThat(faultsOf("{}")).containsOnlyKeys("distance/missing_value");
    assertThat(faultsOf("{\"distance\":null}")).containsOnlyKeys("distance/missing_value");
  }

  @Test
  void allFaultsOfARecordAreReportedTogether() throws MalformedJsonException {
    assertThat(
            faultsOf(
                "{\"distance\":\"far\",\"origin\":\"XXX\",\"at\":\"yesterday\",\"was late\":2,"
                    + "\"orign\":\"ATL\",\"distance\":1}"))
        .containsExactly(
            entry("distance/wrong_type", FaultCode.WRONG_TYPE),
            entry("origin/unseen_category", FaultCode.UNSEEN_CATEGORY),
            entry("at/bad_timestamp", FaultCode.BAD_TIMESTAMP),
            entry("was late/wrong_type", FaultCode.WRONG_TYPE),
            entry("orign/unknown_field", FaultCode.UNKNOWN_FIELD),
            entry("distance/duplicate_field", FaultCode.DUPLICATE_FIELD));
    assertThat(faults.list())
        .first()
        .isEqualTo(new Fault(FaultCode.WRONG_TYPE, "distance", "\"far\"", "a number"));
    assertThat(faults.list().get(4).hint()).isEqualTo("did you mean 'origin'?");
  }

  @Test
  void nestedValueIsOfTheWrongTypeAndSkippedWhole() throws MalformedJsonException {
    assertThat(
            faultsOf(
                "{\"origin\":{\"distance\":[1,{\"at\":2}]},\"distance\":[[1],[2]],\"at\":[],"
                    + "\"extra\":{\"a\":[{}]},\"was late\":false}"))
        .containsOnlyKeys(
            "origin/wrong_type", "distance/wrong_type", "at/wrong_type", "extra/unknown_field");
    assertThat(faults.list().get(0).got()).isEqualTo("an object");
    assertThat(faults.list().get(1).got()).isEqualTo("an array");
  }

  @Test
  void ignoredFieldsAreCounted() throws MalformedJsonException {
    JsonRecordReader lenient = new JsonRecordReader(SCHEMA, UnknownFields.IGNORE);

    read(lenient, "{\"distance\":1,\"a\":[1,{}],\"b\":{\"distance\":2}}");
    assertThat(faults.list()).isEmpty();
    assertThat(row[0]).isEqualTo(1);
    read(lenient, "{\"distance\":1,\"a\":1}");
    assertThat(lenient.ignored()).isEqualTo(3);
  }

  @Test
  void fieldThatOccursTwiceIsAFaultEvenIfNoFeatureReadsIt() throws MalformedJsonException {
    read(new JsonRecordReader(SCHEMA, UnknownFields.IGNORE), "{\"distance\":1,\"x\":1,\"x\":1}");
    assertThat(faults.list()).extracting(Fault::code).containsExactly(FaultCode.DUPLICATE_FIELD);
    assertThat(faultsOf("{\"distance\":1,\"distance\":1,\"distance\":1}"))
        .containsOnlyKeys("distance/duplicate_field");
    assertThat(row[0]).isEqualTo(1);
  }

  @Test
  void whatIsNoObjectIsAMalformedRecord() throws MalformedJsonException {
    for (String json : new String[] {"[1,{\"distance\":2}]", "1", "\"text\"", "null", "true"}) {
      assertThat(faultsOf(json)).as(json).containsOnlyKeys("/malformed_record");
    }

    assertThatThrownBy(() -> read(reader, ""))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageContaining("a record is expected");
  }

  @Test
  void arrayOfRecordsIsReadRowByRow() throws MalformedJsonException {
    int width = SCHEMA.width();
    float[] rows = new float[4 * width];
    List<List<FaultCode>> codes = new ArrayList<>();
    try (JsonDocument document = document("[" + GOOD + ",{\"distance\":-1},7," + GOOD + "]")) {
      assertThat(document.next()).isEqualTo(JsonToken.START_ARRAY);
      while (document.next() != JsonToken.END_ARRAY) {
        faults.clear();
        reader.read(document, rows, codes.size() * width, faults);
        codes.add(faults.list().stream().map(Fault::code).toList());
      }

      document.end();
    }

    assertThat(codes)
        .containsExactly(
            List.of(),
            List.of(FaultCode.OUT_OF_RANGE),
            List.of(FaultCode.MALFORMED_RECORD),
            List.of());
    assertThat(rows).startsWith(GOOD_ROW).endsWith(GOOD_ROW);
  }

  @Test
  void brokenDocumentIsNoRecord() {
    for (int length = 1; length < GOOD.length(); length++) {
      String cut = GOOD.substring(0, length);
      assertThatThrownBy(() -> read(reader, cut))
          .as(cut)
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  /** Finding the nearest name is expensive; a hostile record gets only few hints. */
  @Test
  void recordOfOnlyUnknownFieldsGetsFewHintsAndLeavesNoTrace() throws MalformedJsonException {
    StringBuilder json = new StringBuilder("{");
    IntStream.range(0, 50_000).forEach(index -> json.append("\"distance%s\":1,".formatted(index)));
    read(reader, json.append("\"distance\":1}").toString());

    assertThat(faults.list()).hasSize(100);
    assertThat(faults.list().stream().filter(fault -> !fault.hint().isEmpty())).hasSize(10);
    read(reader, GOOD);
    assertThat(faults.list()).isEmpty();
    assertThat(row).containsExactly(GOOD_ROW);
  }

  /** A search for the nearest name costs as much as a record: a document gets few searches. */
  @Test
  void documentOfOnlyUnknownFieldsGetsFewHintsForAnyRecords() throws MalformedJsonException {
    StringBuilder json = new StringBuilder("[");
    for (int record = 0; record < 1_000; record++) {
      json.append(record == 0 ? "" : ",");
      json.append("{\"distance\":1,\"distance%s\":1,\"orign\":\"ATL\"}".formatted(record));
    }

    List<String> hints = hints(json.append("]").toString());

    assertThat(hints).filteredOn("did you mean 'distance'?"::equals).hasSize(9);
    // A hint that was found is given wherever its name occurs.
    assertThat(hints).filteredOn("did you mean 'origin'?"::equals).hasSize(1_000);
    assertThat(hints("[{\"distanze\":1}]")).containsExactly("did you mean 'distance'?");
  }

  private List<String> hints(String json) throws MalformedJsonException {
    List<String> hints = new ArrayList<>();
    try (JsonDocument document = document(json)) {
      document.next();
      while (document.next() != JsonToken.END_ARRAY) {
        faults.clear();
        reader.read(document, row, 0, faults);
        faults.list().stream().map(Fault::hint).filter(hint -> !hint.isEmpty()).forEach(hints::add);
      }
    }

    return hints;
  }

  /** Any bytes give a row, faults or a MalformedJsonException, and the reader can read on. */
  @Test
  void changedBytesNeverThrowAnythingElse() throws MalformedJsonException {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] good = GOOD.getBytes(UTF_8);
    for (int round = 0; round < 10_000; round++) {
      byte[] changed = good.clone();
      for (int change = random.nextInt(4); change >= 0; change--) {
        changed[random.nextInt(changed.length)] =
            random.nextInt(3) == 0 ? (byte) random.nextInt(256) : good[random.nextInt(good.length)];
      }

      faults.clear();
      try (JsonDocument document = JsonDocument.of(changed, 1_000)) {
        document.next();
        reader.read(document, row, 0, faults);
        document.end();
      } catch (MalformedJsonException e) {
        assertThat(e).hasMessageStartingWith("Cannot read the JSON document: ");
      } catch (RuntimeException e) {
        throw new AssertionError(
            "%s, replay with -Dseed=%s".formatted(new String(changed, UTF_8), seed), e);
      }
    }

    read(reader, GOOD);
    assertThat(row).containsExactly(GOOD_ROW);
  }
}
