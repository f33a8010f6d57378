package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.Seed;
import io.paritree.forest.Bits;
import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.Rounds;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Changed models are refused or scored; nothing else happens.
 *
 * <p>{@code -Dparitree.mutations=N} sets the number of changed models.
 */
class HostileModelTest {
  private static final int MUTATIONS = Integer.getInteger("paritree.mutations", 3_000);
  private static final long MAX_MILLIS = 1_000;

  /** All allocation per byte of file, including short-lived texts of numbers, and scoring. */
  private static final long ALLOCATED_PER_BYTE = 100;

  private static final long ALLOCATED_ANYWAY = 4 << 20;

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?(E-?\\d+)?");
  private static final String[] NUMBERS = {
    "-1",
    "0",
    "1",
    "2",
    "2147483647",
    "-2147483648",
    "9223372036854775807",
    "99999999999999999999",
    "NaN",
    "Infinity",
    "-Infinity",
    "1E-45",
    "1e999",
    "[]",
    "{}",
    "null",
    "true",
    "\"\"",
    "16777216"
  };
  private static final long[] VALUES = {
    -1, 0, 1, 2, 127, 255, 65_535, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 32, Long.MAX_VALUE
  };

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void changedModelsAreRefusedOrScored() throws Exception {
    long first = Seed.next();
    List<byte[]> models = models();
    int accepted = 0;
    for (int mutation = 0; mutation < MUTATIONS; mutation++) {
      long seed = first + mutation;
      Random random = new Random(seed);
      byte[] file = mutated(models.get(random.nextInt(models.size())), random);
      accepted += isAccepted(file, seed) ? 1 : 0;
    }

    assertThat(accepted)
        .as("more than one in a hundred must pass the reader")
        .isGreaterThan(MUTATIONS / 100);
  }

  @Test
  void everyCutIsRefused() throws Exception {
    for (byte[] file : models()) {
      for (int length = 0; length < file.length; length += file.length < 4_000 ? 1 : 13) {
        byte[] cut = Arrays.copyOf(file, length);
        boolean isWhole =
            new String(file, length, file.length - length, StandardCharsets.UTF_8).isBlank();

        assertThat(isAccepted(cut, length)).as("cut after %s bytes", length).isEqualTo(isWhole);
      }
    }
  }

  @Test
  void deepAndLongDocumentsDoNotOverflowTheStack() throws Exception {
    assertThat(isAccepted(("{\"a\":" + "[".repeat(1_000_000)).getBytes(StandardCharsets.UTF_8), 0))
        .isFalse();
    byte[] nested = new byte[2_000_000];
    Arrays.fill(nested, (byte) '[');
    byte[] start = new HandMade.Ubjson().raw("{").key("a").toBytes();
    System.arraycopy(start, 0, nested, 0, start.length);
    assertThat(isAccepted(nested, 0)).isFalse();
  }

  /** In DART's oldest form one booster contains another one; a file may nest more of them. */
  @Test
  void boostersInBoostersDoNotOverflowTheStack() throws Exception {
    HandMade.Ubjson document =
        new HandMade.Ubjson().raw("{").key("learner").raw("{").key("gradient_booster").raw("{");
    for (int depth = 0; depth < 200_000; depth++) {
      document.key("gbtree").raw("{");
    }

    assertThat(isAccepted(document.toBytes(), 0)).isFalse();
  }

  @Test
  void otherSpellingsOfInfinityAreRefused() {
    for (String number : new String[] {"-INF", "+INF", "INF", "nan", "-NaN"}) {
      byte[] file = HandMade.with("\"split_conditions\":[5E-1", "\"split_conditions\":[" + number);

      assertThatThrownBy(() -> XgboostModel.read(file))
          .as(number)
          .isInstanceOf(CorruptModelException.class)
          .hasMessageStartingWith("Cannot read the model: ");
    }
  }

  /** Otherwise a row of a short file could need any number of sums. */
  @Test
  void moreOutputsThanTreesCouldServeAreRefused() {
    byte[] file =
        HandMade.with(
            "\"num_class\":\"0\"",
            "\"num_class\":\"1001\"",
            "\"base_score\":\"[5E-1]\"",
            "\"base_score\":\"5E-1" + "0".repeat(2_000) + "\"");

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("it has 1001 outputs, but only 2 trees");
  }

  @Test
  void aBaseScoreAsLongAsTheFileTakesNoTime() throws Exception {
    String digits = "7".repeat(1 << 20);
    for (String score : new String[] {digits, digits + "x", "." + digits + "x", "1e" + digits}) {
      assertThat(isAccepted(HandMade.with("[5E-1]", score), 0)).isFalse();
    }
  }

  /** A feature's number is not a size: nothing may be allocated up to the last possible feature. */
  @Test
  void aModelOfTwoBillionFeaturesIsReadInNoTime() throws Exception {
    byte[] file =
        HandMade.with(
            "\"num_feature\":\"2\",\n",
            "\"num_feature\":\"2147483647\",\n",
            "\"feature_names\":[\"a\",\"b\"],\"feature_types\":[\"float\",\"c\"],",
            "",
            "\"split_indices\":[1,0,0]",
            "\"split_indices\":[2147483646,0,0]");

    assertThat(isAccepted(file, 0)).isTrue();
    assertThat(XgboostModel.read(file).largestCode(2_147_483_646)).isEqualTo(3);
  }

  @Test
  void longArraysTakeNoMoreThanFourTimesTheirFile() throws Exception {
    int numbers = 1_000_000;
    byte[] text =
        ("{\"learner\":{\"gradient_booster\":{\"model\":{\"trees\":[{\"categories_segments\":["
                + "0,".repeat(numbers))
            .getBytes(StandardCharsets.UTF_8);
    HandMade.Ubjson document = new HandMade.Ubjson();
    for (String key : new String[] {"learner", "gradient_booster", "model"}) {
      document.raw("{").key(key);
    }

    document.raw("{").key("trees").raw("[#").length(1).raw("{").key("categories_segments");
    document.raw("[$i#").length(numbers).raw("\0".repeat(numbers - 1));
    byte[] packed = document.raw("\0").toBytes();
    for (byte[] file : new byte[][] {text, packed}) {
      long before = threads.getCurrentThreadAllocatedBytes();

      assertThatThrownBy(() -> XgboostModel.read(file)).isInstanceOf(CorruptModelException.class);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("bytes for %s", file.length).isLessThan(file.length * 4L + 400_000);
    }
  }

  @Test
  void aPathOfHundredThousandSplitsIsScored() throws Exception {
    int splits = 100_000;
    String zeros = "0,0,".repeat(splits);
    byte[] file =
        HandMade.with(
            "\"num_nodes\":\"3\"",
            "\"num_nodes\":\"" + (2 * splits + 1) + "\"",
            "\"left_children\":[1,-1,-1],\"right_children\":[2,-1,-1],\"parents\":[2147483647,0,0],",
            path(splits),
            "\"split_indices\":[0,0,0]",
            "\"split_indices\":[" + zeros + "0]",
            "\"split_indices\":[1,0,0]",
            "\"split_indices\":[" + zeros + "0]",
            "\"split_conditions\":[5E-1,1.25E0,2E0],\"default_left\":[1,0,0]",
            "\"split_conditions\":[" + zeros + "0],\"default_left\":[" + zeros + "0]",
            "\"split_conditions\":[1.4E-45,10E0,20E0],\"default_left\":[0,0,0]",
            "\"split_conditions\":[" + zeros + "0],\"default_left\":[" + zeros + "0]",
            "\"split_type\":[0,0,0],",
            "",
            "\"split_type\":[1,0,0],\"categories\":[1,3],\"categories_nodes\":[0]",
            "\"categories\":[],\"categories_nodes\":[]",
            "\"base_weights\":[0E0,1.25E0,2E0],\"loss_changes\":[1E0,0E0,0E0],",
            "",
            "\"base_weights\":[0E0,1E1,2E1],\"loss_changes\":[1E0,0E0,0E0],",
            "",
            "\"sum_hessian\":[2E0,1E0,1E0]",
            "\"loss\":[]");
    assertThat(isAccepted(file, 0)).isTrue();
  }

  /** Otherwise a short file could require any amount of memory. */
  @Test
  void nodesThatShareTheirListsOfCategoriesAreRefused() {
    byte[] file =
        HandMade.with(
            "\"categories_nodes\":[0],\"categories_segments\":[0]",
            "\"categories_nodes\":[0,1],\"categories_segments\":[0,1]",
            "\"categories_sizes\":[2],",
            "\"categories_sizes\":[2,1],");

    assertThatThrownBy(() -> XgboostModel.read(file))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("tree 1: its nodes list more categories than the tree has, 2");
  }

  /** Split k is node 2k - 1, or 0; its leaf is node 2k + 2, its next split 2k + 1. */
  private static String path(int splits) {
    StringBuilder left = new StringBuilder();
    StringBuilder right = new StringBuilder();
    for (int node = 0; node <= 2 * splits; node++) {
      boolean isSplit = node == 0 || (node % 2 == 1 && node < 2 * splits - 1);
      int split = node == 0 ? 0 : (node + 1) / 2;
      left.append(node == 0 ? "" : ",").append(isSplit ? 2 * split + 1 : -1);
      right.append(node == 0 ? "" : ",").append(isSplit ? 2 * split + 2 : -1);
    }

    return "\"left_children\":[" + left + "],\"right_children\":[" + right + "],";
  }

  static List<byte[]> models() throws Exception {
    List<byte[]> models = new ArrayList<>();
    models.add(HandMade.with());
    models.add(
        HandMade.with(
            "\"enc\":[]",
            "\"enc\":[{\"type\":12,\"values\":[5,-1,7]},"
                + "{\"offsets\":[0,1,3],\"values\":[97,98,99]}]"));
    models.add(HandMade.with("\"tree_info\"", "\"weight_drop\":[5E-1,2.5E-1],\"tree_info\""));
    for (String format : new String[] {"json", "ubj"}) {
      models.add(
          new Training(1, 4)
              .objective("multi:softprob")
              .classes(3)
              .rounds(2)
              .with("max_depth", 2)
              .file(format));
      models.add(
          new Training(1, 4)
              .objective("multi:softprob")
              .classes(3)
              .rounds(2)
              .with("max_depth", 2)
              .with("tree_method", "hist")
              .with("multi_strategy", "multi_output_tree")
              .file(format));
      models.add(
          new Training(1, 4)
              .objective("binary:logistic")
              .categories(1, 8)
              .rounds(3)
              .with("tree_method", "hist")
              .with("max_depth", 3)
              .file(format));
      models.add(
          new Training(1, 4).objective("count:poisson").with("booster", "gblinear").file(format));
    }

    return models;
  }

  static byte[] mutated(byte[] model, Random random) {
    byte[] file = model.clone();
    boolean isJson = file[1] == '"' || file[1] == '\n';
    int changes = 1 + random.nextInt(3);
    for (int change = 0; change < changes; change++) {
      file =
          isJson && random.nextInt(3) > 0 ? exchangedNumber(file, random) : patched(file, random);
    }

    return file;
  }

  private static byte[] exchangedNumber(byte[] file, Random random) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.find(random.nextInt(text.length())) && !matcher.find(0)) {
      return file;
    }

    String changed =
        text.substring(0, matcher.start())
            + NUMBERS[random.nextInt(NUMBERS.length)]
            + text.substring(matcher.end());
    return changed.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] patched(byte[] file, Random random) {
    ByteBuffer buffer = ByteBuffer.wrap(file.clone());
    int at = random.nextInt(Math.max(1, file.length - 8));
    long value = VALUES[random.nextInt(VALUES.length)];
    switch (random.nextInt(6)) {
      case 0 -> buffer.put(at, (byte) (buffer.get(at) ^ 1 << random.nextInt(8)));
      case 1 -> buffer.put(at, (byte) value);
      case 2 -> buffer.putInt(Math.min(at, Math.max(0, file.length - 4)), (int) value);
      case 3 -> buffer.putLong(Math.max(0, Math.min(at, file.length - 8)), value);
      case 4 -> {
        byte[] shorter = Arrays.copyOf(file, file.length - 1);
        System.arraycopy(file, at + 1, shorter, at, file.length - at - 1);
        return shorter;
      }
      default -> {
        byte[] longer = Arrays.copyOf(file, file.length + 1);
        System.arraycopy(file, at, longer, at + 1, file.length - at);
        return longer;
      }
    }

    return buffer.array();
  }

  /**
   * Reads a file and scores it if it is accepted; every failure must be a refusal with a message.
   */
  private boolean isAccepted(byte[] file, long seed) {
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long start = threads.getCurrentThreadCpuTime();
    boolean accepted;
    try {
      XgboostModel model = XgboostModel.read(file);
      long read = threads.getCurrentThreadAllocatedBytes() - allocated;
      assertThat(read)
          .as("allocated for a file of %s, seed %s", file.length, seed)
          .isLessThan(ALLOCATED_ANYWAY + ALLOCATED_PER_BYTE * file.length);
      scoreIfNarrow(model, seed);
      accepted = true;
    } catch (ModelException e) {
      assertThat(e.getMessage()).startsWith("Cannot ").hasSizeLessThan(700);
      accepted = false;
    } catch (RuntimeException | StackOverflowError e) {
      throw new AssertionError("Neither refused nor scored, replay with -Dseed=" + seed, e);
    }

    long millis = (threads.getCurrentThreadCpuTime() - start) / 1_000_000;
    assertThat(millis).as("milliseconds of CPU, seed %s", seed).isLessThan(MAX_MILLIS);
    return accepted;
  }

  /** A model may declare rows of millions of slots; then the caller must allocate such rows. */
  private static void scoreIfNarrow(XgboostModel model, long seed) throws ModelException {
    Forest forest = model.forest(Rounds.ALL);
    Engine fast = forest.fast();
    if (forest.width() > 1_000 || forest.width() == 0) {
      return;
    }

    float[] slots = Training.rows(new Random(seed), 16, forest.width(), 0.2);
    Bits.assertEqual("seed " + seed, fast, forest, slots);
  }
}
