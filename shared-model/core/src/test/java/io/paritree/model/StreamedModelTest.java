package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.UnsupportedModelException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large model files are not in memory as a whole, and what was verified is what is used. */
class StreamedModelTest {
  @TempDir private static Path shared;
  private static Path json;
  private static Path ubjson;

  @TempDir private Path directory;

  @BeforeAll
  static void makeModels() throws Exception {
    json = LargeModels.write(shared.resolve("large.json"), 20_000);
    byte[] content =
        XGBoost.loadModel(new ByteArrayInputStream(Files.readAllBytes(json))).toByteArray("ubj");
    ubjson = Files.write(shared.resolve("large.ubj"), content);
    assertThat(Files.size(json)).isGreaterThan(ModelMemory.SMALL);
    assertThat(Files.size(ubjson)).isGreaterThan(ModelMemory.SMALL);
  }

  @Test
  void streamedModelsHaveTheScoresAndDigestsOfModelsInMemory() throws Exception {
    for (Path file : new Path[] {json, ubjson}) {
      for (EngineKind kind : EngineKind.values()) {
        ScoringModel streamed = Opening.open(ModelFiles.streamed(file.toString()), kind);
        ScoringModel read = Opening.open(ModelFiles.read(file.toString()), kind);

        assertThat(streamed.digest()).isEqualTo(read.digest());
        assertThat(score(streamed)).isEqualTo(score(read));
      }
    }
  }

  /** Returns a copy that a test may change. */
  private Path copied(Path model) throws IOException {
    return Files.copy(model, directory.resolve(model.getFileName()));
  }

  private static float[] score(ScoringModel model) {
    float[] margins = new float[3];
    model.engine().score(new float[] {0f, 1f, Float.NaN}, 3, margins, null);
    return margins;
  }

  @Test
  void aFileThatIsChangedBetweenTwoReadingsIsRefused() throws Exception {
    Path model = copied(ubjson);
    ModelFiles files = ModelFiles.streamed(model.toString());
    assertThat(files.sha256("large.ubj")).hasSize(64);
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      byte[] weight = {0x3f, (byte) 0xa0, 0, 0}; // 1.25, big-endian
      long at = indexOf(Files.readAllBytes(ubjson), weight);
      file.seek(at + 3);
      file.write(1);
    }

    assertThatThrownBy(() -> Opening.open(files, EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("it was changed while it was being read");
  }

  private static long indexOf(byte[] content, byte[] wanted) {
    for (int at = content.length / 2; ; at++) {
      if (Arrays.equals(content, at, at + 4, wanted, 0, 4)) {
        return at;
      }
    }
  }

  @Test
  void aFileThatCannotBeReadIsNoFaultOfTheModel() throws Exception {
    Path model = copied(ubjson);
    ModelFiles files = ModelFiles.streamed(model.toString());
    Files.delete(model);

    assertThatThrownBy(() -> Opening.open(files, EngineKind.FOREST))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot read " + model);
  }

  @Test
  void theHeapOfExecutorsIsComparedWithTheNeed() throws Exception {
    ModelFiles files = ModelFiles.read(ubjson.toString());

    ModelMemory.checkExecutor(files, 1L << 30, "spark.executor.memory");
    assertThatThrownBy(() -> ModelMemory.checkExecutor(files, 16 << 20, "spark.executor.memory"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching(
            "Cannot open \\S+large.ubj: with \\d+ MB of files it needs about \\d+ MB of heap, but"
                + " spark.executor.memory is 16 MB; set it to \\d+ MB or more");
  }

  @Test
  void contributionsThatDoNotFitIntoTheHeapAreRefused() throws Exception {
    ModelMemory.checkExplaining("m", 1 << 20);
    assertThatThrownBy(() -> ModelMemory.checkExplaining("m", 1L << 50))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching(
            "Cannot explain m: its contributions need about 1073741824 MB of heap, but of the \\d+"
                + " MB of this JVM \\d+ MB are free; start it with -Xmx\\d+m or more .*");
  }

  @Test
  void aFileThatIsCutShortIsRefused() throws Exception {
    for (Path path : new Path[] {copied(json), copied(ubjson)}) {
      ModelFiles files = ModelFiles.streamed(path.toString());
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(file.length() / 2);
      }

      assertThatThrownBy(() -> Opening.open(files, EngineKind.FOREST))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining(path.getFileName().toString());
    }
  }
}
