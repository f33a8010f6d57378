package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.ModelException;
import io.paritree.Seed;
import io.paritree.model.layout.Digests;
import io.paritree.model.layout.ModelReference;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.SchemaParser;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Packages whose files were changed at random and whose digests were then recomputed: each opens or
 * is refused with a {@code ModelException}, and nothing else is thrown.
 */
class HostilePackageFuzzTest {
  private static final int TRIES = 1_500;
  private static final String MLMODEL =
      """
      flavors:
        python_function: {loader_module: mlflow.xgboost, python_version: 3.11.9}
        xgboost: {code: null, data: model.ubj, model_class: xgboost.sklearn.XGBRegressor}
      mlflow_version: 3.6.0
      signature:
        inputs: '[{"type": "double", "name": "a"}, {"type": "long", "name": "b", "required": true}]'
        params: null
      """;
  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "-1",
          "1e999",
          "99999999999999999999",
          "\"\"",
          "{}",
          "[]",
          "\"x\"",
          "\\u0000",
          "\u2028",
          "[[[[[[[[[[",
          "{\"a\":",
          "!!java.net.URL",
          "&a",
          "*a",
          "<<: ",
          "\t");

  @TempDir Path directory;

  @Test
  void aManifestOrGoldenRowsOpenOrAreRefused() throws Exception {
    long seed = Seed.next();
    Random random = new Random(seed);
    Map<String, byte[]> whole = SealedPackageTest.filesOf(new TestPackages(directory).binary(1, 2));
    int refused = 0;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      String name = random.nextInt(3) == 0 ? PackageFiles.GOLDEN_ROWS : PackageFiles.MANIFEST;
      Map<String, byte[]> files = new TreeMap<>(whole);
      files.put(name, changed(whole.get(name), random));
      files.remove(PackageFiles.DIGESTS);
      files.put(PackageFiles.DIGESTS, Digests.of(files).content());
      refused += refused(ModelReference.Kind.PACKAGE, files, seed, attempt);
    }

    assertThat(refused).as("seed %s", seed).isGreaterThan(TRIES / 2);
  }

  @Test
  void anMlmodelFileOpensOrIsRefused() {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] model = TestPackages.wideModel(2, 2, 2);
    int refused = 0;
    for (int attempt = 0; attempt < TRIES; attempt++) {
      byte[] mlmodel = changed(MLMODEL.getBytes(StandardCharsets.UTF_8), random);
      Map<String, byte[]> files = Map.of(PackageFiles.MLMODEL, mlmodel, "model.ubj", model);
      refused += refused(ModelReference.Kind.MLFLOW, files, seed, attempt);
    }

    assertThat(refused).as("seed %s", seed).isPositive();
  }

  @Test
  void aSchemaFileIsReadOrRefused() {
    long seed = Seed.next();
    Random random = new Random(seed);
    byte[] whole = TestRecords.SCHEMA.formatted("").getBytes(StandardCharsets.UTF_8);
    for (int attempt = 0; attempt < 10 * TRIES; attempt++) {
      byte[] changed = changed(whole, random);
      try {
        SchemaParser.fromJson("schema.json", changed).schema("schema.json", f -> Optional.empty());
      } catch (ModelException e) {
        assertThat(e.getMessage()).contains("schema.json");
      } catch (RuntimeException | StackOverflowError e) {
        throw failure(seed, attempt, e);
      }
    }
  }

  private static int refused(
      ModelReference.Kind kind, Map<String, byte[]> files, long seed, int attempt) {
    try {
      Opening.open(new ModelFiles("m", kind, Optional.empty(), files), EngineKind.FOREST);
      return 0;
    } catch (ModelException e) {
      if (e.getMessage().indexOf('\n') >= 0 || e.getMessage().length() > 4_000) {
        throw failure(seed, attempt, e);
      }

      return 1;
    } catch (RuntimeException | StackOverflowError e) {
      throw failure(seed, attempt, e);
    }
  }

  private static AssertionError failure(long seed, int attempt, Throwable cause) {
    return new AssertionError("Replay with -Dseed=%s, try %s".formatted(seed, attempt), cause);
  }

  /** Returns the content with one to three places changed, cut, doubled or filled with a token. */
  private static byte[] changed(byte[] content, Random random) {
    byte[] changed = content;
    for (int change = random.nextInt(3); change >= 0; change--) {
      int at = random.nextInt(changed.length);
      int end = Math.min(changed.length, at + 1 + random.nextInt(12));
      ByteArrayOutputStream next = new ByteArrayOutputStream();
      next.writeBytes(Arrays.copyOf(changed, at));
      switch (random.nextInt(5)) {
        case 0 -> next.write(random.nextInt(256));
        case 1 -> next.writeBytes(TOKENS.get(random.nextInt(TOKENS.size())).getBytes(UTF_8));
        case 2 -> {
          next.writeBytes(Arrays.copyOfRange(changed, at, end));
          next.writeBytes(Arrays.copyOfRange(changed, at, end));
        }
        case 3 -> next.write(changed[at] ^ (1 << random.nextInt(7)));
        default -> {
          // cut out
        }
      }

      next.writeBytes(Arrays.copyOfRange(changed, end, changed.length));
      changed = next.size() == 0 ? content : next.toByteArray();
    }

    return changed;
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;
}
