package io.paritree.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.FaultCode;
import io.paritree.feature.MappedFeature.Entry;
import io.paritree.feature.MappedFeature.Source;
import io.paritree.feature.StepsFeature.Of;
import io.paritree.feature.StepsFeature.Step;
import io.paritree.feature.TableFeature.Slot;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What tables and steps make of values. */
class TableFeatureTest {
  private static final double NO_MIN = Double.NEGATIVE_INFINITY;
  private static final double NO_MAX = Double.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  private final Faults faults = new Faults();

  private static Feature mapped(Slot other, float ifMissing, Object... valuesAndSlots) {
    return mapped("m", Source.VALUE, other, Sentinels.NONE, ifMissing, valuesAndSlots);
  }

  private static MappedFeature mapped(
      String name,
      Source source,
      Slot other,
      Sentinels missing,
      float ifMissing,
      Object... valuesAndSlots) {
    List<Entry> entries = new ArrayList<>();
    for (int at = 0; at < valuesAndSlots.length; at += 2) {
      entries.add(new Entry(valuesAndSlots[at], (Slot) valuesAndSlots[at + 1]));
    }

    return new MappedFeature(name, "c", source, entries, other, missing, true, ifMissing);
  }

  private static StepsFeature steps(Of of, Sentinels missing, Object... fromsAndSlots) {
    List<Step> steps = new ArrayList<>();
    for (int at = 0; at < fromsAndSlots.length; at += 2) {
      steps.add(new Step((Number) fromsAndSlots[at], (Slot) fromsAndSlots[at + 1]));
    }

    return new StepsFeature(
        "s" + of, "c", of, Optional.empty(), steps, NO_MIN, NO_MAX, missing, true, NAN);
  }

  private float text(Feature feature, String text) {
    faults.clear();
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return feature.text(utf8, 0, utf8.length, faults);
  }

  private float number(Feature feature, double value) {
    faults.clear();
    return feature.number(value, faults);
  }

  private FaultCode fault() {
    return faults.list().get(0).code();
  }

  @Test
  void aValueHasItsSlotAndAllOthersHaveTheOther() {
    Feature feature = mapped(Slot.of(0), 7, "car", Slot.of(1), "", Slot.MISSING, "no", Slot.REJECT);

    assertThat(text(feature, "car")).isEqualTo(1);
    assertThat(text(feature, "Car")).isZero();
    assertThat(faults.unseen()).isEqualTo(1);
    assertThat(text(feature, "")).isNaN();
    assertThat(faults.isEmpty()).isTrue();
    assertThat(text(feature, "no")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.UNSEEN_CATEGORY);
    assertThat(number(feature, Double.NaN)).isEqualTo(7);
    assertThat(faults.filled()).isEqualTo(1);
    assertThat(number(feature, 5)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
  }

  @Test
  void anotherValueThatIsRefusedIsUnseen() {
    Feature feature = mapped(Slot.REJECT, NAN, 10L, Slot.of(0.5f));

    assertThat(number(feature, 10.0)).isEqualTo(0.5f);
    assertThat(number(feature, 11)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.UNSEEN_CATEGORY);
    assertThat(faults.list().get(0).expected()).isEqualTo("one of the 1 values [10]");
    assertThat(number(feature, 10.5)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
    assertThat(text(feature, "10")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
  }

  @Test
  void aNumberWithAFractionIsAnotherValueWhereOthersAreAccepted() {
    assertThat(number(mapped(Slot.of(3), NAN, 10L, Slot.of(1)), 10.5)).isEqualTo(3);
    assertThat(number(mapped(Slot.MISSING, NAN, 10L, Slot.of(1)), 10.5)).isNaN();
    assertThat(faults.isEmpty()).isTrue();
  }

  @Test
  void truthsAreAlsoZeroAndOne() {
    Feature feature = mapped(Slot.REJECT, NAN, true, Slot.of(5), false, Slot.of(6));

    assertThat(feature.truth(true, faults)).isEqualTo(5);
    assertThat(feature.truth(false, faults)).isEqualTo(6);
    assertThat(number(feature, 1)).isEqualTo(5);
    assertThat(number(feature, 0.5)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
  }

  @Test
  void aTableWithoutValuesReadsAnyValueAndSaysWhetherThereIsOne() {
    Sentinels missing = Sentinels.of(List.of(-999.0, "NA"));
    Feature feature = mapped("gap", Source.VALUE, Slot.of(0), missing, 1);

    assertThat(number(feature, 12.5)).isZero();
    assertThat(text(feature, "anything")).isZero();
    assertThat(feature.truth(true, faults)).isZero();
    assertThat(feature.instant(0, faults)).isZero();
    assertThat(feature.local(0, faults)).isZero();
    assertThat(number(feature, Double.NaN)).isEqualTo(1);
    assertThat(number(feature, -999)).isEqualTo(1);
    assertThat(text(feature, "NA")).isEqualTo(1);
    assertThat(feature.missing(faults)).isEqualTo(1);
    assertThat(faults.isEmpty()).isTrue();
    assertThat(number(feature, NO_MAX)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.NOT_FINITE);
    assertThat(text(feature, "a".repeat(Feature.MAX_TEXT + 1))).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.TOO_LONG);
  }

  @Test
  void aPartOfATimeIsLookedUp() {
    Source source =
        new Source(Optional.of(TimestampPart.DAY_OF_WEEK), Optional.of(ZoneId.of("UTC")));
    Feature feature =
        mapped("w", source, Slot.of(0), Sentinels.NONE, NAN, 6L, Slot.of(1), 7L, Slot.of(1));

    assertThat(text(feature, "2026-12-06")).isEqualTo(1);
    assertThat(text(feature, "2026-12-06T23:00:00-02:00")).isZero();
    assertThat(text(feature, "Sunday")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.BAD_TIMESTAMP);
  }

  @Test
  void aValueHasTheSlotOfTheLastStepThatIsNotAboveIt() {
    StepsFeature feature =
        steps(
            Of.DOUBLE,
            Sentinels.of(List.of(-1.0)),
            null,
            Slot.of(1),
            0.0,
            Slot.of(2),
            0.1,
            Slot.MISSING,
            1e9,
            Slot.REJECT);

    assertThat(number(feature, -0.5)).isEqualTo(1);
    assertThat(number(feature, -0.0)).isEqualTo(2);
    assertThat(number(feature, Math.nextDown(0.1))).isEqualTo(2);
    assertThat(number(feature, 0.1)).isNaN();
    assertThat(number(feature, -1)).isNaN();
    assertThat(faults.isEmpty()).isTrue();
    assertThat(number(feature, 1e9)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.OUT_OF_RANGE);
    assertThat(number(feature, NO_MAX)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.NOT_FINITE);
    assertThat(text(feature, "1")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
  }

  @Test
  void stepsOfFloatsRoundFirstSoThatTextAndFloatAgree() {
    StepsFeature feature = steps(Of.FLOAT, Sentinels.NONE, null, Slot.of(0), 0.1, Slot.of(1));

    assertThat(number(feature, 0.1)).isEqualTo(1);
    assertThat(number(feature, 0.1f)).isEqualTo(1);
    assertThat(number(feature, Math.nextDown(0.1))).isEqualTo(1);
    assertThat(number(feature, 1e39)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.NOT_FINITE);
  }

  @Test
  void stepsOfWholeNumbersRefuseFractions() {
    StepsFeature feature = steps(Of.WHOLE, Sentinels.NONE, null, Slot.of(0), 3.0, Slot.of(1));

    assertThat(number(feature, 2)).isZero();
    assertThat(number(feature, 3.0)).isEqualTo(1);
    assertThat(number(feature, 3.5)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.WRONG_TYPE);
  }

  @Test
  void boundsOfStepsAreThoseOfTheValueNotOfTheSlot() {
    StepsFeature feature =
        new StepsFeature(
            "s",
            "c",
            Of.DOUBLE,
            Optional.empty(),
            List.of(new Step(null, Slot.of(1)), new Step(5.0, Slot.of(2))),
            0,
            5,
            Sentinels.of(List.of(-9.0)),
            true,
            4);

    assertThat(number(feature, 0)).isEqualTo(1);
    assertThat(number(feature, 5)).isEqualTo(2);
    assertThat(number(feature, -9)).isEqualTo(4);
    assertThat(number(feature, Math.nextUp(5.0))).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.OUT_OF_RANGE);
    assertThat(number(feature, -Double.MIN_VALUE)).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.OUT_OF_RANGE);
  }

  private static long micros(String local) {
    return LocalDateTime.parse(local).toEpochSecond(ZoneOffset.UTC) * 1_000_000;
  }

  @Test
  void stepsOfTimesAreToTheMicrosecond() {
    long cut = micros("2024-03-01T00:00:00") + 1;
    StepsFeature local = steps(Of.LOCAL, Sentinels.NONE, null, Slot.of(0), cut, Slot.of(1));
    StepsFeature instant = steps(Of.INSTANT, Sentinels.NONE, null, Slot.of(0), cut, Slot.of(1));

    assertThat(text(local, "2024-03-01")).isZero();
    assertThat(text(local, "2024-03-01T00:00:00.000001")).isEqualTo(1);
    assertThat(local.local(cut, faults)).isEqualTo(1);
    assertThat(text(local, "2024-03-01T00:00:00Z")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.BAD_TIMESTAMP);
    assertThat(text(instant, "2024-03-01T02:00:00+02:00")).isZero();
    assertThat(text(instant, "2024-03-01T00:00:00.000001Z")).isEqualTo(1);
    assertThat(instant.instant(cut - 1, faults)).isZero();
    assertThat(text(instant, "2024-03-01T00:00:00")).isNaN();
    assertThat(fault()).isEqualTo(FaultCode.BAD_TIMESTAMP);
  }

  @Test
  void instantsAreReadAsLocalTimesOfTheZone() {
    StepsFeature berlin =
        new StepsFeature(
            "s",
            "c",
            Of.LOCAL,
            Optional.of(ZoneId.of("Europe/Berlin")),
            List.of(
                new Step(null, Slot.of(0)), new Step(micros("2024-07-01T02:00:00"), Slot.of(1))),
            NO_MIN,
            NO_MAX,
            Sentinels.NONE,
            true,
            NAN);

    assertThat(text(berlin, "2024-07-01T00:00:00Z")).isEqualTo(1);
    assertThat(text(berlin, "2024-06-30T23:59:59.999999Z")).isZero();
  }

  @Test
  void featuresOfOneColumnShareTheirPiecesAndKeepTheirSlots() {
    List<Feature> alone =
        List.of(
            mapped("a", Source.VALUE, Slot.of(0), Sentinels.NONE, 0, "x", Slot.of(1)),
            mapped("b", Source.VALUE, Slot.of(2), Sentinels.NONE, 3, "y", Slot.of(4)),
            mapped(
                "c",
                Source.VALUE,
                Slot.of(5),
                Sentinels.NONE,
                NAN,
                "x",
                Slot.of(6),
                "z",
                Slot.MISSING),
            mapped("gap", Source.VALUE, Slot.of(0), Sentinels.NONE, 1));
    Schema schema = new Schema(alone);
    Field field = schema.fields().get(0);
    float[] row = new float[4];

    assertThat(((TableFeature) schema.features().get(0)).pieces())
        .isSameAs(((TableFeature) schema.features().get(2)).pieces())
        .isNotSameAs(((TableFeature) schema.features().get(3)).pieces());
    for (String value : List.of("x", "y", "z", "w", "")) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      field.text(utf8, 0, utf8.length, row, 0, faults);
      for (int slot = 0; slot < row.length; slot++) {
        assertThat(row[slot]).isEqualTo(Float.valueOf(text(alone.get(slot), value)));
      }
    }

    field.missing(row, 0, faults);
    assertThat(row).containsExactly(0, 3, NAN, 1);
    assertThat(schema.required()).containsExactly(0);
  }

  @Test
  void aValueIsUnseenOnlyIfNoFeatureOfTheColumnKnowsIt() {
    Schema schema =
        new Schema(
            List.of(
                mapped("a", Source.VALUE, Slot.of(0), Sentinels.NONE, 0, "x", Slot.of(1)),
                mapped("b", Source.VALUE, Slot.of(0), Sentinels.NONE, 0, "y", Slot.of(1))));
    float[] row = new float[2];

    schema.fields().get(0).text(new byte[] {'x'}, 0, 1, row, 0, faults);
    assertThat(row).containsExactly(1, 0);
    assertThat(faults.unseen()).isZero();
    schema.fields().get(0).text(new byte[] {'w'}, 0, 1, row, 0, faults);
    assertThat(faults.unseen()).isEqualTo(2);
  }

  @Test
  void numbersAreFilledInBulkAsOneByOne() {
    NumberFeature feature =
        new NumberFeature("n", "n", Sentinels.of(List.of(0.0)), NO_MIN, NO_MAX, true, -1);
    float[] values = {1, NAN, 0, 2};

    assertThat(feature.numbers(values, 0, 4, 1, faults)).isZero();
    assertThat(values).containsExactly(1, -1, -1, 2);
    assertThat(faults.filled()).isEqualTo(2);
    float[] plain = {1, NAN};
    assertThat(
            new NumberFeature("n", "n", Sentinels.NONE, NO_MIN, NO_MAX, true, 9)
                .numbers(plain, 0, 2, 1, faults))
        .isZero();
    assertThat(plain).containsExactly(1, 9);
  }

  @Test
  void weekAndDayOfYearAreThoseOfIso() {
    Feature week =
        new TimestampFeature("w", "c", TimestampPart.WEEK, Optional.empty(), Sentinels.NONE, true);
    Feature day =
        new TimestampFeature(
            "d", "c", TimestampPart.DAY_OF_YEAR, Optional.empty(), Sentinels.NONE, true);

    assertThat(text(week, "2021-01-03")).isEqualTo(53);
    assertThat(text(week, "2021-01-04")).isEqualTo(1);
    assertThat(text(day, "2024-12-31T23:59:59")).isEqualTo(366);
  }
}
