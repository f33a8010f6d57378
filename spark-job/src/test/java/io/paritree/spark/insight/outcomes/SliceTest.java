package io.paritree.spark.insight.outcomes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SliceTest {
  private static String segment(String value) {
    RowGroup group = new RowGroup(List.of(), "", Arrays.asList(value), "", null);
    List<Slice> slices = Slice.of(group, List.of(), List.of("a=b"), true);
    return slices.get(slices.size() - 1).name();
  }

  @Test
  void aNullAnEmptyTextAndAValueAreThreeSegments() {
    assertThat(segment(null)).isEqualTo("a%3Db=__HIVE_DEFAULT_PARTITION__");
    assertThat(segment("")).isEqualTo("a%3Db=");
    assertThat(segment("DE")).isEqualTo("a%3Db=DE");
  }
}
