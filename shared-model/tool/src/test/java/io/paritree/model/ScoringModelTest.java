package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Sha256;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.model.golden.JsonRecord;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.Provenance;
import io.paritree.xgboost.Training;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sealed package opens, and both engines score it to the same bits. */
class ScoringModelTest {
  private static final int ROWS = 500;

  @TempDir Path directory;

  @Test
  void bothEnginesScoreASealedPackageToTheSameBits() throws Exception {
    Path binary = new TestPackages(directory).binary();

    ScoringModel forest = Opening.open(binary.toString(), EngineKind.FOREST);
    ScoringModel reference = Opening.open(binary.toString(), EngineKind.XGBOOST);

    assertThat(scores(forest)).isEqualTo(scores(reference));
    assertThat(forest.modelVersion()).isEqualTo("parcel-late/1");
    assertThat(forest.sealed()).isTrue();
    assertThat(forest.digest()).hasSize(64).isEqualTo(reference.digest());
    assertThat(forest.outputs().names()).containsExactly("late");
    assertThat(forest.outputs().threshold()).isEqualTo(0.25f);
    assertThat(forest.card().rounds()).isEqualTo(20);
    assertThat(forest.card().comparedWithTrainer()).isFalse();
  }

  @Test
  void theDigestOfAPackageIsThatOfItsListOfDigests() throws Exception {
    TestPackages packages = new TestPackages(directory);
    for (Path sealed : List.of(packages.wide(2, 3, 3), packages.offset())) {
      byte[] manifest = Files.readAllBytes(sealed.resolve(PackageFiles.MANIFEST));

      assertThat(new String(manifest, StandardCharsets.UTF_8))
          .containsPattern("\"format\" ?: ?[12]");
      assertThat(Opening.open(sealed.toString(), EngineKind.FOREST).digest())
          .isEqualTo(Sha256.hex(Files.readAllBytes(sealed.resolve(PackageFiles.DIGESTS))));
    }
  }

  @Test
  void theDigestOfABareFileIsTheFilesUntilMoreIsSaidOfIt() throws Exception {
    TestPackages packages = new TestPackages(directory);
    Path bare = packages.bareStoppedModel();
    Path categories = packages.bareParcelModel();

    assertThat(digest(bare, false, List.of(), null))
        .isEqualTo(Sha256.hex(Files.readAllBytes(bare)));
    assertThat(digest(bare, true, List.of(), null))
        .as("there is no category")
        .isEqualTo(digest(bare, false, List.of(), null));
    assertThat(
            Stream.of(
                digest(bare, false, List.of(), null),
                digest(bare, false, List.of(), "all"),
                digest(bare, false, List.of(), "3"),
                digest(bare, false, List.of("e"), null),
                digest(bare, false, List.of("f"), null),
                digest(categories, true, List.of(), null),
                Sha256.hex(Files.readAllBytes(categories))))
        .doesNotHaveDuplicates();
  }

  private static String digest(Path file, boolean codes, List<String> offsets, String rounds)
      throws Exception {
    Assumptions stated = new Assumptions(codes, offsets, Optional.ofNullable(rounds));
    return Opening.open(ModelFiles.read(file.toString()), EngineKind.FOREST, stated).digest();
  }

  @Test
  void classModelsNameTheirScores() throws Exception {
    TestPackages packages = new TestPackages(directory);

    ScoringModel classes = Opening.open(packages.classes().toString(), EngineKind.FOREST);
    ScoringModel index = Opening.open(packages.classIndex().toString(), EngineKind.FOREST);

    assertThat(classes.outputs().names()).containsExactly("small", "medium", "large");
    assertThat(classes.outputs().kind()).isEqualTo(Outputs.Kind.CLASS_SCORES);
    assertThat(index.outputs().names()).containsExactly("0");
    assertThat(index.outputs().kind()).isEqualTo(Outputs.Kind.CLASS_INDEX);
    assertThat(index.outputs().classes()).containsExactly("0", "1", "2");
    assertThat(scores(index)).doesNotContain(Float.NaN);
  }

  @Test
  void aWidePackageOpens() throws Exception {
    Path wide = new TestPackages(directory).wide(12, 30, 5);

    ScoringModel model = Opening.open(wide.toString(), EngineKind.FOREST);

    assertThat(model.schema().width()).isEqualTo(12);
    assertThat(model.outputs().kind()).isEqualTo(Outputs.Kind.VALUES);
    assertThat(model.card().provenance().orElseThrow().golden())
        .isEqualTo(Provenance.GoldenSource.GENERATED);
  }

  @Test
  void aBareFileThatClaimsMillionsOfFeaturesIsRefused() throws Exception {
    String model =
        new String(
            new Training(1, 3).objective("reg:squarederror").file("json"), StandardCharsets.UTF_8);
    Path claims =
        Files.writeString(
            directory.resolve("claims.json"),
            model.replace(
                "\"num_feature\":\"3\",\"num_target",
                "\"num_feature\":\"2147483647\",\"num_target"));

    assertThatThrownBy(() -> Opening.open(claims.toString(), EngineKind.FOREST))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("2147483647 features without names")
        .hasMessageContaining("seal it with a schema");
  }

  static float[] scores(ScoringModel model) {
    Engine engine = model.engine();
    float[] slots = new float[ROWS * engine.width()];
    for (int row = 0; row < ROWS; row++) {
      byte[] record = TestRecords.json(row).getBytes(StandardCharsets.UTF_8);
      JsonRecord.encode(model.schema(), record, slots, row * engine.width());
    }

    float[] scores = new float[ROWS * engine.scores()];
    engine.score(slots, ROWS, null, scores);
    return scores;
  }
}
