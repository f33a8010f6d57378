package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second engine if its library is missing, and its limits. */
class NativeBoosterTest {

  @Test
  void aMissingJarIsNamedWithTheWayOut() throws Exception {
    ClassLoader without = new OwnClasses("ml.dmlc.");
    Class<?> modelType = without.loadClass(XgboostModel.class.getName());
    Object model = modelType.getMethod("read", byte[].class).invoke(null, HandMade.with());
    Class<?> roundsType = without.loadClass(Rounds.class.getName());
    Method load =
        without
            .loadClass(NativeBooster.class.getName())
            .getMethod("load", byte[].class, modelType, roundsType);

    assertThatThrownBy(
            () -> load.invoke(null, HandMade.with(), model, roundsType.getField("ALL").get(null)))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .hasMessageContaining("ml/dmlc/xgboost4j")
        .hasMessageContaining("ml.dmlc:xgboost4j_2.12")
        .hasMessageContaining("forest engine");
  }

  @Test
  void aMissingNativeLibraryNamesLibgompAndItsPackage() throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Dxgboostruntime.native.xgboost4j=/nonexistent/libxgboost4j.so",
            "-cp",
            System.getProperty("java.class.path"),
            LoadAndFail.class.getName());
    Process process = child.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor()).as(said).isEqualTo(3);
    assertThat(said).contains("libgomp.so.1").contains("libgomp1").contains("forest engine");
  }

  /** Run as a separate process, because a native library is tried once per process. */
  static final class LoadAndFail {
    public static void main(String[] args) throws Exception {
      byte[] file = HandMade.with();
      try {
        NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
      } catch (io.paritree.UnsupportedModelException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  /** Some of these crash the process in libxgboost, others are refused with its own messages. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "parents",
        "base_weights",
        "loss_changes",
        "sum_hessian",
        "split_type",
        "categories",
        "categories_nodes",
        "categories_segments",
        "categories_sizes"
      })
  void aTreeOfLeafVectorsWithoutAnArrayIsForTheForestEngineOnly(String array) throws Exception {
    byte[] whole =
        new Training(3, 4)
            .objective("multi:softprob")
            .classes(3)
            .rounds(1)
            .with("tree_method", "hist")
            .with("multi_strategy", "multi_output_tree")
            .file("json");
    String text = new String(whole, StandardCharsets.UTF_8);
    NativeBooster.load(whole, XgboostModel.read(whole), Rounds.ALL);
    assertThat(text).contains("\"%s\":".formatted(array));
    byte[] file =
        text.replace("\"%s\":".formatted(array), "\"no_%s\":".formatted(array))
            .getBytes(StandardCharsets.UTF_8);
    XgboostModel model = XgboostModel.read(file);

    assertThat(model.forest(Rounds.ALL).trees()).isEqualTo(1);
    assertThatThrownBy(() -> NativeBooster.load(file, model, Rounds.ALL))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "Cannot score the model with the xgboost engine: tree 0 has no %s; use the forest"
                    .formatted(array)
                + " engine");
  }

  /** As in files of XGBoost 1.0 to 1.2. */
  @Test
  void aTreeWithoutAnythingOnCategoriesIsScoredByBoth() throws Exception {
    String text = new String(new Training(3, 4).rounds(2).file("json"), StandardCharsets.UTF_8);
    byte[] file =
        text.replaceAll("\"(split_type|categories[a-z_]*)\":\\[[0-9,]*\\],?", "")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(file.length).isLessThan(text.length() - 100);
    XgboostModel model = XgboostModel.read(file);
    Engine engine = NativeBooster.load(file, model, Rounds.ALL);

    Bits.assertEqual(
        "old", model.forest(Rounds.ALL), engine, Training.rows(new Random(3), 16, 4, 0.2));
  }

  /** A bit set of 2 MiB per list: 129 of them are a file of some kilobytes. */
  @Test
  void listsOfLargeCategoriesAreForTheForestEngineOnly() throws Exception {
    int splits = 129;
    byte[] file = HandMade.withCategoricalPath(splits, 16_777_215);
    XgboostModel model = XgboostModel.read(file);

    assertThat(model.forest(Rounds.ALL).trees()).isEqualTo(2);
    assertThatThrownBy(() -> NativeBooster.load(file, model, Rounds.ALL))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("category sets of 2164260864 bits in all, more than 2147483648");

    byte[] smaller = HandMade.withCategoricalPath(splits, 16_777);
    XgboostModel read = XgboostModel.read(smaller);
    Bits.assertEqual(
        "lists",
        read.forest(Rounds.ALL),
        NativeBooster.load(smaller, read, Rounds.ALL),
        new float[] {0f, 16_777f, 0f, 3f, 1f, Float.NaN});
  }

  /** Pruning leaves nodes that no path reaches; what XGBoost writes there is accepted. */
  @Test
  void prunedTreesAreScoredByBoth() throws Exception {
    for (String method : new String[] {"exact", "hist", "approx"}) {
      for (String format : new String[] {"json", "ubj"}) {
        byte[] file =
            new Training(5, 6)
                .with("tree_method", method)
                .with("gamma", 20)
                .with("max_depth", 6)
                .file(format);
        XgboostModel model = XgboostModel.read(file);
        Bits.assertEqual(
            method,
            model.forest(Rounds.ALL),
            NativeBooster.load(file, model, Rounds.ALL),
            Training.rows(new Random(5), 64, 6, 0.2));
      }
    }
  }

  @Test
  void noRowsAreNoWork() throws Exception {
    byte[] file = HandMade.with();
    Engine engine = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);

    engine.score(new float[0], 0, new float[0], new float[0]);
    engine.leaves(new float[0], 0, new int[0]);
    assertThat(engine.trees()).isEqualTo(2);
  }

  /** Loads our classes again, and hides the classes of a package. */
  private static final class OwnClasses extends ClassLoader {
    private final String hidden;

    OwnClasses(String hidden) {
      super(NativeBoosterTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(hidden)) {
        throw new ClassNotFoundException(name);
      }

      if (!name.startsWith("io.paritree.")) {
        return super.loadClass(name, resolve);
      }

      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void aFileThatLibxgboostRefusesIsRefusedInOneSentence() throws Exception {
    byte[] file = HandMade.with("\"feature_segments\":[]", "\"segments\":[]");
    XgboostModel model = XgboostModel.read(file);

    assertThatThrownBy(() -> NativeBooster.load(file, model, Rounds.ALL))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching(
            "Cannot load the model into libxgboost: Check failed: .* \\(cat_container\\.cc:\\d+\\);"
                + " use the forest engine")
        .hasMessageNotContaining("Stack trace");
  }
}
