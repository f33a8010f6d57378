package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.paritree.CorruptModelException;
import io.paritree.Seed;
import io.paritree.forest.Rounds;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that XGBoost writes without escaping do not make a file unreadable. */
class RepairedJsonTest {
  private static final String[] PARTS = {
    "a", "\\n", "\\\\", "\\\"", "\\u00e9", "\\u00", "\\users", "\\\\u12", "ä", "€", "😀"
  };

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static byte[] passed(byte[] file, int chunk) {
    RepairedJson text = new RepairedJson(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[chunk];
    for (int count = text.read(buffer, 0, chunk); count >= 0; count = text.read(buffer, 0, chunk)) {
      out.write(buffer, 0, count);
    }

    return out.toByteArray();
  }

  /** The name is cut by XGBoost4J, which counts characters and copies bytes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "C:\\users\\x|C:\\users\\x",
        "a\\unit|a\\unit",
        "\\u00|\\u00",
        "\\|\\",
        "größe|grö\ufffd",
        "年齢|\ufffd",
        "prix_€|prix_\ufffd",
        "emo😀|emo\ufffd",
      })
  void namesAndAttributesAreReadFromBothFormats(String text, String name) throws Exception {
    Booster booster = booster();
    booster.setFeatureNames(new String[] {text, "f1"});
    booster.setAttr("note", text);
    for (String format : new String[] {"json", "ubj"}) {
      byte[] file = booster.toByteArray(format);
      XgboostModel model = XgboostModel.read(file);

      assertThat(model.featureNames()).contains(List.of(name, "f1"));
      assertThat(model.attributes().get("note"))
          .isEqualTo(text.replace("😀", "\ufffd\ufffd")); // two surrogates of three bytes each
      NativeBooster.load(file, model, Rounds.ALL);
    }

    booster.dispose();
  }

  private static Booster booster() throws Exception {
    DMatrix rows = new DMatrix(new float[] {1, 2, 3, 4}, 2, 2, Float.NaN);
    rows.setLabel(new float[] {0, 1});
    Map<String, Object> parameters = new HashMap<>(Map.of("max_depth", 2, "nthread", 1));
    Booster booster = XGBoost.train(rows, parameters, 1, new HashMap<>(), null, null);
    rows.dispose();
    return booster;
  }

  @Test
  void everythingElseIsUnchanged() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder odd = new StringBuilder();
      StringBuilder good = new StringBuilder();
      for (int part = random.nextInt(80); part > 0; part--) {
        String text = PARTS[random.nextInt(PARTS.length)];
        odd.append(text);
        boolean isOdd = text.equals("\\u00") || text.equals("\\users");
        good.append(isOdd ? "\\" + text : text);
        if (isOdd) { // otherwise the next part could be its digits
          odd.append('-');
          good.append('-');
        }
      }

      byte[] file = odd.toString().getBytes(StandardCharsets.UTF_8);
      assertThat(new String(passed(file, 1 + random.nextInt(40)), StandardCharsets.UTF_8))
          .as("seed %s, round %s", seed, round)
          .isEqualTo(good.toString());
    }
  }

  /** The number of U+FFFD is that of Java's own decoder, which also reads the texts of UBJSON. */
  @Test
  void bytesThatAreNoUtf8BecomeWhatJavaMakesOfThem() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] file = new byte[random.nextInt(100)];
      random.nextBytes(file);
      for (int at = 0; at < file.length; at++) {
        boolean isKept = file[at] != '\\' && random.nextInt(3) > 0;
        file[at] = isKept ? file[at] : (byte) (0x80 | random.nextInt(0x80));
      }

      assertThat(new String(passed(file, 64), StandardCharsets.UTF_8))
          .as("seed %s, round %s", seed, round)
          .isEqualTo(new String(file, StandardCharsets.UTF_8));
    }
  }

  /**
   * The length of an array is counted in the file, where it is not at the same position as in the
   * repaired bytes.
   */
  @Test
  void placesAfterReplacementsAreThoseOfTheFile() throws Exception {
    String odd = "\\u" + "\\unit".repeat(3_000);
    byte[] text =
        ("{\"learner\":{\"attributes\":{\"note\":\""
                + odd
                + "\"},\"gradient_booster\":"
                + "{\"model\":{\"trees\":[{\"categories_segments\":["
                + "0,".repeat(1_000_000))
            .getBytes(StandardCharsets.UTF_8);
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThatThrownBy(() -> XgboostModel.read(text))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(
            "Unexpected end-of-input within/between Array entries, at byte "
                + (text.length - "0,".length()));
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes for %s", text.length).isLessThan(text.length * 3L);

    byte[] small = HandMade.with("\"best_iteration\":\"1\"", "\"note\":\"" + odd + "\"");
    assertThat(XgboostModel.read(small).attributes()).containsEntry("note", odd);
  }

  @Test
  void aFileOfOnlyOddTextTakesLittleTimeAndMemory() throws Exception {
    byte[] ill = new byte[1 << 20];
    Arrays.fill(ill, (byte) 0xff);
    byte[] start = "{\"learner\":{\"other\":\"".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(start, 0, ill, 0, start.length);
    byte[] escapes =
        ("{\"learner\":{\"other\":\"" + "\\u".repeat(1 << 19)).getBytes(StandardCharsets.UTF_8);
    for (byte[] file : new byte[][] {ill, escapes}) {
      long before = threads.getCurrentThreadAllocatedBytes();
      long start0 = threads.getCurrentThreadCpuTime();

      assertThatThrownBy(() -> XgboostModel.read(file)).isInstanceOf(CorruptModelException.class);
      assertThat((threads.getCurrentThreadCpuTime() - start0) / 1_000_000).isLessThan(1_000);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("short-lived bytes").isLessThan(4L * file.length);
    }
  }
}
