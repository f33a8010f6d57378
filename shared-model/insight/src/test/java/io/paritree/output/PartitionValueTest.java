package io.paritree.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the directory names of a partition mean, whoever has written them. */
class PartitionValueTest {
  @ParameterizedTest
  @CsvSource({
    "city=K%C3%B6ln,city=Köln,city=KÃ¶ln",
    "city=Köln,city=Köln,city=Köln",
    "city=%D0%9C%D0%BE,city=Мо,city=ÐœÐ¾",
    "city=%F0%9F%9A%83,city=🚃,",
    "city=K%F6ln,city=Köln,city=Köln",
    "city=K%f6ln,city=Köln,city=Köln",
    "city=%C3x%B6,city=Ãx¶,city=Ãx¶",
    "city=%ED%A0%80,city=\u00ed\u00a0\u0080,city=\u00ed\u00a0\u0080",
    "city=New%20York,city=New York,city=New York",
    "day=a%2Fb,day=a/b,day=a/b",
    "day=a%3ab,day=a:b,day=a:b",
    "day=100%,day=100%,day=100%",
    "day=%zz%4,day=%zz%4,day=%zz%4",
    "day=%25C3%25B6,day=%C3%B6,day=%C3%B6"
  })
  void escapedBytesAreUtf8WhereTheyCanBeAndCharactersOtherwise(
      String path, String meant, String asSparkReads) {
    assertThat(PartitionValue.ofPath(path)).hasToString("[" + meant + "]");
    if (asSparkReads != null && !asSparkReads.contains("œ")) {
      assertThat(PartitionValue.asSparkReads(path)).isEqualTo(asSparkReads);
      assertThat(PartitionValue.isReadOtherwiseBySpark(path))
          .isEqualTo(!meant.equals(asSparkReads));
    } else {
      assertThat(PartitionValue.isReadOtherwiseBySpark(path)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "city=K%C3%B6ln,city=Köln",
    "city=New%20York,city=New York",
    "city=a%3ab,city=a%3Ab",
    "city=a:b,city=a%3Ab",
    "city=*/day=1,city=%2A/day=1",
    "city=/day=1,city=__HIVE_DEFAULT_PARTITION__/day=1",
    "gr%C3%B6%C3%9Fe=1,größe=1"
  })
  void eachValueHasOneCanonicalPath(String path, String canonical) {
    assertThat(PartitionValue.canonical(path)).isEqualTo(canonical);
    assertThat(PartitionValue.canonical(canonical)).isEqualTo(canonical);
  }

  /** Spark's own names stay as they are, and are read as they were written. */
  @Test
  void everyTextIsReadAsItIsWritten() {
    long seed = Seed.next();
    Random random = new Random(seed);
    String strange = "%\"#'*/:=?\\{[]^\u007f\u0001 aA09cC3bB6äöÃ¶\u0080ÿМ🚃.}";
    int[] points = strange.codePoints().toArray();
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(8); length >= 0; length--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }

      PartitionValue value = new PartitionValue("c " + text, text.toString());
      String path = value.directoryName();
      assertThat(PartitionValue.ofPath(path)).as("-Dseed=%s", seed).containsExactly(value);
      assertThat(PartitionValue.canonical(path)).as("-Dseed=%s", seed).isEqualTo(path);
      assertThat(PartitionValue.isReadOtherwiseBySpark(path)).as("-Dseed=%s", seed).isFalse();
    }
  }

  @Test
  void nullAndTheEmptyTextAreTheSame() {
    for (String path : List.of("day=", "day=__HIVE_DEFAULT_PARTITION__")) {
      assertThat(PartitionValue.ofPath(path).get(0).isNull()).isTrue();
      assertThat(PartitionValue.texts(path)).containsEntry("day", null);
    }

    assertThat(PartitionValue.texts("")).isEmpty();
  }

  @Test
  void theNewestIsTheLargestWhateverItsSpelling() {
    List<String> paths =
        new ArrayList<>(
            List.of(
                "day=b",
                "day=10/hour=2",
                "day=9.5",
                "day=%39",
                "day=",
                "day=a",
                "day=10/hour=%31"));

    paths.sort(PartitionValue.ORDER);

    assertThat(paths)
        .containsExactly(
            "day=", "day=%39", "day=9.5", "day=10/hour=%31", "day=10/hour=2", "day=a", "day=b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "day", "=1"})
  void whatNamesNoColumnIsNoPartition(String text) {
    assertThat(PartitionValue.isPartitionName(text)).isFalse();
    assertThatThrownBy(() -> PartitionValue.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("column=value is expected");
  }
}
