package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.ForeignModels;
import io.paritree.UnsupportedModelException;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import io.paritree.forest.Ways;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Models that others have made, if they are in a directory next to the repository. The other tests
 * of this package prove the same with models of our own.
 */
class ForeignModelsTest {
  @Test
  void recordedScoresAreReproduced() throws Exception {
    for (Path csv : ForeignModels.files("", ".json.csv")) {
      String name = csv.toString();
      byte[] file = Files.readAllBytes(Path.of(name.substring(0, name.length() - 4)));
      Forest forest = XgboostModel.read(file).forest(Rounds.ALL);
      List<String> lines = Files.readAllLines(csv);
      float[] slots = new float[lines.size() * forest.width()];
      float[] expected = new float[lines.size()];
      for (int row = 0; row < expected.length; row++) {
        String[] cells = lines.get(row).split(",");
        for (int feature = 0; feature < forest.width(); feature++) {
          slots[row * forest.width() + feature] = Float.parseFloat(cells[feature]);
        }

        expected[row] = Float.parseFloat(cells[forest.width()]);
      }

      float[] scores = new float[expected.length];
      for (Map.Entry<String, Engine> way : Ways.of(forest).entrySet()) {
        way.getValue().score(slots, expected.length, null, scores);
        Bits.assertBits(name + ", " + way.getKey(), scores, expected);
      }
    }
  }

  @Test
  void modelsThatLibxgboostReadsHaveItsBits() throws Exception {
    List<Path> models = ForeignModels.saved();
    for (Path path : models) {
      byte[] file = Files.readAllBytes(path);
      XgboostModel model = XgboostModel.read(file);
      Forest forest = model.forest(Rounds.ALL);
      Engine reference = NativeBooster.load(file, model, Rounds.ALL);
      float[] slots = Training.rows(new Random(1), 300, model.width(), 0.2);
      Bits.assertEqual(path.toString(), forest, reference, slots);
      Ways.of(forest)
          .forEach((way, engine) -> Bits.assertEqual(path + ", " + way, engine, forest, slots));
    }

    assertThat(models.size()).isIn(0, 29);
  }

  @Test
  void oldBinaryModelsAndDumpsAreRefusedWithTheWayOut() throws Exception {
    for (Path path : ForeignModels.files("", ".model")) {
      byte[] file = Files.readAllBytes(path);

      assertThatThrownBy(() -> XgboostModel.read(file))
          .as(path.toString())
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("save_model");
    }
  }
}
