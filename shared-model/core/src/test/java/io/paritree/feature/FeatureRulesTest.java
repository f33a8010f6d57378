package io.paritree.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The arguments that a feature or a schema refuses. */
class FeatureRulesTest {
  private static final double NO_MIN = Double.NEGATIVE_INFINITY;
  private static final double NO_MAX = Double.POSITIVE_INFINITY;

  private static void assertRefused(String message, ThrowingCallable made) {
    assertThatThrownBy(made)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot use ")
        .hasMessageContaining(message);
  }

  private static Feature number(Sentinels missing, double min, double max) {
    return new NumberFeature("n", "n", missing, min, max, true);
  }

  private static Feature text(List<String> vocabulary, Unseen unseen, Object... missing) {
    return new TextCategoryFeature(
        "t", "t", vocabulary, unseen, Sentinels.of(Arrays.asList(missing)), true);
  }

  private static Feature integer(List<Long> vocabulary, Unseen unseen) {
    return new IntegerCategoryFeature("i", "i", vocabulary, unseen, Sentinels.NONE, true);
  }

  @Test
  void boundsThatAllowNothingAreRefused() {
    assertRefused("bounds 2.0 to 1.0", () -> number(Sentinels.NONE, 2, 1));
    assertRefused("bounds NaN to 1.0", () -> number(Sentinels.NONE, Double.NaN, 1));
    assertRefused("bounds 1.0 to NaN", () -> number(Sentinels.NONE, 1, Double.NaN));
    assertRefused("no float is within", () -> number(Sentinels.NONE, 1e39, NO_MAX));
    assertRefused("no float is within", () -> number(Sentinels.NONE, NO_MIN, -1e39));
    assertThat(number(Sentinels.NONE, 1, 1).number(1, new Faults())).isEqualTo(1);
  }

  @Test
  void sentinelThatNoSlotCanEqualIsRefused() {
    assertRefused("NaN as a missing sentinel", () -> Sentinels.of(List.of(Double.NaN)));
    assertRefused("Infinity as a missing", () -> Sentinels.of(List.of(NO_MAX)));
    assertRefused("true as a missing sentinel", () -> Sentinels.of(List.of(true)));
    assertRefused("unpaired surrogate", () -> Sentinels.of(List.of("\ud800")));
    assertRefused("not finite", () -> number(Sentinels.of(List.of(1e39)), NO_MIN, NO_MAX));
    assertRefused("give them as text", () -> text(List.of("a"), new Unseen.Reject(), -1.0));
    assertRefused(
        "give them as text",
        () ->
            new TimestampFeature(
                "t", "t", TimestampPart.HOUR, Optional.empty(), Sentinels.of(List.of(0.0)), true));
  }

  @Test
  void vocabularyHoldsEachCategoryOnce() {
    assertRefused("'a' occurs twice", () -> text(List.of("a", "b", "a"), new Unseen.Reject()));
    assertRefused("0 categories", () -> text(List.of(), new Unseen.Reject()));
    assertRefused("unpaired surrogate", () -> text(List.of("a\udc00"), new Unseen.Reject()));
    assertRefused("5 occurs twice", () -> integer(List.of(5L, 5L), new Unseen.Reject()));
    assertRefused("0 categories", () -> integer(List.of(), new Unseen.Reject()));
    assertRefused("within 2^53", () -> integer(List.of(1L << 53), new Unseen.Reject()));
    assertRefused("within 2^53", () -> integer(List.of(Long.MIN_VALUE), new Unseen.Reject()));
  }

  @Test
  void anUnseenCategoryNamesUpToTenOfTheKnownOnes() {
    assertThat(unseen(text(List.of("AA", "a\u0007b"), new Unseen.Reject())))
        .isEqualTo("one of the 2 categories [AA, a\\u0007b]");
    List<String> many = IntStream.range(0, 300).mapToObj(code -> "c" + code).toList();
    assertThat(unseen(text(many, new Unseen.Reject())))
        .isEqualTo(
            "one of the 300 categories [c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 290 more]");
    assertThat(unseen(text(List.of("x".repeat(200)), new Unseen.Reject())))
        .isEqualTo("one of the 1 categories [%s...]".formatted("x".repeat(40)));
    assertThat(unseen(integer(List.of(7L, -10L), new Unseen.Reject())))
        .isEqualTo("one of the 2 categories [7, -10]");
  }

  private static String unseen(Feature feature) {
    Faults faults = new Faults();
    if (feature.kind() == Feature.Kind.INTEGER_CATEGORY) {
      feature.number(99, faults);
    } else {
      feature.text(new byte[] {'9'}, 0, 1, faults);
    }

    return faults.list().get(0).expected();
  }

  @Test
  void unseenValuesGoToAKnownCategoryOnly() {
    assertRefused("'x' for unseen", () -> text(List.of("a"), new Unseen.Category("x")));
    assertRefused("'x' for unseen", () -> integer(List.of(5L), new Unseen.Category("x")));
    assertRefused("'6' for unseen", () -> integer(List.of(5L), new Unseen.Category("6")));
    assertRefused("'05' for unseen", () -> integer(List.of(5L), new Unseen.Category("05")));
  }

  @Test
  void schemaHoldsEachNameOnceAndIsNotEmpty() {
    assertRefused("schema without features", () -> new Schema(List.of()));
    assertRefused(
        "'a' occurs twice",
        () -> new Schema(List.of(NumberFeature.of("a"), NumberFeature.of("a"))));
  }

  @Test
  void schemaGathersTheFeaturesOfAColumn() {
    Schema schema =
        new Schema(
            List.of(
                new NumberFeature("a", "x", Sentinels.NONE, NO_MIN, NO_MAX, true),
                NumberFeature.of("y"),
                new NumberFeature("b", "x", Sentinels.NONE, NO_MIN, NO_MAX, true)));

    assertThat(schema.width()).isEqualTo(3);
    assertThat(schema.fields()).extracting(Field::column).containsExactly("x", "y");
    assertThat(schema.fieldIndex("y")).isEqualTo(1);
    assertThat(schema.fieldIndex("Y")).isEqualTo(-1);
    float[] row = new float[5];
    schema.fields().get(0).number(7, row, 1, new Faults());
    assertThat(row).containsExactly(0, 7, 0, 7, 0);
  }

  @Test
  void manyCategoriesKeepTheirCodes() {
    List<String> vocabulary =
        java.util.stream.IntStream.range(0, 100_000).mapToObj(code -> "category " + code).toList();
    Feature feature = text(vocabulary, new Unseen.Reject());
    Faults faults = new Faults();
    for (int code = 0; code < vocabulary.size(); code++) {
      byte[] utf8 =
          ("<" + vocabulary.get(code) + ">").getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertThat(feature.text(utf8, 1, utf8.length - 2, faults)).isEqualTo(code);
    }

    assertThat(faults.isEmpty()).isTrue();
  }

  @Test
  void falseIsMissingWhereZeroIsBecauseBothAreOneValue() {
    Feature flag = new BooleanFeature("b", "b", Sentinels.of(List.of(0.0)), true);
    assertThat(flag.number(0, new Faults())).isNaN();
    assertThat(flag.truth(false, new Faults())).isNaN();
    assertThat(flag.truth(true, new Faults())).isEqualTo(1);
  }
}
