package io.paritree.spark.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The stage that builds shards is as large for many of them as for one. */
class ShardGroupsTest {

  private static byte[] groups(int shards) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(
          new ShardGroups(
              IntStream.range(0, shards)
                  .mapToObj(one -> new ShardPlan(one, "/out/" + one, 0, one, one, one + 1))
                  .toList()));
    }

    return bytes.toByteArray();
  }

  @Test
  void eachTaskReadsNoListOfAllShards() throws IOException {
    assertThat(groups(10_000)).isEqualTo(groups(1));
  }
}
