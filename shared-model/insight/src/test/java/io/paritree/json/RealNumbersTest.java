package io.paritree.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.KeyColumn;
import io.paritree.lookup.KeyForm;
import io.paritree.lookup.ScoreSpread;
import io.paritree.profile.ScoreHistogram;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written as JSON reads back to the same bits, also what JSON has no number for. */
class RealNumbersTest {
  private static final List<Float> FLOATS = floats(Seed.next());

  /** Returns floats at the ends of what a float can be, and between them. */
  private static List<Float> floats(long seed) {
    System.out.println("seed " + seed);
    List<Float> all =
        new ArrayList<>(
            List.of(
                Float.NaN,
                Float.POSITIVE_INFINITY,
                Float.NEGATIVE_INFINITY,
                0f,
                -0f,
                Float.MAX_VALUE,
                -Float.MAX_VALUE,
                Float.MIN_VALUE,
                -Float.MIN_VALUE,
                Float.MIN_NORMAL,
                1.17549435E-38f - Float.MIN_VALUE,
                0x1p24f,
                0x1p53f,
                -7f));
    Random random = new Random(seed);
    while (all.size() < 300) {
      float any = Float.intBitsToFloat(random.nextInt());
      all.add(Float.isNaN(any) ? Float.NaN : any);
    }

    return all;
  }

  private static List<Double> doubles() {
    List<Double> all = new ArrayList<>(FLOATS.stream().map(Float::doubleValue).toList());
    all.addAll(List.of(Double.MAX_VALUE, -Double.MAX_VALUE, Double.MIN_VALUE, 0x1p53, 0x1p63));
    return all;
  }

  private static StrictJson read(byte[] json) throws BrokenJsonException {
    return new StrictJson("the test", json);
  }

  @Test
  void doublesAndFloatsReadBackToTheSameBits() throws BrokenJsonException {
    for (double value : doubles()) {
      for (JsonText.Body body :
          List.<JsonText.Body>of(
              out -> out.writeNumber(value), out -> JsonText.number(out, value))) {
        StrictJson json = read(JsonText.of(body));
        json.document(
            () ->
                assertThat(Double.doubleToLongBits(json.realDouble()))
                    .as("%s", value)
                    .isEqualTo(Double.doubleToLongBits(value)));
      }
    }

    for (float value : FLOATS) {
      StrictJson json = read(JsonText.of(out -> out.writeNumber(value)));
      json.document(
          () ->
              assertThat(Float.floatToIntBits(json.realFloat()))
                  .as("%s", value)
                  .isEqualTo(Float.floatToIntBits(value)));
    }
  }

  @Test
  void otherTextsAreNoNumbers() {
    for (String text : List.of("infinity", "+Infinity", "1", "", "nan", " NaN")) {
      assertThatThrownBy(
              () -> {
                StrictJson json = read(JsonText.of(out -> out.writeString(text)));
                json.document(json::realDouble);
              })
          .isInstanceOf(BrokenJsonException.class)
          .hasMessageContaining("expected a number, or the text NaN, Infinity or -Infinity");
    }

    assertThatThrownBy(
            () -> {
              StrictJson json = read("1e39".getBytes(StandardCharsets.UTF_8));
              json.document(json::realFloat);
            })
        .hasMessageContaining("finite as a float");
  }

  @Test
  void theManifestOfAnIndexReadsBackWithAnyScores() throws Exception {
    for (int index = 0; index < 100; index++) {
      ScoreSpread spread =
          new ScoreSpread(
              doubles().get(index),
              FLOATS.get(index),
              FLOATS.get(index + 1),
              FLOATS.subList(index, index + ScoreSpread.QUANTILES));
      IndexManifest manifest =
          new IndexManifest(
              "day=1",
              "identity",
              "run-00000001",
              "run",
              "m/1",
              "2026-11-25T02:11:09Z",
              new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0))),
              List.of("score"),
              Optional.empty(),
              1,
              0,
              0,
              0,
              spread,
              List.of(new ShardFile("shard-0", 1, "0".repeat(64))));

      assertThat(IndexManifest.fromJson(manifest.toJson(), manifest.digests(), "it"))
          .as("%s", spread)
          .isEqualTo(manifest);
    }
  }

  @Test
  void aDistributionWithInfiniteScoresHasThemInItsQuantiles() {
    ScoreHistogram scores = new ScoreHistogram();
    for (int row = 0; row < 100; row++) {
      float upper = row < 80 ? 0.5f : Float.POSITIVE_INFINITY;
      scores.add(row < 20 ? Float.NEGATIVE_INFINITY : upper);
    }

    scores.pack();
    assertThat(scores.quantile(0.1)).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(scores.quantile(0.5)).isBetween(0.49f, 0.51f);
    assertThat(scores.quantile(0.9)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(scores.mean()).isNaN();

    scores.add(Float.NaN);
    scores.pack();
    assertThat(scores.quantile(0.5)).isBetween(0.49f, 0.51f);
    assertThat(scores.quantile(1)).isNaN();
    assertThat(scores.max()).isEqualTo(Float.POSITIVE_INFINITY);
  }
}
