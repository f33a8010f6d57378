package io.paritree.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Fault;
import io.paritree.FaultCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private final Faults faults = new Faults();

  private static NumberFeature bounded(double min, double max) {
    return new NumberFeature("name", "column", Sentinels.NONE, min, max, false);
  }

  private Fault only() {
    assertThat(faults.list()).hasSize(1);
    return faults.list().get(0);
  }

  @Test
  void faultNamesTheColumnWhatCameAndWhatWasExpected() {
    bounded(0, 10).number(12, faults);
    assertThat(only()).isEqualTo(new Fault(FaultCode.OUT_OF_RANGE, "column", "12", "0.0 to 10.0"));

    faults.clear();
    bounded(0, Double.POSITIVE_INFINITY).number(-0.5, faults);
    assertThat(only())
        .isEqualTo(new Fault(FaultCode.OUT_OF_RANGE, "column", "-0.5", "at least 0.0"));

    faults.clear();
    bounded(Double.NEGATIVE_INFINITY, 1).number(1e20, faults);
    assertThat(only())
        .isEqualTo(new Fault(FaultCode.OUT_OF_RANGE, "column", "1.0E20", "at most 1.0"));

    faults.clear();
    bounded(0, 1).missing(faults);
    assertThat(only())
        .isEqualTo(new Fault(FaultCode.MISSING_VALUE, "column", "no value", "a value"));

    faults.clear();
    bounded(0, 1).truth(true, faults);
    assertThat(only()).isEqualTo(new Fault(FaultCode.WRONG_TYPE, "column", "true", "a number"));
  }

  @Test
  void faultsThatAreNotKeptAreCounted() {
    for (int field = 0; field < 150; field++) {
      NumberFeature.of("f" + field).truth(true, faults);
    }

    assertThat(faults.list()).hasSize(100);
    assertThat(faults.count()).isEqualTo(100);
    faults.clearForOne();
    Feature[] features = {NumberFeature.of("a"), NumberFeature.of("b")};
    for (Feature feature : features) {
      feature.truth(true, faults);
      feature.truth(false, faults);
      feature.number(Double.POSITIVE_INFINITY, faults);
    }

    List<String> visited = new ArrayList<>();
    faults.forEach((code, field) -> visited.add(field + " " + code.code()));
    assertThat(only().field()).isEqualTo("a");
    assertThat(faults.count()).isEqualTo(4);
    assertThat(visited)
        .containsExactlyInAnyOrder("a wrong_type", "a not_finite", "b wrong_type", "b not_finite");
    faults.clear();
    assertThat(faults.count()).isZero();
    NumberFeature.of("b").truth(true, faults);
    NumberFeature.of("a").truth(true, faults);
    assertThat(faults.list()).hasSize(2);
  }

  @Test
  void textIsShownInQuotesEscapedAndCut() {
    byte[] text = ("a\"\n" + "ä".repeat(5_000)).getBytes(UTF_8);
    bounded(0, 1).text(text, 0, text.length, faults);

    assertThat(only().got()).startsWith("\"a\"\\u000aää").endsWith("ä...\"").hasSizeLessThan(104);
  }

  @Test
  void fieldThatFeedsSeveralFeaturesIsReportedOncePerCode() {
    Schema schema =
        new Schema(
            List.of(
                new NumberFeature("a", "column", Sentinels.NONE, 0, 1, false),
                new NumberFeature("b", "column", Sentinels.NONE, 2, 3, false),
                new BooleanFeature("c", "column", Sentinels.NONE, false)));

    schema.fields().get(0).number(5, new float[3], 0, faults);

    assertThat(faults.list())
        .extracting(Fault::code)
        .containsExactly(FaultCode.OUT_OF_RANGE, FaultCode.WRONG_TYPE);
  }

  @Test
  void atMostAHundredFaultsAreKept() {
    for (int field = 0; field < 1_000; field++) {
      assertThat(faults.isFull()).isEqualTo(field >= 100);
      assertThat(faults.add(new Fault(FaultCode.UNKNOWN_FIELD, "f" + field, "", ""))).isNaN();
    }

    assertThat(faults.list()).hasSize(100);
    faults.clear();
    assertThat(faults.isEmpty()).isTrue();
    assertThat(faults.isFull()).isFalse();
  }
}
