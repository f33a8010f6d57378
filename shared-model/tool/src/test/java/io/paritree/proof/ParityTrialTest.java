package io.paritree.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.forest.Engine;
import io.paritree.forest.PlantedFault;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.proof.EngineWay.Grouping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Generated records part a way that is wrong from the others. */
class ParityTrialTest {
  private static final int RECORDS = 6_000;

  /** So many of them are rows of an input, which are a block of their own. */
  private static final int ROWS = 10;

  @TempDir static Path directory;

  private static final long SEED = Seed.next();
  private static ModelFiles files;
  private static ScoringModel model;
  private static TriedBlock block;

  @BeforeAll
  static void makeRecords() throws Exception {
    files = ModelFiles.read(new TestPackages(directory.resolve("models")).binary(1, 5).toString());
    model = Opening.open(files, EngineKind.FOREST);
    block = new TriedBlock(model.schema(), records(SEED).toList());
  }

  private static Stream<TriedRecord> records(long seed) {
    AdversarialRecords edges = new AdversarialRecords(model, seed);
    return Stream.generate(() -> edges.next(edges.generated())).limit(RECORDS);
  }

  private static ParityTrial.Tried tried(long seed, Way... ways) throws Exception {
    List<TriedRecord> all = records(seed).toList();
    return new ParityTrial(model.schema(), List.of(ways))
        .run(all.subList(0, ROWS).iterator(), all.subList(ROWS, RECORDS).iterator());
  }

  private static Way reference() throws Exception {
    return EngineForm.SPEC.of(model, files).orElseThrow();
  }

  private static WayResult result(Way way) throws Exception {
    return tried(SEED, reference(), way).ways().get(1);
  }

  private static void isFound(WayResult found) throws Exception {
    assertThat(found.different()).as("%s, seed %s", found, SEED).isPositive();
    WayResult.First first = found.first().orElseThrow();
    assertThat(block.records().get((int) first.number()).json(model.schema().fields()))
        .isEqualTo(first.json());
  }

  @Test
  void allEnginesAgree() throws Exception {
    List<Way> ways = new ArrayList<>();
    for (EngineForm form : EngineForm.values()) {
      if (form != EngineForm.WIDE) { // compiled only where engines are tested
        ways.add(form.of(model, files).orElseThrow());
      }
    }

    List<WayResult> results = tried(SEED, ways.toArray(Way[]::new)).ways();

    assertThat(results)
        .as("seed %s", SEED)
        .extracting(WayResult::different)
        .containsOnly(0L)
        .hasSize(EngineForm.values().length - 1);
    assertThat(results).extracting(WayResult::compared).containsOnly((long) RECORDS);
  }

  @Test
  void someRecordsAreScoredAndSomeRefusedForEachOfManyFaults() throws Exception {
    Map<String, Integer> faults = new TreeMap<>();
    for (String fault : block.encoded().faults()) {
      faults.merge(fault == null ? "none" : fault.replaceAll(".*: ", ""), 1, Integer::sum);
    }

    assertThat(faults)
        .as("seed %s", SEED)
        .containsKeys("wrong_type", "not_finite", "unseen_category")
        .hasEntrySatisfying("none", scored -> assertThat(scored).isGreaterThan(RECORDS / 3));
  }

  @Test
  void theSameSeedMakesTheSameRecords() throws Exception {
    String sha256 = tried(SEED, reference()).sha256();

    assertThat(tried(SEED, reference()).sha256()).isEqualTo(sha256);
    assertThat(tried(SEED + 1, reference()).sha256()).isNotEqualTo(sha256);
  }

  @ParameterizedTest
  @EnumSource
  void aFaultOfATreeIsFound(PlantedFault fault) throws Exception {
    Engine wrong = fault.in(model.specification());

    isFound(result(new EngineWay("wrong", wrong, Grouping.ROWS, model.outputs())));
  }

  @Test
  void aSentinelThatIsAValueIsFound() throws Exception {
    List<Feature> features = new ArrayList<>(model.schema().features());
    NumberFeature distance = (NumberFeature) features.get(0);
    assertThat(distance.sentinels().numbers()).isNotEmpty();
    features.set(
        0,
        new NumberFeature(
            distance.name(),
            distance.column(),
            Sentinels.NONE,
            Double.NEGATIVE_INFINITY,
            distance.max(),
            distance.nullable()));
    Schema without = new Schema(features);

    isFound(result(new ChangedWay(block -> new TriedBlock(without, block.records()).encoded())));
  }

  @Test
  void aNumberThatIsCutInPlaceOfRoundedIsFound() throws Exception {
    isFound(result(new ChangedWay(ParityTrialTest::cut)));
  }

  private static TriedBlock.Encoded cut(TriedBlock block) {
    TriedBlock.Encoded right = block.encoded();
    float[] slots = right.slots().clone();
    for (int record = 0; record < block.records().size(); record++) {
      for (int slot = 0; slot < 2; slot++) { // distance and weight
        int at = record * model.schema().width() + slot;
        if (right.faults()[record] == null && !Float.isNaN(slots[at])) {
          double given = Double.parseDouble(block.records().get(record).value(slot));
          slots[at] = Math.abs(slots[at]) > Math.abs(given) ? towardsZero(slots[at]) : slots[at];
        }
      }
    }

    return new TriedBlock.Encoded(slots, right.faults());
  }

  private static float towardsZero(float slot) {
    return slot > 0 ? Math.nextDown(slot) : Math.nextUp(slot);
  }

  @Test
  void aFaultThatIsNotReportedIsFound() throws Exception {
    isFound(
        result(
            new ChangedWay(
                block -> {
                  TriedBlock.Encoded right = block.encoded();
                  String[] faults = right.faults().clone();
                  for (int record = 0; record < faults.length; record++) {
                    String reported = faults[record];
                    faults[record] = "zone: unseen_category".equals(reported) ? null : reported;
                  }

                  return new TriedBlock.Encoded(right.slots(), faults);
                })));
  }

  @Test
  void aWayThatFailsIsNamedAndTheOthersAreTriedAllTheSame() throws Exception {
    Way failing =
        new ChangedWay(
            block -> {
              throw new IllegalStateException("it went away");
            });
    Way other = EngineForm.BLOCKS.of(model, files).orElseThrow();

    List<WayResult> results = tried(SEED, reference(), failing, other).ways();

    assertThat(results.get(1).failure()).contains("IllegalStateException: it went away");
    assertThat(results.get(1).compared()).isZero();
    assertThat(results.get(2).failure()).isEmpty();
    assertThat(results.get(2).compared()).isEqualTo(RECORDS);
  }

  @Test
  void anErrorOfOneWayIsItsFailureButThatOfTheReferenceIsThrown() throws Exception {
    Way classless =
        new ChangedWay(
            block -> {
              throw new NoClassDefFoundError("org/other/Codec");
            });
    Way large =
        new ChangedWay(
            block -> {
              throw new OutOfMemoryError("Java heap space");
            });
    Way other = EngineForm.BLOCKS.of(model, files).orElseThrow();

    List<WayResult> results = tried(SEED, reference(), classless, large, other).ways();

    assertThat(results)
        .extracting(result -> result.failure().orElse(""))
        .containsExactly(
            "", "NoClassDefFoundError: org/other/Codec", "OutOfMemoryError: Java heap space", "");
    assertThat(results.get(0).compared()).isEqualTo(RECORDS);
    assertThat(results.get(3).compared()).isEqualTo(RECORDS);
    assertThatThrownBy(() -> tried(SEED, classless, other))
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void whatAWayCannotShowMustBeSoAndAnAnswerIsGivenOnce() {
    WayAnswers expected = new WayAnswers(3, 1, 1);
    expected.scored(0, new float[] {1}, 0, new float[] {1}, 0);
    expected.scored(1, new float[] {1}, 0, new float[] {Float.POSITIVE_INFINITY}, 0);
    expected.refused(2, "zone: unseen_category");
    WayAnswers got = new WayAnswers(3, 1, 1);
    for (int record : new int[] {0, 2}) {
      got.scored(record, new float[] {1}, 0, new float[] {1}, 0);
      got.refused(record, "zone: unseen_category");
    }

    assertThat(expected.bearsOut(WayAnswers.NOT_FINITE, 0)).isFalse();
    assertThat(expected.bearsOut(WayAnswers.NOT_FINITE, 1)).isTrue();
    assertThat(expected.bearsOut(WayAnswers.NOT_FINITE, 2)).isFalse();
    assertThat(expected.bearsOut(WayAnswers.LEFT_OUT, 1)).isFalse();
    assertThat(expected.bearsOut(WayAnswers.LEFT_OUT, 2)).isTrue();
    assertThat(expected.parting(2, got).orElseThrow().got()).isEqualTo("several answers");
    assertThat(expected.parting(0, got)).isPresent();
  }

  /** A way that encodes otherwise, and scores rightly. */
  private record ChangedWay(Function<TriedBlock, TriedBlock.Encoded> encoding) implements Way {
    @Override
    public String name() {
      return "changed";
    }

    @Override
    public WayAnswers score(TriedBlock block) {
      TriedBlock.Encoded encoded = encoding.apply(block);
      Engine engine = model.engine();
      int count = block.records().size();
      float[] margins = new float[count * engine.outputs()];
      float[] scores = new float[count * engine.scores()];
      engine.score(encoded.slots(), count, margins, scores);
      WayAnswers answers = new WayAnswers(count, engine.outputs(), engine.scores());
      for (int record = 0; record < count; record++) {
        if (encoded.faults()[record] == null) {
          answers.scored(record, margins, record, scores, record);
        } else {
          answers.refused(record, encoded.faults()[record]);
        }
      }

      return answers;
    }
  }
}
