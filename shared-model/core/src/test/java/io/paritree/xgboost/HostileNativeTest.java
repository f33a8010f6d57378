package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.ModelException;
import io.paritree.Seed;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Files that our reader accepts do not crash libxgboost, and both score them with the same result.
 *
 * <p>{@code -Dparitree.native.mutations=N} sets the number of changed models. They are tried in a
 * separate process, because a crash ends it.
 */
class HostileNativeTest {
  private static final int MUTATIONS = Integer.getInteger("paritree.native.mutations", 500);

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void changedModelsDoNotCrashLibxgboost() throws Exception {
    Process child =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:ErrorFile=/dev/null",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                String.valueOf(Seed.next()),
                String.valueOf(MUTATIONS))
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String end = said.substring(Math.max(0, said.length() - 3_000));

    assertThat(child.waitFor()).as(end).isZero();
    assertThat(end).containsPattern("accepted [0-9]{2,}, scored by libxgboost [0-9]{2,}");
  }

  /** Changes, reads, loads and scores; prints each seed before libxgboost gets the model. */
  static final class Child {
    private static final String[] TREE_KEYS = {
      "parents",
      "left_children",
      "right_children",
      "split_indices",
      "split_conditions",
      "default_left",
      "split_type",
      "categories",
      "categories_nodes",
      "categories_segments",
      "categories_sizes",
      "base_weights",
      "leaf_weights",
      "loss_changes",
      "sum_hessian",
      "tree_info",
      "iteration_indptr"
    };
    private static final int[] VALUES = {
      0,
      1,
      2,
      3,
      5,
      7,
      31,
      100,
      65_536,
      -1,
      -2,
      -7,
      16_777_215,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE
    };

    public static void main(String[] arguments) throws Exception {
      long first = Long.parseLong(arguments[0]);
      int mutations = Integer.parseInt(arguments[1]);
      List<byte[]> models = HostileModelTest.models();
      int accepted = 0;
      int scored = 0;
      for (long seed = first; seed < first + mutations; seed++) {
        Random random = new Random(seed);
        byte[] file = models.get(random.nextInt(models.size()));
        for (int change = random.nextInt(2); change >= 0; change--) {
          file =
              random.nextInt(4) == 0
                  ? HostileModelTest.mutated(file, random)
                  : withChangedTree(file, random);
        }

        try {
          XgboostModel model = XgboostModel.read(file);
          accepted++;
          if (model.width() > 1_000) {
            continue;
          }

          System.out.println(seed);
          Engine engine = NativeBooster.load(file, model, Rounds.ALL);
          scored++;
          float[] slots = Training.rows(random, 8, model.width(), 0.2);
          Training.putCategories(random, slots, model.width(), model.width() - 1, 9);
          Bits.assertEqual("seed " + seed, model.forest(Rounds.ALL), engine, slots);
        } catch (ModelException e) {
          // Refused, by us or by libxgboost.
        }
      }

      System.out.printf("accepted %s, scored by libxgboost %s%n", accepted, scored);
    }

    /** Renames an array of a tree, or changes one number in it. */
    private static byte[] withChangedTree(byte[] file, Random random) {
      String text = new String(file, StandardCharsets.ISO_8859_1);
      String key = TREE_KEYS[random.nextInt(TREE_KEYS.length)];
      int at = text.indexOf(key, random.nextInt(text.length()));
      at = at < 0 ? text.indexOf(key) : at;
      if (at < 0) {
        return file;
      }

      int array = text.indexOf('[', at);
      byte[] changed = file.clone();
      if (random.nextInt(8) == 0 || array < 0) {
        changed[at] = 'x';
        return changed;
      }

      int value = VALUES[random.nextInt(VALUES.length)];
      return text.startsWith("[$", array)
          ? withBinaryNumber(changed, array, value, random)
          : withNumber(text, array, value, random);
    }

    private static byte[] withNumber(String text, int array, int value, Random random) {
      int end = Math.max(array + 1, text.indexOf(']', array));
      String[] numbers = text.substring(array + 1, end).split(",", -1);
      int place = random.nextInt(numbers.length);
      boolean isFloat = numbers[place].contains("E");
      numbers[place] = value + (isFloat ? "E0" : "");
      return (text.substring(0, array + 1) + String.join(",", numbers) + text.substring(end))
          .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** An array of one type: {@code [$}, the type, {@code #L}, eight bytes of count, numbers. */
    private static byte[] withBinaryNumber(byte[] file, int array, int value, Random random) {
      int begin = array + 13;
      if (begin > file.length) {
        return file;
      }

      ByteBuffer buffer = ByteBuffer.wrap(file);
      long count = buffer.getLong(array + 5);
      int bytes =
          switch (file[array + 2]) {
            case 'L' -> 8;
            case 'U' -> 1;
            default -> 4;
          };
      if (count < 1 || count > (file.length - begin) / bytes) {
        return file;
      }

      int at = begin + bytes * random.nextInt((int) count);
      switch (bytes) {
        case 8 -> buffer.putLong(at, value);
        case 1 -> buffer.put(at, (byte) value);
        default -> buffer.putInt(at, file[array + 2] == 'd' ? Float.floatToIntBits(value) : value);
      }

      return file;
    }
  }
}
