package io.paritree.spark.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of a run's partitions, which another run reads if this one dies, keeps its layout. */
class PreparedPartitionTest {
  @Test
  void preparedPartitionsHaveOneLayoutAndAreChecked() throws Exception {
    List<PreparedPartition> partitions = List.of(new PreparedPartition("day=1", "i", "absent"));
    String layout = "[{\"partition\":\"day=1\",\"identity\":\"i\",\"before\":\"absent\"}]";

    assertThat(new String(PreparedPartition.toJson(partitions), StandardCharsets.UTF_8))
        .isEqualTo(layout);
    assertThat(PreparedPartition.fromJson(utf8(layout), "x")).isEqualTo(partitions);
    for (String broken : List.of("[{\"partition\":\"day=1\"}]", "[{", "{}", "[1]")) {
      assertThatThrownBy(() -> PreparedPartition.fromJson(utf8(broken), "prepared"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("Cannot read prepared: it does not list a run's partitions");
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
